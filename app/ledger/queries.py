"""What may be asked of the ledger: its head, its entries, the tree behind them, the newest checkpoint."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, bindparam, func, select

from app.kernel.casework import Casework, ToneView, steps_of, told
from app.kernel.clock import civil_date
from app.kernel.database import Site, Unit
from app.kernel.errors import NotFound, Refused
from app.kernel.fields import Ref, View
from app.kernel.question import Question
from app.kernel.words import _, label, spoken
from app.ledger import tree
from app.ledger.models import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerEntry,
    LedgerHead,
    LedgerNode,
    LedgerWitness,
    Redaction,
    Sealed,
)
from app.ledger.note import InclusionProof
from app.ledger.rules import ASIDE, REDACTION, EntryKind

SIDE_BY_SIDE = 1000
"""Entries among which one may stand out of the order of time."""
TOLD_AT_ONCE: Final = 200
"""Sealed papers or statements of which one transaction tells."""
Row = TypeVar("Row", bound=Sealed)


class Head(View):
    """How far the register goes: the number of entries and the time of the newest."""

    size: int
    at: datetime | None


class RedactionLine(View):
    """One redaction in the list."""

    ref: str
    number: int
    subject: str
    word: ToneView


class RedactionList(View):
    """Every redaction that was asked for."""

    items: list[RedactionLine]


class RedactionView(Casework):
    """One redaction: which entry, why, and what can be done."""

    number: int
    subject: str
    kind: str
    told_at: datetime
    reason: str
    done_on: date | None
    word: ToneView


@dataclass(frozen=True)
class Asked:
    """A day somebody asks about, and the moment whose knowledge is asked for (None: now)."""

    on: date
    known_at: datetime | None
    to_come: str
    """Why nobody can say, in a sentence; empty when day and moment have come."""
    unknown: str
    """Why a no is not known to be one, in a sentence; empty unless day or moment lie before the register began."""
    now: bool
    """Whether it is asked about today with all that is known: only then may an answer speak in the present."""


_NODE = Question(
    select(LedgerNode.digest).where(
        LedgerNode.level == bindparam("level"), LedgerNode.place == bindparam("place")
    )
)
"""A proof looks at some forty hashes."""


class StoredNodes:
    """The hashes of complete subtrees, in the database (the `Nodes` of app.ledger.tree)."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def get(self, level: int, index: int) -> bytes:
        found = _NODE.ask(self.unit, level=level, place=index)
        if not found:
            raise KeyError((level, index))
        return bytes(found[0].digest)

    def put(self, level: int, index: int, digest: bytes) -> None:
        self.unit.db.add(LedgerNode(level=level, place=index, digest=digest))
        self.unit.db.flush()


_HEAD = select(LedgerHead.size, LedgerHead.at).where(LedgerHead.id == 1)


def head(unit: Unit) -> Head:
    """Where the ledger ends, as this unit sees it."""
    row = unit.db.connection().execute(_HEAD).one()
    return Head(size=row.size, at=row.at)


def asked(unit: Unit, on: date | None, known_at: datetime | None = None) -> Asked:
    """What is asked when a day, a moment, both or none of them were given: the one rule for every answer of the register.

    A moment without a day asks about its own day. What is left of today asks for what is known now, so that an answer
    stays true until the register changes or the day is over.
    """
    if known_at is not None and known_at > unit.now and civil_date(known_at) == unit.today:
        known_at = None
    then = civil_date(known_at) if known_at else unit.today
    day = on or then
    begun = _begun(unit)
    early = begun is not None and (day < civil_date(begun) or (known_at is not None and known_at < begun))
    return Asked(
        on=day, known_at=known_at, to_come=_not_yet() if max(day, then) > unit.today else "",
        unknown=_not_known_before(begun) if begun and early else "", now=known_at is None and day == unit.today,
    )  # fmt: skip


def asked_day(unit: Unit, on: date | None) -> Asked:
    """The same for what has no answer for days to come. Raises Refused for them."""
    about = asked(unit, on)
    if about.to_come:
        raise Refused(about.to_come)
    return about


def _not_yet() -> str:
    return _("That has not come yet, so nobody can say. Ask about today or an earlier day.")


def _not_known_before(begun: datetime) -> str:
    said = _(
        "The register began on {moment} and knows nothing from before that. This says neither that it was certified nor that it was not."
    )
    return said.format(moment=spoken(begun))


def _begun(unit: Unit) -> datetime | None:
    """When the first entry came. It never changes again, so a reader's process asks once."""
    known: datetime | None = unit.site.memory.get("begun")
    if known is None:
        known = unit.db.scalar(select(LedgerEntry.recorded_at).where(LedgerEntry.number == 0))
        if known is not None and not unit.writes:
            unit.site.memory["begun"] = known
    return known


def last_change(unit: Unit) -> Head:
    """How far the register went when something last changed of what it says: entries about keys, statements and papers aside."""
    asked = select(LedgerEntry.number, LedgerEntry.recorded_at).where(LedgerEntry.kind.not_in(ASIDE))
    row = unit.db.execute(asked.order_by(LedgerEntry.number.desc()).limit(1)).one_or_none()
    return Head(size=row.number + 1, at=row.recorded_at) if row else Head(size=0, at=None)


def proof_of(unit: Unit, number: int) -> str:
    """The proof that an entry is in the log, under the newest checkpoint that outsiders cosigned, else the newest (C2SP tlog-proof).

    Raises NotFound while no checkpoint covers the entry yet.
    """
    newest = proving_checkpoint(unit)
    if number >= newest.size:
        newest = newest_checkpoint(unit)
    if number >= newest.size:
        raise NotFound(_("The log's next signed checkpoint will cover this within a minute. Ask again then."))
    path = tree.inclusion(StoredNodes(unit), number, newest.size)
    return InclusionProof(number, tuple(path), published_note(unit, newest)).text


def proof_by_digest(unit: Unit, kind: EntryKind, digest: str) -> str:
    """The proof of the entry that tells of what somebody holds, by its SHA-256. Raises NotFound."""
    asked = select(LedgerEntry.number, LedgerEntry.kind).where(LedgerEntry.subject_ref == digest)
    found = min((row.number for row in unit.db.execute(asked) if row.kind == kind), default=None)
    if found is None:
        raise NotFound(
            _(
                "The log tells of nothing with this digest. What was just sealed stands in it after ten minutes."
            )
        )
    return proof_of(unit, found)


def digests_told(unit: Unit, kind: EntryKind, size: int) -> Sequence[str]:
    """The digests that the first `size` entries tell of, of one kind, oldest first."""
    asked = select(LedgerEntry.subject_ref).where(LedgerEntry.kind == kind, LedgerEntry.number < size)
    return unit.db.scalars(asked.order_by(LedgerEntry.number)).all()


def untold(unit: Unit, table: type[Row], *told_of: ColumnElement[bool]) -> list[Row]:
    """What was sealed and the log has yet to tell of, oldest first, as much as goes into one transaction."""
    asked = select(table).where(table.sealed_at.is_not(None), table.entry.is_(None), *told_of)
    return list(unit.db.scalars(asked.order_by(table.id).limit(TOLD_AT_ONCE)))


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


def proving_checkpoint(unit: Unit) -> LedgerCheckpoint:
    """The checkpoint for a proof that is to last: the newest that an outside witness cosigned. Raises NotFound."""
    witnessed = select(func.max(LedgerCosignature.size)).scalar_subquery()
    found = unit.db.scalar(select(LedgerCheckpoint).where(LedgerCheckpoint.size == witnessed))
    return found or newest_checkpoint(unit)


def published_note(unit: Unit, checkpoint: LedgerCheckpoint) -> str:
    """The checkpoint with the lines of all the witnesses that cosigned it."""
    lines = select(LedgerCosignature.line).where(LedgerCosignature.size == checkpoint.size)
    return checkpoint.note + "".join(unit.db.scalars(lines.order_by(LedgerCosignature.witness)))


def witnessed(unit: Unit) -> str:
    """How it stands with the outside witnesses, in a sentence for those who run the register."""
    wanted = [text.rpartition("@")[0] for text in unit.site.settings.witnesses]
    if not wanted:
        return _("No outside witness is set up: nobody else would notice if the log were made anew.")
    newest = unit.db.scalar(select(func.max(LedgerCheckpoint.size))) or 0
    known = unit.db.scalars(select(LedgerWitness).where(LedgerWitness.witness.in_(wanted))).all()
    done = sum(row.size >= newest for row in known)
    said = _("{done} of {all} outside witnesses have cosigned the newest checkpoint ({size} entries).")
    troubles = [f"{row.witness.partition('+')[0]}: {row.problem}." for row in known if row.problem]
    return " ".join([said.format(done=done, all=len(wanted), size=newest), *troubles])


def size_at(unit: Unit, moment: datetime) -> int:
    """How many entries the ledger had at that moment.

    Entries bear the time at which their transaction began, so those of transactions side by side may stand out of order.
    """
    one, by_then = LedgerEntry, LedgerEntry.recorded_at <= moment
    latest = select(one.number).where(by_then).order_by(one.recorded_at.desc(), one.number.desc()).limit(1)
    number = unit.db.scalar(latest)
    if number is None:
        return 0
    beside = select(func.max(one.number)).where(one.number.between(number, number + SIDE_BY_SIDE), by_then)
    return int(unit.db.scalars(beside).one()) + 1


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


_TONES = {"asked": "pause", "done": "plain", "declined": "no"}
_MOST_SHOWN = 200


def _word(row: Redaction) -> ToneView:
    return ToneView(word=label(row.status.value), tone=_TONES[row.status.value])


def find_redaction(unit: Unit, ref: Ref) -> Redaction:
    """A redaction, for those at RRN who may look after them. Raises NotFound."""
    found: Redaction | None = unit.db.scalar(unit.lock(select(Redaction).where(Redaction.ref == ref)))
    if found is None:
        raise NotFound(_("There is no redaction of that reference."))
    return found


def redaction_list(unit: Unit) -> RedactionList:
    """The redactions asked for last, newest first."""
    rows = unit.db.scalars(select(Redaction).order_by(Redaction.id.desc()).limit(_MOST_SHOWN))
    return RedactionList(
        items=[
            RedactionLine(ref=row.ref, number=row.number, subject=row.subject_ref, word=_word(row))
            for row in rows
        ]
    )


def redaction_view(unit: Unit, ref: Ref) -> RedactionView:
    """The page of one redaction. The words themselves are not on it."""
    row = find_redaction(unit, ref)
    steps, barred = steps_of(unit, REDACTION, row)
    kind = unit.db.get_one(LedgerEntry, row.number).kind
    return RedactionView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread),
        number=row.number, subject=row.subject_ref, kind=label(kind.replace(".", " ")), told_at=row.told_at, reason=row.reason,
        done_on=row.done_on, word=_word(row),
    )  # fmt: skip
