"""What RRN does with licences in the years of the demonstration."""

from app.demo.world import World, licence_change, terms
from app.demo.years import Story
from app.designs.commands import choose
from app.designs.rules import ChooseDesign
from app.licences import commands, queries
from app.licences.rules import AccreditationChange, LicenceReason
from app.organisations.models import Organisation


def change(world: World, key: str, step: str, reason: LicenceReason, public: str, private: str = "") -> None:
    """One change of a licence, from today."""
    with world.acting("rrn/licences") as unit:
        licence = queries.find_licence(unit, world.licences[key])
        form = licence_change(licence.version, unit.today, reason, public, private)
        commands.LICENCE_STEPS[step](unit, licence, form)


def change_accreditation(world: World, key: str, step: str, public: str) -> None:
    """Write down what UKAS did, from today."""
    with world.acting("rrn/licences") as unit:
        body = unit.db.get_one(Organisation, world.organisations[key][0])
        row = queries.accreditations_of(unit, body.id)[-1]
        form = AccreditationChange(version=row.version, effective_on=unit.today, public_text=public)
        commands.ACCREDITATION_STEPS[step](unit, row, form)


def suspend_tarn(world: World) -> None:
    """UKAS first, RRN the same day."""
    change_accreditation(world, "tarn", "suspend", "UKAS suspended the accreditation after its yearly visit.")
    change(
        world, "tarn", "suspend", LicenceReason.ACCREDITATION_LOST,
        "RRN suspended the licence because UKAS suspended the accreditation. Certificates that were issued before stay valid.",
        "Two decisions had no independent review. A plan is due within three months.",
    )  # fmt: skip


def design_of_calder(world: World) -> Story:
    """One body wants its certificates to look otherwise."""
    with world.acting("calder/certificates") as unit:
        body = unit.db.get_one(Organisation, world.organisations["calder"][0])
        choose(unit, body, ChooseDesign(design="fell-2026"))
    yield from ()


def watch_calder(world: World) -> Story:
    """Watched once and cleared, and watched again of late."""
    change(
        world,
        "calder",
        "watch",
        LicenceReason.OVERSIGHT_CONCERN,
        "RRN looks more closely for a while: decisions took longer than agreed.",
    )
    yield 120
    change(world, "calder", "clear", LicenceReason.CONCERN_RESOLVED, "Decisions are made in time again.")
    yield 700
    change(
        world,
        "calder",
        "watch",
        LicenceReason.OVERSIGHT_CONCERN,
        "RRN looks more closely for a while: one certificate had to be withdrawn.",
    )


def resign_penhallow(world: World) -> Story:
    """A body that gave its licence back."""
    change(
        world,
        "penhallow",
        "resign",
        LicenceReason.ASKED_BY_THE_BODY,
        "The body gave its licence back. It had certified nobody.",
    )
    yield from ()


def lose_ribblewood(world: World) -> Story:
    """A body whose accreditation and licence were withdrawn."""
    change_accreditation(world, "ribblewood", "withdraw", "UKAS withdrew the accreditation.")
    yield 4
    change(
        world,
        "ribblewood",
        "withdraw",
        LicenceReason.ACCREDITATION_LOST,
        "RRN withdrew the licence: the body is no longer accredited.",
    )


def renew(world: World, *keys: str) -> Story:
    """Five more years for these bodies, from today."""
    for key in keys:
        with world.acting("rrn/licences") as unit:
            licence = queries.find_licence(unit, world.licences[key])
            commands.renew(unit, licence, terms(licence.version, unit.today))
    yield from ()
