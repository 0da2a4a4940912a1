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


def cost(app: Any, path: str, times: int) -> tuple[float, int]:
    """Milliseconds of CPU an answer takes, the lowest mean of three runs, and how many bytes it has."""
    address, _mark, asked = path.partition("?")
    size = 0

    async def ask() -> None:
        nonlocal size
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": address,
            "raw_path": address.encode(), "query_string": asked.encode(), "root_path": "", "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal size
            assert message.get("status", 200) == 200, message
            size = len(message.get("body", b"")) or size

        await app(scope, receive, send)

    async def run() -> float:
        await ask()
        costs = []
        for _run in range(3):
            begun = time.process_time()
            for _time in range(times):
                await ask()
            costs.append((time.process_time() - begun) * 1000 / times)
        return min(costs)

    return asyncio.run(run()), size


def measure(folder: Path, certificates: int, times: int) -> None:
    """One table for one register."""
    app = forgetful(create_app(settings_of(folder, 0), rates={}))
    unit, _size = cost(bare, "/", times * 5)
    shown = Shown(title=f"{certificates:,} certificates; bare route {unit:.3f} ms")
    for words in ("question", "CPU ms", "× bare", "bytes"):
        shown.add_column(words, justify="left" if words == "question" else "right")
    for words, path in QUESTIONS:
        spent, size = cost(app, path, times)
        shown.add_row(words, f"{spent:.2f}", f"{spent / unit:.1f}", f"{size:,}")
    say.print(shown)


def run(
    certificates: Annotated[int, typer.Option(help="Certificates in the register.")] = 1000,
    times: Annotated[int, typer.Option(help="Answers to each question.")] = 100,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the register here, or use the one that is.")
    ] = None,
) -> None:
    """What public questions cost in a register of some size."""
    with tempfile.TemporaryDirectory() as place:
        home = folder or Path(place) / "register"
        if not home.exists():
            begun = time.process_time()
            make_world(open_site(home), certificates, _teller(certificates))
            say.print(f"filled in {time.process_time() - begun:.0f} s of CPU")
        measure(home, certificates, times)


def _teller(most: int) -> Callable[[int], None]:
    return lambda done: say.print(f"{done:,}") if done % (most // 10 or 1) < 2000 else None


if __name__ == "__main__":
    typer.run(run)
