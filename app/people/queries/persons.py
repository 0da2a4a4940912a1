"""Who people are: two accounts of one person are one, and every answer gives the account that stands for the person."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.words import _
from app.people.models import Competence, Interest, Membership, Person
from app.people.rules import Tie, Tied
from app.permissions import Permission, Role

Account = aliased(Person, name="account")
"""The account a row was made for; `Person` then is the one that stands for the person."""


def _stands_for() -> ColumnElement[bool]:
    return Person.id == func.coalesce(Account.same_as_id, Account.id)


def holds_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The membership holds on that day."""
    return and_(Membership.from_on <= day, or_(Membership.to_on.is_(None), Membership.to_on > day))


def members(unit: Unit, organisation_id: int, *roles: Role, on: date | None = None) -> list[Person]:
    """The people who have one of these roles (any, when none is named) for the organisation on a day, by name."""
    asked = (
        select(Person)
        .join(Account, _stands_for())
        .join(Membership, Membership.person_id == Account.id)
        .where(Membership.organisation_id == organisation_id, holds_on(on or unit.today))
    )
    if roles:
        asked = asked.where(Membership.role.in_(roles))
    return list(unit.db.scalars(asked.distinct().order_by(Person.name, Person.id)))


def visible(unit: Unit) -> Select[Person]:
    """Who looks after people sees those who work, or worked, for the same organisation, and always themselves."""
    mine = select(Membership.person_id).where(Membership.organisation_id == unit.actor.organisation_id)
    if not unit.actor.may(Permission.PEOPLE_READ):
        return select(Person).where(Person.ref == unit.actor.id)
    return select(Person).where(or_(Person.ref == unit.actor.id, Person.id.in_(mine)))


def find_person(unit: Unit, ref: str) -> Person:
    """The account of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(Person.ref == ref))
    if found is None:
        raise NotFound(_("There is no person of that reference in your organisation."))
    return found


def person(unit: Unit, ref: str) -> Person:
    """The person of that reference, for code that holds the reference already. Raises NotFound."""
    found = unit.db.scalar(select(Person).join(Account, _stands_for()).where(Account.ref == ref))
    if found is None:
        raise NotFound(_("There is no person of that reference."))
    return found


def persons(unit: Unit, refs: Collection[str]) -> dict[str, Person]:
    """Several people by the reference asked for, in one question."""
    rows = unit.db.execute(
        select(Account.ref, Person).join(Person, _stands_for()).where(Account.ref.in_(refs))
    )
    return {row[0]: row[1] for row in rows}


def by_email(unit: Unit, email: str) -> Person | None:
    """The account of that e-mail address."""
    return unit.db.scalar(select(Person).where(Person.email == email.lower()))


def authorised(unit: Unit, body_id: int, role: Role, on: date) -> set[str]:
    """References of the people whom the body trusts with the role on a day (ISO/IEC 17065, 6.1.2)."""
    rows = unit.db.scalars(
        select(Person.ref)
        .join(Account, _stands_for())
        .join(Competence, Competence.person_id == Account.id)
        .where(
            Competence.body_id == body_id,
            Competence.role == role,
            Competence.from_on <= on,
            or_(Competence.to_on.is_(None), Competence.to_on > on),
        )
    )
    return set(rows)


def interests(unit: Unit, person_refs: Collection[str], organisation_id: int, since: date) -> list[Tie]:
    """Every tie of these people to the organisation that still held on `since`: declared, and employment we know of."""
    asked = set(person_refs)
    declared = (
        select(Person.ref, Person.name, Interest.kind, Interest.from_on, Interest.to_on, Interest.declared)
        .join(Account, _stands_for())
        .join(Interest, Interest.person_id == Account.id)
        .where(
            Person.ref.in_(asked),
            Interest.organisation_id == organisation_id,
            or_(Interest.to_on.is_(None), Interest.to_on >= since),
        )
    )
    worked = (
        select(Person.ref, Person.name, Membership.from_on, Membership.to_on)
        .join(Account, _stands_for())
        .join(Membership, Membership.person_id == Account.id)
        .where(
            Person.ref.in_(asked),
            Membership.organisation_id == organisation_id,
            or_(Membership.to_on.is_(None), Membership.to_on >= since),
        )
    )
    ties = [
        Tie(row.ref, row.name, organisation_id, row.kind, row.from_on, row.to_on, row.declared)
        for row in unit.db.execute(declared)
    ]
    return ties + [
        Tie(row.ref, row.name, organisation_id, Tied.EMPLOYED, row.from_on, row.to_on, False)
        for row in unit.db.execute(worked).unique()
    ]
