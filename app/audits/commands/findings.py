"""Writing findings, telling the client of all of them at once, upgrading late ones, withdrawing wrong ones."""

from datetime import date, timedelta

from app.audits import queries
from app.audits.models import Audit, Finding, FindingVersion
from app.audits.rules import (
    AUDIT,
    FINDING,
    AuditStatus,
    DraftFinding,
    FindingStatus,
    Reasoned,
    ReviseFinding,
    effective_grade,
)
from app.kernel.casework import begin, facts, take
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused, WrongState
from app.kernel.fields import Note
from app.kernel.words import _
from app.permissions import Permission
from app.standards.queries import rule_pack
from app.standards.rules import Grade


def draft_finding(unit: Unit, audit: Audit, form: DraftFinding) -> Finding:
    """Write a finding that the client does not see yet (ISO/IEC 17065, 7.4.6).

    Raises Forbidden, Refused for people who are not on the team, WrongState, or Invalid.
    """
    unit.actor.require(Permission.AUDIT_RECORD)
    if problem := next(
        guard(audit, unit.actor, facts(unit, AUDIT, audit)) for guard in AUDIT.step("begin").guards
    ):
        raise Refused(problem)
    if audit.status is AuditStatus.COMPLETE:
        raise WrongState(
            _("This evaluation is complete, so no finding can be added to it. Nothing was saved.")
        )
    _check_choices(audit, form.grade, form.requirement)
    finding = Finding(
        audit_id=audit.id, case_id=audit.case_id, body_id=audit.body_id, client_id=audit.client_id, requirement=form.requirement,
        grade=form.grade, statement=form.statement, evidence=form.evidence, status=FindingStatus.DRAFT, turn_since=unit.now,
        drafted_by=unit.actor.id,
    )  # fmt: skip
    begin(unit, FINDING, finding, "drafted", **form.model_dump(mode="json"))
    return finding


def _check_choices(audit: Audit, grade: str, requirement: str) -> None:
    offered = {
        name: {value for value, _label in pairs} for name, pairs in queries.finding_choices(audit).items()
    }
    faults = {}
    if requirement not in offered["requirement"]:
        faults["requirement"] = _("Choose a requirement that is part of this evaluation.")
    if grade not in offered["grade"]:
        faults["grade"] = _("Choose one of the grades of the rule pack.")
    if faults:
        raise Invalid(_("The finding was not saved: correct what is marked and send it again."), faults)


def revise(unit: Unit, finding: Finding, form: ReviseFinding) -> None:
    """Write a draft again. Raises what `take` raises, or Invalid."""
    audit = unit.db.get_one(Audit, finding.audit_id)
    _check_choices(audit, form.grade, finding.requirement)
    take(unit, FINDING, finding, "revise", form)
    finding.grade, finding.statement, finding.evidence = form.grade, form.statement, form.evidence
    unit.db.flush()


def issue_findings(unit: Unit, case_id: int) -> list[Finding]:
    """Tell the client of all drafts of a case at once (ISO/IEC 17065, 7.4.6); they are numbered from here on.

    The case's own step has checked that the lead does it. Raises Forbidden without the right to lead.
    """
    unit.actor.require(Permission.AUDIT_LEAD)
    number = queries.next_number(unit, case_id)
    drafts = list(queries.drafts_of(unit, case_id))
    for place, finding in enumerate(drafts, number):
        _issue(unit, finding, place)
    return drafts


def _issue(unit: Unit, finding: Finding, number: int) -> None:
    due_on = due(unit.today, grade_of(unit, finding))
    take(
        unit,
        FINDING,
        finding,
        "issue",
        Note(version=finding.version),
        number=number,
        due_on=due_on.isoformat() if due_on else None,
    )
    finding.number, finding.issued_at, finding.turn_since, finding.due_on = number, unit.now, unit.now, due_on
    keep_version(unit, finding, 1)


def due(told_on: date, grade: Grade) -> date | None:
    """The last day for an answer: so many calendar days after the client was told."""
    return told_on + timedelta(days=grade.answer_days) if grade.answer_days else None


def grade_of(unit: Unit, finding: Finding) -> Grade:
    """The finding's grade in the rule pack its case is pinned to."""
    return rule_pack(unit.db.get_one(Audit, finding.audit_id).rule_pack).grade(finding.grade)


def keep_version(unit: Unit, finding: Finding, number: int) -> None:
    """Keep the finding as the client is told it now."""
    unit.db.add(
        FindingVersion(
            finding_id=finding.id, number=number, grade=finding.grade, statement=finding.statement, evidence=finding.evidence,
            due_on=finding.due_on, at=unit.now, by_name=unit.actor.name,
        )
    )  # fmt: skip
    unit.db.flush()


def grade_by_now(unit: Unit, finding: Finding) -> str:
    """The grade the finding counts with today, whether or not anybody wrote it down."""
    return effective_grade(finding.status, grade_of(unit, finding), finding.due_on, unit.today)


def settle_grade(unit: Unit, finding: Finding, grade: str) -> None:
    """Write down the grade a late finding had when it was answered, so that the answer does not undo it."""
    if finding.grade != grade:
        finding.grade = grade
        keep_version(unit, finding, queries.versions_of(unit, finding.id) + 1)


def upgrade(unit: Unit, finding: Finding, form: Note, step: str = "upgrade") -> None:
    """Give a late finding the grade the rule pack says it becomes, and a new day for the answer."""
    becomes = grade_by_now(unit, finding)
    take(unit, FINDING, finding, step, form, grade_before=finding.grade, grade=becomes)
    finding.grade = becomes
    finding.due_on, finding.turn_since = due(unit.today, grade_of(unit, finding)), unit.now
    keep_version(unit, finding, queries.versions_of(unit, finding.id) + 1)


def upgrade_overdue(unit: Unit) -> int:
    """Upgrade every finding whose answer is late and whose grade becomes another; how many that were."""
    late = [finding for finding in queries.overdue(unit) if grade_of(unit, finding).overdue_becomes]
    for finding in late:
        upgrade(unit, finding, Note(version=finding.version), "fall-due")
    return len(late)


def withdraw(unit: Unit, finding: Finding, form: Reasoned) -> None:
    """Take back a finding that should not have been made; its number stays taken."""
    take(unit, FINDING, finding, "withdraw", form)
    finding.turn_since, finding.due_on = unit.now, None
    unit.db.flush()
