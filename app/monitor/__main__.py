"""`rrn monitor`, also `python -m app.monitor`: one look at a log and at what the register says; run it from a timer."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.kernel.fetching import Unreachable
from app.ledger.tree import leaf_hash
from app.monitor.comparing import Odd, compare
from app.monitor.kept import NoCheckpoint, found_in, verdict
from app.monitor.memory import Unreadable
from app.monitor.watching import Look, watch
from app.verifier.source import source


def monitor(
    folder: Annotated[Path, typer.Argument(help="The monitor’s own folder: what it remembers between two looks.")],
    against: Annotated[str, typer.Option(metavar="URL|DIR", envvar="RRN_PUBLIC_BASE_URL", help="The register, or a mirror of it.")] = "http://127.0.0.1:8000",
    checkpoint: Annotated[list[Path], typer.Option(metavar="FILE", help="A checkpoint that was kept, also inside a mailed report: is it the beginning of today’s log?")] = [],  # noqa: B006
) -> None:  # fmt: skip
    """Look whether the log still holds all it held, and whether the register says what its log says.

    Ends with 0 when it does, with 1 and an alarm when not, with 2 when it could not look.
    """
    try:
        published = source(against)
        look = watch(folder, published)
        live = against.startswith("http") and not look.alarms
        held = [] if look.alarms else [_kept(look, file) for file in checkpoint]
        alarms = [*look.alarms, *(said for well, said in held if not well)]
        alarms += compare(look.entries, published) if live else ()
    except (NoCheckpoint, Unreachable, Unreadable, Odd, OSError, ValueError) as fault:
        _stop(f"cannot look: {fault}", fault)
    for sentence in [*look.news, *(said for well, said in held if well)]:
        typer.echo(sentence)
    for sentence in alarms:
        typer.echo(f"ALARM: {sentence}")
    if alarms or look.checkpoint is None:
        if look.alarms:
            typer.echo(f"What was remembered is kept as it was, in {folder}.")
        typer.echo("Tell RRN, the certification bodies and the witnesses.")
        raise typer.Exit(1)
    since = f", {look.checkpoint.size - look.before} of them new" if look.before else ""
    typer.echo(f"The log holds {look.checkpoint.size} entries{since}, all of it signed, nothing taken back.")
    if not live:
        typer.echo("A mirror has no pages, so what the register says was not held against its log.")


def _kept(look: Look, file: Path) -> tuple[bool, str]:
    assert look.checkpoint
    kept = found_in(file.read_bytes(), look.keys)
    well, said = verdict(kept, look.checkpoint, [leaf_hash(entry) for entry in look.entries])
    return well, f"{file}: {said}"


def _stop(words: str, fault: Exception) -> NoReturn:
    typer.echo(words)
    raise typer.Exit(2) from fault


if __name__ == "__main__":
    typer.run(monitor)
