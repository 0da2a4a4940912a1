"""What is done over and over must not take longer the more there is: no question of the worker or the public goes through a whole table that grows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from starlette.testclient import TestClient

import app.main  # noqa: F401  every duty of the worker is known from here on
from app.certificates.models import KeyNotice
from app.certificates.rules import KeyEnd
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from app.main import create_app
from app.organisations.models import Organisation
from tests.certificates.make import change, grant, issue, make_world
from tests.conftest import SetClock
from tests.forgetful import forgetful

GROWING = frozenset(
    {
        "certificate", "certificate_item", "certificate_status", "certificate_version", "curriculum", "curriculum_version", "delivery",
        "endorsement", "event", "ledger_entry", "ledger_node", "ledger_told", "organisation", "organisation_name", "paper", "register_entry",
        "register_term", "register_word", "signed_statement", "training_service", "version_nation", "version_population",
        "version_setting", "version_intervention",
    }
)  # fmt: skip
"""Tables with a row or more for each certificate, change or question of the public."""
SCAN = re.compile(r"SCAN (?P<table>\w+?)(_\d+)?( |$)")
"""A step of a plan that goes through a table, under a name of its own or not."""


@contextmanager
def plans(site: Site) -> Iterator[dict[str, list[str]]]:
    """How SQLite goes about every statement that is asked meanwhile. Its plans do not hang on how many rows there are."""
    found: dict[str, list[str]] = {}

    def look(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement not in found and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            anything = [None] * statement.count("?")
            driver = connection.connection.driver_connection
            found[statement] = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", anything)]

    event.listen(site.engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(site.engine, "before_cursor_execute", look)


def walks(found: dict[str, list[str]]) -> list[str]:
    """The statements that go through a whole table, or a whole index of it, that grows."""
    return [
        f"{step}: {statement}"
        for statement, steps in found.items()
        for step in steps
        if (walk := SCAN.match(step)) and walk["table"] in GROWING
    ]  # fmt: skip


@pytest.fixture
def sqlite(site: Site) -> Site:
    if site.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL goes through a small table whatever indexes it has")
    return site


def test_a_question_that_goes_through_all_certificates_is_seen(sqlite: Site) -> None:
    with plans(sqlite) as found, writing(sqlite, SYSTEM) as unit:
        unit.db.execute(text("SELECT id FROM certificate WHERE granted_on = '2026-01-01'"))
        unit.db.execute(text("SELECT id FROM certificate WHERE number = 'NGC-000001-H'"))
    assert len(walks(found)) == 1


def test_issuing_and_the_duties_of_the_worker_go_through_nothing_that_grows(
    sqlite: Site, clock: SetClock
) -> None:
    world = make_world(sqlite)
    number = issue(world)
    with plans(sqlite) as found:
        grant(make_world(sqlite, "Wrenmoor Training", body=world.body, rrn=world.rrn))
        change(world, number, "suspend", by=world.decider)
        outbox.deliver_all(sqlite)
        for _round in range(2):
            outbox.run_ticks(sqlite, {})
            while outbox.use_idle_time(sqlite):
                pass
            clock.now += timedelta(hours=13)
    assert not walks(found)


def test_what_the_public_asks_goes_through_nothing_that_grows(sqlite: Site, clock: SetClock) -> None:
    world = make_world(sqlite)
    number = issue(world)
    with writing(sqlite, SYSTEM) as unit:
        holder = unit.db.get_one(Organisation, world.holder_id).ref
    clock.now += timedelta(days=2)
    app = create_app(sqlite.settings, clock, rates={})
    paths = [
        "/", f"/verify/{number}", f"/verify/{number}?on=2026-03-02&known_at=2026-03-02", f"/c/{number}", f"/badge/{number}.svg",
        f"/register/services/{holder}", f"/register/bodies/{world.body.ref}", f"/marks/{holder}", "/register?q=training&on=2026-03-02",
        "/register?q=harbour", "/register?q=harbuor", "/register?q=nobody", f"/check?organisation={holder}&curriculum=safe",
        "/check?organisation=Harbour%20Lane%20Training", "/check?organisation=harbour&trainer=Smith&affiliate=Larkfield", "/log",
        "/log/tile/0/000.p/1", f"/status/{world.body.ref}/revocation/1", f"/certificates/{number}/1/proof.tlog-proof",
    ]  # fmt: skip
    with TestClient(forgetful(app)) as public, plans(app.state.site) as found:
        answers = {path: public.get(path).status_code for path in paths}
    assert set(answers.values()) <= {200, 404}
    assert [path for path, status in answers.items() if status == 404] in ([], ["/log/tile/0/000.p/1"])
    assert found and not walks(found)


def test_once_nothing_is_in_doubt_the_worker_does_not_go_on_looking_through_what_a_suspect_key_made(
    sqlite: Site, clock: SetClock
) -> None:
    world = make_world(sqlite)
    issue(world)
    with writing(sqlite, SYSTEM) as unit:
        said = {
            "purpose": "credential",
            "owner": "x",
            "end": KeyEnd.SUSPECT,
            "public_text": "",
            "said_by": "x",
        }
        unit.db.add(KeyNotice(ref="a" * 43, since=unit.now, recorded_at=unit.now, **said))
    with plans(sqlite) as first:
        outbox.run_ticks(sqlite, {})
    clock.now += timedelta(minutes=1)
    with plans(sqlite) as again:
        outbox.run_ticks(sqlite, {})
    assert any("certificate_version" in walk for walk in walks(first)), "it did look"
    assert not walks(again)
