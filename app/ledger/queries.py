"""What may be asked of the ledger: its head, its entries, the tree behind them, the newest checkpoint."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select

from app.kernel.database import Site, Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _
from app.ledger import tree
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerNode


class Head(View):
    """How far the register goes: the number of entries and the time of the newest."""

    size: int
    at: datetime | None


class StoredNodes:
    """The hashes of complete subtrees, in the database (the `Nodes` of app.ledger.tree)."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def get(self, level: int, index: int) -> bytes:
        digest = self.unit.db.scalar(
            select(LedgerNode.digest).where(LedgerNode.level == level, LedgerNode.place == index)
        )
        if digest is None:
            raise KeyError((level, index))
        return digest

    def put(self, level: int, index: int, digest: bytes) -> None:
        self.unit.db.add(LedgerNode(level=level, place=index, digest=digest))
        self.unit.db.flush()


_HEAD = select(LedgerHead.size, LedgerHead.at).where(LedgerHead.id == 1)


def head(unit: Unit) -> Head:
    """Where the ledger ends, as this unit sees it."""
    row = unit.db.connection().execute(_HEAD).one()
    return Head(size=row.size, at=row.at)


def root(unit: Unit, size: int) -> bytes:
    """The root hash over the first `size` entries."""
    return tree.root(StoredNodes(unit), size)


def entries(unit: Unit, start: int, end: int) -> Sequence[LedgerEntry]:
    """The entries from `start` up to, not with, `end`."""
    rows = (
        select(LedgerEntry)
        .where(LedgerEntry.number >= start, LedgerEntry.number < end)
        .order_by(LedgerEntry.number)
    )
    return unit.db.scalars(rows).all()


def newest_checkpoint(unit: Unit) -> LedgerCheckpoint:
    """The newest signed checkpoint. Raises NotFound while none has been signed."""
    found = unit.db.scalar(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1))
    if found is None:
        raise NotFound(
            _("The log has no signed checkpoint yet. The first is signed within a minute of the first entry.")
        )
    return found


def size_at(unit: Unit, moment: datetime) -> int:
    """How many entries the ledger had at that moment."""
    newest = (
        select(LedgerEntry.number)
        .where(LedgerEntry.recorded_at <= moment)
        .order_by(LedgerEntry.number.desc())
        .limit(1)
    )
    number = unit.db.scalar(newest)
    return 0 if number is None else number + 1


def size_reader(site: Site) -> Callable[[], int]:
    """A function that reads the ledger's size as cheaply as the engine allows: it is asked before every kept answer.

    On SQLite one connection of its own is kept open, which reads the last commit in about ten microseconds.
    """
    statement = "SELECT size FROM ledger_head WHERE id = 1"
    if site.engine.dialect.name == "sqlite":
        own = sqlite3.connect(
            str(site.engine.url.database), check_same_thread=False, isolation_level=None, timeout=1
        )
        return lambda: int(own.execute(statement).fetchone()[0])

    def read() -> int:
        with site.engine.connect() as connection:
            return int(connection.exec_driver_sql(statement).scalar_one())

    return read
