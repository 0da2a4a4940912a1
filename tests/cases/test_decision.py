"""The decision: by people who evaluated nothing, tied to nobody, trusted and licensed on that very day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import TextClause, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audits import commands as audit_commands
from app.audits import queries as audit_queries
from app.audits.models import Result
from app.audits.rules import RecordResult
from app.cases import queries
from app.cases.models import Acceptance, Decision
from app.cases.rules import Outcome, State, digest
from app.certificates.models import Certificate, CertificateItem
from app.curricula.models import CurriculumVersion
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Invalid, Refused
from app.kernel.journal import Event
from app.organisations.queries import organisation
from app.people.commands import add_member
from app.people.queries import person
from app.people.rules import Tied
from app.permissions import Role
from tests.cases.make import (
    World,
    audit_rows,
    begin_evaluation,
    complete,
    grant,
    issue_findings,
    items,
    make_case,
    plan,
    recommend,
    record_all,
    row,
    step,
    take_into_review,
    today,
    told,
)
from tests.cases.test_evaluation import end_trust, tie
from tests.conftest import SetClock
from tests.licences.make import change, change_accreditation


def reviewed(site: Site, curricula: int = 1) -> World:
    """A case whose review has ended with a recommendation."""
    world = make_case(site, State.IN_REVIEW, curricula)
    recommend(world)
    return world


def nothing_was_decided(world: World) -> None:
    with reading(world.site, SYSTEM) as unit:
        assert unit.db.scalars(select(Decision)).all() == []
        assert unit.db.scalars(select(Certificate)).all() == []
    assert row(world).status is State.IN_REVIEW


def decision(world: World) -> Decision:
    with reading(world.site, SYSTEM) as unit:
        return unit.db.scalars(select(Decision)).one()


def test_a_grant_writes_certificate_decision_and_outcomes_in_one_transaction(site: Site) -> None:
    world = reviewed(site)
    grant(world)
    made = decision(world)
    assert (made.step, made.by_name, made.on) == ("grant", "Dafydd Decider", today(world))
    assert made.digest == digest(made.relied_on)
    with reading(site, SYSTEM) as unit:
        certificate = unit.db.scalars(select(Certificate)).one()
        assert (certificate.case_ref, certificate.decision_ref) == (world.ref, made.ref)
        assert certificate.expires_on == date(2029, 3, 1)
        assert [one.outcome for one, _version in queries.scope_of(unit, row(world))] == [Outcome.GRANTED]
        assert {one.status.value for one in unit.db.scalars(select(CurriculumVersion))} == {"certified"}
    assert row(world).status is State.GRANTED


def test_a_decision_names_all_it_relies_on(site: Site) -> None:
    world = reviewed(site)
    grant(world)
    relied_on = decision(world).relied_on
    with reading(site, SYSTEM) as unit:
        sent = queries.sent_application(unit, row(world))
        assert sent
        assert relied_on["application"] == sent.digest
        assert relied_on["results"] == digest(queries.results_content(unit, row(world)))
    assert len(relied_on["agreement"]["accepted"]) == 2
    assert len(relied_on["team"]) == 2
    assert "licensed" in relied_on["licence"].lower()
    assert relied_on["review"] == "grant"


def test_a_decision_is_never_changed(site: Site) -> None:
    world = reviewed(site)
    grant(world)
    with pytest.raises(DBAPIError, match="append-only"), writing(site, SYSTEM) as unit:
        unit.db.execute(update(Decision).values(reasons="Others"))


def test_curricula_are_granted_deferred_or_refused_one_by_one(site: Site) -> None:
    world = reviewed(site, curricula=3)
    first, second, third = items(world)
    grant(world, granted=[first], deferred=[second])
    with reading(site, SYSTEM) as unit:
        scope = {
            item.ref: (item.outcome, version.status.value)
            for item, version in queries.scope_of(unit, row(world))
        }
        assert len(unit.db.scalars(select(CertificateItem)).all()) == 1
    assert scope == {
        first: (Outcome.GRANTED, "certified"), second: (Outcome.DEFERRED, "submitted"),
        third: (Outcome.REFUSED, "submitted"),
    }  # fmt: skip


def test_only_what_was_applied_for_is_granted_and_not_from_yesterday(site: Site) -> None:
    world = reviewed(site)
    with pytest.raises(Invalid) as refusal:
        grant(world, granted=["0000000000"])
    assert set(refusal.value.fields) == {"granted"}
    with pytest.raises(Invalid):
        grant(world, deferred=items(world))
    with pytest.raises(Invalid):
        grant(world, starts_on=today(world) - timedelta(days=1))
    nothing_was_decided(world)


def test_review_and_decision_may_be_one_person(site: Site) -> None:
    world = make_case(site, State.EVALUATION_COMPLETE)
    step(world, world.both, "take-into-review")
    recommend(world, world.both)
    grant(world, world.both)
    assert row(world).status is State.GRANTED


def evaluated_by(site: Site, who: str) -> World:
    """A case in which somebody with every role was the assessor, reviewed by somebody else."""
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    plan(world, assessors=[getattr(world, who).id])
    begin_evaluation(world)
    with writing(site, getattr(world, who)) as unit:
        audit = audit_rows(world)[0]
        form = RecordResult.model_validate({"outcome": "met", "note": "Seen."})
        audit_commands.record_result(unit, audit.ref, "1.1.1", form)
    return world


def finish(world: World, by: Actor) -> None:
    with writing(world.site, by) as unit:
        for audit in audit_rows(world):
            for line in requirements(world, audit.ref):
                audit_commands.record_result(
                    unit, audit.ref, line, RecordResult.model_validate({"outcome": "met"})
                )
    step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well.")
    take_into_review(world)
    recommend(world)


def requirements(world: World, ref: str) -> list[str]:
    with reading(world.site, world.lead) as unit:
        audit = audit_queries.find_audit(unit, ref)
        have = set(unit.db.scalars(select(Result.requirement).where(Result.audit_id == audit.id)))
        return [line.number for line in audit_queries.requirements(audit) if line.number not in have]


def test_who_evaluated_neither_reviews_nor_decides(site: Site) -> None:
    world = evaluated_by(site, "everything")
    finish(world, world.everything)
    with pytest.raises(Refused, match="2 March 2026"):
        grant(world, world.everything)
    with pytest.raises(Refused, match="2 March 2026"):
        recommend(world, world.everything)
    nothing_was_decided(world)
    grant(world)


def test_who_evaluated_and_left_the_team_still_may_not_decide(site: Site) -> None:
    world = evaluated_by(site, "everything")
    finish(world, world.everything)
    with writing(site, SYSTEM) as unit:
        unit.db.delete(queries.member_of(unit, row(world), world.everything.id))
    with pytest.raises(Refused, match="somebody who did not"):
        grant(world, world.everything)


def test_who_was_named_to_evaluate_and_recorded_nothing_may_not_decide_either(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    plan(world, assessors=[world.assessor.id, world.everything.id])
    begin_evaluation(world)
    complete(world)
    take_into_review(world)
    recommend(world)
    with pytest.raises(Refused, match="on the evaluation team"):
        grant(world, world.everything)


def test_one_person_behind_two_accounts_is_one_person(site: Site) -> None:
    world = evaluated_by(site, "everything")
    finish(world, world.everything)
    with writing(site, SYSTEM) as unit:
        body = organisation(unit, world.body.id)
        other = add_member(unit, body, "E. Everything", "e.e@people.example", Role.DECISION_MAKER)
        first = person(unit, world.everything.id)
        first.same_as_id = other.id
        unit.db.flush()
        stands = person(unit, first.ref).ref
    second = Actor(
        stands, "E. Everything", world.decider.roles, world.body.id, world.body.ref, "Northgate Certification",
        world.decider.seat,
    )  # fmt: skip
    with pytest.raises(Refused, match="somebody who did not"):
        grant(world, second)
    nothing_was_decided(world)


def test_who_advised_the_client_inside_two_years_does_not_decide(site: Site) -> None:
    world = reviewed(site)
    tie(world, world.decider, Tied.CONSULTED, date(2023, 1, 1), date(2024, 5, 1))
    with pytest.raises(Refused, match="Dafydd Decider advised the client"):
        grant(world)
    nothing_was_decided(world)
    grant(world, world.both)


def test_who_is_no_longer_trusted_does_not_decide(site: Site) -> None:
    world = reviewed(site)
    end_trust(world, world.decider)
    with pytest.raises(Refused, match="authorised for this today"):
        grant(world)
    nothing_was_decided(world)


def test_nothing_is_decided_before_the_review_has_ended(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    with pytest.raises(Refused, match="review has not ended"):
        grant(world)


@pytest.mark.parametrize("how", ["licence", "accreditation"])
def test_nothing_is_decided_while_licence_or_accreditation_do_not_cover_the_day(
    site: Site, clock: SetClock, how: str
) -> None:
    world = reviewed(site)
    clock.now += timedelta(days=1)
    if how == "licence":
        change(site, world.manager, world.body, "suspend", clock.now.date())
    else:
        change_accreditation(site, world.manager, world.body, "suspend", clock.now.date())
    for name in ("grant", "refuse"):
        with pytest.raises(Refused, match="nothing can be decided today"):
            step(
                world,
                world.decider,
                name,
                reasons="Because.",
                **({"granted": items(world)} if name == "grant" else {}),
            )
    nothing_was_decided(world)


def test_nothing_is_granted_without_an_agreement_in_force(site: Site) -> None:
    world = reviewed(site)
    with writing(site, SYSTEM) as unit:
        for trigger in unit.db.execute(_triggers(site)).scalars():
            unit.db.execute(_drop(site, trigger))
        unit.db.execute(delete(Acceptance).where(Acceptance.side == "client"))
    with pytest.raises(Refused, match="No agreement is in force"):
        grant(world)


def _triggers(site: Site) -> TextClause:
    if site.engine.dialect.name == "sqlite":
        return text("select name from sqlite_master where type = 'trigger' and tbl_name = 'acceptance'")
    return text("select tgname from pg_trigger where tgrelid = 'acceptance'::regclass and not tgisinternal")


def _drop(site: Site, trigger: str) -> TextClause:
    return text(
        f"DROP TRIGGER {trigger}" + ("" if site.engine.dialect.name == "sqlite" else " ON acceptance")
    )


def test_results_changed_after_the_evaluation_undo_the_ground_of_a_decision(site: Site) -> None:
    world = reviewed(site)
    with writing(site, SYSTEM) as unit:
        unit.db.execute(update(Result).where(Result.requirement == "1.1.1").values(outcome="not_met"))
    with pytest.raises(Refused, match="changed after the evaluation was completed"):
        grant(world)
    nothing_was_decided(world)


def test_a_case_that_ended_with_findings_open_can_be_refused_and_not_granted(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    issue_findings(world)
    step(world, world.lead, "give-up", verdict="refuse", report="No answer came in time.")
    take_into_review(world)
    recommend(world)
    with pytest.raises(Refused, match="is not closed"):
        grant(world)
    step(world, world.decider, "refuse", reasons="A major finding stays open.")
    assert row(world).status is State.REFUSED


def test_a_refused_client_gets_reasons_and_the_way_to_appeal_and_the_case_says_so(site: Site) -> None:
    world = reviewed(site)
    step(world, world.decider, "refuse", reasons="The curriculum teaches holds nobody needs.")
    (letter,) = told(world, world.client, "refused")
    assert "The curriculum teaches holds nobody needs." in letter
    assert "You may appeal. It is free" in letter
    assert row(world).status is State.REFUSED_NOTICE
    with reading(site, SYSTEM) as unit:
        assert {one.status.value for one in unit.db.scalars(select(CurriculumVersion))} == {"submitted"}
        notice = unit.db.scalars(select(Event).where(Event.kind == "case.notice_sent")).one()
    assert notice.actor_id == "system"
    step(world, world.officer, "close")


def test_a_deferred_case_goes_back_to_the_evaluators_and_through_a_new_review(site: Site) -> None:
    world = reviewed(site)
    step(world, world.decider, "defer", reasons="See the panel again.")
    assert row(world).status is State.RETURNED
    step(world, world.lead, "resume-evaluation")
    assert {one.status.value for one in audit_rows(world)} == {"in_evaluation"}
    step(world, world.lead, "complete-evaluation", verdict="grant", report="Seen again.")
    take_into_review(world)
    with pytest.raises(Refused, match="review has not ended"):
        grant(world)
    recommend(world)
    grant(world)
    with reading(site, world.client) as unit:
        assert [one.word.word for one in queries.case_view(unit, world.ref).decisions] == ["Granted"]


def test_recommendations_and_decisions_are_told_to_whoever_is_next(site: Site) -> None:
    world = reviewed(site)
    assert len(told(world, world.reviewer, "ready for review")) == 1
    assert len(told(world, world.decider, "ready for a decision")) == 1
    grant(world)
    (letter,) = told(world, world.client, "certification is granted")
    assert "Every requirement is met." in letter


def test_a_case_is_granted_once(site: Site) -> None:
    world = reviewed(site)
    seen = row(world).version
    grant(world)
    with pytest.raises(Exception, match=r"Somebody else changed|cannot be done now"):
        step(world, world.both, "grant", granted=items(world), reasons="Again.", version=seen)
    with reading(site, SYSTEM) as unit:
        assert len(unit.db.scalars(select(Certificate)).all()) == 1


def test_the_ledger_and_journal_speak_of_the_case_once_per_step(site: Site) -> None:
    world = reviewed(site)
    grant(world)
    with reading(site, SYSTEM) as unit:
        kinds = [
            one.kind
            for one in unit.db.scalars(select(Event).where(Event.subject == "case").order_by(Event.seq))
        ]
    assert kinds == [
        "case.opened", "case.saved", "case.submitted", "case.review_begun", "case.application_accepted",
        "case.agreement_accepted", "case.agreement_signed", "case.planned", "case.evaluation_begun",
        "case.evaluation_completed", "case.review_taken", "case.review_completed", "case.granted",
    ]  # fmt: skip
