"""Waiting before the next try: longer with each failure, never for good (rules page, 7: throttle before lock-out)."""

from datetime import datetime, timedelta

FREE = {"account": 5, "address": 40, "letters": 3, "reports": 20}
"""Tries that cost nothing: of one account, of one address (a whole hospital may sit behind it), letters to one mailbox, reports from one address."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def wait_left(kind: str, failures: int, last_at: datetime, now: datetime) -> timedelta:
    """How long to wait from now: nothing for the free tries, then 30 seconds, doubling up to 15 minutes."""
    over = failures - FREE[kind]
    if over < 0 or now - last_at > FORGOTTEN_AFTER:
        return timedelta(0)
    pause = min(FIRST_WAIT * (1 << min(over, 10)), LONGEST_WAIT)
    return max(timedelta(0), last_at + pause - now)
