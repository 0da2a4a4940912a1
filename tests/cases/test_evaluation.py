"""Plan, team, results, findings, answers: what must be true before the evaluation of a case is complete."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.cases import queries
from app.cases.rules import State
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, Refused
from app.organisations.queries import organisation
from app.people.commands import add_member, authorise, declare_interest
from app.people.models import Competence
from app.people.queries import person
from app.people.rules import Tied
from app.people.rules.forms import Authorise, Declare
from app.permissions import Role
from tests.cases.make import (
    ANSWER,
    World,
    accept_application,
    address,
    agree,
    audit_rows,
    begin_evaluation,
    close_finding,
    complete,
    draft_finding,
    finding_step,
    issue_findings,
    make_case,
    make_member,
    plan,
    record_all,
    row,
    step,
    today,
    told,
    whole,
)
from tests.conftest import SetClock


def tie(world: World, actor: Actor, kind: Tied, from_on: date, to_on: date | None = None) -> None:
    """Something that ties somebody to the client."""
    with writing(world.site, SYSTEM) as unit:
        form = Declare(organisation=world.client.organisation_ref, kind=kind, from_on=from_on, to_on=to_on)
        declare_interest(unit, person(unit, actor.id), form)


def end_trust(world: World, actor: Actor) -> None:
    """The body no longer trusts somebody, from today."""
    with writing(world.site, SYSTEM) as unit:
        found = unit.db.query(Competence).filter_by(person_id=person(unit, actor.id).id).first()
        assert found
        found.to_on = unit.today


def refused_plan(world: World, **changed: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        plan(world, **changed)
    assert row(world).status is not State.PLANNED
    return refusal.value.fields


def test_the_client_is_told_the_names_of_the_team(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    (letter,) = told(world, world.client, "the team is named")
    assert "Łukasz Wiśniewski and Nguyễn Thị Ánh" in letter
    with reading(site, world.client) as unit:
        view = queries.case_view(unit, world.ref)
    assert [(one.name, one.role) for one in view.team] == [
        ("Łukasz Wiśniewski", "Lead assessor"), ("Nguyễn Thị Ánh", "Assessor"),
    ]  # fmt: skip
    assert [one.kind for one in view.planned] == ["Desk review", "Practice observation"]


def test_somebody_without_authorisation_is_not_on_a_team(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    newcomer = make_member(site, world.body, "Nia Newcomer", Role.ASSESSOR, authorised=False)
    said = refused_plan(world, assessors=[newcomer.id])
    assert "Nia Newcomer cannot be on the team: not authorised for this on" in said["assessors"]


def test_authorisation_must_hold_on_the_last_day_of_the_plan(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    newcomer = make_member(site, world.body, "Nia Newcomer", Role.ASSESSOR, authorised=False)
    with writing(site, SYSTEM) as unit:
        form = Authorise(
            role=Role.ASSESSOR,
            evidence="One year.",
            from_on=date(2026, 1, 1),
            to_on=today(world) + timedelta(days=5),
        )
        authorise(unit, person(unit, newcomer.id), form, body_id=world.body.id)
    assert "12 March 2026" in refused_plan(world, assessors=[newcomer.id])["assessors"]
    plan(world, assessors=[newcomer.id], practice_observation_on=None)
    assert row(world).status is State.PLANNED


def test_an_assessor_is_not_authorised_to_lead(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    assert "not authorised" in refused_plan(world, lead=world.assessor.id, assessors=[])["lead"]


@pytest.mark.parametrize(
    "kind", [Tied.CONSULTED, Tied.EMPLOYED, Tied.CO_WROTE, Tied.TRAINED, Tied.FAMILY_OR_FINANCIAL]
)
def test_whoever_is_tied_to_the_client_is_not_on_the_team(site: Site, kind: Tied) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    tie(world, world.assessor, kind, date(2025, 1, 1), date(2025, 6, 1))
    assert "Nguyễn Thị Ánh" in refused_plan(world)["assessors"]


def test_a_tie_older_than_the_look_back_and_an_earlier_assessment_are_no_conflict(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    tie(world, world.assessor, Tied.CONSULTED, date(2020, 1, 1), date(2024, 3, 1))
    tie(world, world.lead, Tied.ASSESSED, date(2025, 1, 1), date(2025, 6, 1))
    plan(world)
    assert row(world).status is State.PLANNED


def test_a_tie_that_ended_two_years_ago_to_the_day_still_counts(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    tie(world, world.assessor, Tied.CONSULTED, date(2020, 1, 1), date(2024, 3, 2))
    assert "advised the client" in refused_plan(world)["assessors"]


def test_a_tie_under_a_second_account_of_the_same_person_counts(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    with writing(site, SYSTEM) as unit:
        provider = organisation(unit, world.client.organisation_id or 0)
        second = add_member(unit, provider, "N. T. Ánh", "anh@consultants.example", Role.TRAINER)
        second.same_as_id = person(unit, world.assessor.id).id
    assert "works or worked for the client" in refused_plan(world)["assessors"]


def test_the_consultant_whom_the_client_named_is_kept_away(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    named = {
        "consultant_used": True, "consultant_name": "Nguyễn Thị Ánh",
        "consultant_email": address(world.assessor.name, world.assessor.organisation_ref),
    }  # fmt: skip
    step(world, world.client, "save", **whole(world, **named))
    step(world, world.client, "submit", true_and_whole=True)
    step(world, world.officer, "begin-review")
    accept_application(world)
    agree(world)
    assert "the consultant whom the client named" in refused_plan(world)["assessors"]


def test_people_of_another_body_are_not_on_the_team(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    assert "lead" in refused_plan(world, lead=world.client.id)


def test_a_plan_has_a_day_and_none_that_is_over(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    assert set(refused_plan(world, desk_review_on=None, practice_observation_on=None)) == {"desk_review_on"}
    assert set(refused_plan(world, desk_review_on=date(2026, 3, 1))) == {"desk_review_on"}


def test_an_objection_stops_the_evaluation_until_it_is_answered(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    step(
        world,
        world.client,
        "object-to-team",
        person=world.assessor.id,
        reason="Taught for a competitor last year.",
    )
    with pytest.raises(Refused, match="objects to Nguyễn Thị Ánh"):
        begin_evaluation(world)
    assert len(told(world, world.officer, "objects to the team")) == 1
    step(
        world,
        world.officer,
        "answer-objection",
        person=world.assessor.id,
        answer="That ended three years ago.",
    )
    begin_evaluation(world)
    assert row(world).status is State.IN_EVALUATION


def test_a_new_plan_gives_way_to_an_objection(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    step(world, world.client, "object-to-team", person=world.assessor.id, reason="Taught for a competitor.")
    plan(world, assessors=[])
    begin_evaluation(world)
    with reading(site, world.client) as unit:
        assert [one.name for one in queries.case_view(unit, world.ref).team] == ["Łukasz Wiśniewski"]


def test_nobody_objects_twice_to_the_same_person_or_to_a_stranger(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    step(world, world.client, "object-to-team", person=world.lead.id, reason="We know each other.")
    with pytest.raises(Refused, match="already"):
        step(world, world.client, "object-to-team", person=world.lead.id, reason="We know each other.")
    with pytest.raises(Exception, match="Nobody of that reference"):
        step(world, world.client, "object-to-team", person=world.decider.id, reason="We know each other.")


def test_only_the_lead_begins_and_trust_must_hold_on_the_day(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    with pytest.raises(Refused, match="Only the lead assessor"):
        step(world, world.everything, "begin-evaluation")
    end_trust(world, world.assessor)
    with pytest.raises(Refused, match="not authorised for this on 2 March 2026"):
        begin_evaluation(world)


def test_beginning_opens_the_planned_audits_over_what_the_curricula_contain(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    audits = audit_rows(world)
    assert [one.kind.value for one in audits] == ["desk_review", "practice_observation"]
    assert audits[0].levels == ["primary", "tertiary_restrictive_intermediate"]
    assert audits[0].populations == ["adults"]
    with reading(site, world.lead) as unit:
        versions = [version for _item, version in queries.scope_of(unit, queries.find_case(unit, world.ref))]
    assert {one.status.value for one in versions} == {"in_evaluation"}


def test_an_evaluation_without_all_results_is_not_complete(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    with pytest.raises(Refused, match="Requirements without a result"):
        step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")
    complete(world)
    assert row(world).status is State.EVALUATION_COMPLETE
    assert {one.status.value for one in audit_rows(world)} == {"complete"}


def test_what_a_lead_recommends_fits_the_kind_of_case(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    with pytest.raises(Invalid):
        step(world, world.lead, "complete-evaluation", verdict="suspend", report="All is well.")


def test_a_draft_finding_must_be_told_before_the_end(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    draft_finding(world, "observation")
    with pytest.raises(Refused, match="has not been told of"):
        step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")
    step(world, world.lead, "issue-findings")
    step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")


def test_there_must_be_findings_to_issue(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    with pytest.raises(Refused, match="no findings"):
        step(world, world.lead, "issue-findings")


def test_findings_go_to_the_client_and_answers_back_until_nothing_blocks(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    finding = issue_findings(world)
    assert len(told(world, world.client, "findings to answer")) == 1
    with pytest.raises(Refused, match="Answer each of them"):
        step(world, world.client, "send-answers")
    finding_step(world, world.client, finding, "respond", **ANSWER)
    step(world, world.client, "send-answers")
    assert row(world).status is State.CLIENT_RESPONSE
    finding_step(world, world.assessor, finding, "return", reason="This does not name the cause.")
    step(world, world.lead, "ask-again")
    close_finding(world, finding)
    step(world, world.client, "send-answers")
    step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well now.")
    assert row(world).status is State.EVALUATION_COMPLETE


def test_an_open_major_finding_blocks_and_an_open_minor_one_does_not(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    issue_findings(world, "minor")
    finding = issue_findings(world, "major")
    with pytest.raises(Refused, match=r"1.1.1 .Major nonconformity. is not closed"):
        step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")
    close_finding(world, finding)
    step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")


def test_a_minor_finding_blocks_once_its_answer_is_late(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    issue_findings(world, "minor")
    clock.now += timedelta(days=91)
    with pytest.raises(Refused, match="is not closed"):
        step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")


def test_an_evaluation_can_end_with_findings_open_and_then_only_be_refused(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    issue_findings(world)
    step(world, world.lead, "give-up", verdict="refuse", report="No answer came in time.")
    assert row(world).status is State.EVALUATION_COMPLETE


def test_an_assessor_is_not_the_lead(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    with pytest.raises(Forbidden):
        step(world, world.assessor, "issue-findings")


def test_results_are_hashed_when_the_evaluation_ends(site: Site) -> None:
    world = make_case(site, State.EVALUATION_COMPLETE)
    kept = row(world).results_digest
    assert len(kept) == 64
    with reading(site, SYSTEM) as unit:
        assert queries.results_content(unit, row(world))["results"]
