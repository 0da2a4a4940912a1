"""The table of a case by itself: states, clauses, turns, and each guard shown to be what refuses."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.cases.commands import DOING
from app.cases.rules import (
    CASE,
    CLIENT_DUTIES,
    EVALUATION,
    OPEN,
    OVER,
    TURNS,
    CaseFacts,
    Kind,
    Member,
    Parties,
    Section,
    Side,
    Standing,
    State,
    agreement_text,
    digest,
    gaps,
    pack_state,
    reference,
    sentence,
    turn_of,
)
from app.kernel.actor import SYSTEM, Actor
from app.kernel.errors import Forbidden, Refused, WrongState
from app.kernel.workflow import Done
from app.permissions import Permission, Role, Seat
from app.standards.queries import newest_rule_pack

TODAY = date(2026, 3, 2)
LICENSED = Standing("Northgate Certification: licensed.", True, True, True)
SUSPENDED = Standing("Northgate Certification: suspended.", False, True, False)
GONE = Standing("Northgate Certification: no licence on this day.", False, False, False)
EVERYBODY = Actor("nobodyelse", "Emrys", frozenset(Role), 1, "r", "Northgate", Seat.BODY)
LEAD = Member("nobodyelse", "Emrys", True)
OTHER = Member("somebody", "Łukasz Wiśniewski", True)
GOOD = CaseFacts(
    TODAY, standing=LICENSED, client_accepted=True, body_signed=True, team=(OTHER,), audits=1, required=3,
    recorded=3, authorised=frozenset({"reviewer", "decision_maker"}),
)  # fmt: skip


@dataclass
class Subject:
    """As much of a case as the table looks at."""

    status: State
    kind: Kind = Kind.INITIAL
    reviewed_at: datetime | None = datetime(2026, 3, 1, tzinfo=UTC)
    id: int = 1
    ref: str = "NGC-C-0001"
    version: int = 1
    thread: str = "case:1"


def check(
    step: str, facts: CaseFacts, kind: Kind = Kind.INITIAL, actor: Actor = EVERYBODY, **more: Any
) -> None:
    found = CASE.step(step)
    CASE.check(found, Subject(found.sources[0], kind, **more), actor, facts)


def test_every_state_is_reached_from_a_draft() -> None:
    reached = {State.DRAFT}
    while more := {step.target for step in CASE.steps if reached & set(step.sources)} - reached:
        reached |= more
    assert reached == set(State)


def test_every_live_state_can_be_left_and_a_closed_case_cannot() -> None:
    left = {source for step in CASE.steps for source in step.sources if step.target is not source}
    assert left == set(State) - {State.CLOSED}


def test_every_open_state_waits_for_somebody_and_only_decisions_wait_for_the_register() -> None:
    assert set(TURNS) == set(OPEN) | {State.GRANTED, State.REFUSED}
    assert {state for state, turn in TURNS.items() if turn.side is Side.REGISTER} <= OVER


def test_whoever_is_waited_for_has_a_step_to_take() -> None:
    for state, turn in TURNS.items():
        permissions = {step.permission for step in CASE.steps if state in step.sources}
        assert turn.may is None or turn.may in permissions, state


def test_the_rule_pack_knows_each_state_with_its_clause_and_stage() -> None:
    pack = newest_rule_pack()
    assert {pack_state(state) for state in State} == set(pack.clauses) - {"enquiry"}
    assert all(pack.stage_of(pack_state(state)) for state in State)


def test_each_step_names_a_clause_the_standard_has() -> None:
    assert all(re.fullmatch(r"4\.1\.2|7(\.\d+)+", step.clause) for step in CASE.steps)


def test_each_step_that_does_more_has_its_function() -> None:
    assert {step.name for step in CASE.steps if step.command} == set(DOING)


def test_every_decision_is_independent_of_every_evaluation() -> None:
    decisions = [
        step for step in CASE.steps if step.permission in (Permission.CASE_DECIDE, Permission.CASE_REVIEW)
    ]
    assert len(decisions) == 13
    assert all(step.independent_of == EVALUATION for step in decisions)
    assert "audit.result_recorded" in EVALUATION


@pytest.mark.parametrize("kind", EVALUATION)
def test_who_evaluated_may_not_decide(kind: str) -> None:
    full = kind if "." in kind else f"case.{kind}"
    seen = replace(GOOD, past=(Done(full, EVERYBODY.id, date(2026, 2, 1)),))
    with pytest.raises(Refused, match="1 February 2026"):
        check("grant", seen)
    check("grant", replace(seen, past=(Done(full, "somebody", date(2026, 2, 1)),)))


BROKEN: tuple[tuple[str, str, CaseFacts, dict[str, Any]], ...] = (
    ("submit", "application_is_complete", replace(GOOD, missing=("the legal name",)), {}),
    ("begin-review", "actor_is_not_tied_to_the_client", replace(GOOD, conflict="Emrys advised the client"), {}),
    ("accept-application", "actor_is_not_tied_to_the_client", replace(GOOD, conflict="a tie"), {}),
    ("accept-application", "body_may_take_new_clients", replace(GOOD, standing=SUSPENDED), {}),
    ("request-information", "actor_is_not_tied_to_the_client", replace(GOOD, conflict="a tie"), {}),
    ("decline", "actor_is_not_tied_to_the_client", replace(GOOD, conflict="a tie"), {}),
    ("accept-agreement", "client_has_not_accepted", GOOD, {}),
    ("sign-agreement", "client_accepted_the_agreement", replace(GOOD, client_accepted=False), {}),
    ("sign-agreement", "body_may_take_new_clients", replace(GOOD, standing=SUSPENDED), {}),
    ("sign-agreement", "body_may_take_new_clients", replace(GOOD, standing=None), {}),
    ("plan", "agreement_is_in_force", replace(GOOD, body_signed=False), {}),
    ("answer-objection", "team_objection_is_open", GOOD, {}),
    ("begin-evaluation", "actor_leads_the_team", replace(GOOD, team=(OTHER,)), {}),
    ("begin-evaluation", "actor_is_not_tied_to_the_client", replace(GOOD, team=(LEAD,), conflict="a tie"), {}),
    ("begin-evaluation", "team_is_fit", replace(GOOD, team=(replace(LEAD, barred_by="not authorised"),)), {}),
    ("begin-evaluation", "no_objection_is_open", replace(GOOD, team=(replace(LEAD, objection_open=True),)), {}),
    ("complete-evaluation", "every_requirement_has_a_result", replace(GOOD, team=(LEAD,), recorded=2), {}),
    ("complete-evaluation", "every_requirement_has_a_result", replace(GOOD, team=(LEAD,), audits=0), {}),
    ("complete-evaluation", "client_was_told_of_all_findings", replace(GOOD, team=(LEAD,), drafts=1), {}),
    ("complete-evaluation", "every_answer_is_judged", replace(GOOD, team=(LEAD,), to_judge=1), {}),
    ("complete-evaluation", "nothing_blocks", replace(GOOD, team=(LEAD,), blocking=("Finding 1 is open.",)), {}),
    ("give-up", "something_blocks", replace(GOOD, team=(LEAD,)), {}),
    ("issue-findings", "something_to_issue", replace(GOOD, team=(LEAD,)), {}),
    ("send-answers", "findings_wait_for_nobody_of_the_client", replace(GOOD, unanswered=1), {}),
    ("ask-again", "client_still_owes_an_answer", replace(GOOD, team=(LEAD,)), {}),
    ("take-into-review", "actor_is_not_on_the_team", replace(GOOD, team=(replace(LEAD, leads=False),)), {}),
    ("take-into-review", "actor_is_authorised_to_review", replace(GOOD, authorised=frozenset()), {}),
    ("take-into-review", "actor_is_not_tied_to_the_client", replace(GOOD, conflict="a tie"), {}),
    ("recommend", "review_has_not_ended", GOOD, {}),
    ("recommend", "review_notes_are_closed", replace(GOOD, open_notes=1), {"reviewed_at": None}),
    ("close-note", "a_review_note_is_open", GOOD, {}),
    ("grant", "actor_is_not_on_the_team", replace(GOOD, team=(LEAD,)), {}),
    ("grant", "actor_is_not_tied_to_the_client", replace(GOOD, conflict="a tie"), {}),
    ("grant", "actor_is_authorised_to_decide", replace(GOOD, authorised=frozenset({"reviewer"})), {}),
    ("grant", "review_is_complete", GOOD, {"reviewed_at": None}),
    ("grant", "agreement_is_in_force", replace(GOOD, client_accepted=False), {}),
    ("grant", "every_requirement_has_a_result", replace(GOOD, recorded=1), {}),
    ("grant", "nothing_blocks", replace(GOOD, blocking=("Finding 1 is open.",)), {}),
    ("grant", "licence_covers_today", replace(GOOD, standing=SUSPENDED), {}),
    ("grant", "licence_covers_today", replace(GOOD, standing=None), {}),
    ("grant", "ends_in_a_certificate", GOOD, {"kind": Kind.SURVEILLANCE}),
    ("refuse", "licence_covers_today", replace(GOOD, standing=GONE), {}),
    ("maintain", "looks_at_a_certificate", GOOD, {}),
    ("maintain", "licence_covers_today", replace(GOOD, standing=GONE), {"kind": Kind.SURVEILLANCE}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("step", "guard", "facts", "more"), BROKEN, ids=lambda one: one if isinstance(one, str) else ""
)
def test_the_guard_and_nothing_else_refuses(
    step: str, guard: str, facts: CaseFacts, more: dict[str, Any]
) -> None:
    found = CASE.step(step)
    subject = Subject(found.sources[0], **more)
    with pytest.raises(Refused) as refusal:
        CASE.check(found, subject, EVERYBODY, facts)
    assert refusal.value.detail.endswith(".")
    without = replace(found, guards=tuple(one for one in found.guards if one.__name__ != guard))
    assert len(without.guards) < len(found.guards)
    CASE.check(without, subject, EVERYBODY, facts)


def test_every_guard_of_the_table_is_broken_above() -> None:
    assert {guard.__name__ for step in CASE.steps for guard in step.guards} == {
        guard for _s, guard, _f, _m in BROKEN
    }


def test_surveillance_goes_on_while_a_licence_is_suspended_and_first_decisions_do_not() -> None:
    seen = replace(GOOD, standing=SUSPENDED)
    check("maintain", seen, Kind.SURVEILLANCE)
    with pytest.raises(Refused, match="suspended"):
        check("grant", seen, Kind.TRANSFER)


def test_a_refusal_may_be_decided_with_findings_open_and_a_certificate_may_not() -> None:
    seen = replace(GOOD, blocking=("Finding 1 is open.",))
    check("refuse", seen)
    with pytest.raises(Refused, match="Finding 1"):
        check("grant", seen)


def test_only_the_register_notes_that_a_certificate_was_issued() -> None:
    for step in ("certificate-issued", "notice-sent"):
        check(step, GOOD, actor=SYSTEM)
        with pytest.raises(Forbidden):
            check(step, GOOD)


def test_the_register_decides_nothing() -> None:
    taken = [step.name for step in CASE.steps if SYSTEM.may(step.permission)]
    assert sorted(taken) == ["certificate-issued", "notice-sent"]


def test_a_step_from_another_state_is_refused_in_words() -> None:
    with pytest.raises(WrongState, match="draft"):
        CASE.check(CASE.step("grant"), Subject(State.DRAFT), EVERYBODY, GOOD)


def test_the_agreement_holds_every_duty_of_clause_4_1_2() -> None:
    letters = {code[0] for code, _words in CLIENT_DUTIES}
    assert letters == set("abcdefghij")
    text = agreement_text(
        Parties("NGC-C-0001", "Harbour Lane", "Northgate", "Edition", "Rules", "ab" * 32, 36, ["Holding"])
    )
    assert all(words in text for _code, words in CLIENT_DUTIES)
    assert "36 months" in text
    assert "ab" * 32 in text


def test_the_same_content_has_the_same_hash_whatever_its_order() -> None:
    assert digest({"b": [1, 2], "a": "ŵ"}) == digest({"a": "ŵ", "b": [1, 2]})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})


def test_a_reference_says_body_and_number() -> None:
    assert reference("NGC", 142) == "NGC-C-0142"


def test_a_declared_consultant_needs_a_name_and_an_address() -> None:
    class Typed:
        legal_name = legal_identity = sites = outsourced = "said"
        consultant_used = True
        consultant_name = ""
        consultant_email: str | None = None

    assert [gap.field for gap in gaps(Typed(), 1, 1)] == ["consultant_name", "consultant_email"]
    assert [gap.field for gap in gaps(Typed(), 0, 0)][:2] == ["curricula", "trainers"]


def test_whose_turn_it_is_says_who_and_what() -> None:
    turn = turn_of(State.SUBMITTED)
    assert (
        sentence(turn, True, "Harbour Lane", "Northgate") == "It is your turn: begin the application review."
    )
    assert (
        sentence(turn, False, "Harbour Lane", "Northgate")
        == "Waiting for Northgate to begin the application review."
    )
    assert turn_of(State.AGREEMENT_PENDING, client_accepted=True).side is Side.BODY
    assert turn_of(State.IN_REVIEW, reviewed=True).may is Permission.CASE_DECIDE
    assert turn_of(State.PLANNED, objected=True).may is Permission.CASE_PLAN
    assert sentence(turn_of(State.CLOSED), False, "a", "b") == ""


def test_the_review_looks_at_every_part() -> None:
    assert len(Section) == 7
