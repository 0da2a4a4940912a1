"""Whose turn it is: the page of a case, the queue and the desk say the same of everybody."""

from datetime import date

import pytest
from sqlalchemy import select

from app.cases import queries
from app.cases.models import Application
from app.cases.queries import CaseView
from app.cases.rules import State
from app.desks import queries as desks
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.organisations.queries import organisation
from app.people.commands import add_member
from app.people.queries import person
from app.people.rules import Tied
from app.permissions import Role
from tests.cases.make import PEOPLE, World, address, make_case, make_member, recommend, step, take_into_review
from tests.cases.test_decision import evaluated_by, finish
from tests.cases.test_evaluation import end_trust, tie

KEYS = ("client", *(key for key, _name, _roles in PEOPLE))


def view(world: World, actor: Actor) -> CaseView:
    with reading(world.site, actor) as unit:
        return queries.case_view(unit, world.ref)


def waits(world: World, actor: Actor) -> bool:
    """Whether the case waits for somebody, as its page says; the queue and the desk must say the same."""
    with reading(world.site, actor) as unit:
        mine = bool(queries.waiting_for_me(unit))
        line = next(iter([*queries.waiting_for_me(unit), *queries.waiting_for_others(unit)]))
        desk = desks.desk(unit)
    on_desk = any(one.case == world.ref and one.mine for one in (*desk.late, *desk.waiting_for_me))
    turn = view(world, actor).turn
    assert turn
    assert (line.mine, line.turn) == (mine, turn.sentence)
    assert turn.mine is mine
    assert on_desk or not mine
    return mine


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.SUBMITTED, {"officer"}),
        (State.AGREEMENT_PENDING, {"client"}),
        (State.PLANNED, {"lead"}),
        (State.EVALUATION_COMPLETE, {"reviewer", "both", "everything"}),
        (State.IN_REVIEW, {"reviewer", "both", "everything"}),
    ],
)
def test_page_queue_and_desk_name_the_same_people(site: Site, state: State, expected: set[str]) -> None:
    world = make_case(site, state)
    assert {key for key in KEYS if waits(world, getattr(world, key))} == expected


def test_a_decision_waits_for_nobody_who_evaluated(site: Site) -> None:
    world = evaluated_by(site, "everything")
    finish(world, world.everything)
    assert {key for key in KEYS if waits(world, getattr(world, key))} == {"decider", "both"}


def test_nor_for_another_account_of_the_same_person(site: Site) -> None:
    world = evaluated_by(site, "everything")
    finish(world, world.everything)
    with writing(site, SYSTEM) as unit:
        body = organisation(unit, world.body.id)
        other = add_member(unit, body, "E. Everything", "e.e@people.example", Role.DECISION_MAKER)
        person(unit, world.everything.id).same_as_id = other.id
        stands = other.ref
    second = Actor(
        stands, "E. Everything", world.decider.roles, world.body.id, world.body.ref,
        world.decider.organisation_name, world.decider.seat,
    )  # fmt: skip
    assert not waits(world, second)


def test_nor_for_somebody_tied_to_the_client_and_a_tie_that_is_over_is_forgotten(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    recommend(world)
    tie(world, world.decider, Tied.CONSULTED, date(2023, 1, 1), date(2024, 5, 1))
    tie(world, world.both, Tied.CONSULTED, date(2020, 1, 1), date(2021, 5, 1))
    assert not waits(world, world.decider)
    assert waits(world, world.both)


def test_nor_for_the_consultant_whom_the_client_named(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    recommend(world)
    with writing(site, SYSTEM) as unit:
        application = unit.db.scalars(select(Application)).one()
        application.consultant_email = address(world.decider.name, world.body.ref)
    assert not waits(world, world.decider)
    assert waits(world, world.both)


def test_nor_for_who_is_not_authorised_today(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    recommend(world)
    end_trust(world, world.decider)
    other = make_member(site, world.body, "Una Other", Role.DECISION_MAKER, authorised=False)
    assert not waits(world, world.decider)
    assert not waits(world, other)


def test_a_review_that_has_ended_is_not_offered_to_be_ended_again(site: Site) -> None:
    world = make_case(site, State.EVALUATION_COMPLETE)
    take_into_review(world)
    before = view(world, world.reviewer)
    assert before.turn and before.turn.button == "End the review with a recommendation"
    recommend(world)
    after = view(world, world.reviewer)
    assert "recommend" not in {one.name for one in after.steps}
    barred = {one.name: one.reason for one in after.barred}
    assert "ended with a recommendation" in barred["recommend"]
    assert "review note" in barred["recommend"]


def test_who_may_review_and_decide_is_led_to_the_decision_once_the_review_has_ended(site: Site) -> None:
    world = make_case(site, State.EVALUATION_COMPLETE)
    step(world, world.both, "take-into-review")
    recommend(world, world.both)
    turn = view(world, world.both).turn
    assert turn and (turn.button, turn.href) == ("Grant certification", f"/cases/{world.ref}/grant")


def test_who_evaluated_is_told_why_they_may_not_decide_who_may_and_what_to_do_next(site: Site) -> None:
    world = evaluated_by(site, "everything")
    finish(world, world.everything)
    barred = {one.name: one.reason for one in view(world, world.everything).barred}
    assert barred["grant"] == (
        "You may not do this: you took part in this case on 2 March 2026, when you helped to evaluate it. Review and "
        "decision are for somebody who did not, so that nobody judges their own work. Those who may review: Bethan Both "
        "and Rhiannon Reviewer. Those who may decide: Bethan Both and Dafydd Decider. Nothing was changed: leave it to one of them."
    )
    tie(world, world.both, Tied.CONSULTED, date(2025, 1, 1), date(2025, 5, 1))
    end_trust(world, world.decider)
    alone = {one.name: one.reason for one in view(world, world.everything).barred}["grant"]
    assert "Those who may decide: nobody at present." in alone
    assert alone.endswith("ask the certification director to authorise somebody who took no part.")
