"""The ledger's tables: entries, the hashes of complete subtrees, what was told, the head, signed checkpoints; what is told of by digest."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, ForeignKey, Index, LargeBinary, event, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only
from app.ledger.rules import RedactionState


class LedgerEntry(Table):
    """One public change, as the bytes that are logged. `number` counts from 0 without a gap."""

    __tablename__ = "ledger_entry"

    number: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(index=True)
    subject_ref: Mapped[str] = mapped_column(index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(index=True)
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
    """A signed checkpoint (C2SP tlog-checkpoint): the note as text, as the log itself signed it."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    signed_at: Mapped[datetime]


class LedgerCosignature(Table):
    """A witness's line under a checkpoint (C2SP tlog-cosignature), verified before it was kept."""

    __tablename__ = "ledger_cosignature"

    size: Mapped[int] = mapped_column(
        ForeignKey("ledger_checkpoint.size"), primary_key=True, autoincrement=False
    )
    witness: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    came_at: Mapped[datetime]


class LedgerWitness(Table):
    """How it stands with one outside witness, by its verifier key: how far it has cosigned, and when it is asked again."""

    __tablename__ = "ledger_witness"

    witness: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(Key)
    due_at: Mapped[datetime]
    failures: Mapped[int]
    problem: Mapped[str]


class Sealed(Record):
    """What stands in the row of a sealed paper or a signed statement: its files, the keys that made them, the log's word of it."""

    sealed_at: Mapped[datetime | None]
    pdf_digest: Mapped[str | None]
    token_digest: Mapped[str | None]
    seal_key: Mapped[str | None]
    credential_key: Mapped[str | None]
    entry: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"))
    """The entry of the log that tells of it; none for some minutes after it was sealed."""


_NOT_DECLINED = text("status <> 'declined'")


class Redaction(Record, Table):
    """Words of one entry that are to be taken out, or were. Subject and moment are the entry's, for those who show the words."""

    __tablename__ = "redaction"
    __table_args__ = (
        Index("uq_redaction_number", "number", unique=True, sqlite_where=_NOT_DECLINED, postgresql_where=_NOT_DECLINED),
        Index("ix_redaction_told", "subject_ref", "told_at"),
    )  # fmt: skip

    number: Mapped[int] = mapped_column(ForeignKey("ledger_entry.number"))
    subject_ref: Mapped[str]
    told_at: Mapped[datetime]
    status: Mapped[RedactionState] = mapped_column(default=RedactionState.ASKED)
    reason: Mapped[str]
    done_on: Mapped[date | None]


FIRST_HEAD = "INSERT INTO ledger_head (id, size) VALUES (1, 0)"
event.listen(LedgerHead.__table__, "after_create", DDL(FIRST_HEAD))  # type: ignore[no-untyped-call]
append_only("ledger_entry")
append_only("ledger_node")
