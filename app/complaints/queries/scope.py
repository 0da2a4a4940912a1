"""Which complaints an actor may know of, what each is about, and which decisions can be appealed against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, false, or_, select

from app.cases.models import Case, ScopeItem
from app.cases.rules import Outcome as CaseOutcome
from app.certificates.models import Certificate
from app.complaints.models import Complaint, ComplaintNote
from app.complaints.rules import Matter, State
from app.curricula.models import COMPLAINT_SUBJECT, Document
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.journal import Event
from app.kernel.words import _
from app.people.rules.codes import digest
from app.permissions import Permission, Seat

DECISIONS: dict[str, str] = {
    "case.declined": "application declined",
    "case.refused": "certification refused",
    "case.granted": "certification refused for some curricula",
    "case.reduced": "certificate reduced",
    "case.suspended": "certificate suspended",
    "case.certificate_withdrawn": "certificate withdrawn",
    "certificate.suspended": "certificate suspended",
    "certificate.curricula_suspended": "some curricula suspended",
    "certificate.reduced": "certificate reduced",
    "certificate.withdrawn": "certificate withdrawn",
}
"""Events of decisions that take something from a client or keep it from them (ISO/IEC 17065, 7.13.1)."""


def visible(unit: Unit) -> Select[Complaint]:
    """RRN and a body know of what is on their own desk, a client of its appeals, anybody of what they sent signed in."""
    unit.actor.require(Permission.COMPLAINT_READ)
    rows, own = select(Complaint), unit.actor.organisation_id
    if own is None:
        return rows.where(false())
    if unit.actor.seat in (Seat.RRN, Seat.BODY):
        return rows.where(Complaint.desk_id == own)
    appeals = and_(Complaint.matter == Matter.APPEAL, Complaint.from_id == own)
    return rows.where(or_(appeals, Complaint.by == unit.actor.id))


def find_complaint(unit: Unit, ref: Ref) -> Complaint:
    """The complaint of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(Complaint.ref == ref))
    if found is None:
        raise NotFound(_("There is no complaint or appeal of that reference among those you may see."))
    return found


def complaint_of_code(unit: Unit, ref: str, code: str) -> Complaint:
    """A report by its reference and the code shown with it. Raises NotFound, with the same words for either fault."""
    found = unit.db.scalar(
        select(Complaint).where(Complaint.ref == ref.strip().lower(), Complaint.code_digest == digest(code))
    )
    if found is None:
        raise NotFound(
            _(
                "No report has this reference together with this code. Look at both again, letter by letter. If the code is lost, nobody can read it back: you may report again."
            )
        )
    return found


def notes_of(unit: Unit, row: Complaint) -> list[tuple[ComplaintNote, Document | None]]:
    """What was gathered, oldest first, each with its document. For the eyes of the desk only."""
    rows = unit.db.execute(
        select(ComplaintNote, Document)
        .outerjoin(Document, Document.id == ComplaintNote.document_id)
        .where(ComplaintNote.complaint_id == row.id)
        .order_by(ComplaintNote.id)
    )
    return [(note, document) for note, document in rows]


def find_document(unit: Unit, ref: Ref, document: Ref) -> Document:
    """A document gathered on a complaint, for those on whose desk it is. Raises NotFound."""
    row = find_complaint(unit, ref)
    found = unit.db.scalar(
        select(Document).where(
            Document.ref == document, Document.subject == COMPLAINT_SUBJECT, Document.subject_id == row.id
        )
    )
    if found is None or not is_inside(unit, row):
        raise NotFound(_("There is no document of that reference on this matter."))
    return found


def is_inside(unit: Unit, row: Complaint) -> bool:
    """Whether the actor sits at the desk that deals with it."""
    return unit.actor.organisation_id == row.desk_id and unit.actor.seat in (Seat.RRN, Seat.BODY)


@dataclass(frozen=True)
class Appealable:
    """A decision that its client may appeal against."""

    event_id: int
    key: str
    """The reference of the case, or the number of the certificate."""
    what: str
    at: datetime
    body_id: int
    rule_pack: str
    case_id: int | None = None
    certificate_id: int | None = None


def appealable(unit: Unit) -> list[Appealable]:
    """The decisions on the actor's own organisation that nobody has appealed against yet, newest first; of each case and certificate the last."""
    unit.actor.require(Permission.APPEAL_MAKE)
    cases = _of_cases(unit)
    moments = {one.at for one in cases}  # a decision in a case moves the certificate in its own moment
    found = cases + [one for one in _of_certificates(unit) if one.at not in moments]
    last: dict[str, Appealable] = {}
    for one in sorted(found, key=lambda one: one.at, reverse=True):
        last.setdefault(one.key, one)
    return list(last.values())


def _of_cases(unit: Unit) -> list[Appealable]:
    in_part = exists().where(ScopeItem.case_id == Case.id, ScopeItem.outcome == CaseOutcome.REFUSED)
    rows = _decided(
        unit, select(Event, Case).join(Case, and_(Event.subject == "case", Case.id == Event.subject_id))
        .where(Case.client_id == unit.actor.organisation_id, or_(Event.kind != "case.granted", in_part)),
    )  # fmt: skip
    return [
        Appealable(event.id, case.ref, event.kind, event.at, case.body_id, case.rule_pack, case_id=case.id)
        for event, case in rows
    ]


def _of_certificates(unit: Unit) -> list[Appealable]:
    on = and_(Event.subject == "certificate", Certificate.id == Event.subject_id)
    rows = _decided(
        unit, select(Event, Certificate).join(Certificate, on).where(Certificate.holder_id == unit.actor.organisation_id)
    )  # fmt: skip
    return [
        Appealable(
            event.id, one.number, event.kind, event.at, one.body_id, one.rule_pack, certificate_id=one.id
        )
        for event, one in rows
    ]


def _decided(unit: Unit, rows: Any) -> Sequence[Any]:
    """Only the last of each matters, and those that were appealed against are left out."""
    done = exists().where(Complaint.against_id == Event.id, Complaint.status != State.TAKEN_BACK)
    found: Sequence[Any] = unit.db.execute(
        rows.where(Event.kind.in_(DECISIONS), ~done).order_by(Event.id.desc()).limit(200)
    ).all()
    return found


def event_of(unit: Unit, row: Complaint) -> Event | None:
    """The event of the decision an appeal is against."""
    return unit.db.get(Event, row.against_id) if row.against_id else None
