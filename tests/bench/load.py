"""Asking a server on this machine many times at once, and what that cost it.

GET loads come from `wrk` where it is installed (it takes little of the machine), else from a small asyncio client; loads
whose next request depends on the last answer always come from the asyncio client.
"""

import asyncio
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """One measurement: requests a second, latencies in milliseconds, server CPU a request in milliseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float
    errors: int


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its threads so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def anonymous_memory(pid: int) -> float:
    """Anonymous memory of a process in MiB."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def get(pid: int, port: int, path: str, connections: int, seconds: float, *, headers: dict[str, str]) -> Load:
    """Ask one address over and over."""
    started, before = time.perf_counter(), cpu_seconds(pid)
    if shutil.which("wrk"):
        rate, p50, p99, errors, count = _wrk(port, path, connections, seconds, headers)
    else:
        rate, p50, p99, errors, count = asyncio.run(_gets(port, path, connections, seconds, headers))
    assert time.perf_counter() - started < seconds * 4 + 20
    return Load(rate, p50, p99, 1000 * (cpu_seconds(pid) - before) / max(1, count), errors)


_LUA = """
request = function() return wrk.format("GET", "%s") end
done = function(summary, latency)
  io.write(string.format("RESULT %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def _wrk(
    port: int, path: str, connections: int, seconds: float, headers: dict[str, str]
) -> tuple[float, float, float, int, int]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_LUA % path)
        script.flush()
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{round(seconds)}s",
            *given,
            "-s",
            script.name,
            f"http://127.0.0.1:{port}",
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", said)
    assert found, said
    count, duration, p50, p99, errors = map(int, found.groups())
    return count / (duration / 1e6), p50 / 1000, p99 / 1000, errors, count


async def _gets(
    port: int, path: str, connections: int, seconds: float, headers: dict[str, str]
) -> tuple[float, float, float, int, int]:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    async def ask(connection: Connection, _turn: int) -> bool:
        status, _body = await connection.ask(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode()
        )
        return status == 200

    return await many(port, connections, seconds, ask)


async def many(
    port: int, connections: int, seconds: float, ask: Callable[["Connection", int], Awaitable[bool]], every: float = 0,
) -> tuple[float, float, float, int, int]:  # fmt: skip
    """So many connections, each asking again as soon as it is answered, or `every` so many seconds as people do."""
    times: list[float] = []
    wrong, end = 0, time.perf_counter() + seconds

    async def one(place: int) -> None:
        nonlocal wrong
        connection = await Connection.open(port)
        turn = 0
        await asyncio.sleep(every * place / connections)
        while (start := time.perf_counter()) < end:
            wrong += not await ask(connection, turn)
            times.append(time.perf_counter() - start)
            turn += 1
            await asyncio.sleep(max(0, start + every - time.perf_counter()) if every else 0)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(one(place) for place in range(connections)))
    rate = len(times) / (time.perf_counter() - started)
    cuts = statistics.quantiles(times, n=100)
    return rate, 1000 * statistics.median(times), 1000 * cuts[98], wrong, len(times)


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and read its answer: status and body."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        body = await self.reader.readexactly(int(length.group(1))) if length else b""
        return int(head[9:12]), body

    def close(self) -> None:
        self.writer.close()
