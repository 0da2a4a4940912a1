"""Pages of organisations: the list, one organisation, registering, renaming and mending details."""

from typing import Annotated

from fastapi import Query

from app.kernel.database import Unit
from app.kernel.fields import Ref, Text
from app.kernel.words import _
from app.organisations import commands, queries
from app.organisations.queries import OrganisationList, OrganisationView
from app.organisations.rules import ChangedDetails, NewName, NewOrganisation, Scheme
from app.permissions import Permission as P
from app.permissions import Seat
from app.web.routing import Area, Ask

area = Area("organisations")


@area.page("/organisations", "organisations/index.html", may=P.ORGANISATION_READ)
def index(unit: Unit, q: Text = "", seat: Annotated[Seat | None, Query()] = None) -> OrganisationList:
    """Search the organisations the actor may know of, by name, former name or number."""
    return queries.organisation_list(unit, q, seat)


@area.page("/organisations/{ref}", "organisations/show.html", may=P.ORGANISATION_READ)
def show(unit: Unit, ref: Ref) -> OrganisationView:
    """One organisation."""
    return queries.organisation_view(unit, ref)


def ask_register(unit: Unit) -> Ask:
    """The form that puts an organisation on the books."""
    seats = (
        [Seat.PROVIDER, Seat.AFFILIATE]
        if unit.actor.seat is not Seat.RRN
        else [Seat.BODY, Seat.PROVIDER, Seat.AFFILIATE]
    )
    words = {
        Seat.BODY: _("A certification body"),
        Seat.PROVIDER: _("A training service"),
        Seat.AFFILIATE: _("An affiliate of a training service"),
    }
    return Ask(
        title=_("Put an organisation on the books"),
        submit=_("Register the organisation"),
        back="/organisations",
        choices={"seat": [(seat.value, words[seat]) for seat in seats]},
    )


@area.action(
    "/organisations",
    then=show,
    may=P.ORGANISATION_MANAGE,
    ask=ask_register,
    form_path="/organisations/new",
    status=201,
)
def register(unit: Unit, form: NewOrganisation) -> dict[str, str]:
    """Put an organisation on the books."""
    return {"ref": commands.register_organisation(unit, form).ref}


def ask_rename(unit: Unit, ref: Ref) -> Ask:
    """The form for a new name."""
    found = queries.find_organisation(unit, ref)
    return Ask(
        title=_("A new name for {name}").format(name=found.name),
        submit=_("Give it this name"),
        lead=_("The old name stays on record and keeps leading to this organisation."),
        back=f"/organisations/{ref}",
        version=found.version,
    )


@area.action("/organisations/{ref}/rename", then=show, may=P.ORGANISATION_MANAGE, ask=ask_rename)
def rename(unit: Unit, ref: Ref, form: NewName) -> None:
    """Give an organisation a new name from a day on."""
    commands.rename(unit, queries.find_organisation(unit, ref), form)


def ask_details(unit: Unit, ref: Ref) -> Ask:
    """The form for address, contact and numbers, filled with those of now."""
    found = queries.find_organisation(unit, ref)
    plain = ("address", "postcode", "nation", "email", "website")
    numbers = {row.scheme.value: row.value for row in queries.identifiers(unit, found.id)}
    return Ask(
        title=_("Details of {name}").format(name=found.name),
        submit=_("Save the details"),
        back=f"/organisations/{ref}",
        version=found.version,
        values={
            **{name: getattr(found, name) for name in plain},
            **{scheme.value: numbers.get(scheme.value) for scheme in Scheme},
        },
    )


@area.action("/organisations/{ref}/details", then=show, may=P.ORGANISATION_MANAGE, ask=ask_details)
def change_details(unit: Unit, ref: Ref, form: ChangedDetails) -> None:
    """Mend an organisation's address, contact and numbers."""
    commands.change_details(unit, queries.find_organisation(unit, ref), form)
