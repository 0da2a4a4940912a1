"""One finding with its rounds of answers and verdicts, and whose turn it is."""

from datetime import date, datetime

from sqlalchemy import select

from app.audits.models import (
    Audit,
    Finding,
    FindingVersion,
    Response,
    ResponseEvidence,
    Verdict,
)
from app.audits.queries.findings import (
    DocumentLine,
    S,
    audit_of,
    grade_today,
    name_of,
    status_word,
    still_due,
    tone_of,
    waits_for,
)
from app.audits.queries.scope import find_finding, inside
from app.audits.queries.told import history_of, organisation_name
from app.audits.rules import FINDING, is_overdue
from app.curricula.models import Document
from app.kernel.casework import Casework, TurnView, steps_of
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, label
from app.standards.queries import edition, rule_pack
from app.standards.rules import Grade

CLIENT_IS_ASKED = {
    S.ISSUED: "Answer it: what you have put right, why it happened, and what will stop it happening again.",
    S.RETURNED: "The answer came back with a reason: write it again.",
    S.PLAN_ACCEPTED: "The plan is accepted: say when it is done and what shows it.",
}


BODY_IS_ASKED = {
    S.DRAFT: "This is a draft. The provider is told when the findings of the case are issued.",
    S.RESPONDED: "Judge the answer.",
    S.IMPLEMENTED: "Judge whether it was done and works.",
    S.EFFECTIVENESS_CHECKED: "It was done and works: close it.",
    S.DISPUTED: "The provider says this finding is wrong: uphold it with a reason, or withdraw it.",
}


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
        statement=finding.statement, evidence=finding.evidence, status_word=status_word(finding, grade), due_on=still_due(finding),
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
