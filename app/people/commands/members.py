"""Who works for which organisation: inviting, joining, further roles, leaving; one transaction takes every right away."""

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.journal import record
from app.kernel.mail import post
from app.kernel.words import _, label, listed
from app.kernel.workflow import check_version
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.queries import of_seat
from app.organisations.rules import NewOrganisation
from app.people import queries
from app.people.commands.sign_in import dead_link, end_sessions
from app.people.models import Invitation, InvitationRole, Membership, Person
from app.people.rules import FIRST_ROLES
from app.people.rules.codes import digest, new_secret
from app.people.rules.forms import Invite
from app.permissions import GRANTS, SEAT, Permission, Role, Seat
from app.standards.rules import Nation


def add_member(unit: Unit, organisation: Organisation, name: str, email: str, role: Role) -> Person:
    """Give a person a role for an organisation from today; the account is made when the address has none.

    Raises Invalid when such organisations do not have that role.
    """
    person = queries.by_email(unit, email) or _new_person(unit, name, email)
    join(unit, person, organisation, role)
    return person


def _new_person(unit: Unit, name: str, email: str) -> Person:
    person = Person(name=name, email=email.lower())
    unit.db.add(person)
    unit.db.flush()
    record(unit, "person.added", person)
    return person


def join(unit: Unit, person: Person, organisation: Organisation, role: Role) -> None:
    """A role from today, unless the person has it already."""
    _check_roles(organisation, [role])
    if queries.holds(unit, person.id, organisation.id, role):
        return
    unit.db.add(
        Membership(person_id=person.id, organisation_id=organisation.id, role=role, from_on=unit.today)
    )
    unit.db.flush()
    record(unit, "person.joined", person, role=role.value, organisation=organisation.ref)


def _check_roles(organisation: Organisation, roles: list[Role]) -> None:
    wrong = [role for role in roles if SEAT[role] is not organisation.seat]
    if wrong:
        said = _("{name} does not have the role “{role}”.").format(
            name=organisation.name, role=label(wrong[0])
        )
        raise Invalid(_("Nothing was saved: correct it and send it again."), {"roles": said})


def invite(unit: Unit, organisation: Organisation, form: Invite) -> str:
    """Ask somebody by e-mail to join; gives the link of the letter. Raises Forbidden or Invalid."""
    _may_invite(unit, organisation, form.roles)
    _check_roles(organisation, form.roles)
    secret = new_secret()
    made = Invitation(
        organisation_id=organisation.id,
        name=form.name,
        email=form.email,
        digest=digest(secret),
        invited_at=unit.now,
    )
    unit.db.add(made)
    unit.db.flush()
    unit.db.add_all(InvitationRole(invitation_id=made.id, role=role) for role in sorted(set(form.roles)))
    unit.db.flush()
    record(
        unit,
        "invitation.sent",
        made,
        roles=[role.value for role in form.roles],
        organisation=organisation.ref,
    )
    link = unit.site.settings.link(f"/invitations/{secret}")
    roles = listed([label(role) for role in form.roles])
    by = unit.actor.name if unit.actor.signed_in else _("The register")
    post(
        unit,
        form.email,
        "invitation",
        name=form.name,
        link=link,
        organisation=organisation.name,
        roles=roles,
        by=by,
    )
    return link


def _may_invite(unit: Unit, organisation: Organisation, roles: list[Role]) -> None:
    """Into one's own organisation; and the first person of one that somebody put on the books."""
    if unit.actor is SYSTEM:
        return
    if organisation.id == unit.actor.organisation_id:
        unit.actor.require(Permission.PEOPLE_MANAGE)
        return
    unit.actor.require(Permission.ORGANISATION_MANAGE)
    foreign = unit.actor.seat is not Seat.RRN and organisation.seat in (Seat.RRN, Seat.BODY)
    if foreign or set(roles) != {FIRST_ROLES[organisation.seat]}:
        raise Forbidden(
            _(
                "For another organisation you may invite only its first {role}, who then invites everybody else. Nothing was sent."
            ).format(role=label(FIRST_ROLES[organisation.seat]).lower())
        )


def withdraw_invitation(unit: Unit, invitation: Invitation) -> None:
    """The link of the letter stops working."""
    invitation.ended_at = unit.now
    unit.db.flush()
    record(unit, "invitation.withdrawn", invitation)


def accept(unit: Unit, secret: str, known_hash: str | None = None) -> Person:
    """Join by the link of a letter, with the password's hash when the address has no account yet.

    Raises NotFound (used, too old) and Refused (no password given).
    """
    invitation = queries.invitation_of(unit, secret)
    if invitation is None:
        raise NotFound(dead_link())
    person = queries.by_email(unit, invitation.email)
    if (person is None or person.password_hash is None) and known_hash is None:
        raise Refused(_("Choose a password first. Nothing was changed."))
    person = person or _new_person(unit, invitation.name, invitation.email)
    unit.actor = Actor(queries.person(unit, person.ref).ref, person.name)
    if person.password_hash is None:
        person.password_hash = known_hash
    organisation = unit.db.get_one(Organisation, invitation.organisation_id)
    invitation.accepted_at = unit.now
    for role in queries.roles_offered(unit, invitation.id):
        join(unit, person, organisation, role)
    record(unit, "invitation.accepted", invitation)
    return person


def end_membership(unit: Unit, membership: Membership, version: int) -> None:
    """A role ends today, and with it every session of the person and every token for that organisation (rules page, 6).

    Raises Stale, and Refused when nobody would be left who looks after people.
    """
    check_version(membership, version, stale_sentence())
    if membership.to_on is not None:
        raise Refused(_("This role has ended already. Nothing was changed."))
    _somebody_stays(unit, membership)
    person = unit.db.get_one(Person, membership.person_id)
    membership.to_on = unit.today
    unit.db.flush()
    end_sessions(unit, person.id)
    for token in queries.open_tokens(unit, person.id, membership.organisation_id):
        token.ended_at = unit.now
    record(unit, "person.left", person, role=membership.role.value, organisation=unit.actor.organisation_ref)


def _somebody_stays(unit: Unit, membership: Membership) -> None:
    keepers = tuple(role for role in Role if Permission.PEOPLE_MANAGE in GRANTS[role])
    if membership.role not in keepers or unit.actor is SYSTEM:
        return
    others = [
        row
        for row in queries.memberships(unit, membership.organisation_id)
        if row.role in keepers and row.id != membership.id
    ]
    if not others:
        raise Refused(
            _(
                "Nobody would be left who looks after the people of this organisation. Nothing was changed: invite somebody else for this role first."
            )
        )


def same_person(unit: Unit, account: Person, person: Person) -> None:
    """Two accounts are one person: everything either did counts for both (rules page, 5)."""
    stands = queries.person(unit, person.ref)
    if stands.id == account.id:
        raise Refused(_("This account already stands for that person. Nothing was changed."))
    account.same_as_id = stands.id
    for other in queries.accounts_of(unit, account.id):
        other.same_as_id = stands.id
    unit.db.flush()
    record(unit, "person.same_as", account, person=stands.ref)


def first_administrator(
    unit: Unit, name: str, email: str, organisation_name: str = "Restraint Reduction Network"
) -> str:
    """The link by which the first person of RRN's seat joins; RRN is put on the books when it is not there.

    Raises Refused when somebody looks after people there already.
    """
    known = of_seat(unit, Seat.RRN)
    if known and queries.members(unit, known[0].id, Role.LICENCE_MANAGER):
        raise Refused(
            _("RRN has a licence manager already, who can invite others at /people. Nothing was changed.")
        )
    rrn = (
        known[0]
        if known
        else register_organisation(
            unit, NewOrganisation(name=organisation_name, seat=Seat.RRN, nation=Nation.ENGLAND)
        )
    )
    return invite(unit, rrn, Invite(name=name, email=email, roles=[Role.LICENCE_MANAGER]))
