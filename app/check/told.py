"""What the log tells of by digest, signed statements and sealed papers: each entry is about what it is noted beside, and nothing was passed over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.check.breach import Breach
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry
from app.papers.models import Paper
from app.statements.models import SignedStatement

LONG = timedelta(days=1)
"""How much earlier than what was told of last something has to be sealed to have been passed over."""


def everything_sealed_was_told_in_the_log(unit: Unit) -> Iterator[Breach]:
    """Statements by their tokens, papers by their PDFs. The report of a day is a paper that the log does not tell of."""
    one, other = SignedStatement, Paper
    statements = select(one.id, one.ref, one.sealed_at, one.entry, one.token_digest.label("digest"))
    papers = select(other.id, other.ref, other.sealed_at, other.entry, other.pdf_digest.label("digest"))
    yield from _faults(unit, "statement", statements.order_by(one.id))
    yield from _faults(unit, "paper", papers.where(other.kind != "day").order_by(other.id))


def _faults(unit: Unit, noun: str, sealed: Any) -> Iterator[Breach]:
    asked = select(LedgerEntry.number, LedgerEntry.subject_ref, LedgerEntry.recorded_at)
    entries = {row.number: row for row in unit.db.execute(asked.where(LedgerEntry.kind == f"{noun}.sealed"))}
    rows = unit.db.execute(sealed).all()
    last = max((row.id for row in rows if row.entry is not None), default=0)
    newest = max((entry.recorded_at for entry in entries.values()), default=None)
    for row in rows:
        if row.entry is None:
            if row.id < last and _is_long_before(row.sealed_at, newest):
                yield Breach(f"{noun} {row.ref}", "was sealed, and the log never told of it")
        elif row.entry not in entries or entries[row.entry].subject_ref != row.digest:
            yield Breach(f"{noun} {row.ref}", "the entry of the log that should tell of it tells of something else")  # fmt: skip
    known = {row.digest for row in rows}
    for number, entry in sorted(entries.items()):
        if entry.subject_ref not in known:
            yield Breach(f"ledger entry {number}", f"tells of a {noun} that is not there")


def _is_long_before(sealed_at: datetime | None, newest: datetime | None) -> bool:
    return sealed_at is not None and newest is not None and sealed_at < newest - LONG
