"""The work on cases: whose turn it is, evaluations to record, findings to answer and to judge."""

from typing import Any

from sqlalchemy import Select, exists

from app.audits.models import Audit, AuditMember, Finding
from app.audits.queries import visible as visible_audits
from app.audits.queries import visible_findings
from app.audits.rules import AuditStatus, FindingStatus, is_overdue
from app.cases.queries import CaseLine, waiting_for_me, waiting_for_others
from app.desks.queries.views import DeskLine
from app.desks.rules import MOST
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.permissions import Permission, Seat
from app.standards.queries import rule_pack

S = FindingStatus
CLIENT_IS_ASKED = {
    S.ISSUED: "Answer finding {number} on {requirement}.",
    S.RETURNED: "Write the answer to finding {number} on {requirement} again: it came back with a reason.",
    S.PLAN_ACCEPTED: "Carry out the plan for finding {number} on {requirement}, and say when it is done.",
}
BODY_IS_ASKED = {
    S.RESPONDED: "Judge the answer to finding {number} on {requirement}.",
    S.IMPLEMENTED: "Judge whether the plan for finding {number} on {requirement} was carried out and works.",
    S.EFFECTIVENESS_CHECKED: "Close finding {number} on {requirement}: its plan was carried out and works.",
    S.DISPUTED: "The provider says that finding {number} on {requirement} is wrong: uphold it, or withdraw it.",
}


def case_lines(unit: Unit) -> list[DeskLine]:
    """Cases that wait for the reader, and those in which the reader waits for somebody else."""
    if not unit.actor.may(Permission.CASE_READ) or unit.actor.seat not in (Seat.PROVIDER, Seat.BODY):
        return []
    mine = waiting_for_me(unit, MOST)
    others = waiting_for_others(unit, MOST, of_my_teams=not _sees_all(unit))
    return [_case(unit, line) for line in (*mine, *others)]


def _sees_all(unit: Unit) -> bool:
    """The client, and those at a body who plan and steer; others wait only where they are on the team."""
    return unit.actor.seat is Seat.PROVIDER or unit.actor.may(Permission.CASE_PLAN)


def _case(unit: Unit, line: CaseLine) -> DeskLine:
    other = line.body if unit.actor.seat is Seat.PROVIDER else line.client
    return DeskLine(
        kind="case", about=_("{who}: {kind} case {ref}").format(who=other, kind=line.kind.lower(), ref=line.ref),
        sentence=line.turn, since=civil_date(line.since), late=line.late, mine=line.mine, href=f"/cases/{line.ref}",
        button=_("Open the case"), case=line.ref,
    )  # fmt: skip


def audit_lines(unit: Unit) -> list[DeskLine]:
    """Evaluations of the reader's teams that are not complete."""
    if not unit.actor.may(Permission.AUDIT_RECORD):
        return []
    mine = exists().where(AuditMember.audit_id == Audit.id, AuditMember.person == unit.actor.id)
    wanted = visible_audits(unit).where(mine, Audit.status != AuditStatus.COMPLETE)
    rows = unit.db.execute(
        _with_client(wanted, Audit.client_id).order_by(Audit.planned_on, Audit.id).limit(MOST)
    )
    lines = [_audit(unit, audit, client) for audit, client in rows]
    return [line for line in lines if line]


def _with_client(wanted: Select[Any], client: Any) -> Select[Any]:
    return wanted.join(Organisation, Organisation.id == client).add_columns(Organisation.name)


def _audit(unit: Unit, audit: Audit, client: str) -> DeskLine | None:
    sentence = _audit_sentence(unit, audit)
    if not sentence:
        return None
    begun = audit.status is not AuditStatus.PLANNED
    return DeskLine(
        kind="audit", about=_("{who}: {kind} in {place}").format(who=client, kind=label(audit.kind).lower(), place=audit.place),
        sentence=sentence, since=civil_date(audit.opened_at), due_on=None if begun else audit.planned_on,
        late=not begun and audit.planned_on < unit.today, mine=True, href=f"/audits/{audit.ref}",
        button=_("Record the results") if begun else _("Open the evaluation"), case=audit.case_ref,
    )  # fmt: skip


def _audit_sentence(unit: Unit, audit: Audit) -> str:
    if audit.status is AuditStatus.PLANNED:
        return _("Begin the evaluation.")
    if audit.recorded < audit.total:
        return _("Record the results: {recorded} of {total} are there.").format(
            recorded=audit.recorded, total=audit.total
        )
    return (
        _("Every requirement has its result: complete the evaluation.") if audit.lead == unit.actor.id else ""
    )


def finding_lines(unit: Unit) -> list[DeskLine]:
    """Findings that wait for the reader: for a provider its answers, for an assessor the verdicts of the own teams."""
    answers = unit.actor.may(Permission.FINDING_ANSWER)
    if not answers and not unit.actor.may(Permission.FINDING_JUDGE):
        return []
    asked = CLIENT_IS_ASKED if answers else BODY_IS_ASKED
    wanted: Select[Any] = (
        visible_findings(unit).where(Finding.status.in_(asked)).join(Audit, Audit.id == Finding.audit_id)
    )
    if not answers:
        wanted = wanted.where(
            exists().where(AuditMember.audit_id == Audit.id, AuditMember.person == unit.actor.id)
        )
    wanted = _with_client(wanted, Finding.client_id).add_columns(Audit)
    rows = unit.db.execute(wanted.order_by(Finding.due_on.is_(None), Finding.due_on, Finding.id).limit(MOST))
    return [
        _finding(unit, one, client, audit, answers) for one, client, audit in rows if _asks(unit, one, audit)
    ]


def _asks(unit: Unit, finding: Finding, audit: Audit) -> bool:
    """Observations need no answer; an objection is for the lead."""
    if finding.status is S.DISPUTED:
        return audit.lead == unit.actor.id
    return rule_pack(audit.rule_pack).grade(finding.grade).nonconformity


def _finding(unit: Unit, finding: Finding, client: str, audit: Audit, answers: bool) -> DeskLine:
    asked = CLIENT_IS_ASKED if answers else BODY_IS_ASKED
    return DeskLine(
        kind="finding",
        about=_("Finding {number}, case {ref}").format(number=finding.number, ref=audit.case_ref)
        if answers else _("{who}: finding {number}").format(who=client, number=finding.number),
        sentence=_(asked[finding.status]).format(number=finding.number, requirement=finding.requirement),
        since=civil_date(finding.turn_since), due_on=finding.due_on,
        late=is_overdue(finding.status, finding.due_on, unit.today), mine=True, href=f"/findings/{finding.ref}",
        button=_("Open the finding"), case=audit.case_ref,
    )  # fmt: skip
