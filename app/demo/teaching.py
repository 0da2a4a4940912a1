"""Curricula of the demonstration: what they say, written and submitted by their provider."""

from dataclasses import dataclass
from datetime import timedelta

from app.curricula import commands, queries
from app.curricula.models import CurriculumVersion, Module
from app.curricula.rules import (
    Answer,
    CoverageForm,
    CurriculumDetails,
    ModuleForm,
    OpenCurriculum,
    Position,
    StartVersion,
    TechniqueForm,
    VersionSubmission,
)
from app.demo.world import World
from app.kernel.database import Unit
from app.providers.queries import service_of
from app.standards.rules import InterventionType, Level

HOLDS, ADVANCED, DISENGAGE = (
    Level.TERTIARY_RESTRICTIVE_INTERMEDIATE, Level.TERTIARY_RESTRICTIVE_ADVANCED, Level.TERTIARY_NON_RESTRICTIVE,
)  # fmt: skip


@dataclass(frozen=True)
class Course:
    """A curriculum in a few words, and the highest strategy level it teaches."""

    title: str
    top: Level
    summary: str


REDUCING = Course(
    "Reducing Restrictive Practices",
    Level.SECONDARY,
    "For everybody who works with people at risk of being restrained: rights, trauma, and what comes long before hands.",
)
DEESCALATION = Course(
    "De-escalation and Disengagement",
    DISENGAGE,
    "Staying calm together, and getting free without holding anybody.",
)
HOLDING = Course(
    "Safe Holding: intermediate",
    HOLDS,
    "Holding somebody for the shortest time, standing and seated, when nothing else is left.",
)
CHILDREN_HOLDING = Course(
    "Safe Holding for Children and Young People",
    HOLDS,
    "Holding a child safely, and mostly how not to need it.",
)
CLINICAL = Course(
    "Clinical Holding for Children’s Wards",
    HOLDS,
    "Comfort positions for treatment, agreed with the child and the family beforehand.",
)
SECURE = Course(
    "Advanced Skills for Secure Services",
    ADVANCED,
    "For response teams in secure wards: moving and holding in teams, with medical monitoring throughout.",
)
DEMENTIA = Course(
    "Gentle Care in Dementia",
    DISENGAGE,
    "Personal care without struggle, for people who no longer understand why.",
)
TRANSPORT = Course(
    "Secure Transport of Patients",
    HOLDS,
    "Journeys under the Mental Health Act: preparing, travelling, handing over.",
)
AMBULANCE = Course(
    "Ambulance Crews: distress on the road", HOLDS, "Two people, a narrow vehicle and somebody in crisis."
)
TRAINERS = Course(
    "Training the Associate Trainer",
    HOLDS,
    "How associate trainers of our affiliates teach our curriculum, and where their limits are.",
)
SECURITY = Course(
    "Hospital Security: the least force",
    HOLDS,
    "For security teams of acute hospitals, with the ward staff who call them.",
)
CLASSROOM = Course(
    "Calm Classrooms", Level.SECONDARY, "Seeing distress early in a classroom, and changing what causes it."
)


def write_curriculum(world: World, key: str, course: Course, *, submitted: bool = True) -> str:
    """A curriculum of a provider, complete and handed in, or a draft that still has holes; its version's reference."""
    with world.acting(f"{key}/manager") as unit:
        version = _opened(unit, world, key, course)
        _fill(unit, world, key, version, course, whole=submitted)
        if submitted:
            commands.submit(unit, version, VersionSubmission(version=version.version))
        return version.ref


def write_next_version(world: World, key: str, ref: str, *, submitted: bool = True) -> str:
    """A further version of a curriculum, with what its first version contains and a sentence more."""
    with world.acting(f"{key}/manager") as unit:
        before = queries.find_version(unit, ref)
        curriculum = queries.find_curriculum(unit, _curriculum_ref(unit, before))
        version = commands.start_new_version(unit, curriculum, StartVersion(version=curriculum.version))
        summary = f"{version.summary} Revised after what people told us they remember of being held."
        commands.change_details(unit, version, _details(world, key, version, version.summary and summary))
        if submitted:
            commands.submit(unit, version, VersionSubmission(version=version.version))
        return version.ref


def _curriculum_ref(unit: Unit, version: CurriculumVersion) -> str:
    (curriculum,) = (one for one in unit.db.scalars(queries.visible(unit)) if one.id == version.curriculum_id)
    return curriculum.ref


def _opened(unit: Unit, world: World, key: str, course: Course) -> CurriculumVersion:
    service = service_of(unit, world.organisations[key][0])
    curriculum = commands.open_curriculum(
        unit, service, OpenCurriculum(title=course.title, summary=course.summary)
    )
    (version,) = (
        one
        for one in queries.versions_of_service(unit, service.organisation_id)
        if one.curriculum_id == curriculum.id
    )
    return version


def _fill(
    unit: Unit, world: World, key: str, version: CurriculumVersion, course: Course, *, whole: bool
) -> None:
    commands.change_details(unit, version, _details(world, key, version, course.summary))
    modules = [commands.add_module(unit, version, form) for form in _modules(course.top)]
    if course.top in (DISENGAGE, HOLDS, ADVANCED):
        for technique in _techniques(course.top, unit):
            commands.add_technique(unit, modules[-1], technique)
    _answer(unit, version, modules, None if whole else 14)


def _details(world: World, key: str, version: CurriculumVersion, summary: str) -> CurriculumDetails:
    service = world.houses[key].service
    assert service
    return CurriculumDetails(
        version=version.version, title=version.title, summary=summary, nations=service["nations"], settings=service["settings"],
        populations=service["populations"], interventions=[InterventionType.PHYSICAL, InterventionType.PSYCHO_SOCIAL, InterventionType.ENVIRONMENTAL],
        lived_experience="Two people who were restrained as patients open the first day. They are paid, prepared and looked after by somebody of their choice.",
        ratio=8, ratio_reason="Every hold is practised with one trainer watching two pairs.",
    )  # fmt: skip


def _modules(top: Level) -> list[ModuleForm]:
    """Who was restrained speaks first; then from prevention upwards, as far as the course goes."""
    said = [
        ModuleForm(title="Hearing from people who were restrained", level=Level.PRIMARY, minutes=90, mandatory=True, lived_experience=True,
                   outcomes="Say what restraint does to a person, and what would have helped instead.", assessment="A written reflection."),
        ModuleForm(title="Rights, law and dignity", level=Level.PRIMARY, minutes=75, mandatory=True,
                   outcomes="Name the rights of the person and the duties of staff.\nTell lawful from unlawful force.", assessment="Ten questions."),
        ModuleForm(title="Trauma, distress and what lies behind it", level=Level.PRIMARY, minutes=90, mandatory=True,
                   outcomes="See distress early.\nChange surroundings and routines before anything escalates.", assessment="A case discussed in pairs."),
        ModuleForm(title="Calming together", level=Level.SECONDARY, minutes=120, mandatory=True,
                   outcomes="Use voice, distance and time.\nHelp colleagues to step back.", assessment="A scene played out and talked through."),
    ]  # fmt: skip
    titles = {
        DISENGAGE: "Getting free safely",
        HOLDS: "Holding for the shortest time",
        ADVANCED: "Team holds and medical monitoring",
    }
    if top in titles:
        said.append(ModuleForm(title=titles[top], level=top, minutes=240, mandatory=False, outcomes="Show each skill safely.\nStop at once when breathing changes.",
                               assessment="Each skill is shown to a senior trainer and signed off."))  # fmt: skip
    return said


def _techniques(top: Level, unit: Unit) -> list[TechniqueForm]:
    names = {
        DISENGAGE: (("Wrist release, open hand", Position.STANDING), ("Stepping away with guidance", Position.MOVING)),
        HOLDS: (("Seated forearm guide", Position.SEATED), ("Two-person escort", Position.MOVING), ("Standing arm hold", Position.STANDING)),
        ADVANCED: (("Three-person seated hold", Position.SEATED), ("Assisted move to the floor, on the side", Position.ON_THE_SIDE)),
    }  # fmt: skip
    return [
        TechniqueForm(
            name=name, position=position, restrictiveness=top, rationale="The training needs analysis shows incidents in which nothing less protected the person.",
            risk_assessment="Breathing, circulation and distress are watched by somebody who holds nobody.",
            elevated_risks="Not used with pregnancy, known heart conditions or after recent surgery.",
            medical_review_on=unit.today - timedelta(days=60), high_risk=top is ADVANCED,
        )
        for name, position in names[top]
    ]  # fmt: skip


def _answer(unit: Unit, version: CurriculumVersion, modules: list[Module], most: int | None) -> None:
    """Where each requirement is met; `most` leaves the rest open."""
    content = queries.content_of(version, queries.parts_of(unit, version.id))
    for place, requirement in enumerate(queries.needed(unit, version, content)[:most]):
        taught = modules[place % len(modules)]
        where = f"Session “{taught.title}”, trainer’s notes page {4 + place}."
        commands.answer_requirement(
            unit,
            version,
            requirement.number,
            CoverageForm(answer=Answer.COVERED, modules=[taught.ref], where=where),
        )
