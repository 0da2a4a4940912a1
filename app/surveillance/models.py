"""The tables of surveillance: a cycle for each certificate, its four strata, its draws, and what was picked."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Record, Table
from app.surveillance.rules import CycleState, DrawState, PickState, Stratum

_OPEN = text("status = 'committed'")


class Cycle(Record, Table):
    """The time over which a share of everything on one certificate is observed: from its first day to its last."""

    __tablename__ = "surveillance_cycle"
    __table_args__ = (Index("ix_surveillance_cycle_due", "status", "counted_on"),)

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), unique=True)
    status: Mapped[CycleState] = mapped_column(default=CycleState.RUNNING)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    counted_on: Mapped[date]
    """The day for which the strata were last counted: today, or the last day once the cycle is over."""
    fell_short_on: Mapped[date | None]
    """The day on which the register flagged that the sample was not reached; never taken back."""


class StratumCount(Table):
    """How many there are of one stratum and how many of them are owed; counted anew every day while the cycle runs."""

    __tablename__ = "surveillance_stratum"
    __table_args__ = (CheckConstraint("owed >= 0 AND owed <= population", name="owed_within_population"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("surveillance_cycle.id"), primary_key=True)
    stratum: Mapped[Stratum] = mapped_column(primary_key=True)
    population: Mapped[int]
    owed: Mapped[int]


class Draw(Record, Table):
    """One draw: the list frozen and the value committed to, then the checkpoint that decided and the seed."""

    __tablename__ = "surveillance_draw"
    __table_args__ = (
        Index(
            "uq_surveillance_draw_open", "cycle_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        CheckConstraint("(seed IS NULL) = (checkpoint_size IS NULL)", name="seed_from_a_checkpoint"),
        CheckConstraint("checkpoint_size >= ledger_number + 2", name="decided_by_what_came_later"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("surveillance_cycle.id"), index=True)
    status: Mapped[DrawState] = mapped_column(default=DrawState.COMMITTED)
    listed: Mapped[str] = mapped_column(Text)
    """The frozen list (RFC 8785), as text."""
    list_digest: Mapped[str]
    value: Mapped[str]
    """Hex. Shown to nobody before the draw is made."""
    commitment: Mapped[str]
    ledger_number: Mapped[int] = mapped_column(Key)
    """The ledger's entry about the commitment and the list."""
    committed_at: Mapped[datetime]
    committed_by: Mapped[str]
    """The name of the person who ordered it."""
    checkpoint_size: Mapped[int | None] = mapped_column(Key)
    root: Mapped[str | None]
    seed: Mapped[str | None]
    drawn_at: Mapped[datetime | None]

    @property
    def thread(self) -> str:
        """What is done with a draw is part of the history of its cycle."""
        return f"surveillance_cycle:{self.cycle_id}"


class Pick(Record, Table):
    """One item of a draw: its place in the order, and what became of it."""

    __tablename__ = "surveillance_pick"
    __table_args__ = (
        UniqueConstraint("draw_id", "stratum", "place"),
        UniqueConstraint("draw_id", "stratum", "item"),
        Index("ix_surveillance_pick_planned", "observer", "status"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("surveillance_cycle.id"), index=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("surveillance_draw.id"))
    stratum: Mapped[Stratum]
    place: Mapped[int]
    """From 0, in the order of the draw."""
    item: Mapped[str]
    """The reference of the curriculum, appointment or affiliate."""
    name: Mapped[str]
    """What it was called when it was drawn."""
    status: Mapped[PickState] = mapped_column(default=PickState.DRAWN)
    case_ref: Mapped[str] = mapped_column(default="")
    """The surveillance case in whose scope it is; empty until there is one."""
    observer: Mapped[str] = mapped_column(default="")
    observer_name: Mapped[str] = mapped_column(default="")
    planned_on: Mapped[date | None]
    observed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    audit_ref: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was substituted."""

    @property
    def thread(self) -> str:
        """What is done with a pick is part of the history of its cycle."""
        return f"surveillance_cycle:{self.cycle_id}"
