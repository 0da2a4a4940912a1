"""Findings as pages show them, what they block, and which of them are late."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select

from app.audits.models import (
    Audit,
    Finding,
    FindingVersion,
)
from app.audits.queries.scope import requirements, visible_findings
from app.audits.rules import FindingStatus, effective_grade, is_overdue
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _
from app.organisations.models import Organisation
from app.permissions import Permission
from app.standards.queries import rule_pack
from app.standards.rules import Grade

S = FindingStatus
WITH_CLIENT = (S.ISSUED, S.RETURNED, S.PLAN_ACCEPTED)
WITH_BODY = (S.DRAFT, S.RESPONDED, S.IMPLEMENTED, S.EFFECTIVENESS_CHECKED, S.DISPUTED)
DONE = (S.CLOSED, S.WITHDRAWN)
STATUS_WORDS = {
    S.DRAFT: "Draft",
    S.ISSUED: "Waiting for an answer",
    S.RESPONDED: "Answered",
    S.RETURNED: "Answer returned",
    S.PLAN_ACCEPTED: "Plan accepted",
    S.IMPLEMENTED: "Reported as done",
    S.EFFECTIVENESS_CHECKED: "Effectiveness checked",
    S.CLOSED: "Closed",
    S.DISPUTED: "Disputed",
    S.WITHDRAWN: "Withdrawn",
}


class FindingLine(View):
    """A finding in a list."""

    ref: str
    number: int | None
    name: str
    case_ref: str
    client: str
    requirement: str
    statement: str
    grade: str
    grade_label: str
    tone: str
    status: str
    status_word: str
    due_on: date | None
    late: bool
    waits_for: str


class DocumentLine(View):
    """A document kept as evidence."""

    ref: str
    title: str


def findings_of(unit: Unit, case_id: int) -> list[FindingLine]:
    """The findings of a case by number, drafts last; the client's view of them for the client."""
    return _lines(unit, visible_findings(unit).where(Finding.case_id == case_id))


def findings_on(unit: Unit, audit_id: int, requirement: str | None = None) -> list[FindingLine]:
    """The findings of one audit, or of one requirement in it."""
    wanted = visible_findings(unit).where(Finding.audit_id == audit_id)
    return _lines(unit, wanted if requirement is None else wanted.where(Finding.requirement == requirement))


def findings_waiting(unit: Unit, most: int = 50) -> list[FindingLine]:
    """The findings that wait for the actor's side, the most urgent first: for a desk."""
    asked = WITH_CLIENT if unit.actor.may(Permission.FINDING_ANSWER) else WITH_BODY
    wanted = (
        visible_findings(unit)
        .where(Finding.status.in_(asked))
        .order_by(Finding.due_on.is_(None), Finding.due_on)
    )
    lines = _lines(unit, wanted.limit(most))
    return [line for line in lines if line.waits_for]


def _lines(unit: Unit, wanted: Select[Finding]) -> list[FindingLine]:
    joined = (
        wanted.join(Audit, Audit.id == Finding.audit_id)
        .join(Organisation, Organisation.id == Finding.client_id)
        .add_columns(Audit, Organisation.name)
        .order_by(Finding.number.is_(None), Finding.number, Finding.id)
    )
    return [_line(unit, finding, audit, client) for finding, audit, client in unit.db.execute(joined)]


def _line(unit: Unit, finding: Finding, audit: Audit, client: str) -> FindingLine:
    grade = grade_today(unit, finding, audit)
    return FindingLine(
        ref=finding.ref, number=finding.number, name=name_of(finding), case_ref=audit.case_ref, client=client,
        requirement=finding.requirement, statement=finding.statement, grade=grade.code, grade_label=_(grade.label), tone=tone_of(grade),
        status=finding.status, status_word=status_word(finding, grade), due_on=still_due(finding),
        late=is_overdue(finding.status, finding.due_on, unit.today), waits_for=waits_for(finding, grade),
    )  # fmt: skip


def grade_today(unit: Unit, finding: Finding, audit: Audit) -> Grade:
    """The grade as it counts today: an overdue minor finding is a major one before anybody writes that down."""
    pack = rule_pack(audit.rule_pack)
    return pack.grade(effective_grade(finding.status, pack.grade(finding.grade), finding.due_on, unit.today))


def tone_of(grade: Grade) -> str:
    return "no" if grade.blocks_decision else "pause" if grade.nonconformity else "unknown"


def status_word(finding: Finding, grade: Grade) -> str:
    if finding.status is S.ISSUED and not grade.nonconformity:
        return _("For information")
    return _(STATUS_WORDS[finding.status])


def still_due(finding: Finding) -> date | None:
    """The day an answer is due, while one is."""
    return finding.due_on if finding.status in (S.ISSUED, S.RETURNED) else None


def name_of(finding: Finding) -> str:
    if finding.number is None:
        return _("Draft finding")
    return _("Finding {number}").format(number=finding.number)


def waits_for(finding: Finding, grade: Grade) -> str:
    """`client`, `body`, or nobody."""
    if finding.status in WITH_BODY:
        return "body"
    return "client" if finding.status in WITH_CLIENT and grade.nonconformity else ""


def blocking(unit: Unit, case_id: int) -> list[str]:
    """Why the evaluation of a case cannot be completed: a sentence for each finding that stands in its way.

    A draft does (the client was not told of it), and so does a finding of a blocking grade that is not closed.
    """
    open_ones = select(Finding).where(Finding.case_id == case_id, Finding.status.not_in(DONE))
    rows = unit.db.scalars(unit.lock(open_ones.order_by(Finding.number, Finding.id))).all()
    said = (
        _why_blocking(finding, grade_today(unit, finding, unit.db.get_one(Audit, finding.audit_id)))
        for finding in rows
    )
    return [sentence for sentence in said if sentence]


def _why_blocking(finding: Finding, grade: Grade) -> str | None:
    if finding.status is S.DRAFT:
        return _("A finding on {requirement} is still a draft: the provider has not been told of it.").format(
            requirement=finding.requirement
        )
    if not grade.blocks_decision:
        return None
    return _("{name} on {requirement} ({grade}) is not closed yet: {status}.").format(
        name=name_of(finding),
        requirement=finding.requirement,
        grade=_(grade.label),
        status=_(STATUS_WORDS[finding.status]).lower(),
    )


def drafts_of(unit: Unit, case_id: int) -> Sequence[Finding]:
    """The findings of a case that the client has not been told of, in the order of the requirements."""
    drafts = select(Finding).where(Finding.case_id == case_id, Finding.status == S.DRAFT)
    rows = unit.db.scalars(unit.lock(drafts))
    return sorted(rows, key=lambda row: ([int(part) for part in row.requirement.split(".")], row.id))


def next_number(unit: Unit, case_id: int) -> int:
    """The number the next issued finding of a case gets."""
    return (unit.db.scalar(select(func.max(Finding.number)).where(Finding.case_id == case_id)) or 0) + 1


def versions_of(unit: Unit, finding_id: int) -> int:
    """How many versions of a finding the client was told."""
    wanted = select(func.count()).select_from(FindingVersion).where(FindingVersion.finding_id == finding_id)
    return unit.db.scalar(wanted) or 0


def overdue(unit: Unit, most: int = 200) -> Sequence[Finding]:
    """Findings whose answer is late, oldest first; for the clock, which acts for nobody."""
    late = select(Finding).where(Finding.status.in_((S.ISSUED, S.RETURNED)), Finding.due_on < unit.today)
    return unit.db.scalars(unit.lock(late.order_by(Finding.due_on, Finding.id).limit(most))).all()


def audit_of(unit: Unit, finding: Finding) -> Audit:
    """The evaluation in which the finding was made."""
    return unit.db.get_one(Audit, finding.audit_id)


def grade_choices(audit: Audit) -> list[tuple[str, str]]:
    """The grades of the rule pack the case is pinned to."""
    return [(grade.code, _(grade.label)) for grade in rule_pack(audit.rule_pack).grades]


def finding_choices(audit: Audit) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen for a finding: the applicable requirements and the grades."""
    lines = [(line.number, f"{line.number} {line.label}") for line in requirements(audit)]
    return {"requirement": lines, "grade": grade_choices(audit)}
