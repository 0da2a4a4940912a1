"""Real threads and real kills: no live certificate under a dead licence, and nothing lost from a worker that is shot."""

import multiprocessing
import threading
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.certificates import commands, effects
from app.certificates.models import CertificateStatus
from app.certificates.rules import Status
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.kernel.errors import Refused
from app.ledger.models import LedgerEntry
from app.licences.queries import standing
from tests.certificates.make import World, a_grant, grant, make_world, row, status, work
from tests.conftest import SetClock
from tests.licences.make import change as change_licence

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site, curricula=1)


def side_by_side(*works: object) -> None:
    gate = threading.Barrier(len(works))

    def run(work: object) -> None:
        gate.wait(10)
        work()  # type: ignore[operator]

    threads = [threading.Thread(target=run, args=(one,)) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def decide_beside_a_suspension(world: World, turn: int) -> tuple[bool, int]:
    """Whether it was granted, and how often what was granted became public while the licence was dead."""
    granted: list[int] = []

    def decide() -> None:
        try:
            with writing(world.site, world.decider) as unit:
                granted.append(commands.grant(unit, a_grant(world, decision_ref=f"race{turn}")).id)
        except Refused:
            return
        with writing(world.site, SYSTEM) as unit:
            names = ("certificate.pdf", "credential.jwt", "statement.json")
            commands.publish(unit, granted[0], 1, dict.fromkeys(names, "0" * 64))

    side_by_side(decide, lambda: change_licence(world.site, world.rrn, world.body, "suspend", TODAY))
    live = [line for line in active_lines(world, granted) if line > suspended_at(world)]
    change_licence(world.site, world.rrn, world.body, "reinstate", TODAY)
    return bool(granted), len(live)


def active_lines(world: World, ids: list[int]) -> list[int]:
    """The ledger numbers at which those certificates were told of as active."""
    with reading(world.site, SYSTEM) as unit:
        made = select(CertificateStatus.certificate_id).where(
            CertificateStatus.status == Status.ACTIVE, CertificateStatus.certificate_id.in_(ids)
        )
        live = set(unit.db.scalars(made))
        return [newest(world, "certificate.published")] if live else []


def suspended_at(world: World) -> int:
    return newest(world, "licence.status")


def newest(world: World, kind: str) -> int:
    with reading(world.site, SYSTEM) as unit:
        return unit.db.scalar(select(func.max(LedgerEntry.number)).where(LedgerEntry.kind == kind)) or 0


@pytest.mark.parametrize("tries", [10, pytest.param(300, marks=pytest.mark.slow)])
def test_no_certificate_becomes_public_under_a_dead_licence(world: World, tries: int) -> None:
    """The ledger orders what was told: nothing was told to be certified after the licence was told to be suspended."""
    outcomes = [decide_beside_a_suspension(world, turn) for turn in range(tries)]
    assert sum(live for _granted, live in outcomes) == 0
    with reading(world.site, SYSTEM) as unit:
        assert standing(unit, world.body.id, TODAY).may_issue


def test_two_workers_publishing_at_once_tell_the_public_once(world: World) -> None:
    number = grant(world)
    held = row(world.site, number).id
    names = ("certificate.pdf", "credential.jwt", "statement.json")

    def publish() -> None:
        with writing(world.site, SYSTEM) as unit:
            commands.publish(unit, held, 1, dict.fromkeys(names, "0" * 64))

    side_by_side(publish, publish, publish)
    with reading(world.site, SYSTEM) as unit:
        count = select(func.count()).where(LedgerEntry.kind == "certificate.published")
        assert unit.db.scalar(count) == 1


def test_two_decisions_at_once_never_share_a_number(world: World) -> None:
    numbers: list[str] = []

    def decide(turn: int) -> None:
        with writing(world.site, world.decider) as unit:
            numbers.append(commands.grant(unit, a_grant(world, decision_ref=f"turn{turn}")).number)

    side_by_side(*(lambda turn=turn: decide(turn) for turn in range(6)))
    assert len(set(numbers)) == 6


@pytest.mark.parametrize("milliseconds", [1, 25, 60, 110, 180, 300])
def test_a_worker_shot_at_any_moment_is_made_good_by_the_next(
    world: World, clock: SetClock, milliseconds: int
) -> None:
    number = grant(world)
    settings = world.site.settings
    effects.press()  # before the fork, so that only issuing itself is in the child
    world.site.engine.dispose()
    apart = multiprocessing.get_context("fork")
    ready = apart.Event()

    def run() -> None:
        own = connect(settings, clock)
        ready.set()
        outbox.deliver_all(own)

    worker = apart.Process(target=run)
    worker.start()
    assert ready.wait(30)
    time.sleep(milliseconds / 1000)
    worker.kill()
    worker.join(30)
    stored = settings.issued_dir / number / "1" / "certificate.pdf"
    before = stored.read_bytes() if stored.exists() else None
    clock.now += timedelta(minutes=10)
    work(world.site)
    assert status(world.site, number) is Status.ACTIVE
    assert before is None or stored.read_bytes() == before
    assert sorted(path.name for path in stored.parents[1].iterdir()) == ["1"]
