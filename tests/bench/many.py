"""What many certificates cost: issuing beside them, the log over a million entries, and new paper for all: python -m tests.bench.many --help."""

import multiprocessing
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import product
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import func, insert, select, update

from app.certificates.commands import start_reissue
from app.certificates.models import Certificate, CertificateVersion, ReissueProgress
from app.certificates.queries.reissue import body_by_code
from app.certificates.rules import StartReissue
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.journal import Delivery
from app.ledger import tree
from app.ledger.models import LedgerHead, LedgerNode
from app.ledger.queries import StoredNodes, head, root
from app.main import work
from tests.bench.load import Load, cpu_seconds, get
from tests.bench.one import cost
from tests.bench.run import PORT, open_site, register
from tests.bench.world import Copies
from tests.certificates.make import World, grant, issue, make_world

say = Console(width=110)
many = typer.Typer(help="Many certificates.")


@many.command()
def beside(
    sizes: Annotated[
        str, typer.Option(help="Certificates there are already; a body has numbers for 999,999.")
    ] = "1000,10000,100000",
    folder: Annotated[Path | None, typer.Option(help="Leave the registers here.")] = None,
) -> None:
    """CPU of the worker for one more certificate, by the number of those there are: the lowest of six, by what it does."""
    with tempfile.TemporaryDirectory() as place:
        worlds: dict[int, World] = {}
        for size in map(int, sizes.split(",")):
            begun = time.monotonic()
            worlds[size] = filled(open_site((folder or Path(place)) / str(size)), size)[0]
            say.print(f"{size:,} certificates written in {time.monotonic() - begun:.0f} s")
        for size, spent in issued(worlds).items():
            words = ", ".join(f"{name.rpartition('.')[2]} {min(ms):.1f}" for name, ms in spent.items())
            say.print(f"beside {size:,}: {sum(map(min, spent.values())):.1f} ms CPU ({words})")


def filled(site: Site, size: int) -> tuple[World, str]:
    """A body with so many certificates, and the number of the one that was issued by the worker."""
    world = make_world(site, "Quayside Training")
    number = issue(world)
    Copies(site, number).write(size - 1, lambda _done: None)
    return world, number


def issued(worlds: dict[int, World], times: int = 6) -> dict[int, dict[str, list[float]]]:
    """Milliseconds of CPU of each effect of a publication, for certificates of holders of their own; the registers take turns."""
    found: dict[int, dict[str, list[float]]] = {size: defaultdict(list) for size in worlds}
    for turn, (size, world) in product(range(times), worlds.items()):
        holder = make_world(world.site, f"Fernwick Training {turn}", body=world.body, rrn=world.rrn)
        outbox.deliver_all(world.site)
        grant(holder)
        while (name := _next(world.site)) and (begun := time.process_time()):
            outbox.deliver_next(world.site)
            found[size][name].append(1000 * (time.process_time() - begun))
    return found


def _next(site: Site) -> str:
    with reading(site, SYSTEM) as unit:
        due = unit.db.scalar(outbox._due(unit))
        return due.effect if isinstance(due, Delivery) else ""


@many.command()
def log(entries: Annotated[int, typer.Option(help="Entries of the log.")] = 1_000_000) -> None:
    """The root that a checkpoint signs, and a proof that an entry is in it, over a log of so many."""
    with tempfile.TemporaryDirectory() as place:
        site = open_site(Path(place) / "log")
        _plant(site, entries)
        with reading(site, SYSTEM) as unit:
            size = head(unit).size
            made = cost(lambda: root(unit, size), 50)
            nodes, turn = StoredNodes(unit), iter(range(10**6))
            proved = cost(lambda: tree.inclusion(nodes, next(turn) * 7919 % size, size), 50)
        say.print(
            f"log of {size:,}: root for a checkpoint {made:.2f} ms CPU, proof of an entry {proved:.2f} ms"
        )


def _plant(site: Site, entries: int) -> None:
    """The tree over so many leaves, and its size: what roots and proofs are made of."""
    kept: dict[tuple[int, int], bytes] = {}
    rows: list[dict[str, object]] = []

    class Nodes:
        """Hashes in memory, and as rows."""

        def get(self, level: int, index: int) -> bytes:
            return kept[level, index]

        def put(self, level: int, index: int, digest: bytes) -> None:
            kept[level, index] = digest
            rows.append({"level": level, "place": index, "digest": digest})

    nodes = Nodes()
    for start in range(0, entries, 50_000):
        for number in range(start, min(entries, start + 50_000)):
            tree.append(nodes, number, tree.leaf_hash(number.to_bytes(8, "big")))
        with writing(site, SYSTEM) as unit:
            unit.db.connection().execute(insert(LedgerNode), rows)
            unit.db.execute(
                update(LedgerHead).values(size=min(entries, start + 50_000), at=datetime.now(UTC))
            )
        rows.clear()


@many.command()
def anew(
    certificates: Annotated[int, typer.Option(help="Certificates that get new paper.")] = 200,
    seconds: Annotated[float, typer.Option(help="Seconds of the load of look-ups before and meanwhile.")] = 4,
    kill: Annotated[bool, typer.Option(help="Shoot the worker half way, and start another.")] = False,
) -> None:
    """New paper for all of a body: how many a second, the CPU of each, and what fresh look-ups notice of it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "register"
        site = open_site(folder)
        number = filled(site, certificates)[1]
        with writing(site, SYSTEM) as unit:
            form = StartReissue(body=body_by_code(unit, "NGC").ref, reason="A measurement.")
            start_reissue(unit, form, "A measurement")
        with register(folder, PORT, "forgetful") as server:

            def asked() -> Load:
                path = f"/api/v1/verify/{number}"
                return get(server.pid, server.port, path, 4, seconds, headers={})

            asked()
            idle, worker, began = asked(), started(site), time.monotonic()
            _wait_until(site, 1)
            first, begun, before = _done(site), time.monotonic(), spent_by(worker.pid)
            busy = asked()
            beside, took = _done(site) - first, time.monotonic() - begun
            if kill:
                _wait_until(site, certificates // 2)
                before -= spent_by(worker.pid)
                worker.kill()
                worker = started(site)
            _wait_until(site, certificates)
            cpu, whole = spent_by(worker.pid) - before, time.monotonic() - begun
            worker.terminate()
            worker.join()
        say.print(
            f"new paper for {certificates:,}: {time.monotonic() - began:.0f} s in all; {beside / took:.1f} a second beside look-ups, "
            f"{(certificates - first) / whole:.1f} on average, {1000 * cpu / (certificates - first):.0f} ms CPU each (worker and "
            f"presses); look-ups {busy.rate / idle.rate:.2f} × of idle ({idle.rate:.0f} → {busy.rate:.0f} a second), CPU "
            f"{busy.cpu / idle.cpu:.2f} ×, p99 {busy.p99 / idle.p99:.1f} ×; {_twice(site)} with more or less than one new paper"
        )


def started(site: Site) -> SpawnProcess:
    """A worker in a process of its own."""
    worker = multiprocessing.get_context("spawn").Process(target=work, args=(site.settings,))
    worker.start()
    return worker


def spent_by(worker: int | None) -> float:
    """Seconds of CPU of a worker and of the processes it has."""
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    return sum(cpu_seconds(int(one)) for one in (str(worker), *children))


def _done(site: Site) -> int:
    with reading(site, SYSTEM) as unit:
        return unit.db.scalar(select(func.sum(ReissueProgress.done))) or 0


def _twice(site: Site) -> int:
    """How many certificates have not exactly one version that is new paper, published."""
    new = select(CertificateVersion.certificate_id).where(
        CertificateVersion.reprint, CertificateVersion.issued_at.is_not(None)
    )
    with reading(site, SYSTEM) as unit:
        papers = Counter(unit.db.scalars(new))
        return sum(papers[id] != 1 for id in unit.db.scalars(select(Certificate.id)))


def _wait_until(site: Site, count: int) -> None:
    """Wait for so many; nothing for five minutes is too long, even for the lease of a worker that was shot."""
    last, until = -1, 0.0
    while (done := _done(site)) < count:
        if done > last:
            last, until = done, time.monotonic() + 300
        assert time.monotonic() < until
        time.sleep(0.05)


if __name__ == "__main__":
    many()
