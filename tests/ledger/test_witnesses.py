"""The register and its outside witnesses: real ones behind real sockets, and ones that are slow, gone, lying or confused."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.certificates.effects import key_store, sign_log_again
from app.certificates.keys import RRN, Purpose
from app.certificates.keys.store import LEAD, LOG_OVERLAP
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.ledger import effects
from app.ledger.effects import ask_in_passing, ask_witnesses
from app.ledger.models import LedgerCheckpoint, LedgerCosignature, LedgerWitness
from app.ledger.note import NoteKey, open_note
from app.ledger.queries import newest_checkpoint, published_note, witnessed
from app.main import create_app
from app.settings import Settings, SettingsFault, read_settings
from app.witness.serving import serving
from app.witness.watching import Witness, make, trust
from tests.conftest import SetClock
from tests.ledger.test_log import filled, tell
from tests.witness.make import Log
from tests.witness.served import served


@pytest.fixture
def signed(site: Site) -> Site:
    """A log of five entries with a checkpoint."""
    filled(site, 5)
    sign_log_again(site)
    return site


def log_key(site: Site) -> NoteKey:
    with TestClient(create_app(site.settings, site.clock)) as web:
        return NoteKey.parse(web.get("/.well-known/log.vkey").text.splitlines()[0])


def with_witnesses(site: Site, *lines: str) -> Site:
    return connect(replace(site.settings, witnesses=lines), site.clock)


@pytest.fixture
def witness(signed: Site, tmp_path: Path) -> Witness:
    make(tmp_path / "w", "witness.example/w1")
    trust(tmp_path / "w", log_key(signed).vkey)
    return Witness(tmp_path / "w")


@pytest.fixture
def witnessing(signed: Site, witness: Witness) -> Iterator[Site]:
    """The register, with one witness that answers."""
    with served(serving(witness)) as url:
        site = with_witnesses(signed, f"{witness.key.vkey}@{url}/")
        yield site
        site.engine.dispose()


def grow(site: Site, clock: SetClock, number: int) -> None:
    with_number(site, number)
    sign_log_again(site)
    clock.now += timedelta(minutes=1)


def with_number(site: Site, number: int) -> None:
    with writing(site, SYSTEM) as unit:
        tell(unit, number)


def published(site: Site) -> str:
    with reading(site, SYSTEM) as unit:
        return published_note(unit, newest_checkpoint(unit))


def state(site: Site) -> LedgerWitness:
    with reading(site, SYSTEM) as unit:
        return unit.db.scalars(select(LedgerWitness)).one()


def test_the_published_checkpoint_carries_the_witnesses_line_as_the_log_grows(
    witnessing: Site, witness: Witness, clock: SetClock
) -> None:
    key = log_key(witnessing)
    for number in range(5, 9):
        ask_witnesses(witnessing)
        assert open_note(published(witnessing), [key, witness.key]).signed_by == (key, witness.key)
        grow(witnessing, clock, number)
        assert witness.key not in open_note(published(witnessing), [key, witness.key]).signed_by
    with TestClient(create_app(witnessing.settings, clock)) as web:
        said = web.get("/readyz").json()["witnesses"]
        assert said == "0 of 1 outside witnesses have cosigned the newest checkpoint (9 entries)."
        ask_witnesses(witnessing)
        assert web.get("/readyz").json()["witnesses"].startswith("1 of 1 outside")
        assert web.get("/log/checkpoint").text == published(witnessing)


def test_each_checkpoint_is_asked_for_once(witnessing: Site, witness: Witness) -> None:
    ask_witnesses(witnessing)
    before = next(witness.folder.glob("*/checkpoint")).stat().st_mtime_ns
    ask_witnesses(witnessing)
    assert next(witness.folder.glob("*/checkpoint")).stat().st_mtime_ns == before


def test_a_register_that_lost_its_note_of_the_witness_is_told_where_it_stands(
    witnessing: Site, clock: SetClock
) -> None:
    ask_witnesses(witnessing)
    with writing(witnessing, SYSTEM) as unit:
        unit.db.delete(unit.db.scalars(select(LedgerWitness)).one())
    grow(witnessing, clock, 5)
    ask_witnesses(witnessing)
    assert (state(witnessing).size, state(witnessing).problem) == (6, "")


def test_a_witness_that_has_seen_more_than_the_register_has_is_not_passed_over(
    signed: Site, witnessing: Site, witness: Witness
) -> None:
    ask_witnesses(witnessing)
    longer = Log(9, origin=log_key(signed).name)
    place = next(witness.folder.glob("*/checkpoint"))
    remembered = place.read_text()
    (witness.folder / "logs.vkey").write_text(f"{longer.key.vkey}\n{log_key(signed).vkey}\n")
    place.unlink()
    assert witness.add_checkpoint(longer.request(0)).status == 200
    with writing(witnessing, SYSTEM) as unit:
        unit.db.delete(unit.db.scalars(select(LedgerWitness)).one())
    ask_witnesses(witnessing)
    assert "the log was cut short" in state(witnessing).problem
    with reading(witnessing, SYSTEM) as unit:
        assert "witness.example/w1: has cosigned 9 entries" in witnessed(unit)
    assert remembered


def odd(*replies: tuple[int, str, str]) -> Starlette:
    """A witness that answers whatever the test says, over and over."""
    waiting = list(replies)

    async def add(_request: Request) -> Response:
        status, text, media = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return PlainTextResponse(text, status, media_type=media)

    return Starlette(routes=[Route("/add-checkpoint", add, methods=["POST"])])


@pytest.mark.parametrize(
    "replies",
    [[(200, "", "text/plain")], [(200, "\u2014 witness.example/w1 AAAAAAAA\n", "text/plain")], [(200, "<html>", "text/html")], [(500, "no", "text/plain")],
     [(409, "x\n", "text/x.tlog.size")], [(409, "3\n", "text/x.tlog.size")], [(409, "0\n", "text/plain")], [(200, "x" * 20_000, "text/plain")],
     [(409, "99999999999999999999\n", "text/x.tlog.size")], [(404, "", "text/plain")], [(302, "", "text/plain")]],
)  # fmt: skip
def test_nothing_that_a_confused_witness_says_is_kept_or_published(
    signed: Site, clock: SetClock, replies: list[tuple[int, str, str]]
) -> None:
    with served(odd(*replies)) as url:
        site = with_witnesses(signed, f"{witness_key().vkey}@{url}")
        before = published(site)
        ask_witnesses(site)
        assert published(site) == before
        first = state(site)
        assert (first.failures, first.size) == (1, 0) and first.problem
        assert timedelta(seconds=30) <= first.due_at - clock.now <= timedelta(minutes=1)
        ask_witnesses(site)
        assert state(site).failures == 1  # not due yet
        for _turn in range(9):
            clock.now += timedelta(hours=1)
            ask_witnesses(site)
        assert state(site).failures == 10
        assert state(site).due_at - clock.now <= timedelta(hours=1)
        site.engine.dispose()


def witness_key() -> NoteKey:
    return NoteKey("witness.example/w1", Log(seed=7).key.public, 4)


def test_somebody_elses_signature_is_no_cosignature(signed: Site) -> None:
    with served(odd((200, published(signed).splitlines(keepends=True)[-1], "text/plain"))) as url:
        site = with_witnesses(signed, f"{witness_key().vkey}@{url}")
        ask_witnesses(site)
        with reading(site, SYSTEM) as unit:
            assert unit.db.scalars(select(LedgerCosignature)).all() == []
        assert "nobody we trust" in state(site).problem
        site.engine.dispose()


def test_a_witness_that_never_answers_holds_nothing_up(
    signed: Site, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "SECONDS", 1.5)
    door = socket.create_server(("127.0.0.1", 0))
    site = with_witnesses(signed, f"{witness_key().vkey}@http://127.0.0.1:{door.getsockname()[1]}")
    started = time.monotonic()
    ask_in_passing(site)
    ask_in_passing(site)
    with_number(site, 5)
    sign_log_again(site)
    outbox.deliver_all(site)
    assert time.monotonic() - started < 1.2
    assert sum(one.name == "witnesses" for one in threading.enumerate()) == 1
    with reading(site, SYSTEM) as unit:
        assert unit.db.get(LedgerCheckpoint, 6) is not None
    for one in threading.enumerate():
        if one.name == "witnesses":
            one.join(20)
    assert "does not answer" in state(site).problem
    door.close()
    site.engine.dispose()


def test_without_a_witness_the_register_says_so(site: Site) -> None:
    with TestClient(create_app(site.settings, site.clock)) as web:
        assert web.get("/readyz").json()["witnesses"].startswith("No outside witness is set up")


GOOD = f"{witness_key().vkey}@https://witness.example/w1/"


@pytest.mark.parametrize(
    ("text", "fault"),
    [(GOOD, ""), (f"{GOOD}  {GOOD}\n", ""), ("nonsense", "is not the line of a witness"), (GOOD.replace("https", "http"), "over https"),
     (GOOD.replace("+", "+0", 1), "line of a witness"), (GOOD.replace("w1+", "w2+"), "whole key of a witness"),
     (f"{Log().key.vkey}@https://witness.example/", "whole key of a witness"), (f"{GOOD}?x", "line of a witness")],
)  # fmt: skip
def test_the_setting_is_looked_at_before_anything_starts(tmp_path: Path, text: str, fault: str) -> None:
    environment = {
        "RRN_WITNESSES": text, "RRN_DATA_DIR": str(tmp_path), "RRN_PUBLIC_BASE_URL": "https://register.example",
    }  # fmt: skip
    if not fault:
        assert set(read_settings(environment).witnesses) == {GOOD}
        return
    with pytest.raises(SettingsFault, match=fault):
        read_settings(environment)


def test_the_witnesses_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"# ours\n{GOOD}\n")
    found: Settings = read_settings({"RRN_WITNESSES": str(tmp_path / "list"), "RRN_DATA_DIR": str(tmp_path)})
    assert found.witnesses == (GOOD,)


def test_a_witness_cosigns_while_both_log_keys_sign_and_afterwards_once_it_was_told_of_the_new_one(
    witnessing: Site, witness: Witness, clock: SetClock
) -> None:
    store = key_store(witnessing.settings)
    clock.now += timedelta(hours=1)
    store.renew(Purpose.LOG, RRN, clock.now, clock.now)
    clock.now += LEAD
    grow(witnessing, clock, 5)
    ask_witnesses(witnessing)
    assert (state(witnessing).size, state(witnessing).problem) == (6, "")
    clock.now += LOG_OVERLAP
    grow(witnessing, clock, 6)
    ask_witnesses(witnessing)
    assert (state(witnessing).size, state(witnessing).problem) == (6, "answered 403")
    new = store.all(Purpose.LOG)[1].public_key.public_bytes_raw()
    trust(witness.folder, NoteKey(log_key(witnessing).name, new).vkey)
    clock.now += timedelta(hours=1)
    ask_witnesses(witnessing)
    assert (state(witnessing).size, state(witnessing).problem) == (7, "")
