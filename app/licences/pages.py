"""The pages of licences and accreditations, for RRN and for the bodies that hold them."""

from typing import Any

from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _
from app.licences import commands, queries
from app.licences.models import Accreditation, Licence
from app.licences.queries import AccreditationView, LicenceList, LicenceView
from app.licences.rules import ACCREDITATION, LICENCE, NewAccreditation, NewLicence
from app.organisations.queries import organisation
from app.permissions import Permission as P
from app.web.forms import Choices
from app.web.routing import Answer, Area, Ask

area = Area("licences")


@area.page("/licences", "licences/index.html", may=P.LICENCE_READ)
def index(unit: Unit) -> LicenceList:
    """The licences the reader may know of."""
    return queries.licence_list(unit)


@area.page("/licences/{ref}", "licences/show.html", may=P.LICENCE_READ)
def show(unit: Unit, ref: Ref) -> LicenceView:
    """One licence: what it says today, how it came about, what can be done."""
    return queries.licence_view(unit, ref)


@area.file("/licences/{ref}/papers/{paper}", may=P.LICENCE_READ)
def licence(unit: Unit, ref: Ref, paper: Ref) -> Answer:
    """A licence on paper, sealed by RRN."""
    return Answer(queries.licence_pdf(unit, ref, paper), "application/pdf", f"licence-{paper}.pdf")


@area.page("/accreditations/{ref}", "licences/show_accreditation.html", may=P.LICENCE_READ)
def show_accreditation(unit: Unit, ref: Ref) -> AccreditationView:
    """One accreditation by UKAS, as RRN recorded it."""
    return queries.accreditation_view(unit, ref)


def ask_licence(unit: Unit) -> Ask:
    """The form of a new application."""
    return Ask(
        title=_("A body asks for a licence"), submit=_("Note the application"), back="/licences",
        lead=_("RRN licenses certification bodies that UKAS has accredited. The body must stand in the register already."),
        choices={"body": queries.body_choices(unit)},
    )  # fmt: skip


@area.action(
    "/licences", then=show, may=P.LICENCE_MANAGE, ask=ask_licence, form_path="/licences/new", status=201
)
def open_licence(unit: Unit, form: NewLicence) -> dict[str, Any]:
    """Note that a body asks for a licence."""
    return {"ref": commands.open_licence(unit, form).ref}


def ask_accreditation(unit: Unit, ref: Ref) -> Ask:
    """The form of an accreditation."""
    licence = queries.find_licence(unit, ref)
    return Ask(
        title=_("Record an accreditation"), submit=_("Record it"), back=f"/licences/{ref}",
        lead=_("As UKAS publishes it for {name}. UKAS accredits the body; RRN only writes down what UKAS says.").format(
            name=organisation(unit, licence.body_id).name
        ),
    )  # fmt: skip


@area.action(
    "/licences/{ref}/accreditations", then=show_accreditation, may=P.LICENCE_MANAGE, ask=ask_accreditation,
    form_path="/licences/{ref}/accreditations/new", status=201,
)  # fmt: skip
def record_accreditation(unit: Unit, ref: Ref, form: NewAccreditation) -> dict[str, Any]:
    """Record what UKAS accredited the body for."""
    licence = queries.find_licence(unit, ref)
    return {"ref": commands.record_accreditation(unit, organisation(unit, licence.body_id), form).ref}


def _editions(_unit: Unit, _licence: Licence) -> Choices:
    return {"editions": queries.edition_choices()}


def _agreed(_unit: Unit, licence: Licence) -> dict[str, Any]:
    """What was agreed last time, to be changed where it changed."""
    return {
        "editions": licence.editions, "royalty_percent": licence.royalty_percent, "agreement_digest": licence.agreement_digest,
        "to_on": licence.to_on.isoformat() if licence.to_on else None,
    }  # fmt: skip


def _accredited(_unit: Unit, row: Accreditation) -> dict[str, Any]:
    return {"scope": row.scope, "to_on": row.to_on.isoformat() if row.to_on else None}


area.steps(
    "/licences/{ref}", LICENCE, find=queries.find_licence, then=show, doing=commands.LICENCE_STEPS,
    choices={"license": _editions, "renew": _editions}, values={"license": queries.proposed_terms, "renew": _agreed},
)  # fmt: skip
area.steps(
    "/accreditations/{ref}", ACCREDITATION, find=queries.find_accreditation, then=show_accreditation,
    doing=commands.ACCREDITATION_STEPS, values={"renew": _accredited},
)  # fmt: skip
