"""Bodies, licences and accreditations, made by the real commands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, Unit, reading, writing
from app.licences import commands, queries
from app.licences.rules import (
    AccreditationChange,
    AccreditationTerms,
    Change,
    Checked,
    LicenceReason,
    NewAccreditation,
    NewLicence,
    Standing,
    Terms,
)
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.rules import NewOrganisation
from app.permissions import Role, Seat
from app.standards.rules import Nation

DIGEST = "ab" * 32


@dataclass(frozen=True)
class Body:
    """A certification body, its licence, its accreditation, and two of its people."""

    id: int
    ref: str
    licence: str
    accreditation: str
    director: Actor
    officer: Actor


def make_organisation(unit: Unit, name: str, seat: Seat, code: str | None = None) -> Organisation:
    """An organisation on the books; a name made twice is another organisation of that name."""
    form = NewOrganisation(
        name=name, seat=seat, code=code, nation=Nation.ENGLAND, address="1 High Street", different=True
    )
    actor, unit.actor = unit.actor, SYSTEM
    made = register_organisation(unit, form)
    unit.actor = actor
    return made


def actor_of(organisation: Organisation, role: Role, name: str) -> Actor:
    """A person in the seat of an organisation."""
    return Actor(
        f"{name.split()[0].lower()}-{organisation.ref}", name, frozenset({role}), organisation.id, organisation.ref, organisation.name,
        organisation.seat,
    )  # fmt: skip


def make_manager(site: Site, role: Role = Role.LICENCE_MANAGER) -> Actor:
    """Somebody at RRN."""
    with writing(site, SYSTEM) as unit:
        return actor_of(
            make_organisation(unit, "Restraint Reduction Network", Seat.RRN), role, "Mair Licences"
        )


def make_body(
    site: Site, manager: Actor, name: str = "Northgate Certification", code: str = "NGC", *, at: str = "licensed",
    from_on: date = date(2026, 1, 1), to_on: date = date(2028, 12, 31), accredited: bool = True,
) -> Body:  # fmt: skip
    """A body whose licence stands at applied, checked or licensed."""
    with writing(site, manager) as unit:
        body = make_organisation(unit, name, Seat.BODY, code)
        licence = commands.open_licence(unit, NewLicence(body=body.ref))
        accreditation = ""
        if accredited:
            form = NewAccreditation(
                ukas_number=f"0{body.id}123", scope="Restraint training", from_on=date(2025, 1, 1)
            )
            accreditation = commands.record_accreditation(unit, body, form).ref
        if at != "applied":
            commands.check(unit, licence, Checked(version=licence.version, private_text="All papers seen."))
        if at == "licensed":
            commands.license_body(unit, licence, terms(licence.version, from_on, to_on))
        return Body(
            body.id, body.ref, licence.ref, accreditation, actor_of(body, Role.DIRECTOR, "Dilys Director"),
            actor_of(body, Role.CASE_OFFICER, "Olive Officer"),
        )  # fmt: skip


def terms(version: int, from_on: date, to_on: date) -> Terms:
    """What RRN and a body agreed."""
    return Terms(
        version=version,
        effective_on=from_on,
        to_on=to_on,
        editions=["rrn-1.2"],
        agreement_digest=DIGEST,
        royalty_percent=20,
    )


def change(site: Site, manager: Actor, body: Body, step: str, on: date, version: int | None = None) -> None:
    """Take a step of a licence that changes its status."""
    with writing(site, manager) as unit:
        licence = queries.find_licence(unit, body.licence)
        form = Change(
            version=version or licence.version, effective_on=on, reason_code=LicenceReason.OVERSIGHT_CONCERN,
            public_text="RRN looks into how decisions were made.", private_text="Three files had no reviewer.",
        )  # fmt: skip
        commands.LICENCE_STEPS[step](unit, licence, form)


def renew(site: Site, manager: Actor, body: Body, from_on: date, to_on: date) -> None:
    """A further term."""
    with writing(site, manager) as unit:
        licence = queries.find_licence(unit, body.licence)
        commands.renew(unit, licence, terms(licence.version, from_on, to_on))


def change_accreditation(site: Site, manager: Actor, body: Body, step: str, on: date, **more: Any) -> None:
    """Record what UKAS did."""
    with writing(site, manager) as unit:
        row = queries.find_accreditation(unit, body.accreditation)
        kind = AccreditationTerms if step == "renew" else AccreditationChange
        commands.ACCREDITATION_STEPS[step](
            unit, row, kind(version=row.version, effective_on=on, public_text="UKAS changed it.", **more)
        )


def standing(site: Site, body: Body, on: date) -> Standing:
    """What a body may do on a day."""
    with reading(site, SYSTEM) as unit:
        return queries.standing(unit, body.id, on)
