"""Findings as pages show them, what they block, and which of them are late."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, select

from app.audits.models import (
    Audit,
    Finding,
    FindingVersion,
    Response,
    ResponseEvidence,
    Verdict,
)
from app.audits.queries.scope import find_finding, inside, requirements, visible_findings
from app.audits.queries.told import history_of, organisation_name
from app.audits.rules import FINDING, FindingStatus, effective_grade, is_overdue
from app.curricula.models import Document
from app.kernel.casework import Casework, steps_of
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.permissions import Permission
from app.standards.queries import edition, rule_pack
from app.standards.rules import Grade

S = FindingStatus
WITH_CLIENT = (S.ISSUED, S.RETURNED, S.PLAN_ACCEPTED)
WITH_BODY = (S.DRAFT, S.RESPONDED, S.IMPLEMENTED, S.DISPUTED)
DONE = (S.CLOSED, S.WITHDRAWN)
CLIENT_IS_ASKED = {
    S.ISSUED: "Answer it: what you have put right, why it happened, and what will stop it happening again.",
    S.RETURNED: "The answer came back with a reason: write it again.",
    S.PLAN_ACCEPTED: "The plan is accepted: say when it is done and what shows it.",
}
BODY_IS_ASKED = {
    S.DRAFT: "This is a draft. The provider is told when the findings of the case are issued.",
    S.RESPONDED: "Judge the answer.",
    S.IMPLEMENTED: "Judge whether it was done and works.",
    S.DISPUTED: "The provider says this finding is wrong: uphold it with a reason, or withdraw it.",
}


class TurnView(View):
    """Whose turn it is and since when."""

    sentence: str
    detail: str = ""
    since: date | None = None
    mine: bool = False
    href: str = ""
    button: str = ""


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


class VerdictView(View):
    """What the certification body said to an answer."""

    kind: str
    word: str
    reason: str
    by: str
    at: datetime


class RoundView(View):
    """One answer of the client and the verdict on it."""

    round: int
    kind: str
    correction: str
    cause: str
    action: str
    evidence: str
    documents: list[DocumentLine]
    by: str
    at: datetime
    verdict: VerdictView | None


class ToldView(View):
    """The finding as the client was told it on a day."""

    number: int
    grade_label: str
    statement: str
    evidence: str
    due_on: date | None
    at: datetime
    by: str


class FindingView(Casework):
    """One finding with its rounds of answers and verdicts."""

    number: int | None
    name: str
    case_ref: str
    audit_ref: str
    client: str
    body: str
    requirement: str
    requirement_label: str
    requirement_meaning: str
    provisional: bool
    grade: str
    grade_label: str
    tone: str
    statement: str
    evidence: str
    status_word: str
    due_on: date | None
    late: bool
    issued_on: datetime | None
    turn: TurnView | None
    rounds: list[RoundView]
    told: list[ToldView]


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
        status=finding.status, status_word=label(finding.status), due_on=finding.due_on,
        late=is_overdue(finding.status, finding.due_on, unit.today), waits_for=waits_for(finding, grade),
    )  # fmt: skip


def grade_today(unit: Unit, finding: Finding, audit: Audit) -> Grade:
    """The grade as it counts today: an overdue minor finding is a major one before anybody writes that down."""
    pack = rule_pack(audit.rule_pack)
    return pack.grade(effective_grade(finding.status, pack.grade(finding.grade), finding.due_on, unit.today))


def tone_of(grade: Grade) -> str:
    return "no" if grade.blocks_decision else "pause" if grade.nonconformity else "unknown"


def name_of(finding: Finding) -> str:
    if finding.number is None:
        return _("Draft finding")
    return _("Finding {number}").format(number=finding.number)


def waits_for(finding: Finding, grade: Grade) -> str:
    """`client`, `body`, or nobody."""
    if finding.status in WITH_BODY:
        return "body"
    return "client" if finding.status in WITH_CLIENT and grade.nonconformity else ""


def view_finding(unit: Unit, ref: str) -> FindingView:
    """One finding as its page shows it. Raises NotFound outside the actor's scope."""
    finding = find_finding(unit, ref)
    audit = audit_of(unit, finding)
    grade = grade_today(unit, finding, audit)
    steps, barred = steps_of(unit, FINDING, finding)
    line = next(one for one in edition(audit.edition).requirements if one.number == finding.requirement)
    hidden = () if inside(unit) else ("finding.drafted", "finding.revised")
    client, body = organisation_name(unit, finding.client_id), organisation_name(unit, finding.body_id)
    return FindingView(
        ref=finding.ref, status=finding.status, version=finding.version, steps=steps, barred=barred,
        history=history_of(unit, "finding", finding.id, hidden), number=finding.number, name=name_of(finding), case_ref=audit.case_ref,
        audit_ref=audit.ref, client=client, body=body, requirement=finding.requirement, requirement_label=line.label,
        requirement_meaning=line.meaning, provisional=line.provisional, grade=grade.code, grade_label=_(grade.label), tone=tone_of(grade),
        statement=finding.statement, evidence=finding.evidence, status_word=label(finding.status), due_on=finding.due_on,
        late=is_overdue(finding.status, finding.due_on, unit.today), issued_on=finding.issued_at,
        turn=_turn(unit, finding, grade, client, body), rounds=_rounds(unit, finding), told=_told(unit, finding, audit),
    )  # fmt: skip


def _turn(unit: Unit, finding: Finding, grade: Grade, client: str, body: str) -> TurnView | None:
    side = waits_for(finding, grade)
    if not side:
        return None
    at_client = side == "client"
    mine = at_client != inside(unit)
    asked = CLIENT_IS_ASKED[finding.status] if at_client else BODY_IS_ASKED[finding.status]
    return TurnView(
        sentence=_("It is your turn.")
        if mine
        else _("Waiting for {name}.").format(name=client if at_client else body),
        detail=_(asked) if mine or not at_client else "",
        since=civil_date(finding.turn_since),
        mine=mine,
        href="#steps" if mine else "",
        button=_("Go to what you can do") if mine else "",
    )


def _rounds(unit: Unit, finding: Finding) -> list[RoundView]:
    verdicts = {
        row.round: row for row in unit.db.scalars(select(Verdict).where(Verdict.finding_id == finding.id))
    }
    answers = list(
        unit.db.scalars(select(Response).where(Response.finding_id == finding.id).order_by(Response.round))
    )
    documents = _documents(unit, [answer.id for answer in answers])
    return [
        RoundView(
            round=answer.round, kind=answer.kind, correction=answer.correction, cause=answer.cause, action=answer.action,
            evidence=answer.evidence, documents=documents.get(answer.id, []), by=answer.by_name, at=answer.at,
            verdict=_verdict(verdicts.get(answer.round)),
        )
        for answer in answers
    ]  # fmt: skip


def _documents(unit: Unit, answers: list[int]) -> dict[int, list[DocumentLine]]:
    wanted = (
        select(ResponseEvidence.response_id, Document.ref, Document.title)
        .join(Document, Document.id == ResponseEvidence.document_id)
        .where(ResponseEvidence.response_id.in_(answers))
        .order_by(Document.id)
    )
    found: dict[int, list[DocumentLine]] = {}
    for row in unit.db.execute(wanted) if answers else ():
        found.setdefault(row.response_id, []).append(DocumentLine(ref=row.ref, title=row.title))
    return found


def _verdict(row: Verdict | None) -> VerdictView | None:
    if row is None:
        return None
    return VerdictView(kind=row.kind, word=label(row.kind), reason=row.reason, by=row.by_name, at=row.at)


def _told(unit: Unit, finding: Finding, audit: Audit) -> list[ToldView]:
    pack = rule_pack(audit.rule_pack)
    rows = unit.db.scalars(
        select(FindingVersion)
        .where(FindingVersion.finding_id == finding.id)
        .order_by(FindingVersion.number.desc())
    )
    return [
        ToldView(
            number=row.number, grade_label=_(pack.grade(row.grade).label), statement=row.statement, evidence=row.evidence,
            due_on=row.due_on, at=row.at, by=row.by_name,
        )
        for row in rows
    ]  # fmt: skip


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
    return _("{name} on {requirement} ({grade}) is not closed: it is {status}.").format(
        name=name_of(finding),
        requirement=finding.requirement,
        grade=_(grade.label),
        status=label(finding.status).lower(),
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
