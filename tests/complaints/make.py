"""Complaints and appeals made by the real commands: a refused client, somebody at RRN, and the way to the end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.cases.rules import State as CaseState
from app.complaints import commands, queries
from app.complaints.models import Complaint
from app.complaints.rules import COMPLAINT, State
from app.complaints.rules.forms import NewAppeal, Report
from app.kernel import outbox
from app.kernel.actor import ANYONE, SYSTEM, Actor
from app.kernel.casework import take
from app.kernel.database import Site, reading, writing
from app.permissions import Role
from tests.cases.make import World, make_case, make_member, recommend
from tests.cases.make import step as case_step
from tests.worlds import once

REPORTED = {
    "matter": "false_claim",
    "who": "Foxglove Homes",
    "words": "Their leaflet names a number that is not on the register.",
}
DECIDED: dict[str, Any] = {
    "outcome": "not_upheld",
    "answer": "The rating was right: nobody had signed.",
    "reasons": "Both papers were read.",
}


@once
def make_refused(site: Site) -> World:
    """A client that was refused, its body with somebody who took no part, and RRN with its people."""
    world = make_case(site, CaseState.IN_REVIEW)
    recommend(world)
    case_step(world, world.decider, "refuse", reasons="Nobody with lived experience takes part.")
    add_people(world)
    outbox.deliver_all(site)
    return world


def add_people(world: World) -> None:
    """Somebody on the impartiality committee, and two at RRN."""
    world.actors["impartial"] = make_member(
        world.site, world.body, "Iris Impartial", Role.IMPARTIALITY_MEMBER
    )
    rrn = replace(world.body, id=world.manager.organisation_id or 0, ref=world.manager.organisation_ref)
    world.actors["oversight"] = make_member(
        world.site, rrn, "Owen Oversight", Role.OVERSIGHT_OFFICER, authorised=False
    )
    world.actors["licences"] = make_member(
        world.site, rrn, "Lowri Licences", Role.LICENCE_MANAGER, authorised=False
    )


def appeal(world: World, words: str = "You read the wrong paper.") -> str:
    """The client appeals against the refusal."""
    with writing(world.site, world.client) as unit:
        return commands.appeal(unit, NewAppeal(decision=world.ref, words=words)).ref


def report(site: Site, actor: Actor = ANYONE, **changed: Any) -> tuple[str, str]:
    """Somebody reports something; reference and code."""
    with writing(site, actor) as unit:
        row, code = commands.report(unit, Report.model_validate(REPORTED | changed))
        return row.ref, code


def step(site: Site, actor: Actor, ref: str, name: str, **said: Any) -> None:
    """Take a step as its page does: find the complaint in one's scope, read the form, call the command."""
    with writing(site, actor) as unit:
        row = queries.find_complaint(unit, ref)
        form = COMPLAINT.step(name).form.model_validate({"version": row.version, **said})
        doing: Callable[..., None] | None = commands.DOING.get(name)
        if doing:
            doing(unit, row, form)
        else:
            take(unit, COMPLAINT, row, name, form)


def row(site: Site, ref: str) -> Complaint:
    """The complaint as it stands in the database."""
    with reading(site, SYSTEM) as unit:
        return unit.db.scalars(select(Complaint).where(Complaint.ref == ref)).one()


def drive(site: Site, office: Actor, handler: Actor, ref: str, to: State, **decided: Any) -> None:
    """Drive a complaint from its receipt along the straight way until it stands at a state."""
    way: list[tuple[State, Actor, str, dict[str, Any]]] = [
        (State.OURS, office, "accept", {}),
        (State.ACKNOWLEDGED, office, "acknowledge", {"answer": "We read it with care."}),
        (State.GATHERING, office, "assign", {"person": handler.id}),
        (State.GATHERING, handler, "note", {"text": "Read the file of the review."}),
        (State.GATHERED, handler, "complete", {}),
        (State.DECIDED, handler, "decide", DECIDED | decided),
    ]
    for state, actor, name, said in way:
        step(site, actor, ref, name, **said)
        if state is to and name != "assign":
            return
    if to in (State.OUTCOME_SENT, State.FOLLOWED_UP):
        outbox.deliver_all(site)
    if to is State.FOLLOWED_UP:
        step(site, office, ref, "follow-up", note="The client was told; nothing else follows.")
