"""Opening, closing and reopening the evaluations of a case; the case says when."""

from collections.abc import Collection, Mapping
from datetime import date

from app.audits import queries
from app.audits.models import Audit, AuditCurriculum, AuditMember
from app.audits.rules import AUDIT, AuditStatus
from app.kernel.casework import begin, take
from app.kernel.database import Unit
from app.kernel.errors import Refused
from app.kernel.fields import Note
from app.kernel.words import _
from app.permissions import Permission
from app.standards.rules import AuditKind, Level, Population, Route


def open_audit(
    unit: Unit, *, case_id: int, case_ref: str, body_id: int, client_id: int, kind: AuditKind, edition: str, rule_pack: str, route: Route,
    populations: Collection[Population], levels: Collection[Level], lead: str, members: Mapping[str, str], planned_on: date,
    place: str = "", versions: Collection[int] = (),
) -> Audit:  # fmt: skip
    """An evaluation planned in a case (ISO/IEC 17065, 7.4.1). Its requirements are fixed from here on.

    `members` holds person refs and names, the lead among them; `versions` the curriculum versions evaluated here.
    Raises Forbidden without the right to plan or to lead, and Refused when the lead is not on the team or nothing applies.
    """
    if not unit.actor.may(
        Permission.AUDIT_LEAD
    ):  # the lead opens what was planned when the evaluation begins
        unit.actor.require(Permission.CASE_PLAN)
    if lead not in members:
        raise Refused(
            _("The lead assessor must be on the team. Nothing was saved: add them and send it again.")
        )
    audit = Audit(
        case_id=case_id, case_ref=case_ref, body_id=body_id, client_id=client_id, kind=kind, edition=edition, rule_pack=rule_pack,
        route=route, populations=sorted(populations), levels=sorted(levels), status=AuditStatus.PLANNED, planned_on=planned_on,
        place=place, lead=lead, opened_at=unit.now, total=0,
    )  # fmt: skip
    audit.total = len(queries.requirements(audit))
    if not audit.total:
        raise Refused(
            _(
                "No requirement of the Standards applies to this, so there is nothing to evaluate. Nothing was saved."
            )
        )
    begin(
        unit,
        AUDIT,
        audit,
        "planned",
        evaluation=kind.value,
        planned_on=planned_on.isoformat(),
        team=sorted(members),
    )
    unit.db.add_all(
        AuditMember(audit_id=audit.id, person=person, name=name) for person, name in members.items()
    )
    unit.db.add_all(AuditCurriculum(audit_id=audit.id, version_id=version) for version in sorted(versions))
    unit.db.flush()
    return audit


def close_audits(unit: Unit, case_id: int) -> list[Audit]:
    """Close every evaluation of a case that is still open; the case's own step has checked who may.

    Raises Refused while a requirement has no result.
    """
    open_ones = [
        audit for audit in queries.rows_of_case(unit, case_id) if audit.status is not AuditStatus.COMPLETE
    ]
    for audit in open_ones:
        take(unit, AUDIT, audit, "close", Note(version=audit.version))
    return open_ones


def reopen_audits(unit: Unit, case_id: int) -> list[Audit]:
    """Open the evaluations of a case again, when its review sends it back. Raises Refused for all but the lead."""
    closed = [audit for audit in queries.rows_of_case(unit, case_id) if audit.status is AuditStatus.COMPLETE]
    for audit in closed:
        take(unit, AUDIT, audit, "reopen", Note(version=audit.version))
    return closed
