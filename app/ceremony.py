"""`rrn keys`: what whoever looks after the machines does with keys. People of RRN order keys on the page /keys."""

from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from app.certificates.commands import suspect as tell_suspect
from app.certificates.effects import OWNER, RRN_NUMBER, key_store
from app.certificates.keys import RRN, KeyFault, PublicKey, PublicKeys, Purpose
from app.certificates.queries.key_states import key_states
from app.certificates.queries.keys import ended_keys, key_owners, made_with, public_keys
from app.certificates.rules import KeyState
from app.kernel.actor import SYSTEM
from app.kernel.clock import system_clock
from app.kernel.database import connect, reading, writing
from app.kernel.errors import Problem
from app.kernel.files import write_once
from app.settings import Settings
from app.statements.queries.doubted import statements_made_with
from app.terminal import say, settings_or_exit

SHEET = "ceremony.txt"
keys = typer.Typer(no_args_is_help=True, help="The keys of seals, credentials and the log.")
Since = Annotated[
    datetime, typer.Option(help="From when others may have known it, in UTC.", formats=["%Y-%m-%dT%H:%M"])
]


@keys.command("list")
def list_keys() -> None:
    """Every key: what for, whose, since when, until when, and whether it counts no more."""
    settings = settings_or_exit()
    site = connect(settings)
    known = public_keys(settings)
    with reading(site, SYSTEM) as unit:
        names, ended = dict(key_owners(unit)), ended_keys(unit)
        states = key_states(unit, known, ended)
    site.engine.dispose()
    table = Table("Purpose", "Owner", "Key", "Signs from", "Until", "State")
    for key in known.all():
        until, use = key.retired_at or key.sign_until, ended.get(key.id)
        since = f" since {use.since:%Y-%m-%d %H:%M} UTC" if use else ""
        table.add_row(
            key.purpose.value, names.get(key.owner, OWNER if key.owner == RRN else key.owner), key.id,
            f"{key.signs_from:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}", STATES[states[key.id]] + since,
        )  # fmt: skip
    say.print(table)


STATES = {
    KeyState.SUSPECT: "suspect",
    KeyState.WITHDRAWN: "withdrawn",
    KeyState.LIST_ONLY: "signs the list of its seals only",
    KeyState.RETIRED: "retired",
    KeyState.UNLICENSED: "nothing to do: its body is not licensed",
    KeyState.DUE: "to be replaced: order a new one",
    KeyState.SIGNS: "signs",
    KeyState.SOON: "published, signs soon",
}
"""What a key is good for, in a few words."""


People = Annotated[list[str], typer.Option(help="The name of a person who is here. Say it at least twice.")]


@keys.command()
def ceremony(present: People) -> None:
    """Make RRN's root, the log's key and RRN's own seal and credential keys on a fresh installation, before witnesses, and print what they read out."""
    settings = settings_or_exit()
    people = two_at_least(present)
    if public_keys(settings).all(Purpose.ROOT):
        stop(
            "There is a root already, so nothing was made. rrn keys list shows it; rrn keys root makes a further one."
        )
    try:
        sheet = hold(settings, people, system_clock().replace(microsecond=0))
    except KeyFault as fault:
        stop(f"The ceremony failed: {fault}. Look at the token, then hold it again.")
    handed_out(settings, sheet, SHEET)


@keys.command()
def root(present: People) -> None:
    """Make a further root for seals before witnesses: published at once beside those there are, and in thirty days it certifies in their place."""
    settings, moment = settings_or_exit(), system_clock().replace(microsecond=0)
    people, known = two_at_least(present), public_keys(settings)
    roots, certifies = known.all(Purpose.ROOT), known.usable(Purpose.ROOT, RRN, moment)
    if not roots:
        stop("There is no root yet, so nothing was made: hold the first ceremony, rrn keys ceremony.")
    if certifies and roots[-1].signs_from > moment:
        stop(
            f"A further root is published already and certifies from {roots[-1].signs_from:%d %B %Y at %H:%M} UTC on, so nothing was made."
        )
    try:
        made = key_store(settings).further_root(OWNER, moment)
    except KeyFault as fault:
        stop(f"The ceremony failed: {fault}. Look at the token, then hold it again.")
    name = f"ceremony-root-{len(roots) + 1}.txt"
    sheet = written(settings, people, moment, [made], name)
    handed_out(settings, sheet, name)
    say.print(what_follows(settings, made), soft_wrap=True)


def what_follows(settings: Settings, made: PublicKey) -> str:
    """What a further root changes, and what people have to do then."""
    site = connect(settings)
    with reading(site, SYSTEM) as unit:
        names = dict(key_owners(unit))
    site.engine.dispose()
    if made.signs_from <= made.made_at:
        return "No other root certified, so it does from now on: the worker makes the seal keys that are missing. Tell everybody who keeps the roots."
    seals = public_keys(settings).under_older_root(made.signs_from)
    owners = ", ".join(OWNER if key.owner == RRN else names.get(key.owner, key.owner) for key in seals)
    return (
        f"It certifies seals from {made.signs_from:%d %B %Y at %H:%M} UTC on. Tell everybody who keeps the roots until then. After that two"
        f" people order new keys at /keys for: {owners or 'nobody'}. What was sealed before stays as it is, and the older root goes on signing the list of its seals."
    )


def two_at_least(present: list[str]) -> list[str]:
    """The people of a ceremony by name; the end when there are not two of them."""
    people = sorted({" ".join(name.split()) for name in present})
    if len(people) < 2:
        stop("A ceremony needs two people at least: say --present “Name” for each. Nothing was made.")
    return people


def handed_out(settings: Settings, sheet: str, name: str) -> None:
    """The record on the screen, and where it lies."""
    typer.echo(sheet)
    say.print(f"The record lies in {settings.data_dir / 'keys' / name}: print it and have everybody sign it.")


def hold(settings: Settings, people: list[str], moment: datetime) -> str:
    """Make the keys and write the record of it."""
    store = key_store(settings)
    made = [
        store.ensure(Purpose.LOG, RRN, moment).public,
        store.ensure_root(OWNER, moment).public,
        store.ensure(Purpose.CREDENTIAL, RRN, moment).public,
        store.ensure_seal(RRN, OWNER, RRN_NUMBER, moment).public,
    ]
    return written(settings, people, moment, made, SHEET)


def written(settings: Settings, people: list[str], moment: datetime, made: list[PublicKey], name: str) -> str:
    """The record of a ceremony, kept beside the public keys."""
    lines = [
        f"Key ceremony of {settings.public_base_url}, {moment:%d %B %Y at %H:%M} UTC",
        "",
        *(line for key in made for line in told(key)),
        "Each of us read the fingerprints aloud from the screen and compared them with this sheet.",
        "",
        *(f"{name}: ______________________________" for name in people),
    ]
    sheet = "\n".join(lines) + "\n"
    write_once(settings.data_dir / "keys" / name, sheet.encode())
    return sheet


def told(key: PublicKey) -> list[str]:
    """A key's fingerprint in groups of four that can be read aloud, and until when it counts."""
    groups = " ".join(key.id[at : at + 4] for at in range(0, len(key.id), 4))
    return [f"{key.purpose} key, until {key.sign_until:%d %B %Y}", f"    {groups}", ""]


@keys.command(context_settings={"ignore_unknown_options": True})  # one key in 64 begins with a hyphen
def retire(key: str, by: Annotated[str, typer.Option(help="Who decided it, by name.")]) -> None:
    """End a key's signing at once, where another signs in its place, without saying that anybody else knows it."""
    settings, moment = settings_or_exit(), system_clock().replace(microsecond=0)
    known = public_keys(settings)
    try:
        found = known.find(key)
        if why := why_not_retired(known, found, moment):
            stop(f"{why} Nothing was changed.")
        key_store(settings).retire(found.id, moment, by)
    except KeyFault as fault:
        stop(f"{fault}. Nothing was changed: rrn keys list names them all.")
    instead = known.usable(found.purpose, found.owner, moment)
    say.print(
        f"The {found.purpose} key {found.id[:12]} signs no more. In its place signs {instead.id if instead else 'none'}.",
        soft_wrap=True,
    )
    if found.purpose is Purpose.ROOT:
        say.print(
            "Of the root that means: it certifies no seals. It goes on signing the list of those it certified.",
            soft_wrap=True,
        )


def why_not_retired(known: PublicKeys, key: PublicKey, moment: datetime) -> str:
    """Why a key cannot be ended at once, in a sentence or two; empty when it can."""
    if key.retired_at and key.retired_at <= moment:
        return f"This key signs no more since {key.retired_at:%d %B %Y, %H:%M} UTC."
    if key.owner != RRN:
        return "This is a key of a certification body, which two people end: one orders new keys at /keys, another confirms, and this one ends when they sign."
    others = [
        one for one in known.all(key.purpose, key.owner) if one.id != key.id and one.signs_from <= moment
    ]
    if any(one.retired_at is None or one.retired_at > moment for one in others):
        return ""
    coming = [one.signs_from for one in known.all(key.purpose, key.owner) if one.signs_from > moment]
    if coming:
        return f"Nothing would be left to sign with: what takes its place signs from {min(coming):%d %B %Y, %H:%M} UTC on. Ask again then."
    instead = (
        "make a further root first (rrn keys root)"
        if key.purpose is Purpose.ROOT
        else "two people order new keys of the register at /keys first"
    )
    return f"Nothing would be left to sign with: {instead}."


@keys.command(context_settings={"ignore_unknown_options": True})
def suspect(key: str, since: Since, public_text: Annotated[str, typer.Option(help="What the public reads.")],
            by: Annotated[str, typer.Option(help="Who decided it, by name.")]) -> None:  # fmt: skip
    """Others may know a key: tell the public, and list what it made since. The worker replaces the key and the papers."""
    settings = settings_or_exit()
    site = connect(settings)
    try:
        found, moment = public_keys(settings).find(key), since.replace(tzinfo=UTC)
        with writing(site, SYSTEM) as unit:
            tell_suspect(unit, found, moment, public_text, by)
        with reading(site, SYSTEM) as unit:
            made = made_with(unit, found.id, moment) + statements_made_with(unit, found, moment)
    except KeyFault as fault:
        stop(f"{fault}. Nothing was saved: rrn keys list names them all.")
    except Problem as fault:
        stop(fault.detail)
    finally:
        site.engine.dispose()
    table = Table("What", "Which", "When (UTC)", title=f"Made with this key since {moment:%Y-%m-%d %H:%M}")
    for one in made:
        table.add_row(one.what, one.name, f"{one.at:%Y-%m-%d %H:%M}")
    say.print(table)
    say.print(
        f"{len(made)} found. The register says so from now on; the worker makes a new key and new papers."
    )
    now, roots = system_clock(), public_keys(settings).all(Purpose.ROOT)
    if found in roots and not any(root.signs_at(now) for root in roots if root.id != found.id):
        say.print(
            "Nothing can be sealed before there is another root: two people make it now, rrn keys root. The worker then makes new seal keys and new papers.",
            soft_wrap=True,
        )


def stop(sentence: str) -> NoReturn:
    """Say what went wrong and end."""
    say.print(f"[bold red]{sentence}[/]", soft_wrap=True)
    raise typer.Exit(2)
