"""Two people at the same moment: one decision, one number, and no certificate under a dead licence."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from app.cases import commands, queries
from app.cases.models import Case, Decision
from app.cases.rules import State
from app.cases.rules.forms import Grant
from app.certificates.models import Certificate
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Refused, Stale, WrongState
from app.licences.models import Licence
from tests.cases.make import World, grant, make_case, make_world, open_case, recommend, row, step, submit
from tests.licences.make import change

TRIES = 300


def at_once(*works: Callable[[], None]) -> list[Exception | None]:
    """Let everybody begin in the same moment; what each was told, None for nothing."""
    gate = threading.Barrier(len(works))
    told: list[Exception | None] = [None] * len(works)

    def run(place: int, work: Callable[[], None]) -> None:
        gate.wait()
        try:
            work()
        except Exception as problem:
            told[place] = problem

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def reviewed(site: Site) -> World:
    world = make_case(site, State.IN_REVIEW)
    recommend(world)
    return world


def test_two_decision_makers_decide_once(site: Site) -> None:
    world = reviewed(site)
    seen = row(world).version
    told = at_once(
        lambda: grant(world, world.decider, version=seen),
        lambda: step(world, world.both, "refuse", reasons="No.", version=seen),
    )
    assert [one for one in told if one is None] == [None]
    assert isinstance(next(one for one in told if one), (Stale, WrongState, Refused))
    with reading(site, SYSTEM) as unit:
        assert len(unit.db.scalars(select(Decision)).all()) == 1


def test_applications_begun_at_once_get_different_numbers(site: Site) -> None:
    world = make_world(site)
    told = at_once(*[lambda: open_case(world)] * 8)
    assert told == [None] * 8
    with reading(site, SYSTEM) as unit:
        refs = sorted(unit.db.scalars(select(Case.ref)))
    assert refs == [f"NGC-C-000{number}" for number in range(1, 9)]


def test_an_application_sent_twice_at_once_is_frozen_once(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    submit_once = [lambda: submit(world)] * 2
    told = at_once(*submit_once)
    assert len([one for one in told if one is None]) == 1
    assert row(world).status is State.SUBMITTED


@pytest.mark.slow
def test_no_certificate_is_granted_beside_a_suspension(site: Site) -> None:
    """A grant that got through holds the licence until it is written down (rules page, 19); taken back, it is tried again."""
    world = reviewed(site)
    through = 0
    takes = min(how_long(partial(grant_and_take_back, world, [], 0)) for _once in range(3))
    for number in range(TRIES):
        seen: list[str] = []
        # The suspension comes anywhere from half as long before the decision as that takes until a little after its end.
        later = (number % 20 - 6) / 12 * takes
        pair = [
            partial(grant_and_take_back, world, seen, max(0.0, -later)),
            partial(suspend_later, world, max(0.0, later)),
        ]
        told = at_once(*(pair if number % 2 else reversed(pair)))
        decided, suspended = told if number % 2 else reversed(told)
        assert suspended is None, told
        assert isinstance(decided, Undone | Refused), told
        through += isinstance(decided, Undone)
        assert set(seen) <= {"licensed"}
        licence(world, "reinstate")
    assert 0 < through < TRIES
    with reading(site, SYSTEM) as unit:
        assert unit.db.scalars(select(Certificate)).all() == []


def how_long(work: Callable[[], None]) -> float:
    """Seconds that a decision takes on this machine today."""
    began = time.monotonic()
    assert isinstance(at_once(work)[0], Undone)
    return time.monotonic() - began


class Undone(Exception):
    """The decision is taken back so that the next try finds the same case."""


def grant_and_take_back(world: World, seen: list[str], seconds: float) -> None:
    """Decide for good, look from outside at the licence just before it would be written down, and take everything back."""
    time.sleep(seconds)
    with writing(world.site, world.decider) as unit:
        case = queries.find_case(unit, world.ref)
        form = Grant(
            version=case.version, granted=list(queries.items_by_ref(unit, case)), reasons="All is met."
        )
        commands.DOING["grant"](unit, case, form)
        time.sleep(0.02)
        with reading(world.site, SYSTEM) as outside:
            seen.append(outside.db.scalars(select(Licence.status)).one().value)
        raise Undone


def suspend_later(world: World, seconds: float) -> None:
    """Suspend the licence while the decision is anywhere between its first look and its last."""
    time.sleep(seconds)
    licence(world, "suspend")


def licence(world: World, name: str) -> None:
    change(world.site, world.manager, world.body, name, world.site.clock().date())
