"""A worker that is shot or stopped in the middle of much new paper: what it began is finished by the next, once."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from app.certificates.effects.pool import NICE
from app.certificates.effects.reissue import LEASE
from app.certificates.queries.reissue import reissue_view
from app.certificates.verify import verify_pdf
from app.kernel.actor import SYSTEM
from app.kernel.clock import system_clock
from app.kernel.database import Site, reading
from app.ledger.queries import head
from app.main import work as worker
from tests.certificates.make import make_world, versions
from tests.certificates.test_issuing import file, keys
from tests.certificates.test_reissue import OF_BODIES, entries, go_to_the_end, job, officer, some, start
from tests.conftest import SetClock

MANY = 16


def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_undone_and_nothing_done_twice(
    site: Site, clock: SetClock
) -> None:
    clock.now = system_clock()
    world = make_world(site, curricula=MANY)
    numbers = some(world, MANY)
    clock.now = system_clock()
    ref = start(world)
    presses = killed_in_the_middle(site)
    clock.now = system_clock() + LEASE
    go_to_the_end(site)
    with reading(site, officer(world)) as unit:
        view = reissue_view(unit, ref)
    assert (view.done, view.failed, view.reached) == (MANY, 0, MANY)
    assert list(entries(site)).count("certificate.published") == 2 * MANY
    for number in numbers:
        first, second = versions(site, number)
        assert first.issued_at and second.issued_at and first.status_index != second.status_index
        assert verify_pdf(file(site, number, "certificate.pdf", 2), keys(site).anchors()).genuine
    with reading(site, SYSTEM) as unit:
        assert {one.as_of for one in unit.db.scalars(OF_BODIES)} == {head(unit).size}
    assert presses
    until = time.monotonic() + 20
    while any(Path(f"/proc/{one}").exists() for one in presses):
        assert time.monotonic() < until, "a process that drew outlived its worker"
        time.sleep(0.1)


def test_a_worker_that_is_told_to_stop_in_the_middle_stops(site: Site, clock: SetClock) -> None:
    clock.now = system_clock()
    world = make_world(site, curricula=MANY)
    some(world, MANY)
    clock.now = system_clock()
    start(world)
    process = begun(site)
    until = time.monotonic() + 120
    while done(site) == 0:
        assert time.monotonic() < until and process.is_alive()
        time.sleep(0.02)
    process.terminate()
    process.join(60)
    assert process.exitcode == 0


def killed_in_the_middle(site: Site) -> set[int]:
    """A worker dies when some are done and some are not; the processes it had that drew for it."""
    process, children = begun(site), set[int]()

    def in_the_middle() -> bool:
        children.update(one for one in children_of(process.pid or 0) if nice_of(one) == NICE)
        return done(site) > 0

    kill(process, in_the_middle)
    assert done(site) < MANY
    return children


def begun(site: Site) -> multiprocessing.process.BaseProcess:
    """A worker as it runs in earnest, in a process of its own."""
    process = multiprocessing.get_context("spawn").Process(target=worker, args=(site.settings,))
    process.start()
    return process


def done(site: Site) -> int:
    return job(site)[1].done


def kill(process: multiprocessing.process.BaseProcess, when: Callable[[], bool]) -> None:
    """Without a word, like a power cut, as soon as that is so."""
    until = time.monotonic() + 120
    while not when():
        assert time.monotonic() < until and process.is_alive()
        time.sleep(0.02)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def children_of(parent: int) -> set[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    return {int(child) for child in listed.read_text().split()} if listed.exists() else set()


def nice_of(process: int) -> int:
    try:
        return os.getpriority(os.PRIO_PROCESS, process)
    except ProcessLookupError:
        return 0
