"""Time: stored UTC and aware; civil dates are Europe/London by one function (rules page, 26)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
LONDON = ZoneInfo("Europe/London")


def system_clock() -> datetime:
    """The time now, in UTC. The only reading of the machine's clock."""
    return datetime.now(UTC)


def civil_date(moment: datetime) -> date:
    """The calendar day in London at that moment."""
    return moment.astimezone(LONDON).date()


def first_moment(day: date) -> datetime:
    """Midnight in London, when that day begins."""
    return datetime.combine(day, time.min, LONDON)


def last_second(day: date) -> datetime:
    """The last whole second of that day in London."""
    return datetime.combine(day, time(23, 59, 59), LONDON)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on; the last day of the month where that day does not exist."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
