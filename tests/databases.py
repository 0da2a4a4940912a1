"""Databases for the tests: one is brought to head once, and every test gets a copy in which nothing has happened.

On SQLite a copy is a file. On PostgreSQL making and dropping a database costs 100 ms and more, so one that was used is put
back to what stands in a fresh one and handed on; whoever is still connected is sent away, and one whose shape a test
has changed is dropped. What stands in a database can be read and written as a whole, for `tests.worlds`.
"""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import create_engine

from app.kernel.database import Table
from app.main import create_app  # noqa: F401  every area's tables and effects are known from here on
from app.settings import Settings

DATABASE = "register.db"
USES = 50
"""How often one PostgreSQL database is put back before it is made anew: rows that were removed still take room."""
FILLED = " UNION ALL ".join(
    f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in Table.metadata.tables
)
SHAPE = "SELECT sum(many), max(newest) FROM (" + " UNION ALL ".join(
    f"SELECT count(*) AS many, max(xmin::text::bigint) AS newest FROM {catalog}"
    for catalog in ("pg_class", "pg_constraint", "pg_proc", "pg_trigger")
) + ") AS parts"  # fmt: skip
"""Differs as soon as anything was created, altered or dropped."""
SEND_AWAY = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
SEQUENCES = (
    "SELECT seqrelid::regclass::text, pg_sequence_last_value(seqrelid) FROM pg_sequence "
    "WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
)
UNGUARDED = "SET LOCAL session_replication_role = replica"
"""Append-only rows may be removed, and rows copied in any order. Only a superuser may say so."""
Content = Any
"""What stands in a database, as its engine gave it and takes it back."""


class Databases(Protocol):
    """One engine, with a database at head."""

    def copy(self, folder: Path) -> AbstractContextManager[Settings]:
        """The settings of a fresh installation in that folder, on a fresh copy of the database."""

    def is_fresh(self, settings: Settings) -> bool:
        """Whether nothing was ever written there."""

    def read(self, settings: Settings) -> Content:
        """Everything that stands there."""

    def write(self, settings: Settings, content: Content) -> None:
        """Put that in the place of everything that stands there."""

    def close(self) -> None:
        """Remove what is left."""


def settings_in(folder: Path) -> Settings:
    """Settings of a fresh installation."""
    return Settings(
        data_dir=folder,
        secret_key="a secret for the tests only, 32+ characters",
        public_base_url="http://testserver",
    )


def fill(url: str) -> None:
    """Bring an empty database to head, as the models describe it (`tests/house` compares that with the migrations)."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    Table.metadata.create_all(engine)
    engine.dispose()


class SQLite:
    """A database is a file in the folder of the installation."""

    def __init__(self, folder: Path) -> None:
        self.head = folder / "head.db"
        fill(f"sqlite:///{self.head}")
        with closing(sqlite3.connect(self.head)) as line:
            self.filled = line.execute(FILLED).fetchall()
            self.shape = line.execute("PRAGMA schema_version").fetchone()

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Settings]:
        shutil.copy(self.head, folder / DATABASE)
        yield settings_in(folder)

    def is_fresh(self, settings: Settings) -> bool:
        if not (settings.data_dir / DATABASE).exists():
            return False
        with closing(self._line(settings)) as line:
            same_shape = line.execute("PRAGMA schema_version").fetchone() == self.shape
            return same_shape and line.execute(FILLED).fetchall() == self.filled

    def read(self, settings: Settings) -> Content:
        content = sqlite3.connect(":memory:")
        with closing(self._line(settings)) as line:
            line.backup(content)
        return content

    def write(self, settings: Settings, content: Content) -> None:
        with closing(self._line(settings)) as line:
            content.backup(line)

    def close(self) -> None:
        self.head.unlink()

    def _line(self, settings: Settings) -> sqlite3.Connection:
        return sqlite3.connect(settings.data_dir / DATABASE)


@dataclass
class Rows:
    """The rows of every table that has any, as COPY writes them, and where the sequences stand."""

    tables: dict[str, bytes]
    sequences: list[tuple[str, int]]


class Used:
    """A database that is handed on, with a line to it that stays open: finding out about its tables takes 30 ms the first time."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url
        self.times = 0
        """How often it was put back."""
        self._line: psycopg.Connection | None = None

    @contextmanager
    def line(self) -> Iterator[psycopg.Connection]:
        """The line, in a transaction; opened anew where a test has cut it."""
        try:
            if self._line:
                self._line.execute("SELECT 1")
        except psycopg.OperationalError:
            self._line = None
        self._line = self._line or psycopg.connect(self.url, autocommit=True, prepare_threshold=1)
        with self._line.transaction():
            yield self._line

    def close(self) -> None:
        if self._line:
            self._line.close()


class PostgreSQL:
    """Databases of one server, which is named by the address of its database for administration."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.head = f"rrn_head_{uuid.uuid4().hex[:12]}"
        self.free: list[Used] = []
        self.lent: dict[str, Used] = {}
        self._administer("CREATE DATABASE {}", self.head)
        fill(self._url(self.head))
        with psycopg.connect(self._url(self.head)) as line:
            self.rows = _rows(line)
            self.shape = _shape(line)

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Settings]:
        one = self.free.pop() if self.free else self._new()
        self.lent[one.url] = one
        try:
            yield replace(settings_in(folder), database_url=one.url)
        finally:
            del self.lent[one.url]
            self._put_back(one)

    def is_fresh(self, settings: Settings) -> bool:
        if settings.database_url not in self.lent:
            return False
        with self.lent[settings.database_url].line() as line:
            return set(_filled(line)) == set(self.rows.tables)

    def read(self, settings: Settings) -> Content:
        with self.lent[settings.database_url].line() as line:
            return _rows(line)

    def write(self, settings: Settings, content: Content) -> None:
        with self.lent[settings.database_url].line() as line:
            _write(line, content)

    def close(self) -> None:
        for one in self.free:
            self._drop(one)
        self._administer("DROP DATABASE {} WITH (FORCE)", self.head)

    def _new(self) -> Used:
        name = f"rrn_test_{uuid.uuid4().hex[:12]}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, self.head)
        return Used(name, self._url(name))

    def _put_back(self, one: Used) -> None:
        with one.line() as line:
            line.execute(SEND_AWAY)
            same = _shape(line) == self.shape
            if same:
                _write(line, self.rows)
        one.times += 1
        if same and one.times < USES:
            self.free.append(one)
        else:
            self._drop(one)

    def _drop(self, one: Used) -> None:
        one.close()
        self._administer("DROP DATABASE {} WITH (FORCE)", one.name)

    def _url(self, name: str) -> str:
        return f"{self.server.rsplit('/', 1)[0]}/{name}"

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as line:
            line.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _filled(line: psycopg.Connection) -> list[str]:
    return [name for (name,) in line.execute(FILLED.encode())]


def _shape(line: psycopg.Connection) -> Any:
    return line.execute(SHAPE.encode()).fetchone()


def _rows(line: psycopg.Connection) -> Rows:
    tables = {}
    for name in _filled(line):
        with line.cursor().copy(
            sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
        ) as out:
            tables[name] = b"".join(bytes(part) for part in out)
    return Rows(tables, line.execute(SEQUENCES).fetchall())


def _write(line: psycopg.Connection, rows: Rows) -> None:
    """In one transaction, so that nobody sees half of it."""
    line.execute(UNGUARDED)
    for name in _filled(line):
        line.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    for name, content in rows.tables.items():
        with line.cursor().copy(
            sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(name))
        ) as into:
            into.write(content)
    line.execute(
        "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
    )
    for name, value in rows.sequences:
        line.execute("SELECT setval(%s::regclass, %s)", (name, value))
