"""From rows to views: the list of curricula, one curriculum, and documents."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from app.curricula.models import Curriculum, CurriculumVersion
from app.curricula.queries.scope import (
    find_curriculum,
    find_document,
    find_version,
    visible,
    visible_versions,
)
from app.curricula.queries.version import version_view_of
from app.curricula.queries.views import (
    TONES,
    CurriculumLine,
    CurriculumList,
    CurriculumView,
    DocumentView,
    VersionLine,
    VersionView,
)
from app.curricula.rules import VersionStatus
from app.kernel.database import Unit
from app.organisations.queries import names_of, organisation
from app.permissions import Permission as P
from app.permissions import Seat

PAGE = 50


def curriculum_list(unit: Unit, q: str = "", after: str = "") -> CurriculumList:
    """The curricula in scope by title, 50 at a time; `after` is the reference of the last one seen."""
    statement = _newest_versions(unit)
    if q:
        statement = statement.where(func.lower(CurriculumVersion.title).contains(q.lower(), autoescape=True))
    if last := _last_seen(unit, after):
        title, seen = last
        later = (CurriculumVersion.title == title) & (Curriculum.id > seen)
        statement = statement.where((CurriculumVersion.title > title) | later)
    rows = unit.db.execute(statement.limit(PAGE + 1)).all()
    names = names_of(unit, {curriculum.organisation_id for curriculum, _version in rows})
    items = [_curriculum_line(curriculum, version, names) for curriculum, version in rows[:PAGE]]
    return CurriculumList(
        q=q, items=items, next=items[-1].ref if len(rows) > PAGE else None,
        may_open=unit.actor.may(P.CURRICULUM_WRITE) and unit.actor.seat is Seat.PROVIDER,
    )  # fmt: skip


def _newest_versions(unit: Unit) -> Select[Curriculum, CurriculumVersion]:
    """Every curriculum in scope with the newest of its versions that the actor may know of, by title."""
    of, number = CurriculumVersion.curriculum_id, CurriculumVersion.number
    newest = (
        visible_versions(unit).with_only_columns(of, func.max(number).label("number")).group_by(of).subquery()
    )
    return (
        select(Curriculum, CurriculumVersion)
        .join(newest, newest.c.curriculum_id == Curriculum.id)
        .join(CurriculumVersion, (of == Curriculum.id) & (number == newest.c.number))
        .where(Curriculum.id.in_(visible(unit).with_only_columns(Curriculum.id)))
        .order_by(CurriculumVersion.title, Curriculum.id)
    )


def _last_seen(unit: Unit, ref: str) -> tuple[str, int] | None:
    """Where the list goes on: the title of the newest version in scope, and the id, of a curriculum."""
    if not ref:
        return None
    curriculum = find_curriculum(unit, ref)
    return _versions(unit, curriculum)[0].title, curriculum.id


def _curriculum_line(
    curriculum: Curriculum, version: CurriculumVersion, names: dict[int, str]
) -> CurriculumLine:
    return CurriculumLine(
        ref=curriculum.ref, title=version.title, organisation_name=names[curriculum.organisation_id],
        number=version.number, status=version.status, tone=TONES[version.status], changed_at=version.changed_at,
    )  # fmt: skip


def curriculum_view(unit: Unit, ref: str) -> CurriculumView:
    """One curriculum with its newest version in full; a body sees only what was submitted. Raises NotFound."""
    curriculum = find_curriculum(unit, ref)
    versions = _versions(unit, curriculum)
    owner = organisation(unit, curriculum.organisation_id)
    current = next((one for one in versions if one.status is not VersionStatus.WITHDRAWN), versions[0])
    drafted = any(one.status is VersionStatus.DRAFT for one in versions)
    own = unit.actor.may(P.CURRICULUM_WRITE) and owner.id == unit.actor.organisation_id
    return CurriculumView(
        ref=curriculum.ref, version=curriculum.version, title=current.title, organisation_ref=owner.ref,
        organisation_name=owner.name, versions=[_version_line(one) for one in versions],
        current=version_view_of(unit, curriculum, current, owner), may_start=own and not drafted,
    )  # fmt: skip


def _versions(unit: Unit, curriculum: Curriculum) -> Sequence[CurriculumVersion]:
    statement = visible_versions(unit).where(CurriculumVersion.curriculum_id == curriculum.id)
    return unit.db.scalars(statement.order_by(CurriculumVersion.number.desc())).all()


def _version_line(version: CurriculumVersion) -> VersionLine:
    return VersionLine(
        ref=version.ref, number=version.number, status=version.status, tone=TONES[version.status], title=version.title,
        submitted_at=version.submitted_at, changed_at=version.changed_at,
    )  # fmt: skip


def version_view(unit: Unit, ref: str) -> VersionView:
    """One version in full. Raises NotFound outside the actor's scope."""
    version = find_version(unit, ref)
    curriculum = unit.db.get_one(Curriculum, version.curriculum_id)
    return version_view_of(unit, curriculum, version, organisation(unit, curriculum.organisation_id))


def document_view(unit: Unit, ref: str) -> DocumentView:
    """One document in words; its bytes are at the address of its file. Raises NotFound outside the actor's scope."""
    row = find_document(unit, ref)
    return DocumentView(
        ref=row.ref, title=row.title, name=row.name, kind=row.kind, size=row.size, pages=row.pages, digest=row.digest,
        organisation_name=organisation(unit, row.organisation_id).name, subject=row.subject,
        uploaded_by=row.uploader_name, at=row.at,
    )  # fmt: skip
