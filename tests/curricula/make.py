"""Builders that drive the real commands: a provider with its body, a curriculum, a version ready to be submitted."""

import io
from datetime import date
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from app.curricula import commands, queries
from app.curricula.models import Curriculum, CurriculumVersion, Module
from app.curricula.rules import (
    Answer,
    CoverageForm,
    CurriculumDetails,
    ModuleForm,
    OpenCurriculum,
    Position,
    TechniqueForm,
    VersionSubmission,
)
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, Unit, writing
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.rules import NewOrganisation
from app.permissions import SEAT, Role, Seat
from app.providers.commands import choose_body, register_service
from app.providers.queries import service_of
from app.providers.rules import NewService
from app.standards.rules import InterventionType, Level, Nation, Population, Route, Setting
from app.web.uploads import Upload

HOLDS = Level.TERTIARY_RESTRICTIVE_INTERMEDIATE


def make_organisation(site: Site, name: str, seat: Seat, code: str | None = None) -> Organisation:
    with writing(site, Actor("lm", "Lena Marsh", frozenset({Role.LICENCE_MANAGER}), seat=Seat.RRN)) as unit:
        form = NewOrganisation(name=name, seat=seat, nation=Nation.ENGLAND, code=code)
        made = register_organisation(unit, form)
        unit.db.expunge(made)
        return made


def acting(person: str, role: Role, organisation: Organisation) -> Actor:
    return Actor(
        person.lower(),
        person,
        frozenset({role}),
        organisation.id,
        organisation.ref,
        organisation.name,
        SEAT[role],
    )


class World:
    """A provider with its certification body, a stranger of each kind, and RRN."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.body = make_organisation(site, "Northgate Certification", Seat.BODY, "NGC")
        self.other_body = make_organisation(site, "Calder Assurance", Seat.BODY, "CAL")
        self.home = make_organisation(site, "Harbour Lane Training", Seat.PROVIDER)
        self.stranger = make_organisation(site, "Wrenmoor Partnership Trust", Seat.PROVIDER)
        self.rrn = make_organisation_of_rrn(site)
        self.manager = acting("Maya", Role.REPRESENTATIVE, self.home)
        self.rival = acting("Rhys", Role.REPRESENTATIVE, self.stranger)
        self.trainer = acting("Tomasz", Role.TRAINER, self.home)
        self.assessor = acting("Asha", Role.LEAD_ASSESSOR, self.body)
        self.other_assessor = acting("Owen", Role.LEAD_ASSESSOR, self.other_body)
        self.standards = acting("Stella", Role.STANDARDS_MANAGER, self.rrn)
        for who in (self.manager, self.rival):
            with writing(site, who) as unit:
                self._service(unit, who)

    def _service(self, unit: Unit, who: Actor) -> None:
        holder = unit.db.get_one(Organisation, who.organisation_id)
        form = NewService(
            route=Route.COMMERCIAL,
            nations=[Nation.ENGLAND],
            settings=[Setting.HEALTH],
            populations=[Population.ADULTS],
        )
        service = register_service(unit, holder, form)
        if who is self.manager:
            unit.actor = SYSTEM
            choose_body(unit, service, self.body.id)


def make_organisation_of_rrn(site: Site) -> Organisation:
    with writing(site, SYSTEM) as unit:
        made = register_organisation(
            unit, NewOrganisation(name="The scheme owner", seat=Seat.RRN, nation=Nation.ENGLAND)
        )
        unit.db.expunge(made)
        return made


def a_module(title: str = "Hearing from people", **changed: Any) -> ModuleForm:
    values: dict[str, Any] = {
        "title": title, "level": Level.PRIMARY, "minutes": 90, "mandatory": True, "outcomes": "Say what restraint does to a person.",
    }  # fmt: skip
    return ModuleForm(**(values | changed))


def a_technique(name: str = "Seated forearm hold", **changed: Any) -> TechniqueForm:
    values: dict[str, Any] = {
        "name": name, "position": Position.SEATED, "restrictiveness": HOLDS, "rationale": "The analysis shows the need.",
        "risk_assessment": "Breathing is watched.", "medical_review_on": date(2026, 1, 15),
    }  # fmt: skip
    return TechniqueForm(**(values | changed))


def some_details(version: CurriculumVersion, **changed: Any) -> CurriculumDetails:
    values: dict[str, Any] = {
        "version": version.version, "title": version.title, "summary": "Holding somebody safely, and mostly how not to.",
        "nations": [Nation.ENGLAND], "settings": [Setting.HEALTH], "populations": [Population.ADULTS],
        "interventions": [InterventionType.PHYSICAL], "lived_experience": "Three people tell their story first.", "ratio": 10,
    }  # fmt: skip
    return CurriculumDetails(**(values | changed))


def make_curriculum(site: Site, who: Actor, title: str = "Safe Holding: intermediate") -> str:
    """The reference of its first version, an empty draft."""
    with writing(site, who) as unit:
        assert who.organisation_id
        curriculum = commands.open_curriculum(
            unit, service_of(unit, who.organisation_id), OpenCurriculum(title=title)
        )
        return newest(unit, curriculum).ref


def newest(unit: Unit, curriculum: Curriculum) -> CurriculumVersion:
    found = [
        one
        for one in queries.versions_of_service(unit, curriculum.organisation_id)
        if one.curriculum_id == curriculum.id
    ]
    return max(found, key=lambda one: one.number)


def fill(site: Site, who: Actor, ref: str) -> None:
    """Make a draft complete: two modules, a technique, details, and an answer for every requirement."""
    with writing(site, who) as unit:
        version = queries.find_version(unit, ref)
        commands.change_details(unit, version, some_details(version))
        commands.add_module(unit, version, a_module(lived_experience=True))
        holds = commands.add_module(unit, version, a_module("Seated holds", level=HOLDS))
        commands.add_technique(unit, holds, a_technique())
        answer_all(unit, version, holds)


def answer_all(unit: Unit, version: CurriculumVersion, module: Module) -> None:
    content = queries.content_of(version, queries.parts_of(unit, version.id))
    for requirement in queries.needed(unit, version, content):
        form = CoverageForm(answer=Answer.COVERED, modules=[module.ref], where="Session 2, page 14.")
        commands.answer_requirement(unit, version, requirement.number, form)


def make_version(
    site: Site, who: Actor, at: str = "submitted", title: str = "Safe Holding: intermediate"
) -> str:
    """The reference of a version in a state, brought there by the real steps."""
    ref = make_curriculum(site, who, title)
    if at == "draft":
        return ref
    fill(site, who, ref)
    submit(site, who, ref)
    path = {
        "submitted": [],
        "in_evaluation": ["take-into-evaluation"],
        "certified": ["take-into-evaluation", "certify"],
    }[at]
    with writing(site, who) as unit:
        for step in path:
            commands.mark(unit, queries.find_version(unit, ref), step)
    return ref


def submit(site: Site, who: Actor, ref: str) -> None:
    with writing(site, who) as unit:
        version = queries.find_version(unit, ref)
        commands.submit(unit, version, VersionSubmission(version=version.version))


def a_pdf(text: str = "Risk assessment") -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(72, 720, text)
    canvas.save()
    return buffer.getvalue()


def a_file(name: str = "risks.pdf", content: bytes | None = None) -> Upload:
    return Upload(name, a_pdf() if content is None else content)
