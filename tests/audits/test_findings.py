"""Findings: drafted, issued all at once, answered in rounds, judged, late, disputed, withdrawn, and who sees what."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app.audits import commands, queries
from app.audits.effects import upgrade_late_findings
from app.audits.models import FindingVersion, Response, Verdict
from app.audits.rules import EVALUATED, FINDING, DraftFinding, FindingStatus, effective_grade, is_overdue
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, WrongState
from app.kernel.journal import Event, history
from app.standards.queries import rule_pack
from tests.audits import make
from tests.conftest import SetClock


def lines(site: Site, world: make.World, actor: object) -> list[queries.FindingLine]:
    with reading(site, actor) as unit:  # type: ignore[arg-type]
        return queries.findings_of(unit, world.case_id)


def blocked(site: Site, world: make.World) -> list[str]:
    with reading(site, world.lead) as unit:
        return queries.blocking(unit, world.case_id)


def test_the_client_sees_no_draft_and_then_all_findings_at_once(site: Site) -> None:
    world = make.make_world(site)
    make.draft(site, world, "major", "2.1")
    make.draft(site, world, "observation", "1.1.2")
    assert lines(site, world, world.client) == []
    assert len(lines(site, world, world.officer)) == 2
    make.issue(site, world)
    seen = lines(site, world, world.client)
    assert [(line.number, line.requirement) for line in seen] == [(1, "1.1.2"), (2, "2.1")]


def test_a_draft_hides_behind_not_found_for_the_client(site: Site) -> None:
    world = make.make_world(site)
    ref = make.draft(site, world)
    with reading(site, world.client) as unit, pytest.raises(NotFound):
        queries.view_finding(unit, ref)


@pytest.mark.parametrize(("grade", "days"), [("major", 30), ("minor", 90), ("observation", None)])
def test_the_answer_is_due_when_the_rule_pack_says(site: Site, grade: str, days: int | None) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, grade)
    assert make.finding_row(site, world, ref).due_on == (
        date(2026, 3, 2) + timedelta(days=days) if days else None
    )


def test_findings_issued_later_are_numbered_on(site: Site) -> None:
    world = make.make_world(site)
    make.issued(site, world)
    ref = make.issued(site, world, "minor")
    assert make.finding_row(site, world, ref).number == 2


def test_only_one_who_leads_issues_findings(site: Site) -> None:
    world = make.make_world(site)
    make.draft(site, world)
    with pytest.raises(Forbidden), writing(site, world.assessor) as unit:
        commands.issue_findings(unit, world.case_id)
    assert lines(site, world, world.client) == []


def test_a_finding_names_a_requirement_and_a_grade_that_exist(site: Site) -> None:
    world = make.make_world(site)
    form = DraftFinding(requirement="9.9", grade="awful", statement="It is bad.", evidence="We saw it.")
    with pytest.raises(Invalid) as refused, writing(site, world.assessor) as unit:
        commands.draft_finding(unit, queries.find_audit(unit, world.audit), form)
    assert set(refused.value.fields) == {"requirement", "grade"}


def test_people_who_are_not_on_the_team_write_no_finding(site: Site) -> None:
    world = make.make_world(site)
    form = DraftFinding(requirement="1.1.1", grade="major", statement="It is bad.", evidence="We saw it.")
    with pytest.raises(Refused, match="not on the team"), writing(site, world.colleague) as unit:
        commands.draft_finding(unit, queries.find_audit(unit, world.audit), form)


def test_a_draft_may_be_changed_and_an_issued_finding_may_not(site: Site) -> None:
    world = make.make_world(site)
    ref = make.draft(site, world)
    new = {"grade": "minor", "statement": "Page two was not signed.", "evidence": "Page two."}
    make.step(site, world.assessor, ref, "revise", **new)
    assert make.finding_row(site, world, ref).grade == "minor"
    make.issue(site, world)
    with pytest.raises(WrongState):
        make.step(site, world.assessor, ref, "revise", **new)
    with pytest.raises(Forbidden):
        make.step(site, world.client, ref, "revise", **new)


def test_rounds_of_answers_and_verdicts_are_all_kept(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world)
    make.answer(site, world, ref)
    make.step(site, world.assessor, ref, "return", reason="Who is the second reader?")
    make.answer(site, world, ref, action="Mary Reader, from May.")
    make.step(site, world.assessor, ref, "accept-plan")
    make.step(
        site,
        world.client,
        ref,
        "report-implemented",
        action="Mary has read both.",
        evidence="Her notes of 4 May.",
    )
    make.step(site, world.assessor, ref, "return-implementation", reason="The notes are not there.")
    make.step(
        site, world.client, ref, "report-implemented", action="Here they are.", evidence="Notes, page 1."
    )
    make.step(site, world.lead, ref, "accept-implementation", reason="Both sheets bear two names.")
    make.step(site, world.lead, ref, "close")
    with reading(site, world.client) as unit:
        view = queries.view_finding(unit, ref)
    assert view.status == FindingStatus.CLOSED
    assert [(one.kind, one.verdict.kind if one.verdict else None) for one in view.rounds] == [
        ("plan", "returned"),
        ("plan", "plan_accepted"),
        ("implementation", "returned"),
        ("implementation", "effectiveness_checked"),
    ]
    assert view.rounds[1].action == "Mary Reader, from May."
    assert view.rounds[0].verdict is not None
    assert view.rounds[0].verdict.reason == "Who is the second reader?"
    assert view.turn is None


def test_answers_verdicts_and_what_was_told_cannot_be_changed(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world)
    make.answer(site, world, ref)
    make.step(site, world.assessor, ref, "accept-plan")
    for change in (
        update(Response).values(action="Nothing"),
        update(Verdict).values(reason="No"),
        update(FindingVersion).values(statement="Another"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(site, world.lead) as unit:
            unit.db.execute(change)


def test_whose_turn_it_is_goes_back_and_forth(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world)

    def turn(actor: object) -> tuple[str, bool]:
        with reading(site, actor) as unit:  # type: ignore[arg-type]
            shown = queries.view_finding(unit, ref).turn
            assert shown
            return shown.sentence, shown.mine

    assert turn(world.client) == ("It is your turn.", True)
    assert turn(world.assessor) == ("Waiting for Harbour Lane Training.", False)
    make.answer(site, world, ref)
    assert turn(world.client) == ("Waiting for Northgate Certification.", False)
    assert turn(world.assessor) == ("It is your turn.", True)


def test_findings_that_wait_for_me_are_listed_for_my_desk(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world)
    with reading(site, world.client) as unit:
        assert [line.ref for line in queries.findings_waiting(unit)] == [ref]
    with reading(site, world.assessor) as unit:
        assert queries.findings_waiting(unit) == []
    make.answer(site, world, ref)
    with reading(site, world.assessor) as unit:
        assert [line.ref for line in queries.findings_waiting(unit)] == [ref]


def test_an_observation_needs_no_answer_and_blocks_nothing(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, "observation")
    with pytest.raises(Refused, match="needs no answer"):
        make.answer(site, world, ref)
    assert blocked(site, world) == []


def test_a_major_finding_blocks_until_it_is_closed_and_a_draft_blocks_whatever_it_is(site: Site) -> None:
    world = make.make_world(site)
    ref = make.draft(site, world)
    make.draft(site, world, "minor")
    assert ["draft" in sentence for sentence in blocked(site, world)] == [True, True]
    make.issue(site, world)
    assert len(blocked(site, world)) == 1
    make.answer(site, world, ref)
    make.step(site, world.assessor, ref, "accept-plan")
    assert len(blocked(site, world)) == 1
    make.step(site, world.client, ref, "report-implemented", action="It is done.", evidence="Look here.")
    make.step(site, world.assessor, ref, "accept-implementation", reason="Seen in use.")
    assert ["effectiveness checked" in one for one in blocked(site, world)] == [True]
    make.step(site, world.assessor, ref, "close")
    assert blocked(site, world) == []


def test_a_late_minor_finding_blocks_as_a_major_one_before_anybody_writes_it_down(
    site: Site, clock: SetClock
) -> None:
    world = make.make_world(site)
    make.issued(site, world, "minor")
    clock.now += timedelta(days=90)
    assert blocked(site, world) == []
    clock.now += timedelta(days=1)
    assert len(blocked(site, world)) == 1
    assert lines(site, world, world.client)[0].grade == "major"
    assert lines(site, world, world.client)[0].late


def test_the_clock_upgrades_a_late_minor_finding_once_and_gives_a_new_day(
    site: Site, clock: SetClock
) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, "minor")
    upgrade_late_findings(site)
    assert make.finding_row(site, world, ref).grade == "minor"
    clock.now += timedelta(days=91)
    upgrade_late_findings(site)
    upgrade_late_findings(site)
    row = make.finding_row(site, world, ref)
    assert (row.grade, row.due_on) == ("major", date(2026, 7, 1))
    with reading(site, world.lead) as unit:
        told = unit.db.scalars(select(FindingVersion).order_by(FindingVersion.number)).all()
        assert [one.grade for one in told] == ["minor", "major"]
        done = unit.db.scalars(select(Event).where(Event.kind == "finding.upgraded")).all()
    assert [event.actor_id for event in done] == ["system"]


def test_a_late_major_finding_stays_major_and_is_not_touched_again(site: Site, clock: SetClock) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, "major")
    clock.now += timedelta(days=31)
    upgrade_late_findings(site)
    assert make.finding_row(site, world, ref).due_on == date(2026, 4, 1)
    assert lines(site, world, world.client)[0].late


def test_an_answer_that_comes_late_does_not_undo_the_upgrade(site: Site, clock: SetClock) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, "minor")
    clock.now += timedelta(days=91)
    make.answer(site, world, ref)
    assert make.finding_row(site, world, ref).grade == "major"
    assert len(blocked(site, world)) == 1


def test_nobody_upgrades_what_is_not_late(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, "minor")
    with pytest.raises(Refused, match="overdue"):
        make.step(site, world.lead, ref, "upgrade")


def test_an_objection_stops_the_clock_until_the_lead_has_answered(site: Site, clock: SetClock) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world, "minor")
    make.step(site, world.client, ref, "dispute", reason="It was signed on page nine.")
    clock.now += timedelta(days=200)
    upgrade_late_findings(site)
    assert make.finding_row(site, world, ref).grade == "minor"
    with pytest.raises(Forbidden):
        make.step(site, world.assessor, ref, "uphold", reason="Page nine is of 2024.")
    make.step(site, world.lead, ref, "uphold", reason="Page nine is of 2024.")
    row = make.finding_row(site, world, ref)
    assert row.status is FindingStatus.ISSUED
    assert row.due_on == date(2026, 3, 2) + timedelta(days=290)


def test_a_finding_is_withdrawn_with_a_reason_and_its_number_stays_taken(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world)
    with pytest.raises(Refused, match="Only the lead"):
        make.step(site, world.colleague, ref, "withdraw", reason="A mistake of ours.")
    make.step(site, world.lead, ref, "withdraw", reason="A mistake of ours.")
    assert blocked(site, world) == []
    with reading(site, world.client) as unit:
        view = queries.view_finding(unit, ref)
    assert (view.status, view.number) == ("withdrawn", 1)
    assert view.history[0].note == "A mistake of ours."
    assert make.finding_row(site, world, make.issued(site, world)).number == 2


def test_only_the_team_judges_and_only_the_client_answers(site: Site) -> None:
    world = make.make_world(site)
    ref = make.issued(site, world)
    with pytest.raises(Forbidden):
        make.step(site, world.lead, ref, "respond", **make.ANSWER)
    with pytest.raises(NotFound):
        make.step(site, world.neighbour, ref, "respond", **make.ANSWER)
    make.answer(site, world, ref)
    with pytest.raises(Refused, match="not on the team"):
        make.step(site, world.colleague, ref, "accept-plan")
    with pytest.raises(Forbidden):
        make.step(site, world.client, ref, "accept-plan")
    with pytest.raises(NotFound):
        make.step(site, world.stranger, ref, "accept-plan")


def test_whoever_worked_on_findings_or_results_evaluated(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "not_met")
    ref = make.issued(site, world)
    make.answer(site, world, ref)
    make.step(site, world.assessor, ref, "accept-plan")
    with reading(site, world.lead) as unit:
        done = history(unit, f"case:{world.case_id}")
    evaluators = {event.actor_id for event in done if event.kind in EVALUATED}
    assert evaluators == {world.lead.id, world.assessor.id}


def test_every_verdict_and_every_step_of_the_team_counts_as_evaluating() -> None:
    by_the_body = {FINDING.event(step) for step in FINDING.steps if not step.permission.endswith(":answer")}
    assert by_the_body <= set(EVALUATED)
    by_the_client = {FINDING.event(step) for step in FINDING.steps if step.permission.endswith(":answer")}
    assert not by_the_client & set(EVALUATED)


def test_the_day_itself_is_in_time() -> None:
    due = date(2026, 5, 31)
    minor = rule_pack("rrn-2026").grade("minor")
    assert not is_overdue("issued", due, due)
    assert is_overdue("issued", due, due + timedelta(days=1))
    assert not is_overdue("responded", due, due + timedelta(days=1))
    assert effective_grade("returned", minor, due, due + timedelta(days=1)) == "major"
