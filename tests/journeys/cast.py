"""The people of the stories: RRN, Northgate with its staff, and a training provider that wants to be certified."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from app.kernel.actor import SYSTEM
from app.kernel.clock import civil_date
from app.kernel.database import Site, writing
from app.organisations.models import Organisation
from app.people import commands
from app.people.models import Person
from app.people.rules import Tied
from app.people.rules.forms import Authorise, Declare
from app.permissions import Role, Seat
from app.providers.commands import register_service
from app.providers.rules import NewService
from app.standards.rules import Nation, Population, Route, Setting
from tests.licences.make import Body, make_body, make_manager
from tests.organisations.make import make_organisation
from tests.people.make import actor_for, make_person, token_for
from tests.providers.make import Service, make_trainer

STAFF: dict[str, tuple[str, tuple[Role, ...]]] = {
    "officer": ("Olive Officer", (Role.CASE_OFFICER,)),
    "lead": ("Łukasz Wiśniewski", (Role.LEAD_ASSESSOR,)),
    "assessor": ("Ánh Nguyễn", (Role.ASSESSOR, Role.DECISION_MAKER)),
    "trained_them": ("Carys Consultant", (Role.ASSESSOR,)),
    "reviewer": ("Rhiannon Reviewer", (Role.REVIEWER,)),
    "decider": ("Dafydd Decider", (Role.DECISION_MAKER,)),
}
"""The assessor may also decide, but never about what she evaluated."""


@dataclass
class Cast:
    """Everybody in the story, by what they do in it."""

    site: Site
    body: Body
    provider: Organisation
    trainer: str
    """The reference of the senior trainer's appointment."""
    people: dict[str, Person] = field(default_factory=dict)
    homes: dict[str, Organisation] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The civil day of the story: today, because foreign software looks at its own clock."""
        return civil_date(self.site.clock())

    def day(self, days: int) -> date:
        """A day so many days from today."""
        return self.today + timedelta(days=days)

    def ref(self, who: str) -> str:
        return self.people[who].ref

    def token(self, who: str) -> str:
        """What a program of this person brings."""
        return token_for(self.site, self.people[who], self.homes[who])


def gather(site: Site) -> Cast:
    """Northgate is licensed and staffed; Harbour Lane Training has an account, a service and a trainer, and no more."""
    today = civil_date(site.clock())
    manager = make_manager(site)
    body = make_body(site, manager, from_on=today - timedelta(days=60), to_on=today + timedelta(days=1000))
    provider = make_organisation(site, "Harbour Lane Training", Seat.PROVIDER)
    cast = Cast(site, body, provider, "")
    with writing(site, SYSTEM) as unit:
        northgate = unit.db.get_one(Organisation, body.id)
        unit.db.expunge(northgate)
    for who, (name, roles) in STAFF.items():
        cast.people[who] = make_person(site, northgate, *roles, name=name, email=f"{who}@northgate.example")
        cast.homes[who] = northgate
        _authorise(cast, who, roles)
    cast.people["provider"] = make_person(
        site, provider, Role.REPRESENTATIVE, name="Ŵyn Prydderch", email="wyn@harbourlane.example"
    )
    cast.homes["provider"] = provider
    _declare(cast, "trained_them")
    cast.trainer = _service_with_trainer(cast)
    return cast


def _authorise(cast: Cast, who: str, roles: tuple[Role, ...]) -> None:
    with writing(cast.site, SYSTEM) as unit:
        person = unit.db.get_one(Person, cast.people[who].id)
        for role in roles:
            form = Authorise(role=role, evidence="Ten years of practice.", from_on=cast.day(-50))
            commands.authorise(unit, person, form, body_id=cast.body.id)


def _declare(cast: Cast, who: str) -> None:
    with writing(cast.site, SYSTEM) as unit:
        person = unit.db.get_one(Person, cast.people[who].id)
        form = Declare(organisation=cast.provider.ref, kind=Tied.CONSULTED, from_on=cast.day(-200))
        commands.declare_interest(unit, person, form)


def _service_with_trainer(cast: Cast) -> str:
    form = NewService(
        route=Route.COMMERCIAL,
        nations=[Nation.ENGLAND, Nation.WALES],
        settings=[Setting.HEALTH],
        populations=[Population.ADULTS, Population.AUTISM],
    )
    with writing(cast.site, SYSTEM) as unit:
        made = register_service(unit, unit.db.get_one(Organisation, cast.provider.id), form)
        numbers = made.id, made.ref
    wyn = actor_for(cast.site, cast.people["provider"], cast.provider)
    service = Service(
        *numbers, cast.provider.id, cast.provider.ref, cast.body.id, manager=wyn, officer=cast.body.officer
    )
    return make_trainer(
        cast.site,
        service,
        at="evidence_complete",
        ils_expires_on=cast.day(200),
        cpd_until=cast.day(300),
        reaccredited_on=cast.day(-40),
    )
