"""`rrn keys`: what whoever looks after the machines does with keys. People of RRN order keys on the page /keys."""

from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from app.certificates.commands import suspect as tell_suspect
from app.certificates.effects import OWNER, RRN_NUMBER, key_store
from app.certificates.keys import RRN, KeyFault, PublicKey, Purpose
from app.certificates.queries.keys import ended_keys, key_owners, made_with, public_keys
from app.certificates.rules import KeyUse
from app.kernel.actor import SYSTEM
from app.kernel.clock import system_clock
from app.kernel.database import connect, reading, writing
from app.kernel.errors import Problem
from app.kernel.files import write_once
from app.settings import Settings
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
    with reading(site, SYSTEM) as unit:
        names, ended = dict(key_owners(unit)), ended_keys(unit)
    site.engine.dispose()
    table = Table("Purpose", "Owner", "Key", "Signs from", "Until", "State")
    now = system_clock()
    for key in public_keys(settings).all():
        until = key.retired_at or key.sign_until
        table.add_row(
            key.purpose.value, names.get(key.owner, OWNER if key.owner == RRN else key.owner), key.id,
            f"{key.signs_from:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}", state_of(key, ended.get(key.id), now),
        )  # fmt: skip
    say.print(table)


def state_of(key: PublicKey, use: KeyUse | None, now: datetime) -> str:
    """What a key is good for at a moment, in a few words."""
    if use:
        return f"{'suspect' if use.suspect else 'withdrawn'} since {use.since:%Y-%m-%d %H:%M} UTC"
    if key.retired_at and key.retired_at <= now:
        return "retired"
    if key.sign_until <= now:
        return "to be replaced: order a new one"
    return "signs" if key.signs_from <= now else "published, signs soon"


@keys.command()
def ceremony(
    present: Annotated[list[str], typer.Option(help="The name of a person who is here. Say it at least twice.")],
) -> None:  # fmt: skip
    """Make RRN's root, the log's key and RRN's own seal and credential keys on a fresh installation, before witnesses, and print what they read out."""
    settings = settings_or_exit()
    people = sorted({" ".join(name.split()) for name in present})
    if len(people) < 2:
        stop("A ceremony needs two people at least: say --present “Name” for each. Nothing was made.")
    if public_keys(settings).all(Purpose.ROOT):
        stop("There is a root already, so nothing was made. rrn keys list shows it.")
    try:
        sheet = hold(settings, people, system_clock().replace(microsecond=0))
    except KeyFault as fault:
        stop(f"The ceremony failed: {fault}. Look at the token, then hold it again.")
    typer.echo(sheet)
    say.print(
        f"The record lies in {settings.data_dir / 'keys' / SHEET}: print it and have everybody sign it."
    )


def hold(settings: Settings, people: list[str], moment: datetime) -> str:
    """Make the keys and write the record of it."""
    store = key_store(settings)
    made = [
        store.ensure(Purpose.LOG, RRN, moment).public,
        store.ensure_root(OWNER, moment).public,
        store.ensure(Purpose.CREDENTIAL, RRN, moment).public,
        store.ensure_seal(RRN, OWNER, RRN_NUMBER, moment).public,
    ]
    lines = [
        f"Key ceremony of {settings.public_base_url}, {moment:%d %B %Y at %H:%M} UTC",
        "",
        *(line for key in made for line in told(key)),
        "Each of us read the fingerprints aloud from the screen and compared them with this sheet.",
        "",
        *(f"{name}: ______________________________" for name in people),
    ]
    sheet = "\n".join(lines) + "\n"
    write_once(store.folder / SHEET, sheet.encode())
    return sheet


def told(key: PublicKey) -> list[str]:
    """A key's fingerprint in groups of four that can be read aloud, and until when it counts."""
    groups = " ".join(key.id[at : at + 4] for at in range(0, len(key.id), 4))
    return [f"{key.purpose} key, until {key.sign_until:%d %B %Y}", f"    {groups}", ""]


@keys.command(context_settings={"ignore_unknown_options": True})  # one key in 64 begins with a hyphen
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
            made = made_with(unit, found.id, moment)
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


def stop(sentence: str) -> NoReturn:
    """Say what went wrong and end."""
    say.print(f"[bold red]{sentence}[/]", soft_wrap=True)
    raise typer.Exit(2)
