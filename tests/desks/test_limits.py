"""A suspension past its limit: withdrawal is due, and everybody who has to know is told."""

from datetime import date, timedelta

import pytest

from app.certificates import queries as certificates
from app.kernel.actor import Actor
from app.kernel.database import Site, reading
from tests.certificates.make import World, change, issue, make_world, refs
from tests.conftest import SetClock
from tests.desks.test_desk import asked, desk

LIMIT = date(2026, 5, 1)
OVERDUE = "Withdrawal is due since 2 May 2026: the suspension has reached its limit"


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def late(site: Site, actor: Actor) -> list[str]:
    return [line.sentence for line in desk(site, actor).late]


def reach(clock: SetClock, day: date) -> None:
    clock.now += day - clock.now.date()


def test_on_the_last_day_it_is_near_and_the_day_after_withdrawal_is_due(
    site: Site, world: World, clock: SetClock
) -> None:
    number = issue(world)
    change(world, number, "suspend", limit_on=LIMIT)
    reach(clock, LIMIT)
    assert asked(site, world.decider) == [
        "The suspension reaches its limit on 1 May 2026: reinstate the certificate, or withdraw it."
    ]
    assert late(site, world.decider) == late(site, world.rrn) == []
    reach(clock, LIMIT + timedelta(days=1))
    assert late(site, world.decider) == [f"{OVERDUE}. Withdraw the certificate, or end the suspension."]
    assert late(site, world.rrn) == [f"{OVERDUE}, and Northgate Certification has not acted."]
    assert asked(site, world.rrn) == []  # RRN sees it; the body acts
    assert late(site, world.stranger) == []


def test_the_page_of_the_certificate_says_it_to_both_sides(site: Site, world: World, clock: SetClock) -> None:
    number = issue(world)
    change(world, number, "suspend", limit_on=LIMIT)
    for day, due in ((LIMIT, None), (LIMIT + timedelta(days=1), date(2026, 5, 2))):
        reach(clock, day)
        for actor in (world.decider, world.manager, world.rrn):
            with reading(site, actor) as unit:
                assert certificates.certificate_view(unit, number).withdrawal_due == due
                assert certificates.withdrawal_due_since(unit, number) == due


def test_once_the_body_has_acted_nothing_is_due(site: Site, world: World, clock: SetClock) -> None:
    for step in ("withdraw", "reinstate"):
        number = issue(world, decision_ref=step)
        change(world, number, "suspend", limit_on=clock.now.date() + timedelta(days=9))
        clock.now += timedelta(days=20)
        assert len(late(site, world.rrn)) == 1
        change(world, number, step)
        assert late(site, world.decider) == late(site, world.rrn) == []
        with reading(site, world.rrn) as unit:
            assert certificates.withdrawal_due_since(unit, number) is None


def test_curricula_suspended_by_themselves_have_a_limit_too(
    site: Site, world: World, clock: SetClock
) -> None:
    number = issue(world)
    first = refs(site, number)[0]
    change(world, number, "suspend-curricula", curricula=[first], limit_on=LIMIT)
    assert asked(site, world.decider) == []
    reach(clock, LIMIT + timedelta(days=1))
    assert late(site, world.decider) == [
        "Since 2 May 2026 some curricula are to be taken off: their suspension has reached its limit. Take them off, or end it."
    ]
    assert late(site, world.rrn) == [f"{OVERDUE}, and Northgate Certification has not acted."]
    with reading(site, world.manager) as unit:
        seen = certificates.certificate_view(unit, number)
    assert [item.withdrawal_due for item in seen.items] == [date(2026, 5, 2), None]
    assert seen.withdrawal_due is None
    change(world, number, "reinstate-curricula", curricula=[first])
    assert late(site, world.decider) == late(site, world.rrn) == []
