"""Processes that are shot, stores that are full, servers that are away: nothing is lost, and the next one goes on."""

import multiprocessing
import os
import resource
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.event import listen
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app.certificates import effects
from app.certificates.commands import publish
from app.certificates.effects import issuing
from app.certificates.rules import Status
from app.check.walk import breaches
from app.curricula.models import Curriculum
from app.kernel import files, mail, outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.kernel.journal import Delivery, Event
from app.ledger.models import LedgerEntry
from app.main import create_app
from app.web.gate import Ports
from tests.certificates.make import grant, make_world, status, work
from tests.conftest import SetClock
from tests.curricula.make import make_curriculum

SIGKILL_EXIT = -signal.SIGKILL


def shoot(*_more: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def shot_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*more: Any, **named: Any) -> Any:
        function(*more, **named)
        shoot()

    return wrapped


def in_a_process(site: Site, work: Callable[[Site], None]) -> int:
    """Do the work in a process of its own, with connections of its own; its exit code."""

    def run() -> None:
        os.environ["PYTHONUNBUFFERED"] = "1"
        work(connect(site.settings, site.clock))

    site.engine.dispose()
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def plant(arrow: str) -> None:
    """Put the shot where the arrow is; only ever called in a process that is to die of it."""
    press = effects.press()
    places: dict[str, tuple[Any, str, Any]] = {
        "before anything": (press, "kept", shoot),
        "before drawing": (press, "draw", shoot),
        "before sealing": (press, "seal", shoot),
        "before checking": (press, "check", shoot),
        "in the middle of storing": (press, "_write", shot_after(press._write)),
        "before the rename": (press.os, "rename", shoot),
        "after the rename": (press.os, "rename", shot_after(os.rename)),
        "before publishing": (issuing, "publish", shoot),
        "after publishing, before the commit": (issuing, "publish", shot_after(publish)),
    }
    setattr(*places[arrow])


ARROWS = ("before anything", "before drawing", "before sealing", "before checking", "in the middle of storing", "before the rename",
          "after the rename", "before publishing", "after publishing, before the commit")  # fmt: skip


def test_a_worker_killed_at_each_arrow_of_issuing_leaves_a_whole_register_and_the_next_one_finishes(
    site: Site, clock: SetClock
) -> None:
    """One certificate an arrow, each killed with signal 9, then one worker for all; what was stored keeps its bytes."""
    world = make_world(site, curricula=1)
    effects.press()  # before the fork, so that only issuing itself is in the child
    work(site)
    numbers, stored = {}, {}
    for arrow in ARROWS:
        number = grant(world, decision_ref=arrow.replace(" ", "-").replace(",", ""))

        def die(own: Site, arrow: str = arrow) -> None:
            plant(arrow)
            outbox.deliver_all(own)

        assert in_a_process(site, die) == SIGKILL_EXIT, arrow
        assert status(site, number) is None, arrow
        paper = site.settings.issued_dir / number / "1" / "certificate.pdf"
        numbers[number], stored[number] = paper, paper.read_bytes() if paper.exists() else None
        lease(site)
    assert sum(one is not None for one in stored.values()) == 3
    clock.now += timedelta(hours=1)
    work(site)
    for number, paper in numbers.items():
        last = number == list(numbers)[-1]  # each grant takes the place of the one before
        assert status(site, number) is (Status.ACTIVE if last else Status.SUPERSEDED)
        assert stored[number] in (None, paper.read_bytes())
        assert [one.name for one in paper.parent.parent.iterdir()] == ["1"]
    with reading(site, SYSTEM) as unit:
        told = select(func.count()).where(LedgerEntry.kind == "certificate.published")
        assert unit.db.scalar(told) == len(ARROWS)
        assert outbox.waiting(unit) == (0, 0)
    looked: list[str] = []
    found = [
        f"{words}: {breach.where} {breach.what}"
        for words, breach in breaches(site, looked.append)
        if words in OF_PAPERS
    ]
    assert not found
    assert set(looked) >= OF_PAPERS


OF_PAPERS = {
    "every event is chained", "every ledger entry is what was logged", "the tree follows from the entries", "every checkpoint is true and signed",
    "what was told is what was committed", "every issued paper is whole", "nothing was issued beside the register", "every seal is genuine",
    "every credential is genuine", "every stored file is what its name says", "nothing is stuck in the outbox",
}  # fmt: skip
"""What `rrn check` looks at here; the certificates of this test have no case, which the other looks would say."""


def lease(site: Site) -> None:
    """The delivery of the dead worker stays under its lease until later: the next arrow is about its own certificate."""
    with writing(site, SYSTEM) as unit:
        open_ones = list(unit.db.scalars(select(Delivery).where(Delivery.done_at.is_(None))))
        assert len(open_ones) >= 1
        for one in open_ones:
            one.due_at = unit.now + timedelta(minutes=30)


def test_a_web_process_killed_in_the_middle_of_a_write_leaves_nothing_of_it(site: Site) -> None:
    """The row and its journal event are written, and the process dies before the commit."""
    world = make_world(site, curricula=1)

    def die(own: Site) -> None:
        listen(Session, "before_commit", shoot)  # all is flushed, nothing is committed
        make_curriculum(own, world.manager, "Half of it")

    before = counted(site)
    assert in_a_process(site, die) == SIGKILL_EXIT
    assert counted(site) == before
    make_curriculum(site, world.manager, "After the fall")
    assert counted(site)[0] == before[0] + 1


def counted(site: Site) -> tuple[int, ...]:
    with reading(site, SYSTEM) as unit:
        return tuple(
            unit.db.scalar(select(func.count()).select_from(table)) or 0
            for table in (Curriculum, Event, Delivery)
        )


def test_an_answer_is_given_only_after_the_commit(site: Site, clock: SetClock) -> None:
    """Whoever was told 201 finds it again, even when the process dies with the answer still in its hands."""
    world = make_world(site, curricula=1)

    def die(own: Site) -> None:
        app = create_app(own.settings, clock, rates={})
        app.state.ports = Ports(identify=lambda _unit, brought: world.manager if brought.token else None)
        app.state.site = own
        client = TestClient(app, headers={"Authorization": "Bearer x"})
        answer = client.post("/api/v1/curricula", json={"title": "Told before the fall"})
        assert answer.status_code == 201
        shoot()

    assert in_a_process(site, die) == SIGKILL_EXIT
    with reading(site, SYSTEM) as unit:
        assert unit.db.scalar(select(func.count()).where(Curriculum.title == "Told before the fall")) == 1


def test_a_full_store_refuses_the_file_and_leaves_no_piece_of_it(site: Site) -> None:
    def fill(own: Site) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            files.keep(own.settings, b"x" * 100_000)
        except OSError:
            os._exit(17)
        os._exit(0)

    assert in_a_process(site, fill) == 17
    assert [one for one in (site.settings.data_dir / "files").rglob("*") if one.is_file()] == []


def test_a_certificate_that_finds_the_disk_full_is_issued_when_there_is_room(
    site: Site, clock: SetClock
) -> None:
    number = grant(make_world(site, curricula=1))

    def no_room(*_more: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effects.press(), "_write", no_room)
        work(site)
    assert status(site, number) is None
    with reading(site, SYSTEM) as unit:
        failures = list(unit.db.scalars(select(Delivery.failure).where(Delivery.done_at.is_(None))))
    assert any("No space left" in str(one) for one in failures)
    clock.now += timedelta(hours=2)
    work(site)
    assert status(site, number) is Status.ACTIVE


def test_letters_wait_for_a_mail_server_that_is_away_and_none_is_lost(site: Site, clock: SetClock) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    away = replace(site, settings=replace(site.settings, smtp_url=f"smtp://127.0.0.1:{port}"))
    with writing(away, SYSTEM) as unit:
        mail.post(
            unit,
            "ann@example.org",
            "invitation",
            name="Ann",
            link="x",
            organisation="Harbour Lane",
            roles="Trainer",
            by="Bea",
        )
    outbox.deliver_all(away)
    with reading(away, SYSTEM) as unit:
        (delivery,) = unit.db.scalars(select(Delivery)).all()
        assert (delivery.done_at, delivery.attempts) == (None, 1)
        assert "Refused" in str(delivery.failure)
        assert outbox.waiting(unit) == (1, 0)
    assert outbox.deliver_all(away) == 0, "it is not tried again at once"
    clock.now += timedelta(hours=1)
    assert outbox.deliver_all(site) == 1
    letters = list(site.settings.mail_dir.glob("*.eml"))
    assert len(letters) == 1
    assert b"Harbour Lane" in letters[0].read_bytes()


def test_nobody_is_answered_with_a_crash_while_the_database_is_away_and_all_is_there_afterwards(
    site: Site, clock: SetClock
) -> None:
    world = make_world(site, curricula=1)
    app = create_app(site.settings, clock, rates={})
    app.state.ports = Ports(identify=lambda _unit, brought: world.manager if brought.token else None)
    away = connect(replace(site.settings, database_url="postgresql://nobody@127.0.0.1:1/none"), clock)
    with TestClient(app, headers={"Authorization": "Bearer x"}, raise_server_exceptions=False) as client:
        here, app.state.site = app.state.site, away
        for address in (
            "/verify/NGC-000217-H",
            "/register",
            "/badge/NGC-000217-H.svg",
            "/curricula",
            "/desk",
            "/readyz",
        ):
            answer = client.get(address)
            assert answer.status_code == 503, address
        said = client.get("/api/v1/verify/NGC-000217-H")
        assert (said.status_code, said.json()["answer"]) == (503, "cannot_tell")
        assert "not_certified" not in said.text
        written = client.post("/api/v1/curricula", json={"title": "While it was away"})
        assert written.status_code == 503
        assert "Nothing was saved" in written.json()["detail"]
        assert client.get("/healthz").text == "alive"
        app.state.site = here
        assert client.post("/api/v1/curricula", json={"title": "Back again"}).status_code == 201
        titles = [one["title"] for one in client.get("/api/v1/curricula").json()["items"]]
    assert "Back again" in titles
    assert "While it was away" not in titles
    here.engine.dispose()


def test_connections_that_the_database_closed_are_replaced_without_anybody_noticing(site: Site) -> None:
    if site.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no connections that could be closed from outside")
    with reading(site) as unit:
        unit.db.execute(text("select 1"))
    other = connect(site.settings)
    with other.engine.connect() as connection:
        asked = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        connection.execute(text(asked))
    other.engine.dispose()
    with writing(site, SYSTEM) as unit:
        assert unit.db.scalar(select(func.count()).select_from(Event)) == 0


def test_a_stopped_worker_is_waited_for_and_a_broken_delivery_stops_after_its_tries(
    site: Site, clock: SetClock
) -> None:
    """Retried with growing pauses, at most twelve times, and then it stands among the stuck (rules page, 24)."""
    with writing(site, SYSTEM) as unit:
        mail.post(unit, "ann@example.org", "no-such-letter")
    tries = 0
    while tries < 40 and clock.now.year == 2026:
        with capture_logs():
            tries += outbox.deliver_all(site)
        clock.now += timedelta(hours=1, minutes=1)
        with reading(site, SYSTEM) as unit:
            if outbox.waiting(unit) == (1, 1):
                break
    assert tries == outbox.MOST_ATTEMPTS
