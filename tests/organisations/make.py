"""Organisations for tests, made by the real command."""

from typing import Any

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, writing
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.rules import NewOrganisation
from app.permissions import Seat
from app.standards.rules import Nation


def make_organisation(
    site: Site,
    name: str = "Harbour Lane Training",
    seat: Seat = Seat.PROVIDER,
    actor: Actor = SYSTEM,
    **more: Any,
) -> Organisation:
    """An organisation on the books."""
    if seat is Seat.BODY:
        more.setdefault("code", name[:3].upper())
    form = NewOrganisation.model_validate({"name": name, "seat": seat, "nation": Nation.ENGLAND, **more})
    with writing(site, actor) as unit:
        made = register_organisation(unit, form)
        unit.db.refresh(made)
        unit.db.expunge(made)
        return made
