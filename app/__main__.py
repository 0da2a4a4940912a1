"""The command line: serve, worker, migrate, check, archive, reissue, user, keys, and the demonstration."""

import multiprocessing
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from alembic import command
from alembic.config import Config
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.ceremony import keys
from app.certificates.commands import start_reissue
from app.certificates.effects import archiving
from app.certificates.effects.reissue import go_on
from app.certificates.queries.reissue import ReissueView, body_by_code, reissue_view, unfinished
from app.certificates.rules import StartReissue
from app.check.walk import LOOKS, breaches
from app.demo import start
from app.demo.making import SIZES
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.kernel.errors import NotFound, Problem
from app.kernel.logging import set_up
from app.ledger.queries import witnessed
from app.main import create_app, work
from app.mirror.writing import export
from app.monitor.__main__ import monitor
from app.people.commands import first_administrator
from app.registry.commands import file_everything, file_what_is_missing
from app.settings import Settings, SettingsFault, read_settings
from app.standards.rules import StandardsFault
from app.terminal import say, settings_or_exit
from app.verifier.__main__ import verify
from app.web.listening import answer, free_or_exit
from app.web.rendering import Unstyled
from app.witness.__main__ import witness

ROOT = Path(__file__).resolve().parents[1]
rrn = typer.Typer(
    help="The certification register of the RRN Training Standards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
rrn.add_typer(keys, name="keys")


@rrn.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    bring_to_head(settings_or_exit())
    say.print("The database is at the newest shape.")


def bring_to_head(settings: Settings) -> None:
    """Run every migration that has not run yet, and fill the search's index when it is new."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    site = connect(settings)
    try:
        config = Config(ROOT / "alembic.ini")
        config.attributes["engine"] = site.engine
        command.upgrade(config, "head")
        with writing(site, SYSTEM) as unit:
            file_what_is_missing(unit)
    finally:
        site.engine.dispose()


@rrn.command()
def index() -> None:
    """Make the search's index anew from what the register says. Nobody else can write meanwhile."""
    site = connect(settings_or_exit())
    try:
        with writing(site, SYSTEM) as unit:
            filed = file_everything(unit)
    finally:
        site.engine.dispose()
    say.print(f"The search's index was made anew: {filed:,} certificates.")


@rrn.command()
def serve(
    host: str = "127.0.0.1", port: int = 8000, workers: int = 1,
    worker: Annotated[bool, typer.Option(help="On SQLite, also run the worker process.")] = True,
) -> None:  # fmt: skip
    """Serve the register. On SQLite the database is brought to head and one worker process is started beside it."""
    free_or_exit(host, port)
    settings = settings_or_exit()
    if settings.database.startswith("sqlite"):
        bring_to_head(settings)
    serve_forever(settings, host, port, workers, with_worker=worker)


@rrn.command()
def user(name: str, email: str) -> None:
    """Invite the first administrator of the scheme's owner; prints the link to accept the invitation with."""
    site = connect(settings_or_exit())
    try:
        with writing(site, SYSTEM) as unit:
            link = first_administrator(unit, name, email)
    except Problem as problem:
        say.print(f"[bold red]{problem.detail}[/]")
        raise typer.Exit(1) from problem
    say.print(
        f"{name} becomes the first administrator by opening this link within a week:\n{link}", soft_wrap=True
    )


def serve_forever(settings: Settings, host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Web processes in the foreground, on SQLite with a worker process as a child that ends with them."""
    set_up(settings.log_level)
    helper = None
    if with_worker and settings.database.startswith("sqlite"):
        # Not a daemon: those may have no processes of their own, and new paper for many wants them. It ends with its parent.
        helper = multiprocessing.get_context("spawn").Process(target=work, args=(settings,))
        helper.start()
    try:
        if workers == 1:
            _run(create_app(settings), settings, host, port)
        else:
            _run("app.__main__:application", settings, host, port, workers=workers, factory=True)
    except (Unstyled, StandardsFault) as fault:
        say.print(f"[bold red]{fault}[/]")
        raise typer.Exit(2) from fault
    finally:
        if helper:
            helper.terminate()
            helper.join(10)


def _run(app: Any, settings: Settings, host: str, port: int, **more: Any) -> None:
    config = uvicorn.Config(
        app, host=host, port=port, access_log=False, log_level="warning", server_header=False, timeout_keep_alive=20,
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=list(settings.trusted_proxies) or None,
        limit_concurrency=1000, h11_max_incomplete_event_size=32_768, **more,
    )  # fmt: skip
    answer(config)


def application() -> object:
    """The application of the environment's settings, for more than one web process."""
    return create_app(read_settings())


@rrn.command()
def worker() -> None:
    """Carry out what events call for: documents, letters, regular duties."""
    work(settings_or_exit())


@rrn.command()
def archive(
    older_than_days: Annotated[int, typer.Option(min=0, help="Only certificates published so long ago.")] = 0,
) -> None:
    """Put a copy for the archive beside each certificate: its own bytes with a time stamp over all of them.

    Copies whose newest stamp ends soon get another one. Ends with 1 when one is left.
    """
    site = connect(settings_or_exit())
    try:
        done = list(archiving.archive(site, timedelta(days=older_than_days)))
    except archiving.NoAuthority as fault:
        say.print("Nothing was archived: RRN_TSA_URL and RRN_TSA_ROOTS name no time stamp authority.")
        raise typer.Exit(2) from fault
    finally:
        site.engine.dispose()
    left = [one for one in done if one.fault]
    for one in left:
        say.print(f"{one.name}: {one.fault}.", soft_wrap=True)
    say.print(f"Copies made: {len(done) - len(left)}. Not made: {len(left)}.")
    if left:
        raise typer.Exit(1)


@rrn.command()
def reissue(
    code: Annotated[str, typer.Argument(help="The body's code, with which its certificates begin.")],
    by: Annotated[str, typer.Option(help="Who decided it, by name.")],
    reason: Annotated[str, typer.Option(help="Why. Read at RRN and by the certification body.")] = "The paper is made anew.",
    key: Annotated[str, typer.Option(help="Only those made with this key, which signs no longer (rrn keys list).")] = "",
) -> None:  # fmt: skip
    """Put every certificate of a body on new paper, or go on with what was begun. It can be broken off and begun again at any time."""
    site = connect(settings_or_exit())
    try:
        with writing(site, SYSTEM) as unit:
            body = body_by_code(unit, code)
            form = StartReissue(body=body.ref, key=key, reason=reason)
            ref = (unfinished(unit, body.id) or start_reissue(unit, form, by)).ref
        with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as progress:
            bar = progress.add_task("New paper …", total=None)
            while (seen := _seen(site, ref)).status == "running":
                progress.update(bar, completed=seen.reached, total=seen.total)
                if not go_on(site):
                    time.sleep(0.5)  # another worker is at it, or it waits
            progress.update(bar, completed=seen.reached, total=seen.total)
    except Problem as problem:
        say.print(f"[bold red]{problem.detail}[/] {' '.join(getattr(problem, 'fields', {}).values())}")
        raise typer.Exit(2) from problem
    finally:
        site.engine.dispose()
    say.print(seen.sentence)
    for fault in seen.faults:
        typer.echo(f"{fault.number}: {fault.sentence}")
    if seen.failed or seen.status != "done":
        raise typer.Exit(1)


def _seen(site: Site, ref: str) -> ReissueView:
    with reading(site, SYSTEM) as unit:
        return reissue_view(unit, ref)


@rrn.command()
def check() -> None:
    """Walk every invariant, chain, proof, stored file and seal; one line for each breach, and exit 1 when there is one."""
    site, found = connect(settings_or_exit()), 0
    with Progress(*Progress.get_default_columns(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=len(LOOKS))

        def begin(words: str) -> None:
            progress.update(bar, description=words, advance=1)

        for words, breach in breaches(site, begin):
            found += 1
            typer.echo(f"{words}: {breach.where} {breach.what}")
    with reading(site) as unit:
        typer.echo(witnessed(unit), err=True)
    site.engine.dispose()
    if found:
        raise typer.Exit(1)
    say.print(f"Nothing is wrong: {len(LOOKS)} checks found no breach.")


rrn.add_typer(witness, name="witness")
rrn.command()(verify)
rrn.command()(monitor)
exporting = typer.Typer(help="Copies of what is published.", no_args_is_help=True)
rrn.add_typer(exporting, name="export")


@exporting.command("log")
def export_log(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the mirror is, or will be.")],
) -> None:
    """Bring a mirror of everything published to today: a folder for any web server, or for rrn verify --against."""
    site = connect(settings_or_exit())
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("Mirroring …", total=None)
        try:
            written, missing = export(
                site, folder, lambda done, of: progress.update(bar, completed=done, total=of)
            )
        except (NotFound, OSError) as fault:
            say.print(
                f"The mirror could not be finished. {getattr(fault, 'detail', fault)} Run the command again to go on."
            )
            raise typer.Exit(2) from fault
    for sentence in missing:
        typer.echo(sentence)
    say.print(f"{written} files were written; {folder} is what the register publishes now.", soft_wrap=True)
    if missing:
        raise typer.Exit(1)


demonstration = typer.Typer(invoke_without_command=True, help="A fictional scheme on this machine.")
rrn.add_typer(demonstration, name="demo")


@demonstration.callback()
def demo(
    context: typer.Context, port: int = 8000,
    size: Annotated[str, typer.Option(help="small (two minutes) or scheme (about two hours). Left out: what is there, else small.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Make everything anew.")] = False,
) -> None:  # fmt: skip
    """Make a fictional scheme by driving the real commands through the years, then serve it. A second start reuses it."""
    if context.invoked_subcommand:
        return
    if size and size not in SIZES:
        known = " and ".join(f"“{name}”" for name in SIZES)
        say.print(f"“{size}” cannot be made: there are {known}. Nothing was made.")
        raise typer.Exit(2)
    free_or_exit("127.0.0.1", port)
    settings = demo_settings_or_exit(port, fresh)
    if not start.is_made(settings):
        make_demonstration(settings, size or "small")
    elif size and size != (there := start.size_of(settings)):
        say.print(
            f"The demonstration that is here is “{there}”. Nothing was made: add --fresh to make it anew as “{size}”, or leave --size out."
        )
        raise typer.Exit(2)
    introduce(settings, port)
    serve_forever(settings, "127.0.0.1", port, 1, with_worker=True)


def demo_settings_or_exit(port: int, fresh: bool = False) -> Settings:
    """The settings of the demonstration in an empty folder when it is to be made; faults in words, then exit 2."""
    try:
        settings = start.demo_settings(port)
        if fresh or not start.is_made(settings):
            start.clear(settings.data_dir)
            settings = start.demo_settings(port)
        return settings
    except SettingsFault as fault:
        say.print(f"[bold red]The settings cannot be used.[/]\n{fault}")
        raise typer.Exit(2) from fault


def make_demonstration(settings: Settings, size: str) -> None:
    """The years of that size, with a bar; what goes wrong in a delivery is logged as it would be in earnest."""
    set_up("ERROR")
    bring_to_head(settings)
    chosen = SIZES[size]
    if chosen.warning:
        say.print(chosen.warning)
    with Progress(console=say) as progress:
        bar = progress.add_task(f"Living through {chosen.years} …", total=1.0)
        start.fill(settings, lambda share: progress.update(bar, completed=share), size)
        progress.update(bar, completed=1.0)


def introduce(settings: Settings, port: int) -> None:
    """The address, one sign-in for each role, and how the second factor is passed."""
    password = start.password_of(settings)
    said = start.sign_ins()
    for organisation in dict.fromkeys(one.organisation for one in said):
        say.print(f"\n[bold]{organisation}[/]")
        for one in said:
            if one.organisation == organisation:
                say.print(
                    f"  {one.email:<32} {one.roles}{', with a code' if one.second_factor else ''}",
                    soft_wrap=True,
                )
    say.print(f"\nEverybody’s password: [bold]{password}[/]")
    say.print(
        "Where a code is asked for, it is what [bold]./dev demo code EMAIL[/] prints. A token for the API: [bold]./dev demo token EMAIL[/]",
        soft_wrap=True,
    )
    say.print(
        f"Everything is fictional. Open [bold]http://127.0.0.1:{port}/[/] · Ctrl+C ends it.", soft_wrap=True
    )
    if settings.public_base_url != f"http://127.0.0.1:{port}":
        say.print(f"Papers and letters name {settings.public_base_url}, as when it was made.")


@demonstration.command()
def code(email: str) -> None:
    """Print the second-factor code of somebody in the demonstration, as their telephone shows it now."""
    _tell_of(email, start.code_now, "This person needs no code: the password is enough.")


@demonstration.command()
def token(email: str) -> None:
    """Print a bearer token for the API with the rights of somebody in the demonstration."""
    _tell_of(email, start.token_now, "")


def _tell_of(email: str, ask: Callable[[Site, str], str], otherwise: str) -> None:
    settings = start.demo_settings(8000)
    if not start.is_made(settings):
        say.print("There is no demonstration here yet: run ./dev demo first.")
        raise typer.Exit(2)
    site = connect(settings)
    try:
        typer.echo(ask(site, email) or otherwise)
    except Problem as fault:
        say.print(fault.detail)
        raise typer.Exit(2) from fault
    finally:
        site.engine.dispose()


def main() -> None:
    """The entry point of `rrn` and `python -m app`."""
    try:
        rrn()
    except (OperationalError, ProgrammingError) as fault:  # any other fault of a statement is one of ours
        name = type(fault.orig).__name__
        say.print(
            f"The database cannot be read ({name}). If it is new, run rrn migrate first. Then run the command again."
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
