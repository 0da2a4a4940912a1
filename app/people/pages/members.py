"""The people of an organisation: who works there as what, inviting, ending, trusting."""

from typing import Any

from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _, label
from app.organisations.queries import find_organisation
from app.people import commands, queries
from app.people.pages.door import area
from app.people.queries import PeopleView, PersonView
from app.people.rules import FIRST_ROLES
from app.people.rules.forms import Authorise, FirstPerson, Invite, Leave, MoreRoles, Nothing
from app.permissions import SEAT, Role, Seat
from app.permissions import Permission as P
from app.web.routing import Ask


def _roles(seat: Seat | None) -> list[tuple[str, str]]:
    return [(role.value, label(role)) for role in Role if SEAT[role] is seat]


@area.page("/people", "people/index.html", may=P.PEOPLE_READ)
def people(unit: Unit) -> PeopleView:
    """Everybody who works for the actor's organisation."""
    return queries.people_view(unit)


@area.page("/people/{ref}", "people/show.html", may=P.PEOPLE_READ)
def person(unit: Unit, ref: Ref) -> PersonView:
    """One person, as the organisation they work for sees them."""
    return queries.person_view(unit, ref)


def ask_invite(unit: Unit) -> Ask:
    """The form to invite somebody."""
    return Ask(
        title=_("Invite somebody"),
        submit=_("Send the invitation"),
        lead=_("They get a letter by e-mail with a link that works once, for seven days."),
        back="/people",
        choices={"roles": _roles(unit.actor.seat)},
    )


@area.action(
    "/people/invitations",
    then=people,
    may=P.PEOPLE_MANAGE,
    ask=ask_invite,
    form_path="/people/invite",
    status=201,
)
def invite(unit: Unit, form: Invite) -> None:
    """Invite somebody into one's own organisation."""
    commands.invite(unit, queries.own_organisation(unit), form)


@area.action("/people/invitations/{ref}/withdraw", then=people, may=P.PEOPLE_MANAGE)
def withdraw(unit: Unit, ref: Ref, form: Nothing) -> None:
    """Take an invitation back."""
    commands.withdraw_invitation(unit, queries.find_invitation(unit, ref))


def ask_first(unit: Unit, ref: Ref) -> Ask:
    """The form to invite the first person of an organisation that was put on the books."""
    found = find_organisation(unit, ref)
    return Ask(
        title=_("Invite the first person of {name}").format(name=found.name),
        submit=_("Send the invitation"),
        lead=_("They join as {role} and invite everybody else themselves.").format(
            role=label(FIRST_ROLES[found.seat]).lower()
        ),
        back=f"/organisations/{ref}",
    )


@area.action("/organisations/{ref}/invite", then=people, may=P.ORGANISATION_MANAGE, ask=ask_first, status=201)
def invite_first(unit: Unit, ref: Ref, form: FirstPerson) -> None:
    """Invite the first person of an organisation."""
    found = find_organisation(unit, ref)
    commands.invite(unit, found, Invite(name=form.name, email=form.email, roles=[FIRST_ROLES[found.seat]]))


def ask_roles(unit: Unit, ref: Ref) -> Ask:
    """The form to give somebody more roles."""
    found = queries.find_person(unit, ref)
    return Ask(
        title=_("More roles for {name}").format(name=found.name),
        submit=_("Give these roles"),
        back=f"/people/{ref}",
        choices={"roles": _roles(unit.actor.seat)},
    )


@area.action("/people/{ref}/roles", then=person, may=P.PEOPLE_MANAGE, ask=ask_roles)
def more_roles(unit: Unit, ref: Ref, form: MoreRoles) -> None:
    """Give somebody who works here more roles."""
    found = queries.find_person(unit, ref)
    for role in form.roles:
        commands.join(unit, found, queries.own_organisation(unit), role)


@area.action("/people/roles/{ref}/end", then=person, may=P.PEOPLE_MANAGE)
def end_role(unit: Unit, ref: Ref, form: Leave) -> dict[str, Any]:
    """A role ends, and with it sessions and tokens."""
    membership = queries.find_membership(unit, ref)
    commands.end_membership(unit, membership, form.version)
    return {"ref": queries.account_ref(unit, membership.person_id)}


@area.action("/people/{ref}/second-factor/reset", then=person, may=P.PEOPLE_MANAGE)
def reset_second_factor(unit: Unit, ref: Ref, form: Nothing) -> None:
    """Somebody lost their telephone: they set up an app anew when they next sign in."""
    commands.reset_factor(unit, queries.find_person(unit, ref))


def ask_authorise(unit: Unit, ref: Ref) -> Ask:
    """The form to trust somebody with a role."""
    found = queries.find_person(unit, ref)
    return Ask(
        title=_("Trust {name} with a role").format(name=found.name),
        submit=_("Write it down"),
        lead=_("Nobody can be planned for a role in a case without this (ISO/IEC 17065, clause 6.1.2)."),
        back=f"/people/{ref}",
        values={"from_on": unit.today.isoformat()},
        choices={"role": _roles(Seat.BODY)},
    )


@area.action("/people/{ref}/authorise", then=person, may=P.COMPETENCE_MANAGE, ask=ask_authorise)
def authorise(unit: Unit, ref: Ref, form: Authorise) -> None:
    """Trust somebody with a role, on evidence."""
    commands.authorise(unit, queries.find_person(unit, ref), form)


@area.action("/people/authorisations/{ref}/end", then=person, may=P.COMPETENCE_MANAGE)
def end_authorisation(unit: Unit, ref: Ref, form: Nothing) -> dict[str, Any]:
    """The trust ends today."""
    return {"ref": commands.end_authorisation(unit, ref).ref}
