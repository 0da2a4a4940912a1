"""Who belongs where: memberships, invitations, competence and declared interests, and the pages that show them."""

from datetime import date, datetime

from sqlalchemy import func, select

from app.kernel.casework import HistoryLine, told
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.organisations.queries import names_of
from app.people.models import (
    Competence,
    Interest,
    Invitation,
    InvitationRole,
    Membership,
    Person,
    SecondFactor,
)
from app.people.queries.persons import find_person, holds_on
from app.people.rules import INVITATION_LASTS, Tied
from app.people.rules.codes import digest
from app.permissions import NEEDS_SECOND_FACTOR, Permission, Role


class RoleView(View):
    """A role somebody has for the organisation."""

    ref: str
    version: int
    role: Role
    since: date
    until: date | None


class MemberView(View):
    """Somebody who works for the organisation."""

    ref: str
    name: str
    email: str
    roles: list[str]
    second_factor: str
    """"set up", "missing" or "not needed"."""


class InvitationView(View):
    """An invitation that waits for an answer."""

    ref: str
    name: str
    email: str
    roles: list[str]
    sent_at: datetime
    too_old: bool


class PeopleView(View):
    """The people of the actor's organisation."""

    organisation: str
    members: list[MemberView]
    invitations: list[InvitationView]
    may_manage: bool


class CompetenceView(View):
    """A role a body trusts somebody with."""

    ref: str
    role: Role
    clause_group: str
    evidence: str
    since: date
    until: date | None


class InterestView(View):
    """A tie to an organisation."""

    ref: str
    organisation: str
    kind: Tied
    since: date
    until: date | None
    about: str
    declared: bool


class PersonView(View):
    """One person as the organisation they work for sees them."""

    ref: str
    name: str
    email: str
    roles: list[RoleView]
    competences: list[CompetenceView]
    interests: list[InterestView]
    second_factor: str
    may_manage: bool
    may_authorise: bool
    history: list[HistoryLine]


class WelcomeView(View):
    """What an invitation says to the person invited."""

    secret: str
    name: str
    email: str
    organisation: str
    roles: list[str]
    known: bool
    """There is an account for the address already: no password is asked for."""


def memberships(unit: Unit, organisation_id: int) -> list[Membership]:
    """Every role held for an organisation today."""
    return list(
        unit.db.scalars(
            select(Membership).where(Membership.organisation_id == organisation_id, holds_on(unit.today))
        )
    )


def holds(unit: Unit, person_id: int, organisation_id: int, role: Role) -> bool:
    """Whether the account has the role for the organisation and nobody ended it."""
    asked = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.organisation_id == organisation_id,
        Membership.role == role,
        Membership.to_on.is_(None),
    )
    return unit.db.scalar(asked) is not None


def places(unit: Unit, person_id: int) -> list[Organisation]:
    """The organisations an account has a role for today, by name."""
    asked = (
        select(Organisation)
        .where(
            Organisation.id.in_(
                select(Membership.organisation_id).where(
                    Membership.person_id == person_id, holds_on(unit.today)
                )
            )
        )
        .order_by(Organisation.name)
    )
    return list(unit.db.scalars(asked))


def accounts_of(unit: Unit, person_id: int) -> list[Person]:
    """The other accounts for which this one stands."""
    return list(unit.db.scalars(select(Person).where(Person.same_as_id == person_id)))


def guarded_elsewhere(unit: Unit, person_id: int) -> str | None:
    """Another organisation than the actor's for which the account has a role that asks for a second factor."""
    return unit.db.scalar(
        select(Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            holds_on(unit.today),
            Membership.role.in_(NEEDS_SECOND_FACTOR),
            Organisation.id != (unit.actor.organisation_id or 0),
        )
        .limit(1)
    )


def find_membership(unit: Unit, ref: str) -> Membership:
    """A role in the actor's own organisation. Raises NotFound."""
    asked = select(Membership).where(
        Membership.ref == ref, Membership.organisation_id == unit.actor.organisation_id
    )
    found = unit.db.scalar(asked)
    if found is None:
        raise NotFound(_("There is no role of that reference in your organisation."))
    return found


def find_invitation(unit: Unit, ref: str) -> Invitation:
    """An open invitation of the actor's own organisation. Raises NotFound."""
    found = next((row for row in _open_invitations(unit) if row.ref == ref), None)
    if found is None:
        raise NotFound(_("There is no open invitation of that reference in your organisation."))
    return found


def _open_invitations(unit: Unit) -> list[Invitation]:
    return list(
        unit.db.scalars(
            select(Invitation)
            .where(
                Invitation.organisation_id == unit.actor.organisation_id,
                Invitation.accepted_at.is_(None),
                Invitation.ended_at.is_(None),
            )
            .order_by(Invitation.invited_at.desc(), Invitation.id)
        )
    )


def invitation_of(unit: Unit, secret: str) -> Invitation | None:
    """The invitation a link belongs to, while it works: once, for seven days."""
    asked = select(Invitation).where(
        Invitation.digest == digest(secret),
        Invitation.accepted_at.is_(None),
        Invitation.ended_at.is_(None),
        Invitation.invited_at > unit.now - INVITATION_LASTS,
    )
    found: Invitation | None = unit.db.scalar(unit.lock(asked))
    return found


def roles_offered(unit: Unit, invitation_id: int) -> list[Role]:
    """The roles of an invitation."""
    return list(
        unit.db.scalars(select(InvitationRole.role).where(InvitationRole.invitation_id == invitation_id))
    )


def find_competence(unit: Unit, ref: str) -> Competence:
    """A competence that the actor's body gave. Raises NotFound."""
    unit.actor.require(Permission.COMPETENCE_MANAGE)
    found = unit.db.scalar(
        select(Competence).where(Competence.ref == ref, Competence.body_id == unit.actor.organisation_id)
    )
    if found is None:
        raise NotFound(_("Your organisation gave no authorisation of that reference."))
    return found


def declared_by(unit: Unit, person_id: int) -> list[Interest]:
    """The ties an account has on record, newest first."""
    return list(
        unit.db.scalars(
            select(Interest)
            .where(Interest.person_id == person_id)
            .order_by(Interest.from_on.desc(), Interest.id)
        )
    )


def interest_views(unit: Unit, person_id: int) -> list[InterestView]:
    """The ties of an account as pages show them."""
    rows = declared_by(unit, person_id)
    names = names_of(unit, {row.organisation_id for row in rows})
    return [
        InterestView(
            ref=row.ref, organisation=names[row.organisation_id], kind=row.kind, since=row.from_on, until=row.to_on,
            about=row.about, declared=row.declared,
        )
        for row in rows
    ]  # fmt: skip


def people_view(unit: Unit) -> PeopleView:
    """Everybody with a role in the actor's organisation today, and who was asked to join; four questions however many they are."""
    manages = unit.actor.may(Permission.PEOPLE_MANAGE)
    rows = unit.db.execute(
        select(Person, Membership.role, SecondFactor.confirmed_at)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(Membership.organisation_id == unit.actor.organisation_id, holds_on(unit.today))
        .order_by(Person.name, Person.id, Membership.role)
    ).all()
    people = {row[0].id: row for row in rows}
    roles = {id: [row[1] for row in rows if row[0].id == id] for id in people}
    members = [
        MemberView(
            ref=row[0].ref, name=row[0].name, email=row[0].email, roles=[label(role) for role in roles[id]],
            second_factor=_factor_word(row[2] is not None, roles[id]),
        )
        for id, row in people.items()
    ]  # fmt: skip
    return PeopleView(
        organisation=unit.actor.organisation_name,
        members=members,
        invitations=_invitation_views(unit) if manages else [],
        may_manage=manages,
    )


def _factor_word(is_set: bool, roles: list[Role]) -> str:
    if is_set:
        return "set_up"
    return "missing" if NEEDS_SECOND_FACTOR.intersection(roles) else "not_needed"


def _invitation_views(unit: Unit) -> list[InvitationView]:
    rows = _open_invitations(unit)
    offered: dict[int, list[str]] = {row.id: [] for row in rows}
    for role in unit.db.scalars(select(InvitationRole).where(InvitationRole.invitation_id.in_(offered))):
        offered[role.invitation_id].append(label(role.role))
    return [
        InvitationView(
            ref=row.ref, name=row.name, email=row.email, roles=offered[row.id], sent_at=row.invited_at,
            too_old=row.invited_at <= unit.now - INVITATION_LASTS,
        )
        for row in rows
    ]  # fmt: skip


def person_view(unit: Unit, ref: str) -> PersonView:
    """One member: roles, what the body trusts them with, and, for directors, what ties them."""
    found = find_person(unit, ref)
    trusts = unit.actor.may(Permission.COMPETENCE_MANAGE)
    roles = unit.db.scalars(
        select(Membership)
        .where(Membership.person_id == found.id, Membership.organisation_id == unit.actor.organisation_id)
        .order_by(Membership.from_on.desc(), Membership.id)
    ).all()
    factor = unit.db.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.person_id == found.id))
    manages = unit.actor.may(Permission.PEOPLE_MANAGE)
    return PersonView(
        ref=found.ref, name=found.name, email=found.email,
        roles=[RoleView(ref=row.ref, version=row.version, role=row.role, since=row.from_on, until=row.to_on) for row in roles],
        competences=_competence_views(unit, found.id),
        interests=interest_views(unit, found.id) if trusts else [],
        second_factor=_factor_word(factor is not None, [row.role for row in roles if row.to_on is None]),
        may_manage=manages, may_authorise=trusts, history=told(unit, found.thread) if manages else [],
    )  # fmt: skip


def _competence_views(unit: Unit, person_id: int) -> list[CompetenceView]:
    rows = unit.db.scalars(
        select(Competence)
        .where(Competence.person_id == person_id, Competence.body_id == unit.actor.organisation_id)
        .order_by(Competence.from_on.desc(), Competence.id)
    )
    return [
        CompetenceView(
            ref=row.ref,
            role=row.role,
            clause_group=row.clause_group,
            evidence=row.evidence,
            since=row.from_on,
            until=row.to_on,
        )
        for row in rows
    ]


def welcome_view(unit: Unit, secret: str) -> WelcomeView | None:
    """What the link of an invitation shows, or None when it no longer works."""
    found = invitation_of(unit, secret)
    if found is None:
        return None
    known = (
        select(func.count())
        .select_from(Person)
        .where(Person.email == found.email, Person.password_hash.is_not(None))
    )
    return WelcomeView(
        secret=secret,
        name=found.name,
        email=found.email,
        organisation=names_of(unit, {found.organisation_id})[found.organisation_id],
        roles=[label(role) for role in roles_offered(unit, found.id)],
        known=bool(unit.db.scalar(known)),
    )


def organisation_choices(unit: Unit) -> list[tuple[str, str]]:
    """Every organisation as a choice of a form, for declaring what ties one to it."""
    rows = unit.db.execute(select(Organisation.ref, Organisation.name).order_by(Organisation.name))
    return [(row.ref, row.name) for row in rows]
