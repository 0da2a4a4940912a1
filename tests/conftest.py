"""The ground every test stands on: a real database on each engine, a clock that can be set, a client for each face."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.kernel.database import Site, connect
from app.settings import Settings
from tests.databases import Databases, PostgreSQL, SQLite
from tests.worlds import Shelf, shelves

POSTGRES = os.environ.get("RRN_TEST_POSTGRES_URL", "")
ENGINES = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]
if os.environ.get("RRN_TEST_ENGINES"):
    ENGINES = os.environ["RRN_TEST_ENGINES"].split(",")


class SetClock:
    """A clock that stands where the test puts it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session", params=ENGINES)
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """One engine with a database at head, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    engine: Databases = SQLite(folder) if request.param == "sqlite" else PostgreSQL(POSTGRES)
    shelves[request.param] = Shelf(engine, folder)
    yield engine
    del shelves[request.param]
    engine.close()


@pytest.fixture(autouse=True)
def unpatched(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that changes the program itself makes its own world, and leaves none to others."""
    if "monkeypatch" not in request.fixturenames:
        yield
        return
    put_aside = dict(shelves)
    shelves.clear()
    yield
    shelves.update(put_aside)


@pytest.fixture
def settings(prepared: Databases, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh installation on a fresh copy of the database."""
    with prepared.copy(tmp_path) as settings:
        yield settings


@pytest.fixture
def site(settings: Settings, clock: SetClock) -> Iterator[Site]:
    """The site, without the web in front of it."""
    site = connect(settings, clock)
    yield site
    site.engine.dispose()
