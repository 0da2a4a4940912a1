"""Two at the same moment, again and again: exactly one winner each time, and each of the others is told in words."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.cases.models import Decision
from app.cases.rules import State
from app.curricula.models import Curriculum
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import NotFound, Refused, Stale, WrongState
from app.kernel.journal import Event
from app.kernel.repeat import Repeat
from app.organisations.queries import organisation
from app.people.commands import accept, invite
from app.people.models import Membership
from app.people.rules.forms import Invite
from app.permissions import Role
from tests.cases.make import make_case, recommend, row, step
from tests.faults.ground import JSON, Ground

TRIES = 300


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Let everybody begin in the same moment; what came of each."""
    gate = threading.Barrier(len(works))
    came: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        gate.wait(30)
        try:
            came[place] = work()
        except Exception as problem:
            came[place] = problem

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


@pytest.mark.slow
def test_of_two_decisions_on_one_case_exactly_one_stands_every_time(site: Site) -> None:
    """Both look at the same version; the case is put back as it was after each round, so that one case serves for all."""
    world = make_case(site, State.IN_REVIEW)
    recommend(world)
    with site.engine.connect() as connection:
        asked = text(
            'SELECT reviewed_at, review_verdict, reviewer_name, review_reasons FROM "case" WHERE ref = :ref'
        )
        kept = dict(connection.execute(asked, {"ref": world.ref}).one()._mapping)
    for turn in range(1, TRIES + 1):
        seen = row(world).version
        came = at_once(
            *(
                partial(step, world, who, "defer", reasons="Look again.", version=seen)
                for who in (world.decider, world.both)
            )
        )
        assert came.count(None) == 1, (turn, came)
        assert isinstance(next(one for one in came if one), Stale | WrongState | Refused), came
        with site.engine.begin() as connection:
            again = text(
                "UPDATE \"case\" SET status = 'in_review', reviewed_at = :reviewed_at, review_verdict = :review_verdict,"
                " reviewer_name = :reviewer_name, review_reasons = :review_reasons WHERE ref = :ref"
            )
            connection.execute(again, {**kept, "ref": world.ref})
    with reading(site, SYSTEM) as unit:
        assert unit.db.scalar(select(func.count()).select_from(Decision)) == TRIES
        assert unit.db.scalar(select(func.count()).where(Event.kind == "case.deferred")) == TRIES


def test_one_invitation_is_accepted_once(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    for turn in range(20):
        with writing(site, SYSTEM) as unit:
            to = organisation(unit, world.client.organisation_id or 0)
            link = invite(
                unit, to, Invite(name="Nia", email=f"nia{turn}@harbourlane.example", roles=[Role.TRAINER])
            )
        secret = link.rsplit("/", 1)[1]

        def join(secret: str = secret) -> None:
            with writing(site) as unit:
                accept(unit, secret, "$argon2id$hash")

        came = at_once(join, join, join)
        assert came.count(None) == 1, came
        assert all(one is None or isinstance(one, NotFound | Refused) for one in came), came
    with reading(site, SYSTEM) as unit:
        held = select(func.count()).where(
            Membership.role == Role.TRAINER, Membership.organisation_id == world.client.organisation_id
        )
        assert unit.db.scalar(held) == 20
        assert unit.db.scalar(select(func.count()).where(Event.kind == "invitation.accepted")) == 20


def test_one_key_sent_twice_at_once_is_carried_out_once_and_both_are_told_where_it_led(
    ground: Ground,
) -> None:
    """The second call waits for the first and gets its answer, not a refusal (rules page, 21)."""
    who, body = "organisational_representative", b'{"title": "Sent twice"}'
    for turn in range(15):
        headers = {
            **JSON,
            "Idempotency-Key": f"at once {turn}",
            "Authorization": f"Bearer {ground.callers[who].token}",
        }
        answers = at_once(
            *[lambda headers=headers: ground.client.post("/api/v1/curricula", content=body, headers=headers)]
            * 3
        )
        assert [one.status_code for one in answers] == [201, 201, 201], [one.text[:200] for one in answers]
        assert len({one.json()["ref"] for one in answers}) == 1
    with reading(ground.site, SYSTEM) as unit:
        assert unit.db.scalar(select(func.count()).where(Curriculum.title == "Sent twice")) == 15
        assert (unit.db.scalar(select(func.count()).select_from(Repeat)) or 0) >= 15
