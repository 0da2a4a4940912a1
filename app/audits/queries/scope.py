"""Whose audits and findings these are to know of, and what the guards of their workflows look at."""

from functools import lru_cache
from typing import Protocol

from sqlalchemy import Select, false, select

from app.audits.models import Audit, AuditMember, Finding
from app.audits.rules import AUDIT, FINDING, AuditFacts, FindingFacts, is_overdue
from app.kernel.actor import SYSTEM
from app.kernel.casework import facts_for
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.words import _
from app.permissions import Permission, Seat
from app.standards.queries import edition, rule_pack
from app.standards.rules import Level, Population, Requirement, Route, applicable


def visible(unit: Unit) -> Select[Audit]:
    """The audits this actor may know of: RRN all, a body its own, a client those of its cases."""
    unit.actor.require(Permission.AUDIT_READ)
    own = unit.actor.organisation_id
    if unit.actor.seat is Seat.RRN or unit.actor.id == SYSTEM.id:
        return select(Audit)
    match unit.actor.seat:
        case Seat.BODY:
            return select(Audit).where(Audit.body_id == own)
        case Seat.PROVIDER:
            return select(Audit).where(Audit.client_id == own)
    return select(Audit).where(false())


def visible_findings(unit: Unit) -> Select[Finding]:
    """The findings this actor may know of; the client sees them once they are issued, and then all of them."""
    unit.actor.require(Permission.AUDIT_READ)
    own = unit.actor.organisation_id
    if unit.actor.seat is Seat.RRN or unit.actor.id == SYSTEM.id:
        return select(Finding)
    match unit.actor.seat:
        case Seat.BODY:
            return select(Finding).where(Finding.body_id == own)
        case Seat.PROVIDER:
            return select(Finding).where(Finding.client_id == own, Finding.issued_at.is_not(None))
    return select(Finding).where(false())


def inside(unit: Unit) -> bool:
    """Whether the actor sees the work itself, and not only that it is planned, under way or complete."""
    return unit.actor.seat in (Seat.RRN, Seat.BODY)


def find_audit(unit: Unit, ref: Ref) -> Audit:
    """The audit of that reference, locked when writing. Raises NotFound."""
    audit: Audit | None = unit.db.scalar(unit.lock(visible(unit).where(Audit.ref == ref)))
    if audit is None:
        raise no_such_audit()
    return audit


def no_such_audit() -> NotFound:
    return NotFound(_("There is no evaluation at this address, or it is not one that you may see."))


def find_finding(unit: Unit, ref: Ref) -> Finding:
    """The finding of that reference, locked when writing. Raises NotFound."""
    finding: Finding | None = unit.db.scalar(unit.lock(visible_findings(unit).where(Finding.ref == ref)))
    if finding is None:
        raise NotFound(_("There is no finding at this address, or it is not one that you may see."))
    return finding


def rows_of_case(unit: Unit, case_id: int) -> list[Audit]:
    """The audits of a case, oldest first, locked when writing; the caller has checked whose case it is."""
    return list(unit.db.scalars(unit.lock(select(Audit).where(Audit.case_id == case_id).order_by(Audit.id))))


def team_of(unit: Unit, audit_id: int) -> dict[str, str]:
    """Person refs and names of a team, in the order in which they were named."""
    members = select(AuditMember.person, AuditMember.name).where(AuditMember.audit_id == audit_id)
    return {row.person: row.name for row in unit.db.execute(members.order_by(AuditMember.id))}


class Scoped(Protocol):
    """What decides which requirements apply."""

    @property
    def edition(self) -> str: ...
    @property
    def route(self) -> Route: ...
    @property
    def populations(self) -> list[str]: ...
    @property
    def levels(self) -> list[str]: ...


def requirements(audit: Scoped) -> tuple[Requirement, ...]:
    """The requirements that need a result in this audit, in order of number."""
    return _applicable(audit.edition, audit.route, tuple(audit.populations), tuple(audit.levels))


@lru_cache(maxsize=1024)
def _applicable(
    name: str, route: Route, populations: tuple[str, ...], levels: tuple[str, ...]
) -> tuple[Requirement, ...]:
    people, skills = [Population(value) for value in populations], [Level(value) for value in levels]
    return tuple(applicable(edition(name), route, people, skills))


@facts_for(AUDIT)
def audit_facts(unit: Unit, audit: Audit) -> AuditFacts:
    return AuditFacts(unit.today, team=frozenset(team_of(unit, audit.id)), lead=audit.lead)


@facts_for(FINDING)
def finding_facts(unit: Unit, finding: Finding) -> FindingFacts:
    audit = unit.db.get_one(Audit, finding.audit_id)
    grade = rule_pack(audit.rule_pack).grade(finding.grade)
    return FindingFacts(
        unit.today,
        team=frozenset(team_of(unit, audit.id)),
        lead=audit.lead,
        nonconformity=grade.nonconformity,
        overdue=is_overdue(finding.status, finding.due_on, unit.today),
        becomes=grade.overdue_becomes,
    )
