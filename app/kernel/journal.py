"""The append-only record of everything that was done, chained by digest, and the list of what is still to follow."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import DDL, ForeignKey, Index, UniqueConstraint, bindparam, exists, func, insert, select
from sqlalchemy import event as database_event
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship
from sqlalchemy.schema import ExecutableDDLElement

from app.kernel.database import Key, Table, Unit

Finish = Callable[[Unit], None]
"""Writes down what an effect brought, in a transaction of its own."""
Effect = Callable[[Unit, "Event"], Finish | None]
"""What follows an event: slow work outside any transaction, then perhaps a Finish. At least once, so it must be idempotent."""
_effects: dict[str, dict[str, Effect]] = defaultdict(dict)
Settle = Callable[[Unit, list["Event"]], None]
"""What belongs to the same transaction as its events, done once when everything else in it is."""
_settling: dict[str, list[Settle]] = defaultdict(list)


class Thing(Protocol):
    """Anything the journal can speak of."""

    @property
    def id(self) -> Any: ...
    @property
    def ref(self) -> Any: ...
    @property
    def thread(self) -> str: ...


class Event(Table):
    """One thing somebody did. Never updated, never deleted: triggers on both engines refuse it."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("thread", "seq"), Index("ix_event_subject", "subject", "subject_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    organisation_ref: Mapped[str]
    kind: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(Key)
    thread: Mapped[str]
    seq: Mapped[int]
    data: Mapped[dict[str, Any]]
    previous: Mapped[str]
    digest: Mapped[str]


_JOTTED = tuple(column.name for column in Event.__table__.columns if column.name != "id")
_JOT = insert(Event.__table__).inline()  # type: ignore[arg-type]
_LAST = (
    select(Event.seq, Event.digest)
    .where(Event.thread == bindparam("thread"))
    .order_by(Event.seq.desc())
    .limit(1)
)


class Delivery(Table):
    """One effect that one event calls for; done once, retried with growing pauses until then."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("event_id", "effect"), Index("ix_delivery_open", "done_at", "due_at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    effect: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    event: Mapped[Event] = relationship(lazy="raise")


def after(kind: str) -> Callable[[Effect], Effect]:
    """Run the function once an event of this kind is committed."""

    def register(effect: Effect) -> Effect:
        _effects[kind][_name(effect)] = effect
        return effect

    return register


def within(*subjects: str) -> Callable[[Settle], Settle]:
    """Run the function at the end of every transaction with events about these subjects (by the names of their tables)."""

    def register(settle: Settle) -> Settle:
        for subject in subjects:
            _settling[subject].append(settle)
        return settle

    return register


def record(unit: Unit, kind: str, subject: Thing, **data: Any) -> Event:
    """Write down what was done, chained to what was done before on the same thread, and queue what follows."""
    entry = _chained(unit, kind, subject, data)
    unit.db.add(entry)
    for name in _effects[kind]:
        unit.db.add(Delivery(event=entry, effect=name, due_at=unit.now))
    for settle in _settling[entry.subject]:
        unit.last.setdefault(settle, []).append(entry)
    unit.db.flush()
    return entry


def jot(unit: Unit, kind: str, subject: Thing, **data: Any) -> None:
    """The same for the most frequent writes: one plain INSERT, and no object for it in the session."""
    if _effects[kind] or _settling[subject.__class__.__tablename__]:  # type: ignore[attr-defined]
        record(unit, kind, subject, **data)
        return
    entry = _chained(unit, kind, subject, data)
    unit.db.connection().execute(_JOT, {name: getattr(entry, name) for name in _JOTTED})


def _chained(unit: Unit, kind: str, subject: Thing, data: dict[str, Any]) -> Event:
    hold_thread(unit, subject.thread)
    unit.db.flush()
    last = unit.db.connection().execute(_LAST, {"thread": subject.thread}).one_or_none()
    seq, previous = (last.seq + 1, last.digest) if last else (1, "")
    entry = Event(
        at=unit.now, actor_id=unit.actor.id, actor_name=unit.actor.name, organisation_ref=unit.actor.organisation_ref,
        kind=kind, subject=subject.__class__.__tablename__, subject_id=subject.id, thread=subject.thread,  # type: ignore[attr-defined]
        seq=seq, data=data, previous=previous, digest="",
    )  # fmt: skip
    entry.digest = digest_of(entry)
    return entry


def digest_of(entry: Event) -> str:
    """SHA-256 over the event's canonical JSON and the digest before it: an edited or removed row shows."""
    body = [
        entry.previous, entry.at.isoformat(), entry.actor_id, entry.actor_name, entry.organisation_ref, entry.kind,
        entry.subject, entry.subject_id, entry.thread, entry.seq, entry.data,
    ]  # fmt: skip
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def hold_thread(unit: Unit, thread: str) -> None:
    """Two writers on one thread take turns; on SQLite the whole database already does."""
    if unit.db.get_bind().dialect.name == "postgresql":
        unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(thread, 0))))


def history(unit: Unit, thread: str) -> list[Event]:
    """Everything done on a thread, oldest first."""
    return list(unit.db.scalars(select(Event).where(Event.thread == thread).order_by(Event.seq)))


def ending_with(unit: Unit, kind: str) -> Sequence[int]:
    """The ids of the subjects of which an event of this kind is the last thing that happened, oldest first."""
    later = aliased(Event)
    newer = exists().where(later.thread == Event.thread, later.seq > Event.seq)
    return unit.db.scalars(
        select(Event.subject_id).where(Event.kind == kind, ~newer).order_by(Event.id)
    ).all()


def effect_named(name: str) -> Effect:
    """The effect a delivery names; KeyError when the software that queued it knew one that this one does not."""
    return next(effects[name] for effects in _effects.values() if name in effects)


def _name(effect: Effect) -> str:
    return f"{effect.__module__}.{effect.__name__}"


def retry_after(attempts: int) -> timedelta:
    """How long to wait before the next try: 30 s, doubling, at most an hour."""
    return timedelta(seconds=min(3600, 15 * 2**attempts))


APPEND_ONLY: list[str] = []
"""Tables whose rows are never changed or removed; `append_only` adds to it."""


def append_only(table: str) -> None:
    """Put triggers on a table that refuse UPDATE and DELETE, whoever asks (rules page, 22)."""
    APPEND_ONLY.append(table)
    target = Table.metadata.tables[table]
    for engine in ("sqlite", "postgresql"):
        for statement in triggers(table, engine):
            ddl: ExecutableDDLElement = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            database_event.listen(target, "after_create", ddl.execute_if(dialect=engine))


def triggers(table: str, dialect: str) -> list[str]:
    """The statements that make a table append-only on one engine; migrations run them as well."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION {table}_append_only()",
    ]


append_only("event")
