"""What can be asked about organisations: by reference, by name now or on a day, and which names look alike."""

from datetime import date

from sqlalchemy import Select, func, or_, select

from app.kernel.casework import HistoryLine, told
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _
from app.organisations.models import Identifier, Organisation, OrganisationName
from app.organisations.rules import Scheme, nearly_equal, search_words, skeleton
from app.permissions import Permission, Seat
from app.standards.rules import Nation

PAGE = 50


class IdentifierView(View):
    """A number in another register."""

    scheme: Scheme
    value: str


class NameView(View):
    """A name and the days it was used; `until` is the first day of the next one."""

    name: str
    since: date
    until: date | None


class OrganisationLine(View):
    """An organisation in a list."""

    ref: str
    name: str
    seat: Seat
    nation: Nation
    found_as: str = ""
    """The former name that the search met, when it was not the name of today."""


class OrganisationList(View):
    """The organisations whose names hold the words asked for."""

    q: str
    seat: Seat | None
    items: list[OrganisationLine]
    more: bool
    may_register: bool


class OrganisationView(View):
    """All about one organisation."""

    ref: str
    version: int
    name: str
    seat: Seat
    code: str | None
    address: str
    postcode: str | None
    nation: Nation
    email: str | None
    website: str | None
    identifiers: list[IdentifierView]
    names: list[NameView]
    may_change: bool
    history: list[HistoryLine]


def visible(unit: Unit) -> Select[Organisation]:
    """RRN and the bodies know of all organisations; everybody else of their own, of the bodies and of RRN."""
    unit.actor.require(Permission.ORGANISATION_READ)
    if unit.actor.seat in (Seat.RRN, Seat.BODY):
        return select(Organisation)
    return select(Organisation).where(
        or_(Organisation.id == unit.actor.organisation_id, Organisation.seat.in_((Seat.RRN, Seat.BODY)))
    )


def find_organisation(unit: Unit, ref: str) -> Organisation:
    """The organisation of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(Organisation.ref == ref))
    if found is None:
        raise NotFound(_("There is no organisation of that reference among those you work with."))
    return found


def organisation(unit: Unit, id: int) -> Organisation:
    """The organisation of that id, for code that holds the id already; scope is the caller's."""
    return unit.db.get_one(Organisation, id)


def organisation_of_ref(unit: Unit, ref: str) -> Organisation:
    """The organisation of that public reference, for public answers: names are public. Raises NotFound."""
    found = unit.db.scalar(select(Organisation).where(Organisation.ref == ref))
    if found is None:
        raise NotFound(_("There is no organisation of that reference."))
    return found


def names_of(unit: Unit, ids: set[int]) -> dict[int, str]:
    """The names of today of several organisations, in one question."""
    rows = unit.db.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}


def name_on(unit: Unit, organisation_id: int, day: date) -> str:
    """The name the organisation had on a day; before its first known name, that first one."""
    names = unit.db.execute(
        select(OrganisationName.name, OrganisationName.from_on)
        .where(OrganisationName.organisation_id == organisation_id)
        .order_by(OrganisationName.from_on)
    ).all()
    then = [row.name for row in names if row.from_on <= day]
    return str(then[-1] if then else names[0].name)


_BODIES = (
    select(Organisation.ref, Organisation.name)
    .where(Organisation.seat == Seat.BODY)
    .order_by(Organisation.name)
)


def body_choices(unit: Unit) -> list[tuple[str, str]]:
    """Every certification body as a choice of a form: reference and name."""
    return [(ref, name) for ref, name in unit.db.connection().execute(_BODIES)]


def of_seat(unit: Unit, seat: Seat) -> list[Organisation]:
    """Every organisation of one seat, by name."""
    return list(
        unit.db.scalars(select(Organisation).where(Organisation.seat == seat).order_by(Organisation.name))
    )


def resembling(unit: Unit, name: str, but: int | None = None) -> list[Organisation]:
    """Organisations whose name, now or formerly, can be mistaken for this one (rules page, 13); `but` is left out."""
    key = skeleton(name)
    rows = unit.db.execute(
        select(OrganisationName.organisation_id, OrganisationName.skeleton).where(
            func.length(OrganisationName.skeleton).between(len(key) - 1, len(key) + 1),
            OrganisationName.organisation_id != (but or 0),
        )
    )
    alike = {id for id, other in rows if other == key or (len(key) > 5 and nearly_equal(key, other))}
    return list(
        unit.db.scalars(select(Organisation).where(Organisation.id.in_(alike)).order_by(Organisation.name))
    )


def holder_of(unit: Unit, scheme: Scheme, value: str) -> Organisation | None:
    """Who has this number in that register."""
    return unit.db.scalar(
        select(Organisation)
        .join(Identifier, Identifier.organisation_id == Organisation.id)
        .where(Identifier.scheme == scheme, Identifier.value == value)
    )


def has_code(unit: Unit, code: str) -> bool:
    """Whether a certification body has this code already."""
    return unit.db.scalar(select(Organisation.id).where(Organisation.code == code)) is not None


def current_name(unit: Unit, organisation_id: int) -> OrganisationName:
    """The row of the name of today, held when the unit writes."""
    asked = select(OrganisationName).where(
        OrganisationName.organisation_id == organisation_id, OrganisationName.to_on.is_(None)
    )
    found: OrganisationName = unit.db.scalars(unit.lock(asked)).one()
    return found


def identifiers(unit: Unit, organisation_id: int) -> list[Identifier]:
    """The numbers of an organisation, by register."""
    return list(
        unit.db.scalars(
            select(Identifier)
            .where(Identifier.organisation_id == organisation_id)
            .order_by(Identifier.scheme)
        )
    )


def organisation_list(unit: Unit, q: str, seat: Seat | None) -> OrganisationList:
    """The first organisations, by name, any of whose names holds every word of `q`, or one of whose numbers is `q`."""
    names = select(OrganisationName.organisation_id)
    for word in search_words(q):
        names = names.where(OrganisationName.search_text.contains(word, autoescape=True))
    numbers = select(Identifier.organisation_id).where(Identifier.value == q.strip().upper())
    found = visible(unit).where(or_(Organisation.id.in_(names), Organisation.id.in_(numbers)))
    if seat:
        found = found.where(Organisation.seat == seat)
    rows = list(unit.db.scalars(found.order_by(Organisation.name, Organisation.id).limit(PAGE + 1)))
    former = _former(unit, [row.id for row in rows], search_words(q))
    items = [
        OrganisationLine(
            ref=row.ref, name=row.name, seat=row.seat, nation=row.nation, found_as=former.get(row.id, "")
        )
        for row in rows[:PAGE]
    ]
    return OrganisationList(
        q=q,
        seat=seat,
        items=items,
        more=len(rows) > PAGE,
        may_register=unit.actor.may(Permission.ORGANISATION_MANAGE),
    )


def _former(unit: Unit, ids: list[int], words: list[str]) -> dict[int, str]:
    """For organisations found by a name they no longer have: that name."""
    if not words:
        return {}
    rows = unit.db.scalars(
        select(OrganisationName)
        .where(OrganisationName.organisation_id.in_(ids))
        .order_by(OrganisationName.from_on)
    )
    met = [row for row in rows if all(word in row.search_text for word in words)]
    now = {row.organisation_id for row in met if row.to_on is None}
    return {row.organisation_id: row.name for row in met if row.organisation_id not in now}


def may_change(unit: Unit, found: Organisation) -> bool:
    """RRN may mend every organisation's details, a body those of providers and affiliates."""
    if not unit.actor.may(Permission.ORGANISATION_MANAGE):
        return False
    return unit.actor.seat is Seat.RRN or found.seat in (Seat.PROVIDER, Seat.AFFILIATE)


def organisation_view(unit: Unit, ref: str) -> OrganisationView:
    """The page of one organisation."""
    found = find_organisation(unit, ref)
    names = unit.db.scalars(
        select(OrganisationName)
        .where(OrganisationName.organisation_id == found.id)
        .order_by(OrganisationName.from_on.desc())
    )
    return OrganisationView(
        ref=found.ref, version=found.version, name=found.name, seat=found.seat, code=found.code, address=found.address,
        postcode=found.postcode, nation=found.nation, email=found.email, website=found.website,
        identifiers=[IdentifierView(scheme=row.scheme, value=row.value) for row in identifiers(unit, found.id)],
        names=[NameView(name=row.name, since=row.from_on, until=row.to_on) for row in names],
        may_change=may_change(unit, found), history=told(unit, found.thread) if may_change(unit, found) else [],
    )  # fmt: skip
