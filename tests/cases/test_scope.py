"""Who sees what of a case, whose turn it is, the work queue, and what a page costs."""

from datetime import timedelta
from typing import Any

import pytest

from app.cases import queries
from app.cases.queries import CaseView, QueueView
from app.cases.rules import State
from app.kernel.actor import Actor
from app.kernel.database import Site, reading
from app.kernel.errors import Forbidden, NotFound
from app.kernel.fields import View
from app.organisations.queries import organisation
from app.permissions import Role, Seat
from tests.audits.make import statements
from tests.cases.make import (
    World,
    accept_agreement,
    begin_evaluation,
    complete,
    draft_finding,
    go,
    issue_findings,
    make_case,
    make_member,
    make_world,
    open_case,
    plan,
    recommend,
    step,
    submit,
)
from tests.conftest import SetClock
from tests.licences.make import actor_of, make_body, make_manager


def view(world: World, actor: Actor) -> CaseView:
    with reading(world.site, actor) as unit:
        return queries.case_view(unit, world.ref)


def queue(world: World, actor: Actor, **asked: Any) -> QueueView:
    wanted: dict[str, Any] = {
        "state": None, "owner": None, "late_only": False, "mine": False, "older": None, "every": False, "after": None,
    }  # fmt: skip
    with reading(world.site, actor) as unit:
        return queries.queue(unit, **(wanted | asked))


def overseer(world: World, role: Role = Role.OVERSIGHT_OFFICER) -> Actor:
    with reading(world.site, world.manager) as unit:
        assert world.manager.organisation_id
        return actor_of(organisation(unit, world.manager.organisation_id), role, "Orla Oversight")


def test_a_stranger_learns_nothing_of_a_case(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    other = make_body(site, make_manager(site), "Calder Assurance", "CAL")
    for actor in (world.stranger, other.officer):
        with pytest.raises(NotFound, match="no case of that reference"):
            view(world, actor)
        assert queue(world, actor, every=True).items == []
        with reading(site, actor) as unit, pytest.raises(NotFound):
            queries.agreement_page(unit, world.ref)


def test_a_stranger_takes_no_step_even_with_the_right_role(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    other = make_body(site, make_manager(site), "Calder Assurance", "CAL")
    with pytest.raises(NotFound):
        step(world, other.officer, "begin-review")
    with pytest.raises(NotFound):
        step(world, world.stranger, "withdraw-application")


def test_trustees_and_affiliates_have_no_cases(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    with pytest.raises(Forbidden):
        view(world, overseer(world, Role.TRUSTEE))
    nobody = Actor("someone", "Anna", frozenset({Role.CASE_OFFICER}), 1, "r", "Larkfield", Seat.AFFILIATE)
    with pytest.raises(NotFound):
        view(world, nobody)


def test_rrn_reads_cases_that_were_sent_and_can_do_nothing_in_them(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    with pytest.raises(NotFound):
        view(world, overseer(world))
    submit(world)
    seen = view(world, overseer(world))
    assert (seen.steps, seen.barred) == ([], [])


def test_a_client_sees_no_review_notes_no_checks_and_no_recommendations(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    step(world, world.reviewer, "note-section", section="team", text="Who checked the second day?")
    inside, outside = view(world, world.decider), view(world, world.client)
    assert [one.text for one in inside.notes] == ["Who checked the second day?"]
    assert inside.checks
    assert inside.evaluation
    assert (outside.notes, outside.checks, outside.evaluation, outside.review) == ([], [], None, None)
    told = outside.model_dump_json()
    assert "Who checked the second day" not in told
    assert "Review noted" not in told
    assert "Everything was seen" not in told
    assert "Who checked" not in view(world, overseer(world)).model_dump_json()


def test_a_client_sees_findings_once_they_are_issued(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    draft_finding(world)
    assert view(world, world.client).findings == []
    assert len(view(world, world.lead).findings) == 1
    step(world, world.lead, "issue-findings")
    assert len(view(world, world.client).findings) == 1


def test_every_state_says_whose_turn_it_is_with_one_button_for_them(site: Site) -> None:
    world = make_world(site)
    open_case(world)
    path: list[tuple[str, Any]] = [
        ("client", submit), ("officer", lambda _w: go(world, State.UNDER_APPLICATION_REVIEW)),
        ("officer", lambda _w: go(world, State.AGREEMENT_PENDING)), ("client", accept_agreement),
        ("officer", lambda _w: None),
    ]  # fmt: skip
    for who, act in path:
        mine = view(world, getattr(world, who)).turn
        assert mine
        assert mine.mine, row_status(world)
        assert mine.href.startswith(f"/cases/{world.ref}/") or mine.href == "#steps"
        assert mine.button
        if view(world, world.client).status == State.DRAFT:  # nobody else knows of it yet
            act(world)
            continue
        other = view(world, world.officer if who == "client" else world.client).turn
        assert other
        assert not other.mine
        assert other.sentence.startswith("Waiting for ")
        assert (other.href, other.button) == ("", "")
        act(world)


def row_status(world: World) -> str:
    return view(world, world.client).status


def test_the_button_leads_to_the_work(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    turn = view(world, world.lead).turn
    assert turn
    assert turn.href.startswith("/audits/")
    finding = issue_findings(world)
    asked = view(world, world.client).turn
    assert asked
    assert (asked.href, asked.button) == (f"/findings/{finding}", "Answer the next finding")


def test_the_seven_stages_follow_the_evaluation_in_hand(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    assert [one.state for one in view(world, world.client).stages] == [
        "done",
        "done",
        "now",
        "todo",
        "todo",
        "todo",
        "todo",
    ]
    begin_evaluation(world)
    assert view(world, world.client).stages[3].state == "now"
    complete(world)
    assert [one.state for one in view(world, world.client).stages] == ["done"] * 6 + ["now"]


def test_a_step_that_may_not_be_taken_is_named_with_its_reason(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    barred = {one.name: one.reason for one in view(world, world.decider).barred}
    assert "review has not ended" in barred["grant"]
    assert "maintain" not in barred
    offered = {one.name for one in view(world, world.reviewer).steps}
    assert {"recommend", "note-section", "return-to-evaluation"} <= offered


def test_the_queue_shows_what_waits_longest_first_and_goes_on_by_key(
    site: Site, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cases.queries.lists.PAGE", 2)
    world = make_world(site)
    for _each in range(5):
        open_case(world)
        clock.now += timedelta(days=1)
    seen: list[str] = []
    after: str | None = None
    while True:
        page = queue(world, world.client, after=after)
        seen += [one.ref for one in page.items]
        if (after := page.next) is None:
            break
    assert seen == [f"NGC-C-000{number}" for number in range(1, 6)]


def test_the_queue_is_narrowed_by_state_owner_age_and_turn(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.UNDER_APPLICATION_REVIEW)
    first = world.ref
    clock.now += timedelta(days=10)
    open_case(world)
    submit(world)
    assert [one.ref for one in queue(world, world.officer).items] == [first, world.ref]
    assert [one.ref for one in queue(world, world.officer, state=State.SUBMITTED).items] == [world.ref]
    assert [one.ref for one in queue(world, world.officer, owner=world.officer.id).items] == [first]
    assert [one.ref for one in queue(world, world.officer, older=10).items] == [first]
    assert len(queue(world, world.officer, mine=True).items) == 2
    assert queue(world, world.decider, mine=True).items == []
    assert queue(world, world.client, mine=True).items == []


def test_a_case_that_is_over_leaves_the_queue_unless_asked_for(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    step(world, world.client, "withdraw-application")
    assert queue(world, world.client).items == []
    assert [one.ref for one in queue(world, world.client, every=True).items] == [world.ref]


def test_a_case_is_late_when_its_first_day_passed_or_an_answer_is_overdue(
    site: Site, clock: SetClock
) -> None:
    world = make_case(site, State.PLANNED)
    assert queue(world, world.officer, late_only=True).items == []
    clock.now += timedelta(days=1)
    assert [one.late for one in queue(world, world.officer, late_only=True).items] == [True]
    begin_evaluation(world)
    issue_findings(world)
    assert queue(world, world.officer, late_only=True).items == []
    clock.now += timedelta(days=31)
    assert len(queue(world, world.officer, late_only=True).items) == 1


def test_waiting_for_me_follows_the_turn_of_every_role(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    other = make_member(site, world.body, "Una Other", Role.LEAD_ASSESSOR)

    def waits(actor: Actor) -> bool:
        with reading(site, actor) as unit:
            return bool(queries.waiting_for_me(unit))

    assert waits(world.lead)
    assert not waits(other)
    step(world, world.client, "object-to-team", person=world.lead.id, reason="We know each other.")
    assert waits(world.officer)
    assert not waits(world.lead)
    plan(world)
    begin_evaluation(world)
    complete(world)
    assert waits(world.reviewer)
    step(world, world.reviewer, "take-into-review")
    assert not waits(world.decider)
    recommend(world)
    assert waits(world.decider)
    assert not waits(world.reviewer)
    with reading(site, world.client) as unit:
        assert [one.ref for one in queries.waiting_for_others(unit)] == [world.ref]


LIMIT = 32
"""Statements of one case page without sign-in; five of them ask where the licence stands."""


@pytest.mark.parametrize("who", ["client", "officer", "lead", "decider"])
def test_the_page_of_a_case_does_not_ask_more_when_there_is_more_in_it(site: Site, who: str) -> None:
    world = make_case(site, State.IN_EVALUATION)
    actor: Actor = getattr(world, who)
    for _each in range(3):
        issue_findings(world, "minor")
    few = statements(site, lambda: view(world, actor))
    for _each in range(6):
        issue_findings(world, "minor")
    assert statements(site, lambda: view(world, actor)) == few
    assert few <= LIMIT


def test_the_page_of_a_case_in_review_stays_within_its_statements(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    recommend(world)
    assert statements(site, lambda: view(world, world.decider)) <= LIMIT + 5


def test_the_queue_asks_the_same_whatever_is_in_it(site: Site) -> None:
    world = make_world(site)
    open_case(world)
    few = statements(site, lambda: queue(world, world.client))
    for _each in range(5):
        open_case(world)
    assert statements(site, lambda: queue(world, world.client)) == few <= 3
    assert isinstance(queue(world, world.client), View)
