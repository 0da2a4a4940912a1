"""Cases made by the real commands of every area: a body with its people, a client with its curriculum, and the way a case goes.

`make_case(site, at=State.IN_REVIEW)` is the ground of journeys too: nothing here inserts a state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

from sqlalchemy import select

from app.audits import commands as audit_commands
from app.audits import queries as audit_queries
from app.audits.models import Audit, Finding
from app.audits.pages import DOING as FINDING_STEPS
from app.audits.rules import FINDING, DraftFinding, RecordResult
from app.cases import commands, queries
from app.cases.models import Case
from app.cases.rules import CASE, Check, Kind, Section, State
from app.cases.rules.forms import OpenCase
from app.kernel import outbox
from app.kernel.actor import SYSTEM, Actor
from app.kernel.casework import take
from app.kernel.database import Site, Unit, reading, writing
from app.organisations.models import Organisation
from app.organisations.queries import organisation
from app.people.commands import add_member, authorise
from app.people.rules.forms import Authorise
from app.permissions import SEAT, Role, Seat
from app.providers.commands import register_service
from app.providers.models import TrainingService
from app.providers.rules import NewService
from app.standards.rules import Nation, Population, Route, Setting
from tests.curricula.make import make_version
from tests.licences.make import Body, make_body, make_manager, make_organisation
from tests.providers.make import Service, make_trainer
from tests.worlds import once

PEOPLE: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("officer", "Olive Officer", (Role.CASE_OFFICER,)),
    ("director", "Dilys Director", (Role.DIRECTOR,)),
    ("lead", "Łukasz Wiśniewski", (Role.LEAD_ASSESSOR,)),
    ("assessor", "Nguyễn Thị Ánh", (Role.ASSESSOR,)),
    ("reviewer", "Rhiannon Reviewer", (Role.REVIEWER,)),
    ("decider", "Dafydd Decider", (Role.DECISION_MAKER,)),
    ("both", "Bethan Both", (Role.REVIEWER, Role.DECISION_MAKER)),
    ("everything", "Emrys Everything", (Role.LEAD_ASSESSOR, Role.REVIEWER, Role.DECISION_MAKER)),
)
ANSWER = {
    "correction": "We stopped the course.",
    "cause": "Nobody had read the plan.",
    "action": "A second reader.",
}


@dataclass
class World:
    """One body, one client, and a case between them."""

    site: Site
    manager: Actor
    body: Body
    client: Actor
    stranger: Actor
    """Speaks for another client."""
    service_id: int
    actors: dict[str, Actor] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    trainer: str = ""
    ref: str = ""

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.__dict__["actors"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None


@once
def make_world(site: Site, curricula: int = 1) -> World:
    """A licensed body with authorised people, and a client with submitted curricula and a trainer."""
    manager = make_manager(site)
    body = make_body(site, manager)
    client, service_id = make_client(site, "Harbour Lane Training", "Ŵyn Prydderch")
    stranger, _service = make_client(site, "Wrenmoor Partnership Trust", "Nell Neighbour")
    world = World(site, manager, body, client, stranger, service_id)
    for key, name, roles in PEOPLE:
        world.actors[key] = make_member(site, body, name, *roles)
    for number in range(curricula):
        world.versions.append(make_version(site, client, title=f"Safe Holding, part {number + 1}"))
    with reading(site, client) as unit:
        ref = unit.db.get_one(TrainingService, service_id).ref
    service = Service(
        service_id, ref, client.organisation_id or 0, client.organisation_ref, body.id, client, world.officer
    )
    world.trainer = make_trainer(site, service, at="evidence_complete")
    return world


def make_client(site: Site, name: str, person: str) -> tuple[Actor, int]:
    """A training provider with its service and its representative."""
    with writing(site, SYSTEM) as unit:
        holder = make_organisation(unit, name, Seat.PROVIDER)
        form = NewService(
            route=Route.COMMERCIAL,
            nations=[Nation.ENGLAND],
            settings=[Setting.HEALTH],
            populations=[Population.ADULTS],
        )
        service = register_service(unit, holder, form)
        return _actor(unit, holder, person, Role.REPRESENTATIVE), service.id


def make_member(site: Site, body: Body, name: str, *roles: Role, authorised: bool = True) -> Actor:
    """Somebody who works for a body, authorised for each of their roles that is a matter of competence."""
    with writing(site, SYSTEM) as unit:
        actor = _actor(unit, organisation(unit, body.id), name, *roles)
        person = add_member(unit, organisation(unit, body.id), name, address(name, body.ref), roles[0])
        for role in roles if authorised else ():
            form = Authorise(role=role, evidence="Ten years of practice.", from_on=date(2025, 1, 1))
            authorise(unit, person, form, body_id=body.id)
        return actor


def address(name: str, of: str) -> str:
    """An e-mail address that belongs to nobody."""
    return f"{''.join(one for one in name.lower() if one.isascii() and one.isalpha())}.{of}@people.example"


def _actor(unit: Unit, of: Organisation, name: str, *roles: Role) -> Actor:
    for role in roles:
        person = add_member(unit, of, name, address(name, of.ref), role)
    return Actor(person.ref, name, frozenset(roles), of.id, of.ref, of.name, SEAT[roles[0]])


def step(world: World, actor: Actor, name: str, **said: Any) -> None:
    """Take a step as its page does: find the case in one's scope, read the form, call the command."""
    with writing(world.site, actor) as unit:
        case = queries.find_case(unit, world.ref)
        form = CASE.step(name).form.model_validate({"version": case.version, **said})
        doing = commands.DOING.get(name)
        if doing:
            doing(unit, case, form)
        else:
            take(unit, CASE, case, name, form)


def open_case(world: World, kind: Kind = Kind.INITIAL) -> None:
    """A client begins an application for all its curricula."""
    with writing(world.site, world.client) as unit:
        made = commands.open_case(unit, OpenCase(body=world.body.ref, kind=kind, curricula=world.versions))
        world.ref = made.ref


def whole(world: World, **changed: Any) -> dict[str, Any]:
    """An application that lacks nothing."""
    said = {
        "legal_name": "Harbour Lane Training Ltd", "legal_identity": "Company 01234567", "sites": "1 High Street, Leeds",
        "curricula": world.versions, "trainers": [world.trainer], "outsourced": "none",
    }  # fmt: skip
    return said | changed


def submit(world: World) -> None:
    step(world, world.client, "save", **whole(world))
    step(world, world.client, "submit", true_and_whole=True)


def begin_review(world: World) -> None:
    step(world, world.officer, "begin-review")


def accept_application(world: World) -> None:
    step(world, world.officer, "accept-application", checks=list(Check))


def agree(world: World) -> None:
    accept_agreement(world)
    step(world, world.officer, "sign-agreement", digest=agreement_digest(world), entitled=True)


def accept_agreement(world: World) -> None:
    step(world, world.client, "accept-agreement", digest=agreement_digest(world), entitled=True)


def agreement_digest(world: World) -> str:
    with reading(world.site, world.client) as unit:
        agreement = queries.agreement_of(unit, queries.find_case(unit, world.ref))
        assert agreement
        return agreement.digest


def plan(world: World, **changed: Any) -> None:
    said = {
        "lead": world.lead.id, "assessors": [world.assessor.id], "desk_review_on": today(world),
        "practice_observation_on": today(world) + timedelta(days=10), "place": "Leeds",
    }  # fmt: skip
    step(world, world.officer, "plan", **(said | changed))


def today(world: World) -> date:
    return world.site.clock().date()


def begin_evaluation(world: World) -> None:
    step(world, world.lead, "begin-evaluation")


def record_all(world: World, outcome: str = "met") -> None:
    """A result for every requirement of every evaluation of the case, in one transaction."""
    with writing(world.site, world.assessor) as unit:
        case = queries.find_case(unit, world.ref)
        for audit in audit_queries.rows_of_case(unit, case.id):
            for line in audit_queries.requirements(audit):
                form = RecordResult.model_validate({"outcome": outcome, "note": "Seen."})
                audit_commands.record_result(unit, audit.ref, line.number, form)


def draft_finding(world: World, grade: str = "major") -> str:
    """A finding that the client does not see yet."""
    form = DraftFinding(
        requirement="1.1.1", grade=grade, statement="Signed by nobody.", evidence="Page 2, 3 May."
    )
    with writing(world.site, world.assessor) as unit:
        case = queries.find_case(unit, world.ref)
        audit = audit_queries.rows_of_case(unit, case.id)[0]
        return audit_commands.draft_finding(unit, audit, form).ref


def issue_findings(world: World, grade: str = "major") -> str:
    """One finding that the client is told of."""
    ref = draft_finding(world, grade)
    step(world, world.lead, "issue-findings")
    return ref


def finding_step(world: World, actor: Actor, ref: str, name: str, **said: Any) -> None:
    """Take a step of a finding as its page does."""
    with writing(world.site, actor) as unit:
        finding = audit_queries.find_finding(unit, ref)
        FINDING_STEPS[name](
            unit, finding, FINDING.step(name).form.model_validate({"version": finding.version, **said})
        )


def close_finding(world: World, ref: str) -> None:
    """Answer, accept, carry out, close."""
    finding_step(world, world.client, ref, "respond", **ANSWER)
    finding_step(world, world.assessor, ref, "accept-plan")
    finding_step(
        world, world.client, ref, "report-implemented", action="Done in May.", evidence="Seen on site."
    )
    finding_step(world, world.assessor, ref, "accept-implementation", reason="Seen in use.")
    finding_step(world, world.assessor, ref, "close")


def complete(world: World) -> None:
    """Record what is missing, and complete the evaluation with a recommendation to grant."""
    record_all(world)
    step(
        world,
        world.lead,
        "complete-evaluation",
        verdict="grant",
        report="Everything was seen and is as it should be.",
    )


def take_into_review(world: World) -> None:
    step(world, world.reviewer, "take-into-review")


def recommend(world: World, actor: Actor | None = None) -> None:
    """End the review with a recommendation to grant."""
    step(
        world,
        actor or world.reviewer,
        "recommend",
        sections=list(Section),
        verdict="grant",
        reasons="All parts are in order.",
    )


def grant(world: World, actor: Actor | None = None, **said: Any) -> None:
    """Certify everything applied for."""
    granted = {"granted": items(world), "reasons": "Every requirement is met."}
    step(world, actor or world.decider, "grant", **(granted | said))


def items(world: World) -> list[str]:
    """The references of what was applied for."""
    with reading(world.site, world.officer) as unit:
        return [item.ref for item, _version in queries.scope_of(unit, queries.find_case(unit, world.ref))]


WAY: tuple[tuple[State, Callable[[World], None]], ...] = (
    (State.DRAFT, open_case),
    (State.SUBMITTED, submit),
    (State.UNDER_APPLICATION_REVIEW, begin_review),
    (State.AGREEMENT_PENDING, accept_application),
    (State.AGREEMENT_IN_FORCE, agree),
    (State.PLANNED, plan),
    (State.IN_EVALUATION, begin_evaluation),
    (State.EVALUATION_COMPLETE, complete),
    (State.IN_REVIEW, take_into_review),
)
"""The straight way; whatever lies beside it is a step or two from here."""


@once
def make_case(site: Site, at: State | str = State.IN_REVIEW, curricula: int = 1) -> World:
    """A case that stands at a state of the straight way, or at `granted`."""
    world = make_world(site, curricula)
    go(world, State(at))
    return world


def go(world: World, to: State) -> None:
    """Drive the case on along the straight way until it stands at a state."""
    if to is State.GRANTED:
        go(world, State.IN_REVIEW)
        recommend(world)
        grant(world)
        return
    place = [state for state, _do in WAY].index(to)
    begun = -1 if not world.ref else [state for state, _do in WAY].index(row(world).status)
    for _state, do in WAY[begun + 1 : place + 1]:
        do(world)


def row(world: World) -> Case:
    """The case as it stands in the database."""
    with reading(world.site, SYSTEM) as unit:
        return unit.db.scalars(select(Case).where(Case.ref == world.ref)).one()


def audit_rows(world: World) -> list[Audit]:
    with reading(world.site, SYSTEM) as unit:
        return list(unit.db.scalars(select(Audit).where(Audit.case_ref == world.ref).order_by(Audit.id)))


def finding_row(world: World, ref: str) -> Finding:
    with reading(world.site, SYSTEM) as unit:
        return unit.db.scalars(select(Finding).where(Finding.ref == ref)).one()


def letters(world: World) -> list[tuple[str, str, str]]:
    """Every letter the worker has sent so far: to whom, what about, and its plain words."""
    outbox.deliver_all(world.site)
    found = []
    for path in sorted(world.site.settings.mail_dir.glob("*.eml")):
        letter = message_from_bytes(path.read_bytes(), policy=default)
        body = letter.get_body(("plain",))
        assert body
        found.append((str(letter["To"]), str(letter["Subject"]), body.get_content()))
    return found


def told(world: World, actor: Actor, about: str) -> list[str]:
    """The words of the letters to somebody whose subject speaks of something."""
    return [
        words
        for to, subject, words in letters(world)
        if to == address(actor.name, actor.organisation_ref) and about in subject
    ]
