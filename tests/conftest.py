"""The ground every test stands on: a real database on each engine, a clock that can be set, a client for each face."""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from app.kernel.database import Site, Table, connect
from app.main import create_app  # noqa: F401  every area's tables and effects are known from here on
from app.settings import Settings

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
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A database at head on one engine, made once and copied for each test."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("prepared") / "head.db"
        _fill(f"sqlite:///{path}")
        yield "sqlite", str(path)
        return
    name = f"rrn_head_{uuid.uuid4().hex[:12]}"
    _administer(f'CREATE DATABASE "{name}"')
    _fill(f"{_server()}/{name}")
    yield "postgresql", name
    _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _fill(url: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    Table.metadata.create_all(engine)
    engine.dispose()


def _server() -> str:
    return POSTGRES.rsplit("/", 1)[0]


def _administer(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def settings(prepared: tuple[str, str], tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh installation on a fresh copy of the database."""
    kind, head = prepared
    base = Settings(
        data_dir=tmp_path,
        secret_key="a secret for the tests only, 32+ characters",
        public_base_url="http://testserver",
    )
    if kind == "sqlite":
        shutil.copy(head, tmp_path / "register.db")
        yield base
        return
    name = f"rrn_test_{uuid.uuid4().hex[:12]}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{head}"')
    yield replace(base, database_url=f"{_server()}/{name}")
    _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def site(settings: Settings, clock: SetClock) -> Iterator[Site]:
    """The site, without the web in front of it."""
    site = connect(settings, clock)
    yield site
    site.engine.dispose()
