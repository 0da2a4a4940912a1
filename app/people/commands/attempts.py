"""Counting failures in the database, so that guessing gets slower and slower whichever process is asked."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.kernel.database import Unit
from app.kernel.errors import TooSoon
from app.kernel.words import _, plural
from app.people.models import Attempt
from app.people.rules.codes import keyed
from app.people.rules.waiting import FORGOTTEN_AFTER, wait_left


def _key(unit: Unit, kind: str, of: str) -> str:
    return keyed(unit.site.settings.secret_key, f"attempt {kind}", of)


def check_wait(unit: Unit, kind: str, of: str) -> None:
    """Raises TooSoon while somebody who failed too often has to wait. The same for accounts that do not exist."""
    row = unit.db.get(Attempt, _key(unit, kind, of))
    if row:
        _refuse(unit, kind, row)


def hold(unit: Unit, kind: str, of: str) -> Attempt:
    """The counter, held until the transaction ends: tries at the same moment take turns. Raises TooSoon."""
    key = _key(unit, kind, of)
    insert = sqlite_insert if unit.db.get_bind().dialect.name == "sqlite" else postgresql_insert
    unit.db.execute(insert(Attempt).values(key=key, failures=0, last_at=unit.now).on_conflict_do_nothing())
    row = unit.db.get_one(Attempt, key, with_for_update=True, populate_existing=True)
    _refuse(unit, kind, row)
    return row


def _refuse(unit: Unit, kind: str, row: Attempt) -> None:
    left = wait_left(kind, row.failures, row.last_at, unit.now)
    if left:
        seconds = max(1, int(left.total_seconds()))
        raise TooSoon(
            _("There were too many tries. Nothing was changed: wait {time} and try again.").format(
                time=plural("{count} minute", "{count} minutes", -(-seconds // 60))
            ),
            seconds,
        )


def failed(unit: Unit, row: Attempt) -> None:
    """One more failure; those of yesterday are forgotten first."""
    row.failures = 1 if unit.now - row.last_at > FORGOTTEN_AFTER else row.failures + 1
    row.last_at = unit.now


def succeeded(row: Attempt) -> None:
    """The next failure is the first one again."""
    row.failures = 0


def forget_old(unit: Unit) -> None:
    """Remove counters that no longer make anybody wait."""
    unit.db.execute(delete(Attempt).where(Attempt.last_at < unit.now - FORGOTTEN_AFTER))
