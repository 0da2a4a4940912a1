"""The recording page: one requirement, its result so far, what the provider says of it, and the way on."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import bindparam, select

from app.audits.models import Audit, AuditCurriculum, AuditMember, Result, ResultEvidence
from app.audits.queries.audits import (
    OUTCOME_WORDS,
    TONES,
    Progress,
    SectionView,
    counters,
    outcomes,
    recordable,
    sections,
)
from app.audits.queries.findings import DocumentLine, FindingLine, findings_on
from app.audits.queries.scope import Scoped, find_audit, inside, no_such_audit, requirements, team_of
from app.audits.queries.told import kind_label, organisation_name
from app.audits.rules import AuditStatus, Outcome
from app.curricula.models import Coverage, CurriculumVersion, Document, Module
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _, label
from app.permissions import Permission, Seat
from app.standards.rules import Requirement, Route


class ChoiceView(View):
    """A result button."""

    value: str
    label: str
    tone: str


class CoverageLine(View):
    """Where the provider says a curriculum covers the requirement."""

    curriculum: str
    answer: str
    where: str


class RequirementView(View):
    """One requirement of one evaluation. `version` 0 says that it has no result yet."""

    audit_ref: str
    kind_label: str
    case_ref: str
    client: str
    status: str
    number: str
    label: str
    meaning: str
    provisional: bool
    unsure_of: list[str]
    position: int
    outcome: str | None
    note: str
    reason: str
    version: int
    recorded_by: str
    recorded_at: datetime | None
    choices: list[ChoiceView]
    evidence: list[DocumentLine]
    coverage: list[CoverageLine]
    findings: list[FindingLine]
    may_record: bool
    offers_finding: bool
    previous: str | None
    next: str | None
    progress: Progress
    sections: list[SectionView]


@dataclass(frozen=True)
class Recording:
    """An audit as recording one result looks at it, with the result that stands there (`before` 0: none)."""

    __tablename__: ClassVar[str] = "audit"
    id: int
    ref: str
    case_id: int
    body_id: int
    status: AuditStatus
    edition: str
    route: Route
    populations: list[str]
    levels: list[str]
    member: int | None
    before: int | None
    outcome: Outcome | None
    note: str | None
    reason: str | None
    version: int | None

    @property
    def thread(self) -> str:
        return f"case:{self.case_id}"


_member = (AuditMember.audit_id == Audit.id) & (AuditMember.person == bindparam("person"))
_before = (Result.audit_id == Audit.id) & (Result.requirement == bindparam("requirement"))
_TO_RECORD = (
    select(
        Audit.id, Audit.ref, Audit.case_id, Audit.body_id, Audit.status, Audit.edition, Audit.route, Audit.populations, Audit.levels,
        AuditMember.id.label("member"), Result.id.label("before"), Result.outcome, Result.note, Result.reason, Result.version,
    )
    .outerjoin(AuditMember, _member)
    .outerjoin(Result, _before)
    .where(Audit.ref == bindparam("ref"), Audit.body_id == bindparam("body"))
    .with_for_update(of=Audit.__table__)
)  # fmt: skip
"""Made once, because it is asked with every result; scoped to the body, for nobody else records."""


def to_record(unit: Unit, ref: str, number: str) -> Recording:
    """The audit to record in, locked, with the actor's place on its team and the result so far: one look.

    Raises Forbidden and NotFound.
    """
    unit.actor.require(Permission.AUDIT_RECORD)
    asked = {"person": unit.actor.id, "requirement": number, "ref": ref, "body": unit.actor.organisation_id}
    found = unit.db.connection().execute(_TO_RECORD, asked).one_or_none()
    if found is None or unit.actor.seat is not Seat.BODY:
        raise no_such_audit()
    return Recording(**found._mapping)


def result_of(unit: Unit, audit_id: int, number: str) -> Result | None:
    """The result of one requirement as it stands now."""
    return unit.db.scalar(select(Result).where(Result.audit_id == audit_id, Result.requirement == number))


def place_of(audit: Scoped, number: str) -> int:
    """Where the requirement stands in the order of the audit, from 0. Raises NotFound."""
    numbers = [line.number for line in requirements(audit)]
    if number not in numbers:
        raise NotFound(
            _("Requirement {number} is not part of this evaluation. Nothing was saved.").format(number=number)
        )
    return numbers.index(number)


def neighbour(audit: Scoped, number: str, step: int) -> str | None:
    """The requirement before (-1) or after (1) this one, or None at the end."""
    there, lines = place_of(audit, number) + step, requirements(audit)
    return lines[there].number if 0 <= there < len(lines) else None


def view_requirement(unit: Unit, ref: str, number: str) -> RequirementView:
    """The recording page of one requirement. Raises NotFound, for the client as well."""
    audit = find_audit(unit, ref)
    if not inside(unit):
        raise no_such_audit()
    position = place_of(audit, number)
    return _view(unit, audit, requirements(audit)[position], position, result_of(unit, audit.id, number))


def _view(
    unit: Unit, audit: Audit, line: Requirement, position: int, result: Result | None
) -> RequirementView:
    may_record = recordable(unit, audit, team_of(unit, audit.id))
    return RequirementView(
        audit_ref=audit.ref, kind_label=kind_label(audit), case_ref=audit.case_ref, client=organisation_name(unit, audit.client_id),
        status=audit.status, number=line.number, label=line.label, meaning=line.meaning, provisional=line.provisional,
        unsure_of=list(line.unsure_of), position=position + 1, outcome=result.outcome if result else None,
        note=result.note if result else "", reason=result.reason if result else "", version=result.version if result else 0,
        recorded_by=result.by_name if result else "", recorded_at=result.at if result else None, choices=_choices(),
        evidence=_evidence(unit, result.id) if result else [], coverage=_coverage(unit, audit.id, line.number),
        findings=findings_on(unit, audit.id, line.number), may_record=may_record,
        offers_finding=may_record and result is not None and result.outcome in (Outcome.PARTLY, Outcome.NOT_MET),
        previous=neighbour(audit, line.number, -1), next=neighbour(audit, line.number, 1), progress=counters(audit),
        sections=sections(audit, outcomes(unit, audit.id)),
    )  # fmt: skip


def _choices() -> list[ChoiceView]:
    return [
        ChoiceView(value=outcome, label=_(OUTCOME_WORDS[outcome]), tone=TONES[outcome]) for outcome in Outcome
    ]


_EVIDENCE = (
    select(Document.ref, Document.title)
    .join(ResultEvidence, ResultEvidence.document_id == Document.id)
    .where(ResultEvidence.result_id == bindparam("result"))
    .order_by(Document.id)
)
_COVERAGE = (
    select(
        CurriculumVersion.title, Coverage.answer, Coverage.where.label("place"), Module.title.label("module")
    )
    .join(AuditCurriculum, AuditCurriculum.version_id == CurriculumVersion.id)
    .join(
        Coverage,
        (Coverage.version_id == CurriculumVersion.id) & (Coverage.requirement == bindparam("requirement")),
    )
    .outerjoin(Module, Module.id == Coverage.module_id)
    .where(AuditCurriculum.audit_id == bindparam("audit"))
    .order_by(CurriculumVersion.title)
)
"""Made once, as these pages are shown with every result."""


def _evidence(unit: Unit, result_id: int) -> list[DocumentLine]:
    rows = unit.db.connection().execute(_EVIDENCE, {"result": result_id})
    return [DocumentLine(ref=row.ref, title=row.title) for row in rows]


def _coverage(unit: Unit, audit_id: int, number: str) -> list[CoverageLine]:
    """What the provider says of the requirement in the curricula that are evaluated here."""
    rows = unit.db.connection().execute(_COVERAGE, {"audit": audit_id, "requirement": number})
    return [
        CoverageLine(curriculum=row.title, answer=label(row.answer), where=" · ".join(part for part in (row.module, row.place) if part))
        for row in rows
    ]  # fmt: skip
