"""CPU of public answers inside one process, beside the bare route there: python -m tests.bench.inside --help.

Nothing goes through a socket, so what is measured is the register alone; the machine's other work does not count.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Shown

from app.main import create_app
from tests.bench.bare import app as bare
from tests.bench.run import open_site
from tests.bench.serve import settings_of
from tests.bench.world import RARE, make_world
from tests.forgetful import forgetful

say = Console(width=110)
QUESTIONS = (
    ("register, first page (JSON)", "/api/v1/register?"), ("word in every name (JSON)", "/api/v1/register?q=training"),
    ("word of one in 24 (JSON)", "/api/v1/register?q=quarry"), ("a letter of every name (JSON)", "/api/v1/register?q=t"),
    ("rare word (JSON)", f"/api/v1/register?q={RARE.lower()}"), ("one name (JSON)", "/api/v1/register?q=alderbank%20training"),
    ("a number (JSON)", "/api/v1/register?q=000217"), ("words that never meet (JSON)", "/api/v1/register?q=school%20college"),
    ("mistyped (JSON)", "/api/v1/register?q=quilfeathre"), ("nothing like it (JSON)", "/api/v1/register?q=zzzzqqqq"),
    ("suspended ones (JSON)", "/api/v1/register?status=suspended"), ("expired ones (JSON)", "/api/v1/register?status=expired"),
    ("word, filters, a past day (JSON)", "/api/v1/register?q=training%20care&nation=england&route=commercial&status=suspended&on=2025-06-01"),
    ("all filters (JSON)", "/api/v1/register?q=training&nation=england&setting=health&population=adults&route=commercial&status=active"),
    ("register, first page (page)", "/register?"), ("word in every name (page)", "/register?q=training"), ("home (page)", "/?"),
    ("one certificate (JSON)", "/api/v1/verify/NGC-000001-H?"), ("one certificate (page)", "/verify/NGC-000001-H?"),
)  # fmt: skip


def cost(app: Any, path: str, times: int) -> float:
    """Milliseconds of CPU an answer takes, on average."""
    address, _mark, asked = path.partition("?")

    async def ask() -> None:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": address,
            "raw_path": address.encode(), "query_string": asked.encode(), "root_path": "", "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            assert message.get("status", 200) == 200, message

        await app(scope, receive, send)

    async def run() -> float:
        await ask()
        begun = time.process_time()
        for _time in range(times):
            await ask()
        return (time.process_time() - begun) * 1000 / times

    return asyncio.run(run())


def measure(homes: dict[int, Path], times: int) -> None:
    """One table: the lowest of five runs of each question, in which the registers take turns, so that other work on the machine hits all."""
    apps = {size: forgetful(create_app(settings_of(home, 0), rates={})) for size, home in homes.items()}
    unit = min(cost(bare, "/", times * 5) for _turn in range(5))
    shown = Shown(title=f"CPU beside a bare route of {unit:.3f} ms, by certificates")
    for words in ("question", *(f"{size:,}" for size in homes), "growth"):
        shown.add_column(words, justify="left" if words == "question" else "right")
    for words, path in QUESTIONS:
        runs = [[cost(app, path, times) for app in apps.values()] for _turn in range(5)]
        spent = [min(ones) for ones in zip(*runs, strict=True)]
        shown.add_row(words, *(f"{one / unit:.1f}" for one in spent), f"{spent[-1] / spent[0]:.2f}")
    say.print(shown)


def run(
    certificates: Annotated[str, typer.Option(help="Certificates in each register.")] = "1000",
    times: Annotated[int, typer.Option(help="Answers to each question.")] = 30,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the registers here, or use those that are.")
    ] = None,
) -> None:
    """What public questions cost in registers of some size."""
    with tempfile.TemporaryDirectory() as place:
        homes = {size: (folder or Path(place)) / str(size) for size in map(int, certificates.split(","))}
        for size, home in homes.items():
            if not home.exists():
                begun = time.process_time()
                make_world(open_site(home), size, _teller(size))
                say.print(f"{size:,} filled in {time.process_time() - begun:.0f} s of CPU")
        measure(homes, times)


def _teller(most: int) -> Callable[[int], None]:
    return lambda done: say.print(f"{done:,}") if done % (most // 10 or 1) < 4000 else None


if __name__ == "__main__":
    typer.run(run)
