"""How often a page asks the database: a fixed number of times, however many rows there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from app.audits import queries as audits
from app.cases import queries as cases
from app.cases.rules import State
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.main import create_app
from app.people import queries as people
from app.people.commands import make_token
from app.people.models import Session
from app.people.rules.codes import digest
from app.permissions import Permission
from app.settings import Settings
from app.web.gate import cookie_name
from tests.cases.make import World, make_case, make_client
from tests.cases.make import open_case as apply
from tests.conftest import SetClock
from tests.curricula.make import make_version
from tests.forgetful import forgetful
from tests.registry.make import add_service, make_world, publish

MOST_PUBLIC = 20
MOST_OF_A_SEARCH = 5
"""The beginning of the transaction, how far the ledger goes, the bodies to choose from, the index, and what is not remembered."""
MOST_ABOUT_ONE = 4
"""How far the register goes, the certificate with its parties, its history, its curricula."""
HEAD_ALONE = "SELECT size FROM ledger_head WHERE id = 1"
"""What the kept answers ask before they are served. SQLite is asked past the engine, so it is not among the counted there."""
MOST_ON_A_DESK = 40


@pytest.fixture
def app(settings: Settings, clock: SetClock) -> FastAPI:
    return forgetful(create_app(settings, clock, rates={}))


@contextmanager
def counting(app: FastAPI) -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    said: list[str] = []

    def seen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement != HEAD_ALONE:
            said.append(statement)

    engine = app.state.site.engine
    event.listen(engine, "before_cursor_execute", seen)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", seen)


def asked(app: FastAPI, paths: list[str], headers: dict[str, str]) -> dict[str, int]:
    """How many statements each page took, not counting what the software only asks once."""
    reader, counts = TestClient(app), {}
    for path in paths:
        for _turn in ("first", "counted"):
            with counting(app) as said:
                answer = reader.get(path, headers=headers)
            assert answer.status_code == 200, (path, answer.text)
        counts[path] = len(said)
    return counts


def grown(
    app: FastAPI, paths: list[str], grow: Callable[[], None], headers: dict[str, str] | None = None
) -> dict[str, tuple[int, int]]:
    """Statements before and after there were more rows."""
    before = asked(app, paths, headers or {})
    grow()
    app.state.site.clock.now += timedelta(minutes=1)
    after = asked(app, paths, headers or {})
    return {path: (before[path], after[path]) for path in paths}


def check(counts: dict[str, tuple[int, int]], most: int) -> None:
    """Every page asks, none takes more statements than before, and none takes many."""
    assert all(before for before, _after in counts.values())
    assert {path: pair for path, pair in counts.items() if pair[1] > pair[0]} == {}
    assert {path: pair for path, pair in counts.items() if pair[1] > most} == {}


def test_public_pages_ask_as_often_of_a_register_five_times_as_large(app: FastAPI, site: Site) -> None:
    world = make_world(site)
    number = publish(world)
    others = [add_service(site, world.body, f"Alderbank Training {turn}") for turn in range(5)]
    searches = [
        "/register",
        "/register?q=training",
        "/register?q=training&status=active",
        "/api/v1/register?nation=england",
    ]
    paths = [
        "/", f"/verify/{number}", f"/c/{number}", f"/register/services/{world.service.organisation_ref}", f"/register/bodies/{world.body.ref}",
    ]  # fmt: skip

    def grow() -> None:
        for turn, service in enumerate(others):
            publish(replace(world), 300 + turn, service)

    counts = grown(app, [*searches, *paths], grow)
    check(counts, MOST_PUBLIC)
    check({path: counts[path] for path in searches}, MOST_OF_A_SEARCH)
    assert counts[f"/verify/{number}"][1] <= MOST_ABOUT_ONE


def cookie_of(site: Site, settings: Settings, actor: Actor) -> dict[str, str]:
    """The cookie of somebody who is signed in past the second factor."""
    secret = f"secret of {actor.id}"
    with writing(site, SYSTEM) as unit:
        person = people.person(unit, actor.id)
        begun = {"began_at": unit.now, "seen_at": unit.now}
        unit.db.add(
            Session(
                person_id=person.id,
                digest=digest(secret),
                second_factor=True,
                organisation_id=actor.organisation_id,
                **begun,
            )
        )
    return {"Cookie": f"{cookie_name(settings)}={secret}"}


def more_cases(site: Site, world: World) -> None:
    """Four more clients apply."""
    for turn in range(4):
        client, service = make_client(site, f"Dunlinford Training {turn}", f"Pia Person {turn}")
        apply(
            replace(
                world,
                client=client,
                service_id=service,
                versions=[make_version(site, client)],
                actors=dict(world.actors),
            )
        )


@pytest.mark.parametrize("person", ["officer", "assessor"])
def test_lists_and_desks_of_a_body_ask_as_often_with_five_times_as_many_cases(
    app: FastAPI, site: Site, person: str
) -> None:
    world = make_case(site, State.IN_EVALUATION)
    with reading(site, world.assessor) as unit:
        audit = audits.rows_of_case(unit, cases.find_case(unit, world.ref).id)[0]
    paths = ["/desk", "/cases", f"/cases/{world.ref}"]
    paths += (
        ["/audits", f"/audits/{audit.ref}", f"/audits/{audit.ref}/requirements/1.1.1"]
        if person == "assessor"
        else []
    )
    headers = cookie_of(site, app.state.site.settings, world.actors[person])
    check(grown(app, paths, lambda: more_cases(site, world), headers), MOST_ON_A_DESK)


RECORDING = (
    "SELECT token",  # whose it is and what it may, under the lock (rules page, 20)
    "SELECT audit",  # the evaluation, the actor's place on its team and the result so far
    "UPDATE audit_result",  # only from the version that was looked at
    "UPDATE audit",  # the counters, by difference
    "SELECT event",  # the digest to chain to
    "INSERT INTO event",  # what was done
)
KEPT = ("SELECT repeat", "INSERT INTO repeat")
"""Around them when a key came: where the same call led before, and where this one led."""
MOST_SHOWN = 8
"""Statements of the recording page, which a program is shown unless it prefers little."""


def test_every_statement_of_recording_a_result_has_a_reason(app: FastAPI, site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    with writing(site, SYSTEM) as unit:
        audit = audits.rows_of_case(unit, cases.find_case(unit, world.ref).id)[0].ref
        person = people.person(unit, world.assessor.id)
        rights = [Permission.AUDIT_READ, Permission.AUDIT_RECORD]
        token = make_token(unit, person, world.body.id, "a program", rights)
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})

    def record(version: int, outcome: str, **headers: str) -> list[str]:
        with counting(app) as said:
            answer = program.post(
                f"/api/v1/audits/{audit}/requirements/1.1.1",
                json={"outcome": outcome, "reason": "Seen.", "version": version},
                headers=headers,
            )
        assert answer.is_success, answer.text
        locks = ("BEGIN", "SELECT pg_advisory", "SELECT pg_catalog")
        return [line for line in map(_first_words, said) if not line.startswith(locks)]

    record(0, "met")
    record(1, "partly")
    assert record(2, "met", Prefer="return=minimal") == list(RECORDING)
    keyed = record(3, "partly", **{"Prefer": "return=minimal", "Idempotency-Key": "one"})
    assert keyed == [RECORDING[0], KEPT[0], *RECORDING[1:], KEPT[1]]
    shown = record(4, "met")
    assert shown[: len(RECORDING)] == list(RECORDING)
    assert len(shown) - len(RECORDING) == MOST_SHOWN
    assert "SELECT token" not in shown[1:]


def _first_words(statement: str) -> str:
    """The verb and the table: `SELECT audit`, `INSERT INTO event`."""
    words = " ".join(statement.replace(".", " ").split()).split(" ")
    return " ".join(words[: 3 if words[0] == "INSERT" else 2])
