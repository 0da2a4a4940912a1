"""Which curricula, versions, parts and documents an actor may know of."""

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from app.curricula.models import (
    COMPLAINT_SUBJECT,
    VERSION_SUBJECT,
    Coverage,
    Curriculum,
    CurriculumVersion,
    Document,
    Module,
    Technique,
)
from app.curricula.rules import VersionStatus
from app.kernel.database import Unit
from app.kernel.errors import NotFound, Refused
from app.kernel.fields import Ref
from app.kernel.words import _
from app.permissions import Permission, Seat
from app.providers.models import TrainingService

Part = TypeVar("Part", Module, Technique, Coverage)


def visible(unit: Unit) -> Select[Curriculum]:
    """RRN knows of all, a provider of its own, a body of those that services it certifies have submitted."""
    unit.actor.require(Permission.CURRICULUM_READ)
    return select(Curriculum).where(_seen_curriculum(unit))


def visible_versions(unit: Unit) -> Select[CurriculumVersion]:
    """Versions in the actor's scope; a body never sees what was not submitted to it."""
    unit.actor.require(Permission.CURRICULUM_READ)
    own = CurriculumVersion.curriculum_id.in_(select(Curriculum.id).where(_of_scope(unit)))
    return select(CurriculumVersion).where(own, _handed_in(unit))


def visible_documents(unit: Unit) -> Select[Document]:
    """Documents of one's own organisation; for a body also those of services it certifies, once submitted.

    What was gathered on a complaint is not among them.
    """
    unit.actor.require(Permission.CURRICULUM_READ)
    actor, rows = unit.actor, select(Document).where(Document.subject != COMPLAINT_SUBJECT)
    if actor.seat is Seat.RRN:
        return rows
    own = Document.organisation_id == actor.organisation_id
    if actor.seat is not Seat.BODY:
        return rows.where(own)
    handed_in = Document.subject_id.in_(visible_versions(unit).with_only_columns(CurriculumVersion.id))
    client = Document.organisation_id.in_(_clients(unit))
    return rows.where(or_(own, client & or_(Document.subject != VERSION_SUBJECT, handed_in)))


def _clients(unit: Unit) -> Select[int]:
    return select(TrainingService.organisation_id).where(
        TrainingService.body_id == unit.actor.organisation_id
    )


def _of_scope(unit: Unit) -> ColumnElement[bool]:
    actor = unit.actor
    if actor.seat is Seat.RRN:
        return true()
    if actor.seat is Seat.BODY:
        return Curriculum.organisation_id.in_(_clients(unit))
    return Curriculum.organisation_id == actor.organisation_id if actor.organisation_id else false()


def _handed_in(unit: Unit) -> ColumnElement[bool]:
    """Submitted at some time: a draft, also one that was taken back, is the provider's own business."""
    return CurriculumVersion.submitted_at.is_not(None) if unit.actor.seat is Seat.BODY else true()


def _seen_curriculum(unit: Unit) -> ColumnElement[bool]:
    if unit.actor.seat is not Seat.BODY:
        return _of_scope(unit)
    return _of_scope(unit) & Curriculum.id.in_(
        select(CurriculumVersion.curriculum_id).where(_handed_in(unit))
    )


def find_curriculum(unit: Unit, ref: str) -> Curriculum:
    """The curriculum of that reference, locked when writing. Raises NotFound outside the actor's scope."""
    found: Curriculum | None = unit.db.scalar(unit.lock(visible(unit).where(Curriculum.ref == ref)))
    if found is None:
        raise NotFound(_("There is no curriculum of that reference among those you may see."))
    return found


def find_version(unit: Unit, ref: Ref) -> CurriculumVersion:
    """The version of that reference, locked when writing. Raises NotFound outside the actor's scope."""
    found: CurriculumVersion | None = unit.db.scalar(
        unit.lock(visible_versions(unit).where(CurriculumVersion.ref == ref))
    )
    if found is None:
        raise NotFound(_("There is no curriculum version of that reference among those you may see."))
    return found


def find_draft(unit: Unit, ref: str) -> CurriculumVersion:
    """The version of that reference, to be edited. Raises NotFound, or Refused when it is no draft any more."""
    return as_draft(find_version(unit, ref))


def as_draft(version: CurriculumVersion) -> CurriculumVersion:
    """The version itself. Raises Refused when it is no draft any more."""
    if version.status is not VersionStatus.DRAFT:
        raise Refused(
            _(
                "Version {number} was submitted and stays as it is. Nothing was changed: start a new version to change it."
            ).format(number=version.number)
        )
    return version


def find_module(unit: Unit, ref: str) -> Module:
    """A module inside the actor's scope. Raises NotFound."""
    return _part(unit, Module, ref, _("There is no module of that reference among those you may see."))


def find_technique(unit: Unit, ref: str) -> Technique:
    """A technique inside the actor's scope. Raises NotFound."""
    return _part(unit, Technique, ref, _("There is no technique of that reference among those you may see."))


def _part(unit: Unit, kind: type[Part], ref: str, sentence: str) -> Part:
    seen = visible_versions(unit).with_only_columns(CurriculumVersion.id)
    found = unit.db.scalar(select(kind).where(kind.ref == ref, kind.version_id.in_(seen)))
    if found is None:
        raise NotFound(sentence)
    return found


def version_of(unit: Unit, part: Module | Technique) -> CurriculumVersion:
    """The version a part belongs to, locked when writing; scope was asked for the part."""
    statement = select(CurriculumVersion).where(CurriculumVersion.id == part.version_id)
    version: CurriculumVersion = unit.db.scalars(unit.lock(statement)).one()
    return version


def find_document(unit: Unit, ref: str) -> Document:
    """A document inside the actor's scope. Raises NotFound."""
    found = unit.db.scalar(visible_documents(unit).where(Document.ref == ref))
    if found is None:
        raise NotFound(_("There is no document of that reference among those you may see."))
    return found


def versions_of_service(
    unit: Unit, organisation_id: int, status: VersionStatus | None = None
) -> list[CurriculumVersion]:
    """The versions of an organisation's curricula inside the actor's scope, by title and number."""
    owned = CurriculumVersion.curriculum_id.in_(
        select(Curriculum.id).where(Curriculum.organisation_id == organisation_id)
    )
    statement = visible_versions(unit).where(owned)
    if status is not None:
        statement = statement.where(CurriculumVersion.status == status)
    return list(unit.db.scalars(statement.order_by(CurriculumVersion.title, CurriculumVersion.number)))
