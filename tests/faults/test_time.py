"""Days are London's, whatever the clock of the machine says: the hour around midnight, the changes of the clocks, 29 February."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import StatementError

from app.kernel.actor import SYSTEM
from app.kernel.clock import add_months, civil_date
from app.kernel.database import Site, reading, writing
from app.kernel.mail import Letter, post
from tests.certificates.make import a_grant, issue, make_world, row, status, versions
from tests.conftest import SetClock
from tests.faults.ground import Ground


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at(2026, 7, 1, 23, 30), date(2026, 7, 2)),  # half past midnight in summer time
        (at(2026, 7, 1, 22, 59), date(2026, 7, 1)),
        (at(2026, 1, 1, 23, 59), date(2026, 1, 1)),
        (at(2026, 3, 29, 0, 59), date(2026, 3, 29)),  # the clocks go forward at one
        (at(2026, 3, 28, 23, 59), date(2026, 3, 28)),
        (at(2026, 10, 24, 23, 30), date(2026, 10, 25)),  # they go back in the coming night
        (at(2026, 10, 25, 23, 30), date(2026, 10, 25)),
    ],
)
def test_a_day_begins_at_midnight_in_london(moment: datetime, day: date) -> None:
    assert civil_date(moment) == day


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2028, 2, 29), 36, date(2031, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2099, 12, 31), 1, date(2100, 1, 31)),
    ],
)
def test_months_end_where_the_month_ends(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_a_certificate_decided_on_29_february_runs_until_the_27th_of_the_last_year(
    site: Site, clock: SetClock
) -> None:
    """Three years begin on the 29th and end the day before the 28th comes again."""
    clock.now = at(2028, 2, 29, 12)
    world = make_world(site, curricula=1)
    number = issue(world)
    until = row(site, number).expires_on
    assert until in (date(2031, 2, 27), date(2031, 2, 28))
    assert status(site, number, until) is not None
    clock.now = at(2031, 3, 1, 12)
    assert str(status(site, number)) == "expired"


def test_a_decision_half_an_hour_after_midnight_in_summer_counts_from_the_new_day(
    site: Site, clock: SetClock
) -> None:
    world = make_world(site, curricula=1)
    clock.now = at(2026, 7, 1, 23, 30)
    assert a_grant(world).decided_on == date(2026, 7, 2)
    number = issue(world)
    assert '"2026-07-02"' in versions(site, number)[0].statement
    assert status(site, number, date(2026, 7, 1)) is None


def test_the_day_of_a_public_answer_is_londons(ground: Ground) -> None:
    before = ground.clock.now
    try:
        ground.clock.now = at(2026, 7, 1, 22, 59)
        first = ground.ask("GET", f"/verify/{ground.clean.number}", json=True).text
        assert (
            ground.ask("GET", f"/api/v1/verify/{ground.clean.number}", json=True).json()["on"] == "2026-07-01"
        )
        ground.clock.now = at(2026, 7, 1, 23, 1)
        assert (
            ground.ask("GET", f"/api/v1/verify/{ground.clean.number}", json=True).json()["on"] == "2026-07-02"
        )
        assert first
    finally:
        ground.clock.now = before


def test_a_naive_moment_never_reaches_the_database(site: Site) -> None:
    with writing(site, SYSTEM) as unit:
        unit.now = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001
        with pytest.raises(StatementError, match="time zone"):
            post(unit, "ann@example.org", "invitation")
        unit.db.rollback()
    with reading(site, SYSTEM) as unit:
        assert unit.db.query(Letter).count() == 0
