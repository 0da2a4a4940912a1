"""Putting organisations on the books, renaming them, and keeping their details right."""

from datetime import date

from app.kernel.actor import SYSTEM
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.journal import record
from app.kernel.words import _, in_words, listed
from app.kernel.workflow import check_version
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.organisations import queries
from app.organisations.models import Identifier, Organisation, OrganisationName
from app.organisations.rules import (
    ChangedDetails,
    NewName,
    NewOrganisation,
    OrganisationDetails,
    identifiers_of,
    search_text,
    skeleton,
)
from app.permissions import Permission, Seat

NOT_SAVED = "Nothing was saved: correct it and send it again."


def register_organisation(unit: Unit, form: NewOrganisation) -> Organisation:
    """Put an organisation on the books, with its first name from today.

    Raises Forbidden (a body may register providers and affiliates only) and Invalid (look-alike name, number taken, code).
    """
    _require(unit, form.seat, making=True)
    _check_code(unit, form)
    _check_name(unit, form.name, form.different)
    _check_numbers(unit, form, None)
    made = Organisation(
        seat=form.seat, name=form.name, address=form.address, postcode=form.postcode, nation=form.nation, email=form.email,
        website=form.website, code=form.code, skeleton=skeleton(form.name),
    )  # fmt: skip
    unit.db.add(made)
    unit.db.flush()
    _add_name(unit, made, unit.today)
    _write_numbers(unit, made, form)
    record(unit, "organisation.registered", made, seat=form.seat.value, name=form.name)
    return made


def rename(unit: Unit, organisation: Organisation, form: NewName) -> Organisation:
    """Give an organisation a new name from a day on; the old one keeps resolving. Raises Refused, Invalid or Stale."""
    _require(unit, organisation.seat)
    check_version(organisation, form.version, stale_sentence())
    now = queries.current_name(unit, organisation.id)
    if not now.from_on < form.from_on <= unit.today:
        raise Refused(
            _(
                "The name of now began on {since}: the new one must begin later, and not after today. Nothing was saved: give another day."
            ).format(since=in_words(now.from_on))
        )
    _check_name(unit, form.name, form.different, organisation.id)
    before, now.to_on = organisation.name, form.from_on
    unit.db.flush()
    organisation.name, organisation.skeleton = form.name, skeleton(form.name)
    _add_name(unit, organisation, form.from_on)
    event = record(
        unit,
        "organisation.renamed",
        organisation,
        before=before,
        name=form.name,
        from_on=form.from_on.isoformat(),
    )
    told = {"before": before, "name": form.name, "from_on": form.from_on.isoformat()}
    append(unit, event, EntryKind.NAME_CHANGED, organisation.ref, told, effective_on=form.from_on)
    return organisation


def change_details(unit: Unit, organisation: Organisation, form: ChangedDetails) -> Organisation:
    """Mend address, contact and numbers; the numbers are what the register can be searched by. Raises Forbidden, Invalid or Stale."""
    _require(unit, organisation.seat)
    check_version(organisation, form.version, stale_sentence())
    _check_numbers(unit, form, organisation.id)
    for name in ("address", "postcode", "nation", "email", "website"):
        setattr(organisation, name, getattr(form, name))
    before = {}
    for old in queries.identifiers(unit, organisation.id):
        before[old.scheme] = old.value
        unit.db.delete(old)
    unit.db.flush()
    _write_numbers(unit, organisation, form)
    event = record(
        unit,
        "organisation.details_changed",
        organisation,
        form=form.model_dump(mode="json", exclude={"version"}),
    )
    if (now := identifiers_of(form)) != before:
        told = {"numbers": {scheme.value: value for scheme, value in now.items()}}
        append(unit, event, EntryKind.NUMBERS_CHANGED, organisation.ref, told, effective_on=unit.today)
    return organisation


def _require(unit: Unit, seat: Seat, making: bool = False) -> None:
    """RRN looks after every organisation, a certification body after those it certifies."""
    if unit.actor is SYSTEM or (
        making and seat is Seat.AFFILIATE and unit.actor.may(Permission.PROVIDER_WRITE)
    ):
        return  # a provider puts the affiliates it proposes on the books
    unit.actor.require(Permission.ORGANISATION_MANAGE)
    if unit.actor.seat is not Seat.RRN and seat in (Seat.RRN, Seat.BODY):
        raise Forbidden(_("Only RRN may put certification bodies on the books. Nothing was changed."))


def _check_code(unit: Unit, form: NewOrganisation) -> None:
    if (form.seat is Seat.BODY) != (form.code is not None):
        said = (
            _("A certification body needs a code of three letters.")
            if form.seat is Seat.BODY
            else _("Only a certification body has a code.")
        )
        raise Invalid(_(NOT_SAVED), {"code": said})
    if form.code and queries.has_code(unit, form.code):
        raise Invalid(
            _(NOT_SAVED), {"code": _("Another certification body has this code. Choose other letters.")}
        )


def _check_name(unit: Unit, name: str, different: bool, but: int | None = None) -> None:
    """Warn once about a name that can be mistaken for another (rules page, 13)."""
    alike = [] if different else queries.resembling(unit, name, but)
    if alike:
        said = _(
            "This name looks like {names}. If it is another organisation, tick “It is a different organisation”."
        )
        raise Invalid(_(NOT_SAVED), {"name": said.format(names=listed([row.name for row in alike[:3]]))})


def _check_numbers(unit: Unit, form: OrganisationDetails, own: int | None) -> None:
    faults = {}
    for scheme, value in identifiers_of(form).items():
        holder = queries.holder_of(unit, scheme, value)
        if holder and holder.id != own:
            faults[scheme.value] = _("{name} is on the books with this number already.").format(
                name=holder.name
            )
    if faults:
        raise Invalid(_(NOT_SAVED), faults)


def _add_name(unit: Unit, organisation: Organisation, day: date) -> None:
    made = OrganisationName(
        organisation_id=organisation.id,
        name=organisation.name,
        skeleton=organisation.skeleton,
        search_text=search_text(organisation.name),
        from_on=day,
    )
    unit.db.add(made)
    unit.db.flush()


def _write_numbers(unit: Unit, organisation: Organisation, form: OrganisationDetails) -> None:
    unit.db.add_all(
        Identifier(organisation_id=organisation.id, scheme=scheme, value=value)
        for scheme, value in identifiers_of(form).items()
    )
    unit.db.flush()
