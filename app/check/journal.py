"""The journal: whole chains, nothing it speaks of is gone, every status is the one that the last event left."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Table as AnyTable
from sqlalchemy import func, select

from app.check.breach import BATCH, Breach
from app.kernel.database import Table, Unit
from app.kernel.journal import APPEND_ONLY, Delivery, Event
from app.kernel.outbox import MOST_ATTEMPTS

EVENT = Event.__table__


def every_event_is_chained(unit: Unit) -> Iterator[Breach]:
    """Each event carries the digest of the one before it and of itself, and they count from 1 without a hole."""
    rows = unit.db.execute(
        select(EVENT).order_by(EVENT.c.thread, EVENT.c.seq).execution_options(yield_per=BATCH)
    )
    for thread, events in groupby(rows, key=lambda row: row.thread):
        yield from _chain(thread, events)


def _chain(thread: str, events: Iterable[Any]) -> Iterator[Breach]:
    previous, due = "", 1
    for row in events:
        where = f"event {row.id} on {thread}"
        if row.seq != due:
            yield Breach(
                where, f"is number {row.seq} of its history where {due} is due: something was taken out"
            )
        elif row.previous != previous:
            yield Breach(where, "does not follow from the event before it")
        if row.digest != _digest(row):
            yield Breach(where, "was changed after it was written")
        previous, due = row.digest, row.seq + 1


def _digest(row: Any) -> str:
    said = [
        row.previous, row.at.isoformat(), row.actor_id, row.actor_name, row.organisation_ref, row.kind, row.subject,
        row.subject_id, row.thread, row.seq, row.data,
    ]  # fmt: skip
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def nothing_with_a_history_is_gone(unit: Unit) -> Iterator[Breach]:
    """Invariant 7: whatever the journal speaks of is still there."""
    for (name,) in unit.db.execute(select(EVENT.c.subject).distinct().order_by(EVENT.c.subject)).all():
        table = Table.metadata.tables.get(name)
        if table is None:
            yield Breach(f"events about {name}", "there is no such table any more")
            continue
        lost = (
            select(EVENT.c.subject_id)
            .outerjoin(table, table.c.id == EVENT.c.subject_id)
            .where(EVENT.c.subject == name, table.c.id.is_(None))
            .distinct()
        )
        for (id,) in unit.db.execute(lost).all():
            yield Breach(f"{name} {id}", "was deleted, although its history is kept")


def append_only_rows_count_without_a_hole(unit: Unit) -> Iterator[Breach]:
    """Invariant 7: no row is missing inside a history that is only ever added to.

    On PostgreSQL a refused transaction leaves a hole in a sequence, so this is asked on SQLite alone, where it does not.
    """
    if unit.db.get_bind().dialect.name != "sqlite":
        return
    for name in APPEND_ONLY:
        table = Table.metadata.tables[name]
        if "id" not in table.c:
            continue
        count, last = unit.db.execute(select(func.count(), func.max(table.c.id)).select_from(table)).one()
        if count != (last or 0):
            yield Breach(
                name, f"holds {count} rows, the last of which is number {last}: something was deleted"
            )


def every_status_follows_from_the_events(unit: Unit) -> Iterator[Breach]:
    """Invariant 12: as many transitions as events, each beginning where the last one ended, and no status beside them."""
    for table in Table.metadata.sorted_tables:
        if "status" in table.c and "ref" in table.c and "version" in table.c:
            yield from _transitions(unit, table)


def _transitions(unit: Unit, table: AnyTable) -> Iterator[Breach]:
    name, now = table.name, dict(unit.db.execute(select(table.c.id, table.c.status)).all())
    asked = select(EVENT.c.id, EVENT.c.subject_id, EVENT.c.data).where(EVENT.c.subject == name)
    rows = unit.db.execute(asked.order_by(EVENT.c.subject_id, EVENT.c.id).execution_options(yield_per=BATCH))
    for id, events in groupby(rows, key=lambda row: row.subject_id):
        where = f"{name} {id}"
        status = yield from _moved(where, events)
        found = now.pop(id, None)
        if found is not None and status is not None and str(found) != status:
            yield Breach(where, f"is {found}, but the last event left it {status}")
    for id, status in now.items():
        yield Breach(f"{name} {id}", f"is {status}, and no event says how it came to be")


def _moved(where: str, events: Iterable[Any]) -> Any:
    """Follow the transitions of one row; answers with the status in which the last of them left it."""
    status: str | None = None
    for row in events:
        if "after" not in row.data:
            continue
        if row.data.get("before") != status:
            yield Breach(where, f"event {row.id} leaves from {row.data.get('before')}, but it was {status}")
        status = row.data["after"]
    return status


def nothing_is_stuck_in_the_outbox(unit: Unit) -> Iterator[Breach]:
    """Everything that follows an event was done, or is still being tried."""
    stuck = select(Delivery.__table__).where(Delivery.done_at.is_(None), Delivery.attempts >= MOST_ATTEMPTS)
    for row in unit.db.execute(stuck.order_by(Delivery.id)).all():
        yield Breach(
            f"delivery {row.id} of event {row.event_id}",
            f"{row.effect} failed {row.attempts} times: {row.failure}",
        )
