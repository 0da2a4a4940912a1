"""Writing a draft: its details, modules, techniques, and what it says about each requirement."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from app.curricula import queries
from app.curricula.commands.lifecycle import choose
from app.curricula.models import Coverage, Curriculum, CurriculumVersion, Module, Technique
from app.curricula.rules import (
    Answer,
    CoverageForm,
    CurriculumDetails,
    ModuleChange,
    ModuleForm,
    PartRemoval,
    TechniqueChange,
    TechniqueForm,
)
from app.kernel import journal
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Invalid, NotFound
from app.kernel.words import _
from app.kernel.workflow import check_version
from app.permissions import Permission as P

_PLAIN = ("title", "summary", "lived_experience", "ratio", "ratio_reason")
MOST_MODULES = 200
MOST_TECHNIQUES = 300


def change_details(unit: Unit, version: CurriculumVersion, form: CurriculumDetails) -> None:
    """What the draft says about itself as a whole. Raises Forbidden, Refused or Stale."""
    _open(unit, version)
    check_version(version, form.version, stale_sentence())
    for name in _PLAIN:
        setattr(version, name, getattr(form, name))
    choose(unit, version, form.nations, form.settings, form.populations, form.interventions)
    unit.db.get_one(Curriculum, version.curriculum_id).title = form.title
    written(unit, version, "details_changed", form.model_dump(mode="json", exclude={"version"}))


def add_module(unit: Unit, version: CurriculumVersion, form: ModuleForm) -> Module:
    """One more block of teaching, after the others. Raises Forbidden, Refused, or Invalid when there are too many."""
    _open(unit, version)
    count = _count(unit, Module, version)
    if count >= MOST_MODULES:
        raise Invalid(
            _("A version has at most {count} modules. Nothing was saved.").format(count=MOST_MODULES), {}
        )
    module = Module(version_id=version.id, position=count + 1, **form.model_dump())
    unit.db.add(module)
    written(unit, version, "module_added", form.model_dump(mode="json"))
    return module


def change_module(unit: Unit, module: Module, form: ModuleChange) -> CurriculumVersion:
    """A module written anew, perhaps in another place of the order. Raises Forbidden, Refused or Stale."""
    version = _opened_by(unit, module, form.version)
    for name, value in form.model_dump(exclude={"version", "position"}).items():
        setattr(module, name, value)
    others = [one for one in queries.modules_of(unit, version.id) if one.id != module.id]
    others.insert(form.position - 1, module)
    _number(others)
    written(unit, version, "module_changed", form.model_dump(mode="json", exclude={"version"}))
    return version


def remove_module(unit: Unit, module: Module, form: PartRemoval) -> CurriculumVersion:
    """Take a module out with its techniques; what it covered has no answer any more. Raises as the others do."""
    version = _opened_by(unit, module, form.version)
    title = module.title
    for kind in (Technique, Coverage):
        for row in unit.db.scalars(select(kind).where(kind.module_id == module.id)):
            unit.db.delete(row)
    unit.db.flush()
    unit.db.delete(module)
    unit.db.flush()
    _number(queries.modules_of(unit, version.id))
    written(unit, version, "module_removed", {"title": title})
    return version


def add_technique(unit: Unit, module: Module, form: TechniqueForm) -> Technique:
    """One more physical skill at the end of a module. Raises Forbidden, Refused, or Invalid when there are too many."""
    version = _open(unit, queries.version_of(unit, module))
    if _count(unit, Technique, version) >= MOST_TECHNIQUES:
        raise Invalid(
            _("A version has at most {count} techniques. Nothing was saved.").format(count=MOST_TECHNIQUES),
            {},
        )
    technique = Technique(version_id=version.id, module_id=module.id, **form.model_dump())
    unit.db.add(technique)
    written(unit, version, "technique_added", {"module": module.title} | form.model_dump(mode="json"))
    return technique


def change_technique(unit: Unit, technique: Technique, form: TechniqueChange) -> CurriculumVersion:
    """A technique written anew. Raises Forbidden, Refused or Stale."""
    version = _opened_by(unit, technique, form.version)
    for name, value in form.model_dump(exclude={"version"}).items():
        setattr(technique, name, value)
    written(unit, version, "technique_changed", form.model_dump(mode="json", exclude={"version"}))
    return version


def remove_technique(unit: Unit, technique: Technique, form: PartRemoval) -> CurriculumVersion:
    """Take a technique out of its module. Raises Forbidden, Refused or Stale."""
    version = _opened_by(unit, technique, form.version)
    name = technique.name
    unit.db.delete(technique)
    written(unit, version, "technique_removed", {"name": name})
    return version


def answer_requirement(unit: Unit, version: CurriculumVersion, number: str, form: CoverageForm) -> None:
    """Say where one requirement is met, or why it is not; the answer before it is replaced.

    Raises NotFound when no such requirement applies, Invalid when a module is not one of this version.
    """
    _open(unit, version)
    content = queries.content_of(version, queries.parts_of(unit, version.id))
    if number not in {one.number for one in queries.needed(unit, version, content)}:
        raise NotFound(_("Requirement {number} does not apply to this curriculum.").format(number=number))
    own = {module.ref: module.id for module in queries.modules_of(unit, version.id)}
    if set(form.modules) - own.keys():
        sentence = _("Some of the modules are not of this version. Nothing was saved.")
        raise Invalid(sentence, {"modules": _("Choose modules of this version.")})
    for line in unit.db.scalars(
        select(Coverage).where(Coverage.version_id == version.id, Coverage.requirement == number)
    ):
        unit.db.delete(line)
    unit.db.flush()
    chosen: list[int | None] = (
        [own[ref] for ref in dict.fromkeys(form.modules)] if form.answer is Answer.COVERED else []
    )
    for module_id in chosen or [None]:
        unit.db.add(
            Coverage(
                version_id=version.id,
                requirement=number,
                answer=form.answer,
                module_id=module_id,
                where=form.where,
            )
        )
    written(unit, version, "requirement_answered", {"requirement": number} | form.model_dump(mode="json"))


def _open(unit: Unit, version: CurriculumVersion) -> CurriculumVersion:
    unit.actor.require(P.CURRICULUM_WRITE)
    return queries.as_draft(version)


def _opened_by(unit: Unit, part: Module | Technique, seen: int) -> CurriculumVersion:
    """The draft a part belongs to, once the part is known to be the one that was looked at."""
    version = _open(unit, queries.version_of(unit, part))
    check_version(part, seen, stale_sentence())
    return version


def written(unit: Unit, version: CurriculumVersion, what: str, data: dict[str, Any]) -> None:
    """Every edit is an edit of the version: who submits an older look at it is told that it changed."""
    version.changed_at = unit.now
    flag_modified(version, "changed_at")
    unit.db.flush()
    journal.record(unit, f"curriculum_version.{what}", version, **data)


def _number(modules: list[Module]) -> None:
    for position, module in enumerate(modules, 1):
        module.position = position


def _count(unit: Unit, kind: type[Module] | type[Technique], version: CurriculumVersion) -> int:
    return unit.db.scalar(select(func.count()).select_from(kind).where(kind.version_id == version.id)) or 0
