"""Measure the register against a bare route on the same server in one run: python -m tests.bench.run --help."""

import asyncio
import compileall
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg import sql
from rich.console import Console
from rich.table import Table as Shown
from rich.text import Text

from app.kernel import outbox
from app.kernel.database import Site, Table, connect
from tests.bench.load import TICK, Connection, Load, anonymous_memory, cpu_seconds, get, many
from tests.bench.serve import database_of, settings_of
from tests.bench.world import RARE, World, make_world
from tests.certificates.make import grant
from tests.certificates.make import make_world as make_certified

PORT, BARE_PORT, FORGETFUL_PORT = 8300, 8301, 8302
START_SECONDS = 60
APP = Path(__file__).resolve().parents[2] / "app"
say = Console(width=110)


@dataclass(frozen=True)
class Server:
    """A server of ours that answers: its process, its port, and what it cost to start."""

    pid: int
    port: int
    start: float
    """Seconds from the start of the process to its first answer."""
    cpu: float
    """Seconds of CPU until then."""


@contextmanager
def serving(port: int, *command: str) -> Iterator[Server]:
    """Start a server, wait for its first answer, end it in any case."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env={**os.environ, "MALLOC_ARENA_MAX": "2"}
    )  # as in the Dockerfile
    try:
        while not _answers(port):
            assert process.poll() is None and time.perf_counter() - begun < START_SECONDS, (
                "the server did not start"
            )
            time.sleep(0.01)
        yield Server(process.pid, port, time.perf_counter() - begun, cpu_seconds(process.pid))
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    """Whether somebody answers a request there, whatever the answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as line:
            line.settimeout(5)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return line.recv(12) != b""
    except OSError:
        return False


@contextmanager
def bare() -> Iterator[Server]:
    """The unit of all results."""
    options = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
    with serving(BARE_PORT, "uvicorn", "tests.bench.bare:app", "--port", str(BARE_PORT), *options) as server:
        yield server


@contextmanager
def register(folder: Path, port: int = PORT, *how: str) -> Iterator[Server]:
    """The register in that folder; `forgetful`: it keeps no answers."""
    with serving(port, "tests.bench.serve", str(folder), str(port), *how) as server:
        yield server


@dataclass(frozen=True)
class Question:
    """One thing that is asked of the register over and over."""

    words: str
    path: str
    fresh: bool = True
    cookie: bool = False


def questions(world: World) -> list[Question]:
    """What people and programs ask most."""
    return [
        Question("verify, kept answer (JSON)", f"/api/v1/verify/{world.number}", fresh=False),
        Question("verify, kept answer (page)", f"/verify/{world.number}", fresh=False),
        Question("verify, fresh (JSON)", f"/api/v1/verify/{world.number}"),
        Question("verify, fresh (page)", f"/verify/{world.number}"),
        Question("register, first page, fresh (JSON)", "/api/v1/register"),
        Question("search, word in every name, fresh (JSON)", "/api/v1/register?q=training"),
        Question("search, rare word, fresh (JSON)", f"/api/v1/register?q={RARE.lower()}"),
        Question("search, first page, fresh (page)", "/register?q=training"),
        Question("entry of a service, fresh (page)", f"/register/services/{world.service}"),
        Question("case, signed in (page)", f"/cases/{world.case}", cookie=True),
    ]


@dataclass
class Results:
    """The table that is shown: every figure beside the bare route's of the same number of connections."""

    shown: Shown
    units: dict[int, Load]

    def add(self, words: str, connections: int, load: Load) -> None:
        unit = self.units[connections]
        note = f" [red]{load.errors} refused[/]" if load.errors else ""
        self.shown.add_row(
            words + note, str(connections), f"{load.rate / unit.rate:.2f}", f"{load.cpu / unit.cpu:.1f}", f"{load.p50:.1f}", f"{load.p99:.1f}",
            f"{load.p99 / unit.p99:.1f}",
        )  # fmt: skip


def results() -> Results:
    shown = Shown(title="Each path beside a bare FastAPI route in the same run (1.00)")
    for words in ("path", "c", "req/s ×", "CPU ×", "p50 ms", "p99 ms", "p99 ×"):
        shown.add_column(words, justify="left" if words == "path" else "right")
    return Results(shown, {})


def measure_unit(found: Results, server: Server, counts: list[int], seconds: float) -> None:
    """The bare route at every number of connections, first."""
    for count in counts:
        load = found.units[count] = get(server.pid, server.port, "/", count, seconds, headers={})
        found.add("bare route", count, load)


def measure_questions(
    found: Results, keeping: Server, forgetful: Server, world: World, counts: list[int], seconds: float
) -> None:
    """Every question at every number of connections; fresh answers come from a server that keeps none."""
    for question in questions(world):
        server = forgetful if question.fresh else keeping
        headers = {"Cookie": f"session={world.cookie}"} if question.cookie else {}
        if question.words.endswith("(page)"):  # as every browser asks
            headers["Accept-Encoding"] = "gzip"
        get(server.pid, server.port, question.path, 1, 1, headers=headers)
        for count in counts:
            load = get(server.pid, server.port, question.path, count, seconds, headers=headers)
            found.add(question.words, count, load)


def measure_recording(
    found: Results, server: Server, world: World, counts: list[int], seconds: float
) -> None:
    """Results recorded by JSON, each connection in a requirement of its own; every one a durable transaction.

    Asked again at once, and as assessors do who are quicker than people: one result a second each.
    """
    versions = dict.fromkeys(world.lanes, 0)
    ways = [(every, prefer) for every in (0.0, 1.0) for prefer in ("representation", "minimal")]
    for count, every, prefer in [(count, *way) for way in ways for count in counts]:
        lanes = iter(world.lanes)
        mine: dict[Connection, tuple[str, str]] = {}

        async def record(
            connection: Connection,
            turn: int,
            mine: dict[Connection, tuple[str, str]] = mine,
            lanes: Iterator[tuple[str, str]] = lanes,
            prefer: str = prefer,
        ) -> bool:
            lane = mine.setdefault(connection, mine.get(connection) or next(lanes))
            status, _body = await connection.ask(_recording(world, lane, turn, versions[lane], prefer))
            versions[lane] += status in (200, 204)
            return status in (200, 204)

        before = cpu_seconds(server.pid)
        rate, p50, p99, errors, asked = asyncio.run(
            many(server.port, min(count, len(world.lanes)), seconds, record, every)
        )
        spent = 1000 * (cpu_seconds(server.pid) - before) / max(1, asked)
        words = "record a result (POST, durable)" + (", short answer" if prefer == "minimal" else "")
        words += ", one a second each" if every else ""
        found.add(words, count, Load(rate, p50, p99, spent, errors))


def _recording(world: World, lane: tuple[str, str], turn: int, version: int, prefer: str) -> bytes:
    audit, number = lane
    said = {
        "outcome": "met" if version % 2 else "partly",
        "note": f"Seen, look {turn}.",
        "reason": "Seen.",
        "version": version,
    }
    body = json.dumps(said).encode()
    head = (
        f"POST /api/v1/audits/{audit}/requirements/{number} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {world.token}\r\n"
        f"Prefer: return={prefer}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask_often(port: int, world: World, count: int) -> None:
    """So many requests, a fifth of them for answers that are not kept yet."""
    paths = [f"{face}/verify/{number}" for number in world.numbers for face in ("", "/api/v1")]
    fresh = [*paths, "/register", "/register?q=training", f"/register/services/{world.service}", "/"][
        -count // 5 :
    ]

    async def ask(connection: Connection, path: str) -> None:
        await connection.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    async def lane(place: int) -> None:
        connection = await Connection.open(port)
        for turn in range(place, count, 16):
            await ask(connection, fresh[turn % len(fresh)])
        connection.close()

    async def lanes() -> None:
        await asyncio.gather(*(lane(place) for place in range(16)))

    asyncio.run(lanes())


def issuing_cost(site: Site, count: int = 8) -> tuple[float, float]:
    """Median CPU milliseconds of the worker for one certificate: made, checked, sealed, stored, published; then lists and log."""
    world = make_certified(site, "Fernwick Training", curricula=2)
    costs, after = [], []
    for turn in range(count + 1):
        # A holder of its own for each: a second certificate for the same would end the first, which is work as well.
        holder = make_certified(site, f"Fernwick Training {turn}", body=world.body, rrn=world.rrn)
        outbox.deliver_all(site)
        grant(holder)
        begun = _own_cpu()
        outbox.deliver_next(site)
        published = _own_cpu()
        outbox.deliver_all(site)
        if turn:  # the first one loads and draws what all others share
            costs.append(1000 * (published - begun))
            after.append(1000 * (_own_cpu() - published))
    return statistics.median(costs), statistics.median(after)


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def open_site(folder: Path) -> Site:
    """A register without rows in a new folder; on a server a database of the folder's name is made anew."""
    folder.mkdir(parents=True)
    if server := os.environ.get("RRN_BENCH_POSTGRES"):
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            for command in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
                connection.execute(sql.SQL(command).format(sql.Identifier(database_of(folder))))
    site = connect(settings_of(folder, PORT))
    Table.metadata.create_all(site.engine)
    return site


def show_others(
    unit: Load,
    idle: tuple[Server, float],
    own: tuple[Server, float],
    issuing: tuple[float, float],
    asked: int,
) -> None:
    """Memory, start and issuing, in words."""
    lines = [
        f"start to first answer: {own[0].start / idle[0].start:.1f} × the bare route ({own[0].start:.2f} s), CPU {own[0].cpu / idle[0].cpu:.1f} ×",
        f"anonymous memory after {asked:,} requests: {own[1]:.0f} MiB, {own[1] / idle[1]:.1f} × the bare route",
        f"one certificate: {issuing[0]:.0f} ms CPU in the worker ({issuing[0] / unit.cpu:.0f} bare requests); its lists and checkpoint {issuing[1]:.0f} ms",
        f"unit: one bare request costs {unit.cpu:.3f} ms CPU here; clock ticks are {1000 / TICK:.0f} ms",
    ]
    say.print(Text("\n".join(lines)))


def run(
    connections: Annotated[str, typer.Option(help="Numbers of connections.")] = "1,16,64",
    seconds: Annotated[int, typer.Option(help="Seconds of each load.")] = 3,
    certificates: Annotated[int, typer.Option(help="Certificates in the register.")] = 1000,
    asked: Annotated[int, typer.Option(help="Requests before memory is looked at.")] = 10_000,
) -> None:
    """Ratios to a bare route, latencies and CPU of the paths that matter; takes a minute or two."""
    counts = [int(part) for part in connections.split(",")]
    compileall.compile_dir(APP, quiet=1)  # as in the Dockerfile: a start without it would compile all of it
    with tempfile.TemporaryDirectory() as place:
        site = open_site(Path(place) / "register")
        world = make_world(site, certificates)
        small = open_site(Path(place) / "issuing")
        issuing = issuing_cost(small)
        found = results()
        with bare() as unit:
            measure_unit(found, unit, counts, seconds)
            idle = unit, anonymous_memory(unit.pid)
        home = Path(place) / "register"
        with register(home) as server, register(home, FORGETFUL_PORT, "forgetful") as forgetful:
            measure_questions(found, server, forgetful, world, counts, seconds)
            measure_recording(found, server, world, counts, seconds)
        with register(Path(place) / "register") as server:
            ask_often(server.port, world, asked)
            own = server, anonymous_memory(server.pid)
        say.print(found.shown)
        show_others(found.units[counts[0]], idle, own, issuing, asked)


if __name__ == "__main__":
    typer.run(run)
