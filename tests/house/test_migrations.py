"""Migrations: one head, up, down and up again on both engines, and afterwards exactly the shape the models describe."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, text
from sqlalchemy import Table as LiveTable

import app.cases.models
import app.main  # noqa: F401  every area's tables are known from here on
from app.kernel.database import Table, connect
from app.settings import Settings
from tests.conftest import ENGINES, POSTGRES

ROOT = Path(__file__).resolve().parents[2]


def config(engine: Engine | None = None) -> Config:
    made = Config(ROOT / "alembic.ini")
    made.attributes["engine"] = engine
    return made


def empty(kind: str, folder: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    settings = Settings(data_dir=folder, secret_key="x" * 40)
    if kind == "sqlite":
        engine = connect(settings).engine
        yield engine
        engine.dispose()
        return
    name, server = f"rrn_empty_{uuid.uuid4().hex[:12]}", POSTGRES.rsplit("/", 1)[0]
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    engine = connect(replace(settings, database_url=f"{server}/{name}")).engine
    yield engine
    engine.dispose()
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=ENGINES)
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    yield from empty(request.param, tmp_path)


@pytest.fixture
def described(migrated: Engine, tmp_path: Path) -> Iterator[Engine]:
    """The shape the models describe, on the same engine."""
    folder = tmp_path / "described"
    folder.mkdir()
    for engine in empty(migrated.dialect.name, folder):
        Table.metadata.create_all(engine)
        yield engine


def guards(engine: Engine) -> set[tuple[str, str]]:
    """Triggers and other things beside tables, by name and text."""
    lite = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"
    postgres = (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
        "UNION SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    with engine.connect() as connection:
        rows = connection.execute(text(lite if engine.dialect.name == "sqlite" else postgres))
        return {(name, " ".join(str(body).split())) for name, body in rows}


def differences(engine: Engine) -> list[object]:
    def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind == "table" and str(name).startswith("alembic"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        return list(compare_metadata(context, Table.metadata))


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


def test_migrations_lead_to_what_the_models_describe(migrated: Engine, described: Engine) -> None:
    command.upgrade(config(migrated), "head")
    assert differences(migrated) == []
    assert guards(migrated) == guards(described)


def test_down_and_up_again(migrated: Engine) -> None:
    command.upgrade(config(migrated), "head")
    before = guards(migrated)
    command.downgrade(config(migrated), "base")
    assert guards(migrated) == set()
    command.upgrade(config(migrated), "head")
    assert guards(migrated) == before
    with migrated.connect() as connection:
        assert connection.execute(text("SELECT size FROM ledger_head")).scalar_one() == 0


def put(engine: Engine, name: str, **said: Any) -> None:
    """A row of a table as it is just now; what is not said is anything of its type."""
    table = LiveTable(name, MetaData(), autoload_with=engine)
    any_of = {int: said["id"], str: f"{name}-{said['id']}", datetime: datetime(2026, 3, 2, tzinfo=UTC)}
    needed = {one.name: any_of.get(one.type.python_type, {}) for one in table.columns if not one.nullable}
    with engine.begin() as connection:
        connection.execute(table.insert().values(needed | said))


def test_a_table_whose_rows_name_one_another_is_brought_to_head_with_its_rows(migrated: Engine) -> None:
    command.upgrade(config(migrated), "0018")
    for id, replaces in ((1, None), (2, 1)):
        put(migrated, "event", id=id)
        put(migrated, "paper", id=id, event_id=id, replaces_id=replaces)
    command.upgrade(config(migrated), "head")
    with migrated.connect() as connection:
        rows = connection.execute(text("SELECT id, replaces_id FROM paper ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [(1, None), (2, 1)]
        if migrated.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1, "they are heeded again"


def test_a_migration_that_would_leave_rows_that_point_nowhere_is_taken_back(migrated: Engine) -> None:
    if migrated.dialect.name != "sqlite":
        pytest.skip("PostgreSQL looks at each statement by itself")
    command.upgrade(config(migrated), "0018")
    with migrated.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO ledger_told (number, salt, told) VALUES (7, x'00', '{}')")
        raw.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(RuntimeError, match="ledger_told"):
        command.upgrade(config(migrated), "head")
    with migrated.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0018"


def test_the_settings_name_the_database_when_nothing_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RRN_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("RRN_DATABASE_URL", raising=False)
    command.upgrade(config(), "head")
    assert os.path.getsize(tmp_path / "register.db") > 0
