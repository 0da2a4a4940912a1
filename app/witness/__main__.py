"""`rrn witness`, also `python -m app.witness`: make a witness, tell it which logs to watch, let it serve."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn

from app.ledger.note import NoteError
from app.witness.serving import serving
from app.witness.watching import Forgotten, Witness, make, trust

witness = typer.Typer(
    help="An outside witness of the register's log, to be run by somebody else than RRN.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Folder = Annotated[Path, typer.Argument(help="The witness's own folder.")]


@witness.command("init")
def init(
    folder: Folder,
    name: Annotated[str, typer.Option(help="What it is called, such as witness.example/w1.")],
    log: Annotated[list[str], typer.Option(help="A log to watch: the line of its /.well-known/log.vkey.")] = [],  # noqa: B006
) -> None:  # fmt: skip
    """Make a witness: its key and folder. Prints the line that the register names in RRN_WITNESSES."""
    try:
        key = make(folder, name)
        for vkey in log:
            trust(folder, vkey)
    except FileExistsError as fault:
        _stop(f"There is a witness in {folder} already. Nothing was changed.", fault)
    except NoteError as fault:
        _stop(f"This cannot be done: {fault}.", fault)
    typer.echo(
        f"The witness is made. Its line for RRN_WITNESSES, with the address it will have:\n{key.vkey}@https://…"
    )


@witness.command("trust")
def watch(
    folder: Folder, log: Annotated[str, typer.Argument(help="The line of its /.well-known/log.vkey.")]
) -> None:
    """Watch one more log, or the next key of one that is watched."""
    try:
        key = trust(folder, log)
    except (NoteError, OSError) as fault:
        _stop(f"Nothing was changed: {fault}.", fault)
    typer.echo(f"Checkpoints of {key.name} signed with this key are cosigned from now on.")


@witness.command("serve")
def serve(folder: Folder, host: str = "127.0.0.1", port: int = 8011) -> None:
    """Answer logs that ask for a cosignature. Put a web server with https in front."""
    try:
        application = serving(Witness(folder))
    except (NoteError, OSError, ValueError, Forgotten) as fault:
        _stop(f"There is no usable witness in {folder}: {fault}. Make one with rrn witness init.", fault)
    typer.echo(f"The witness answers at http://{host}:{port}/")
    uvicorn.run(
        application, host=host, port=port, access_log=False, log_level="warning", server_header=False,
        limit_concurrency=100, timeout_keep_alive=20,
    )  # fmt: skip


def _stop(words: str, fault: Exception) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2) from fault


if __name__ == "__main__":
    witness()
