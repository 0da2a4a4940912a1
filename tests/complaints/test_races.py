"""Two people at the same moment: one handler, one appeal, and nobody gets a part in the matter while it is given to them."""

import time
from functools import partial

from sqlalchemy import select

from app.cases import queries as case_queries
from app.complaints.models import Complaint
from app.complaints.rules import State
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Invalid, Refused, Stale, WrongState
from app.kernel.journal import Event, record
from tests.cases.make import World
from tests.cases.test_races import at_once
from tests.complaints.make import appeal, drive, make_refused, row, step


def test_given_to_two_people_at_once_it_is_given_to_one(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.ACKNOWLEDGED)
    seen = row(site, ref).version
    told = at_once(
        *[
            partial(step, site, who, ref, "assign", person=person.id, version=seen)
            for who, person in ((world.director, world.impartial), (world.officer, world.both))
        ]
    )
    assert [one for one in told if one is None] == [None]
    assert isinstance(next(one for one in told if one), Stale | WrongState)
    with reading(site, SYSTEM) as unit:
        given = unit.db.scalars(select(Event).where(Event.kind == "complaint.assigned")).all()
    assert [one.data["form"]["person"] for one in given] == [row(site, ref).handler]


def test_one_decision_is_appealed_against_once(site: Site) -> None:
    world = make_refused(site)
    told = at_once(*[partial(once, world)] * 4)
    assert len([one for one in told if one is None]) == 1
    assert all(isinstance(one, Refused | Invalid) for one in told if one)
    with reading(site, SYSTEM) as unit:
        assert len(unit.db.scalars(select(Complaint)).all()) == 1


def once(world: World) -> None:
    appeal(world)


def test_nobody_is_given_it_while_they_get_a_part_in_the_matter(site: Site) -> None:
    """Whoever writes into the case first is seen by the one who gives the appeal away: the two take turns."""
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.ACKNOWLEDGED)
    told = at_once(partial(take_part, world), partial(give_later, world, ref))
    assert told[0] is None
    assert isinstance(told[1], Refused), told
    assert row(site, ref).handler == ""


def take_part(world: World) -> None:
    """Somebody writes into the case, and takes a while before it is on disk."""
    with writing(world.site, world.impartial) as unit:
        record(unit, "case.noted", case_queries.case_of_id(unit, _case_id(world)))
        time.sleep(0.4)


def give_later(world: World, ref: str) -> None:
    time.sleep(0.15)
    step(world.site, world.director, ref, "assign", person=world.impartial.id)


def _case_id(world: World) -> int:
    with reading(world.site, SYSTEM) as unit:
        return case_queries.find_case(unit, world.ref).id
