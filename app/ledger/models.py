"""The ledger's tables: entries, the hashes of complete subtrees, what was told, the head, and signed checkpoints."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, ForeignKey, LargeBinary, event
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Table
from app.kernel.journal import append_only


class LedgerEntry(Table):
    """One public change, as the bytes that are logged. `number` counts from 0 without a gap."""

    __tablename__ = "ledger_entry"

    number: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(index=True)
    subject_ref: Mapped[str] = mapped_column(index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    recorded_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerTold(Table):
    """What the entry's commitment stands for. Deleting a row redacts the entry and leaves every proof whole."""

    __tablename__ = "ledger_told"

    number: Mapped[int] = mapped_column(ForeignKey("ledger_entry.number"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    told: Mapped[dict[str, Any]]


class LedgerNode(Table):
    """The hash of one complete subtree (RFC 6962); written once."""

    __tablename__ = "ledger_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerHead(Table):
    """How many entries there are and when the last came: the one row every public change takes turns at."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime | None]


class LedgerCheckpoint(Table):
    """A signed checkpoint (C2SP tlog-checkpoint): the note as text, with the cosignatures that came for it."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    signed_at: Mapped[datetime]


FIRST_HEAD = "INSERT INTO ledger_head (id, size) VALUES (1, 0)"
event.listen(LedgerHead.__table__, "after_create", DDL(FIRST_HEAD))  # type: ignore[no-untyped-call]
append_only("ledger_entry")
append_only("ledger_node")
