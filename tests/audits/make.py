"""Evaluations made by the real commands: two bodies, a client, a case, its audit and its findings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import event, select

from app.audits import commands, queries
from app.audits.models import Audit, Finding
from app.audits.pages import DOING
from app.audits.rules import FINDING, DraftFinding, RecordResult
from app.cases.models import Case
from app.cases.rules import CASE, Kind
from app.kernel import casework
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, Unit, reading, writing
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.rules import NewOrganisation
from app.permissions import Role, Seat
from app.providers.commands import register_service
from app.providers.rules import NewService
from app.standards.queries import newest_rule_pack
from app.standards.rules import AuditKind, Level, Nation, Population, Route, Setting
from app.web.uploads import Upload
from tests.worlds import once

ANSWER = {
    "correction": "We stopped the course.",
    "cause": "Nobody had read the plan.",
    "action": "A second reader from May.",
}


@dataclass(frozen=True)
class World:
    """The people around one evaluation."""

    lead: Actor
    assessor: Actor
    colleague: Actor
    """Assesses for the same body, but is not on this team."""
    officer: Actor
    stranger: Actor
    """Leads evaluations for another body."""
    client: Actor
    neighbour: Actor
    """Speaks for another client."""
    overseer: Actor
    case_id: int
    case_ref: str
    audit: str


@once
def make_world(
    site: Site, levels: tuple[Level, ...] = (Level.PRIMARY,), kind: AuditKind = AuditKind.DESK_REVIEW
) -> World:
    """A planned evaluation of a client's case."""
    with writing(site, SYSTEM) as unit:
        body, other = (
            _organisation(unit, "Northgate Certification", Seat.BODY, "NGC"),
            _organisation(unit, "Calder Assurance", Seat.BODY, "CAL"),
        )
        client, neighbour = (
            _organisation(unit, "Harbour Lane Training", Seat.PROVIDER),
            _organisation(unit, "Wrenmoor Trust", Seat.PROVIDER),
        )
        rrn = _organisation(unit, "Restraint Reduction Network", Seat.RRN)
        service = register_service(
            unit, client,
            NewService(route=Route.COMMERCIAL, nations=[Nation.ENGLAND], settings=[Setting.HEALTH], populations=[Population.ADULTS]),
        )  # fmt: skip
        pack = newest_rule_pack()
        case = Case(
            kind=Kind.INITIAL, client_id=client.id, service_id=service.id, body_id=body.id, edition=pack.editions[0], edition_digest="",
            rule_pack=pack.id, rule_pack_digest=pack.digest, opened_at=unit.now, status_since=unit.now,
        )  # fmt: skip
        casework.begin(unit, CASE, case, "opened")

        def person(ref: str, name: str, role: Role, of: Organisation, seat: Seat) -> Actor:
            return Actor(ref, name, frozenset({role}), of.id, of.ref, of.name, seat)

        world = World(
            lead=person("leadlead", "Łukasz Wiśniewski", Role.LEAD_ASSESSOR, body, Seat.BODY),
            assessor=person("assessor", "Nguyễn Thị Ánh", Role.ASSESSOR, body, Seat.BODY),
            colleague=person("colleague", "Una Colleague", Role.LEAD_ASSESSOR, body, Seat.BODY),
            officer=person("officer", "Olive Officer", Role.CASE_OFFICER, body, Seat.BODY),
            stranger=person("stranger", "Sam Stranger", Role.LEAD_ASSESSOR, other, Seat.BODY),
            client=person("client", "Ŵyn Prydderch", Role.REPRESENTATIVE, client, Seat.PROVIDER),
            neighbour=person("neighbour", "Nell Neighbour", Role.REPRESENTATIVE, neighbour, Seat.PROVIDER),
            overseer=person("overseer", "Orla Oversight", Role.OVERSIGHT_OFFICER, rrn, Seat.RRN),
            case_id=case.id, case_ref=case.ref, audit="",
        )  # fmt: skip
        unit.actor = world.lead
        audit = commands.open_audit(
            unit, case_id=case.id, case_ref=case.ref, body_id=body.id, client_id=client.id, kind=kind, edition=case.edition,
            rule_pack=case.rule_pack, route=Route.COMMERCIAL, populations={Population.ADULTS}, levels=set(levels), lead=world.lead.id,
            members={one.id: one.name for one in (world.lead, world.assessor)}, planned_on=unit.today, place="Leeds",
        )  # fmt: skip
        return replace(world, audit=audit.ref)


def _organisation(unit: Unit, name: str, seat: Seat, code: str | None = None) -> Organisation:
    form = NewOrganisation(name=name, seat=seat, code=code, nation=Nation.ENGLAND, address="1 High Street")
    return register_organisation(unit, form)


def numbers(site: Site, world: World) -> list[str]:
    """The requirements of the evaluation, in order."""
    with reading(site, world.lead) as unit:
        return [line.number for line in queries.requirements(queries.find_audit(unit, world.audit))]


def record(
    site: Site, world: World, number: str, outcome: str = "met", by: Actor | None = None, **more: object
) -> str:
    """Record one result."""
    form = RecordResult.model_validate({"outcome": outcome, "note": f"Seen in {number}.", **more})
    with writing(site, by or world.assessor) as unit:
        return commands.record_result(unit, world.audit, number, form)


def record_all(site: Site, world: World) -> None:
    """A result for every requirement."""
    for number in numbers(site, world):
        record(site, world, number)


def row(site: Site, world: World) -> Audit:
    """The audit as it stands in the database."""
    with reading(site, world.lead) as unit:
        return unit.db.scalars(select(Audit).where(Audit.ref == world.audit)).one()


def draft(site: Site, world: World, grade: str = "major", requirement: str = "1.1.1") -> str:
    """A finding the client does not see yet."""
    form = DraftFinding(
        requirement=requirement,
        grade=grade,
        statement="The analysis was signed by nobody.",
        evidence="Analysis of 3 May, page 2.",
    )
    with writing(site, world.assessor) as unit:
        return commands.draft_finding(unit, queries.find_audit(unit, world.audit), form).ref


def issue(site: Site, world: World) -> None:
    """Tell the client of all drafts."""
    with writing(site, world.lead) as unit:
        commands.issue_findings(unit, world.case_id)


def issued(site: Site, world: World, grade: str = "major") -> str:
    """A finding the client was told of."""
    ref = draft(site, world, grade)
    issue(site, world)
    return ref


def step(site: Site, actor: Actor, ref: str, name: str, **said: object) -> None:
    """Take a step of a finding as its page does: find it in one's scope, then call its command."""
    with writing(site, actor) as unit:
        finding = queries.find_finding(unit, ref)
        form = FINDING.step(name).form.model_validate({"version": finding.version, **said})
        DOING[name](unit, finding, form)


def answer(site: Site, world: World, ref: str, **said: object) -> None:
    """The client answers with a plan."""
    step(site, world.client, ref, "respond", **{**ANSWER, **said})


def finding_row(site: Site, world: World, ref: str) -> Finding:
    """The finding as it stands in the database."""
    with reading(site, world.lead) as unit:
        return unit.db.scalars(select(Finding).where(Finding.ref == ref)).one()


def upload(name: str, content: bytes) -> Upload:
    """A file as a browser sends it."""
    return Upload(name, content)


def record_all_but(site: Site, world: World, left: set[str]) -> None:
    """A result for every requirement that has none, but for those left out."""
    with reading(site, world.lead) as unit:
        audit = queries.find_audit(unit, world.audit)
        have = {number for number in numbers(site, world) if queries.result_of(unit, audit.id, number)}
    for number in numbers(site, world):
        if number not in left | have:
            record(site, world, number)


def statements(site: Site, work: Callable[[], object]) -> int:
    """How many statements a piece of work sends to the database."""
    count = 0

    def seen(*_more: object) -> None:
        nonlocal count
        count += 1

    event.listen(site.engine, "before_cursor_execute", seen)
    try:
        work()
    finally:
        event.remove(site.engine, "before_cursor_execute", seen)
    return count


def make_another(site: Site, world: World, levels: tuple[Level, ...]) -> World:
    """One more evaluation of the same case, for other skills."""
    before = row(site, world)
    with writing(site, world.lead) as unit:
        audit = commands.open_audit(
            unit, case_id=before.case_id, case_ref=before.case_ref, body_id=before.body_id, client_id=before.client_id,
            kind=AuditKind.OFFICE_VISIT, edition=before.edition, rule_pack=before.rule_pack, route=before.route,
            populations={Population.ADULTS}, levels=set(levels), lead=world.lead.id, members={world.lead.id: world.lead.name},
            planned_on=unit.today,
        )  # fmt: skip
        return replace(world, audit=audit.ref)
