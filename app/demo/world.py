"""The demonstration's world: its organisations and people on the books, and the way to act as one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.demo.cast import APPLICANTS, BODIES, LARKFIELD, PROVIDERS, RRN, House, Member
from app.demo.years import TurnedClock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import add_months, civil_date
from app.kernel.database import Site, Unit, writing
from app.licences import commands as licences
from app.licences.rules import Change, Checked, LicenceReason, NewAccreditation, NewLicence, Terms
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.rules import NewOrganisation
from app.people.commands import add_member, authorise, enrol_totp, set_password
from app.people.rules.forms import Authorise
from app.permissions import NEEDS_SECOND_FACTOR, Seat
from app.providers.commands import register_service
from app.providers.rules import NewService
from app.standards.rules import Nation

AGREEMENT = "5e1f" * 16
"""The digest of a licence agreement that nobody signed: the demonstration has no paper."""
EVIDENCE = (
    "Two qualifications in the field, ten years of practice, and three evaluations watched by the director."
)


@dataclass
class World:
    """Everything the stories know: the site with its turned clock, who is who, and what was made so far."""

    site: Site
    clock: TurnedClock
    today: date
    """The day on which people look at the demonstration."""
    password_hash: str
    organisations: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Id and public reference by key."""
    actors: dict[str, Actor] = field(default_factory=dict)
    """Everybody by `organisation/part of the address before the @`."""
    houses: dict[str, House] = field(default_factory=dict)
    """Who is on the books, by key."""
    services: dict[str, int] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    trainers: dict[str, list[str]] = field(default_factory=dict)
    """Senior trainers by provider."""
    forgotten: set[str] = field(default_factory=set)
    """Affiliates and trainers whom nobody reviews in time, so that they lapse."""

    def ago(self, days: int) -> date:
        """So many days before the day on which people look."""
        return self.today - timedelta(days=days)

    @property
    def day(self) -> date:
        """The day in the story."""
        return civil_date(self.clock.now)

    @contextmanager
    def acting(self, who: str) -> Iterator[Unit]:
        """One transaction of somebody, a while after the last; `who` is a key of `actors`."""
        self.clock.pass_a_while()
        with writing(self.site, self.actors[who]) as unit:
            yield unit


def put_on_the_books(world: World) -> None:
    """Every organisation, every account, every training service, in one go: the day the register began."""
    with writing(world.site, SYSTEM) as unit:
        for house in (RRN, *BODIES, *PROVIDERS):
            register(unit, world, house)


def register(unit: Unit, world: World, house: House) -> None:
    """One organisation with its accounts and, of a provider, its training service."""
    form = NewOrganisation.model_validate(
        {"name": house.name, "seat": house.seat, "nation": house.nation, "address": house.address, "postcode": house.postcode,
         "code": house.code, "email": f"office@{house.key}.example", "website": f"https://{house.key}.example", **house.numbers}
    )  # fmt: skip
    made = register_organisation(unit, form)
    settle(unit, world, house, made)
    if house.service:
        world.services[house.key] = register_service(unit, made, NewService.model_validate(house.service)).id


def settle(unit: Unit, world: World, house: House, made: Organisation) -> None:
    """The people of an organisation that is on the books, each with a password and what their role needs."""
    world.organisations[house.key] = (made.id, made.ref)
    world.houses[house.key] = house
    for member in house.people:
        world.actors[f"{house.key}/{member.local}"] = _join(unit, world, house, made, member)


def _join(unit: Unit, world: World, house: House, made: Organisation, member: Member) -> Actor:
    for role in member.roles:
        person = add_member(unit, made, member.name, f"{member.local}@{house.domain}", role)
        if house.seat is Seat.BODY:
            form = Authorise(role=role, evidence=EVIDENCE, from_on=unit.today)
            authorise(unit, person, form, body_id=made.id)
    if person.password_hash is None:
        set_password(unit, person, "", known_hash=world.password_hash)
        if NEEDS_SECOND_FACTOR.intersection(member.roles):
            enrol_totp(unit, person)
    return Actor(person.ref, member.name, frozenset(member.roles), made.id, made.ref, made.name, house.seat)


def license_bodies(world: World) -> None:
    """RRN licenses the three bodies; five more asked, or had a licence once."""
    for number, house in enumerate(BODIES):
        _license(world, house.key, f"0{9000 + number}", "licensed")
    for number, (key, name, code, at) in enumerate(APPLICANTS):
        with world.acting("rrn/licences") as unit:
            form = NewOrganisation(
                name=name, seat=Seat.BODY, code=code, nation=Nation.ENGLAND, address="Example Street"
            )
            made = register_organisation(unit, form)
            world.organisations[key] = (made.id, made.ref)
        _license(world, key, f"0{9010 + number}", at)


def _license(world: World, key: str, ukas: str, at: str) -> None:
    """Bring a licence as far as the table says; resigning and losing it come later, as stories."""
    with world.acting("rrn/licences") as unit:
        licence = licences.open_licence(
            unit, NewLicence(body=world.organisations[key][1], note="Application form and draft procedures.")
        )
        world.licences[key] = licence.ref
        if at == "applied":
            return
        body = unit.db.get_one(Organisation, world.organisations[key][0])
        scope = "Certification of restraint reduction training (ISO/IEC 17065)"
        licences.record_accreditation(
            unit,
            body,
            NewAccreditation(ukas_number=ukas, scope=scope, from_on=unit.today - timedelta(days=200)),
        )
        said = Checked(
            version=licence.version, private_text="Procedures, people and impartiality papers were read."
        )
        if at == "declined":
            licences.decline(unit, licence, said)
            return
        licences.check(unit, licence, said)
        if at != "checked":
            licences.license_body(unit, licence, terms(licence.version, unit.today))


def terms(version: int, start: date) -> Terms:
    """Five years, one edition, the royalty the facts page speaks of."""
    return Terms(
        version=version, effective_on=start, to_on=add_months(start, 60), editions=["rrn-1.2"], agreement_digest=AGREEMENT, royalty_percent=20,
    )  # fmt: skip


def licence_change(version: int, day: date, reason: LicenceReason, public: str, private: str = "") -> Change:
    """What RRN says when it changes a licence."""
    return Change(
        version=version, effective_on=day, reason_code=reason, public_text=public, private_text=private
    )


def welcome_larkfield(world: World, organisation_id: int) -> None:
    """The affiliate's manager gets an account once the affiliate is on the books."""
    with writing(world.site, SYSTEM) as unit:
        settle(unit, world, LARKFIELD, unit.db.get_one(Organisation, organisation_id))
