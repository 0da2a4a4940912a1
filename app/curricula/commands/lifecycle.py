"""Opening a curriculum, starting and handing in its versions, and moving them on with a case."""

from typing import Any

from sqlalchemy import inspect, select

from app.curricula import queries
from app.curricula.models import (
    Curriculum,
    CurriculumVersion,
    VersionIntervention,
    VersionNation,
    VersionPopulation,
    VersionSetting,
)
from app.curricula.rules import (
    CURRICULUM_VERSION,
    OpenCurriculum,
    StartVersion,
    VersionStatus,
    VersionSubmission,
    canonical,
    digest_of,
)
from app.kernel import casework, journal
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Refused
from app.kernel.fields import StepForm
from app.kernel.words import _
from app.kernel.workflow import check_version
from app.permissions import Permission as P
from app.providers.models import TrainingService

_CONTENT = ("title", "summary", "edition", "ratio", "ratio_reason", "lived_experience")


def open_curriculum(unit: Unit, service: TrainingService, form: OpenCurriculum) -> Curriculum:
    """A new curriculum of a training service with its first draft. Raises Forbidden."""
    unit.actor.require(P.CURRICULUM_WRITE)
    curriculum = Curriculum(service_id=service.id, organisation_id=service.organisation_id, title=form.title)
    unit.db.add(curriculum)
    unit.db.flush()
    journal.record(unit, "curriculum.opened", curriculum, title=form.title)
    version = _begin(unit, curriculum, 1, title=form.title, summary=form.summary)
    choose(unit, version, form.nations, form.settings, form.populations, ())
    return curriculum


def choose(
    unit: Unit, version: CurriculumVersion, nations: Any, settings: Any, populations: Any, interventions: Any
) -> None:
    """Make the ticked nations, settings, populations and interventions those of the version."""
    wanted: tuple[tuple[Any, str, Any], ...] = (
        (VersionNation, "nation", nations),
        (VersionSetting, "setting", settings),
        (VersionPopulation, "population", populations),
        (VersionIntervention, "intervention", interventions),
    )
    for kind, name, chosen in wanted:
        standing = {
            getattr(row, name): row
            for row in unit.db.scalars(select(kind).where(kind.version_id == version.id))
        }
        for value in standing.keys() - set(chosen):
            unit.db.delete(standing[value])
        unit.db.add_all(
            kind(version_id=version.id, **{name: value}) for value in set(chosen) - standing.keys()
        )
    unit.db.flush()


def start_new_version(unit: Unit, curriculum: Curriculum, form: StartVersion) -> CurriculumVersion:
    """A new draft with everything the newest version contains. Raises Refused while another draft stands, or Stale."""
    unit.actor.require(P.CURRICULUM_WRITE)
    check_version(curriculum, form.version, stale_sentence())
    versions = list(
        unit.db.scalars(
            select(CurriculumVersion)
            .where(CurriculumVersion.curriculum_id == curriculum.id)
            .order_by(CurriculumVersion.number.desc())
        )
    )
    for version in versions:
        if version.status is VersionStatus.DRAFT:
            raise Refused(
                _(
                    "Version {number} is still a draft. Nothing was changed: go on with that one, or take it back first."
                ).format(number=version.number)
            )
    source = next((one for one in versions if one.status is not VersionStatus.WITHDRAWN), versions[0])
    content = {name: getattr(source, name) for name in _CONTENT} | {
        "edition": queries.current_edition(unit.today)
    }
    draft = _begin(unit, curriculum, versions[0].number + 1, copied_from=source.number, **content)
    _copy(unit, source, draft)
    return draft


def _begin(
    unit: Unit, curriculum: Curriculum, number: int, copied_from: int | None = None, **content: Any
) -> CurriculumVersion:
    values = {"edition": queries.current_edition(unit.today)} | content
    version = CurriculumVersion(curriculum_id=curriculum.id, number=number, changed_at=unit.now, **values)
    casework.begin(unit, CURRICULUM_VERSION, version, "started", number=number, copied_from=copied_from)
    return version


def _copy(unit: Unit, source: CurriculumVersion, draft: CurriculumVersion) -> None:
    parts = queries.parts_of(unit, source.id)
    choose(unit, draft, parts.nations, parts.settings, parts.populations, parts.interventions)
    modules: dict[int | None, int | None] = {None: None}
    for module in parts.modules:
        modules[module.id] = _copied(unit, module, version_id=draft.id).id
        for technique in parts.techniques.get(module.id, []):
            _copied(unit, technique, version_id=draft.id, module_id=modules[module.id])
    for lines in parts.coverage.values():
        for line in lines:
            _copied(unit, line, version_id=draft.id, module_id=modules[line.module_id])
    for document in parts.documents:
        _copied(unit, document, subject_id=draft.id)


def _copied(unit: Unit, row: Any, **changed: Any) -> Any:
    """The same row once more under another owner; its id, reference and row version are its own."""
    own = {"id", "ref", "version"}
    values = {name: getattr(row, name) for name in inspect(type(row)).attrs.keys() if name not in own}  # noqa: SIM118  not a dict
    copy = type(row)(**(values | changed))
    unit.db.add(copy)
    unit.db.flush()
    return copy


def submit(unit: Unit, version: CurriculumVersion, form: StepForm) -> None:
    """Hand the version in: its content is frozen as canonical JSON with its digest.

    Raises Forbidden, WrongState, Refused with what is missing, or Stale; nothing is changed then.
    """
    text = canonical(queries.content_of(version, queries.parts_of(unit, version.id)))
    digest = digest_of(text)
    casework.take(unit, CURRICULUM_VERSION, version, "submit", form, digest=digest)
    version.frozen, version.content_digest, version.submitted_at = text, digest, unit.now
    unit.db.flush()


def mark(unit: Unit, version: CurriculumVersion, name: str) -> None:
    """Move a version on with its case: take-into-evaluation, release, certify, supersede or end.

    For the commands of cases, which have asked whether the actor may. A version that stands there already
    is left alone, and a certified one stays certified while it is evaluated again. Certifying a version supersedes the certified one before it. Raises WrongState or Stale.
    """
    step = CURRICULUM_VERSION.step(name)
    looked_at_again = version.status is VersionStatus.CERTIFIED and name in (
        "take-into-evaluation",
        "release",
    )
    if version.status is step.target or looked_at_again:
        return
    if name == "certify":
        for older in _certified_before(unit, version):
            mark(unit, older, "supersede")
    casework.take(unit, CURRICULUM_VERSION, version, name, VersionSubmission(version=version.version))


def _certified_before(unit: Unit, version: CurriculumVersion) -> list[CurriculumVersion]:
    return list(
        unit.db.scalars(
            unit.lock(
                select(CurriculumVersion).where(
                    CurriculumVersion.curriculum_id == version.curriculum_id,
                    CurriculumVersion.id != version.id,
                    CurriculumVersion.status == VersionStatus.CERTIFIED,
                )
            )
        )
    )
