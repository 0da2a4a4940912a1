"""The ground every test stands on: a real database on each engine, a clock that can be set, a client for each face."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.kernel.database import Site, connect
from app.settings import Settings
from tests.databases import Databases, PostgreSQL, SQLite
from tests.order import Units, longest_first
from tests.worlds import Shelf, shelves

POSTGRES = os.environ.get("RRN_TEST_POSTGRES_URL", "")
ENGINES = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]
if os.environ.get("RRN_TEST_ENGINES"):
    ENGINES = os.environ["RRN_TEST_ENGINES"].split(",")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units | None:
    """`--dist loadfile` hands out units of ours instead."""
    return Units(config, log) if config.getvalue("dist") == "loadfile" else None


class SetClock:
    """A clock that stands where the test puts it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Databases]]:
    """The engines that are needed, each brought to head once for the whole run, whatever the order of the tests."""
    made: dict[str, Databases] = {}

    def head(engine: str) -> Databases:
        if engine not in made:
            folder = tmp_path_factory.mktemp(engine)
            made[engine] = SQLite(folder) if engine == "sqlite" else PostgreSQL(POSTGRES)
            shelves[engine] = Shelf(made[engine], folder)
        return made[engine]

    yield head
    for engine in made.values():
        engine.close()


@pytest.fixture(scope="session", params=ENGINES)
def prepared(request: pytest.FixtureRequest, heads: Callable[[str], Databases]) -> Databases:
    """One engine with a database at head, which is copied for each test."""
    return heads(request.param)


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
