"""A version read from its tables into the one plain value that rules judge and digests are made of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select

from app.curricula.models import (
    VERSION_SUBJECT,
    Coverage,
    Curriculum,
    CurriculumVersion,
    Document,
    Module,
    Technique,
    VersionIntervention,
    VersionNation,
    VersionPopulation,
    VersionSetting,
)
from app.curricula.rules import (
    CURRICULUM_VERSION,
    Content,
    CoverageContent,
    DocumentContent,
    ModuleContent,
    TechniqueContent,
    VersionFacts,
    VersionStatus,
)
from app.kernel.casework import facts_for, past
from app.kernel.database import Unit
from app.providers.models import TrainingService
from app.standards.queries import catalogue, edition, newest_rule_pack
from app.standards.rules import InterventionType, Nation, Population, Requirement, Setting, State, applicable

K = TypeVar("K", bound=StrEnum)


@dataclass(frozen=True)
class Parts:
    """The rows of one version, each list in its order."""

    nations: list[Nation]
    settings: list[Setting]
    populations: list[Population]
    interventions: list[InterventionType]
    modules: list[Module]
    techniques: dict[int, list[Technique]]
    """By module id."""
    coverage: dict[str, list[Coverage]]
    """By requirement."""
    documents: list[Document]


def parts_of(unit: Unit, version_id: int) -> Parts:
    """Every row of a version, in eight questions however large it is."""
    techniques: dict[int, list[Technique]] = defaultdict(list)
    for technique in _rows(unit, Technique, version_id):
        techniques[technique.module_id].append(technique)
    return Parts(
        nations=_chosen(unit, VersionNation.nation, Nation, version_id),
        settings=_chosen(unit, VersionSetting.setting, Setting, version_id),
        populations=_chosen(unit, VersionPopulation.population, Population, version_id),
        interventions=_chosen(unit, VersionIntervention.intervention, InterventionType, version_id),
        modules=modules_of(unit, version_id), techniques=techniques, coverage=coverage(unit, version_id),
        documents=documents_of(unit, VERSION_SUBJECT, version_id),
    )  # fmt: skip


def _rows(unit: Unit, kind: Any, version_id: int) -> Sequence[Any]:
    return unit.db.scalars(select(kind).where(kind.version_id == version_id).order_by(kind.id)).all()


def _chosen(unit: Unit, column: Any, kind: type[K], version_id: int) -> list[K]:
    """What was ticked, in the order of the list it was ticked on."""
    found = set(unit.db.scalars(select(column).where(column.class_.version_id == version_id)))
    return [one for one in kind if one in found]


def modules_of(unit: Unit, version_id: int) -> list[Module]:
    """The modules of a version in the order of teaching."""
    statement = select(Module).where(Module.version_id == version_id).order_by(Module.position, Module.id)
    return list(unit.db.scalars(statement))


def documents_of(unit: Unit, subject: str, subject_id: int) -> list[Document]:
    """The evidence kept for one subject, oldest first; whether the actor may see the subject is the caller's question."""
    statement = select(Document).where(Document.subject == subject, Document.subject_id == subject_id)
    return list(unit.db.scalars(statement.order_by(Document.id)))


def coverage(unit: Unit, version_id: int) -> dict[str, list[Coverage]]:
    """What a version says about each requirement it speaks of, by number; scope is the caller's."""
    found: dict[str, list[Coverage]] = defaultdict(list)
    for line in _rows(unit, Coverage, version_id):
        found[line.requirement].append(line)
    return dict(found)


def content_of(version: CurriculumVersion, parts: Parts) -> Content:
    """The plain value of a version's rows: the same rows, the same value."""
    place = {module.id: number for number, module in enumerate(parts.modules, 1)}
    return Content(
        title=version.title, summary=version.summary, edition=version.edition,
        nations=tuple(parts.nations), settings=tuple(parts.settings), populations=tuple(parts.populations),
        interventions=tuple(parts.interventions), ratio=version.ratio, ratio_reason=version.ratio_reason,
        lived_experience=version.lived_experience,
        modules=tuple(_module(one, parts.techniques.get(one.id, [])) for one in parts.modules),
        coverage=tuple(_covered(number, parts.coverage[number], place) for number in sorted(parts.coverage, key=_order)),
        documents=tuple(DocumentContent(title=one.title, kind=one.kind, digest=one.digest) for one in parts.documents),
    )  # fmt: skip


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _module(module: Module, techniques: list[Technique]) -> ModuleContent:
    return ModuleContent(
        title=module.title, level=module.level, minutes=module.minutes, mandatory=module.mandatory,
        lived_experience=module.lived_experience, outcomes=module.outcomes, assessment=module.assessment,
        techniques=tuple(_technique(one) for one in techniques),
    )  # fmt: skip


def _technique(technique: Technique) -> TechniqueContent:
    return TechniqueContent(**{name: getattr(technique, name) for name in TechniqueContent.model_fields})


def _covered(number: str, lines: list[Coverage], place: dict[int, int]) -> CoverageContent:
    modules = tuple(sorted(place[one.module_id] for one in lines if one.module_id is not None))
    return CoverageContent(requirement=number, answer=lines[0].answer, modules=modules, where=lines[0].where)


def current_edition(day: date) -> str:
    """The edition a new version is written against: the newest one published and in force on that day."""
    published = [one for one in catalogue().editions.values() if one.state is State.PUBLISHED]
    in_force = [one for one in published if one.in_force_from <= day] or published
    return max(in_force, key=lambda one: one.in_force_from).id


def needed(unit: Unit, version: CurriculumVersion, content: Content) -> list[Requirement]:
    """The requirements of its edition that apply to this version, in order of number."""
    route = unit.db.scalars(
        select(TrainingService.route)
        .join(Curriculum, Curriculum.service_id == TrainingService.id)
        .where(Curriculum.id == version.curriculum_id)
    ).one()
    return applicable(edition(version.edition), route, content.populations, content.levels)


@facts_for(CURRICULUM_VERSION)
def version_facts(unit: Unit, version: CurriculumVersion) -> VersionFacts:
    """What the guards look at; only a draft's content is asked about."""
    seen = past(unit, version.thread)
    if version.status is not VersionStatus.DRAFT:
        return VersionFacts(unit.today, seen)
    content = content_of(version, parts_of(unit, version.id))
    return facts_about(unit, content, needed(unit, version, content), seen)


def facts_about(
    unit: Unit, content: Content, requirements: list[Requirement], seen: tuple[Any, ...] = ()
) -> VersionFacts:
    """The facts of a content that is at hand already."""
    limit = newest_rule_pack().ratio.limit(content.levels)
    return VersionFacts(unit.today, seen, content, tuple(one.number for one in requirements), limit)
