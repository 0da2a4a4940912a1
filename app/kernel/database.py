"""One site, two ways in: `reading` (never commits) and `writing` (one transaction, one commit)."""

import secrets
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum as PythonEnum
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from sqlalchemy import JSON as PlainJSON
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    Integer,
    MetaData,
    Select,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from app.kernel.actor import ANYONE, Actor
from app.kernel.clock import Clock, civil_date, system_clock
from app.kernel.errors import Forbidden, Stale
from app.kernel.words import _
from app.settings import Settings

WAIT_SECONDS = 5.0
POOL = 10
"""Connections a process keeps open."""
_REF_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Moment(TypeDecorator[datetime]):
    """A point in time: aware UTC in Python on both engines; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must say its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return (
            value
            if value is None
            else value.replace(tzinfo=UTC)
            if value.tzinfo is None
            else value.astimezone(UTC)
        )


JSON = PlainJSON().with_variant(JSONB(), "postgresql")
Key = BigInteger().with_variant(Integer(), "sqlite")
"""Primary and foreign keys: 64 bits on both engines (SQLite's INTEGER is)."""


class Table(DeclarativeBase):
    """Every table of the register."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        PythonEnum: Enum(
            PythonEnum,
            native_enum=False,
            length=60,
            values_callable=lambda kind: [item.value for item in kind],
        ),
    }


def new_ref() -> str:
    """A public reference: 10 characters that nobody misreads, 50 bits, so that refs cannot be guessed in bulk."""
    return "".join(_REF_ALPHABET[byte % 32] for byte in secrets.token_bytes(10))


class Record:
    """What every mutable table has: an id, a public reference, and a version that makes a lost update impossible."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(unique=True, default=new_ref)
    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]

    @property
    def thread(self) -> str:
        """The chain of journal events this row's history is part of."""
        return f"{self.__tablename__}:{self.id}"  # type: ignore[attr-defined]


R = TypeVar("R", bound=Record)


class FairLock:
    """First come, first served. SQLite's own busy handler starves writers (p99 of 2 s at 16 writers)."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    @contextmanager
    def hold(self, seconds: float = WAIT_SECONDS) -> Iterator[None]:
        self._acquire(seconds)
        try:
            yield
        finally:
            self._release()

    def _acquire(self, seconds: float) -> None:
        turn = threading.Event()
        with self._guard:
            if not self._held:
                self._held = True
                return
            self._waiting.append(turn)
        if turn.wait(seconds):
            return
        with self._guard:
            if turn.is_set():
                return
            self._waiting.remove(turn)
        raise TimeoutError("the queue of writers did not move")

    def _release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


@dataclass
class Site:
    """The running installation: its settings, its database, its clock."""

    settings: Settings
    engine: Engine
    clock: Clock = system_clock
    writers: FairLock = field(default_factory=FairLock)
    memory: dict[str, Any] = field(default_factory=dict)
    """What this process remembers of the database; whoever puts something in says for how long it is true."""

    @cached_property
    def writer(self) -> Engine:
        """The same connections, for transactions that write."""
        return self.engine.execution_options(writing=True)

    @property
    def reads_at_once(self) -> bool:
        """Whether a reader never waits, for a writer or for a network: so it is with SQLite (WAL)."""
        return self.engine.dialect.name == "sqlite"


@dataclass
class Unit:
    """One piece of work: the session, who asked, when, and whether it will be written down."""

    db: Session
    actor: Actor
    now: datetime
    site: Site
    writes: bool
    address: str = ""
    device: str = ""
    last: dict[Callable[["Unit", list[Any]], None], list[Any]] = field(default_factory=dict)
    """What is done when everything else in the transaction is, and the events it is about (`kernel.journal.within`)."""
    line: Connection | None = None
    """The connection of a reader; a writer's belongs to its session."""
    seen: dict[str, Any] = field(default_factory=dict)
    """What this unit has asked once and needs in several places."""

    @property
    def today(self) -> date:
        return civil_date(self.now)

    def ask(self, statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Columns, not objects: a third of the work, for questions the public asks by the thousand."""
        if self.line is None:
            self.db.flush()  # what this unit has changed so far is among the rows
        return (self.line or self.db.connection()).execute(statement, values)

    def lock(self, statement: Select[Any]) -> Select[Any]:
        """Rows a decision rests on stay as they are until it is written down (rules page, 20)."""
        return statement.with_for_update() if self.writes else statement


def connect(settings: Settings, clock: Clock = system_clock) -> Site:
    """Open the database of these settings. Nothing is read until the first unit."""
    url = settings.database
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite"):
        engine = create_engine(
            url, pool_size=POOL, max_overflow=50, pool_timeout=WAIT_SECONDS, hide_parameters=True
        )
        _behave_like_a_server(engine)
    else:
        limits = "-c lock_timeout=4000 -c statement_timeout=15000 -c synchronous_commit=on -c timezone=UTC"
        engine = create_engine(
            url, pool_size=POOL, max_overflow=20, pool_timeout=WAIT_SECONDS, pool_pre_ping=True, hide_parameters=True,
            connect_args={"options": limits, "connect_timeout": 5},
        )  # fmt: skip
    return Site(settings, engine, clock)


def _behave_like_a_server(engine: Engine) -> None:
    """SQLite as the embedded default: real transactions, foreign keys, durable commits, waiting writers."""

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-1000",  # KiB, for each of many connections; the system keeps the file's pages anyway
            f"busy_timeout={int(WAIT_SECONDS * 1000)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        if connection.get_execution_options().get("writing"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # it takes no lock and cannot fail, so it needs none of SQLAlchemy's bookkeeping, dear as a question of its own
            connection.connection.driver_connection.execute("BEGIN")


@contextmanager
def reading(site: Site, actor: Actor = ANYONE) -> Iterator[Unit]:
    """One consistent look at the database; nothing is ever written."""
    with site.engine.connect() as line, Session(line, autoflush=False) as session:
        if site.engine.dialect.name == "postgresql":
            line.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield Unit(session, actor, site.clock(), site, writes=False, line=line)


@contextmanager
def writing(site: Site, actor: Actor = ANYONE) -> Iterator[Unit]:
    """Committed when the block ends well, rolled back when it does not; nothing else commits."""
    queue = site.writers.hold() if site.engine.dialect.name == "sqlite" else nullcontext()
    try:
        with queue, Session(site.writer) as session, session.begin():
            unit = Unit(session, actor, site.clock(), site, writes=True)
            yield unit
            for settle, events in unit.last.items():
                settle(unit, events)
    except StaleDataError as error:
        raise Stale(stale_sentence()) from error


def stale_sentence() -> str:
    return _(
        "Somebody else changed this while you were looking at it. Nothing of yours was saved yet: look at what changed and send it again."
    )


def openable(
    unit: Unit, visible: Callable[[Unit], Select[R]], table: type[R], refs: Collection[str]
) -> set[str]:
    """Of these rows, those whose page the actor may open: by the very scope that the page asks.

    A link is drawn to these and to no others.
    """
    try:
        rows = visible(unit).where(table.ref.in_(refs))
    except Forbidden:
        return set()
    return set(unit.db.scalars(rows.with_only_columns(table.ref)))
