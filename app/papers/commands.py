"""Ordering a paper, noting its files, saying why it waits, and telling the log that it is there."""

from datetime import datetime

import rfc8785

from app.kernel.database import Unit
from app.kernel.journal import Event, record
from app.ledger.commands import tell_by_digest
from app.ledger.rules import EntryKind
from app.papers.models import Paper
from app.papers.queries import ordered_by, replaced_by, untold_papers
from app.papers.rules import Said


def order(unit: Unit, event: Event, subject_id: int, owner: str, said: Said) -> Paper:
    """Freeze what a paper says; the worker makes it next. Asked twice for one event, it is one paper."""
    found = ordered_by(unit, event)
    if found:
        return found
    row = Paper(
        kind=said.kind, subject_id=subject_id, about=said.about, owner=owner, event_id=event.id,
        content=rfc8785.dumps(said.model_dump(mode="json")).decode(), ordered_at=unit.now,
    )  # fmt: skip
    unit.db.add(row)
    unit.db.flush()
    record(unit, "paper.ordered", row, paper=said.kind.value, about=said.about)
    return row


def replace(unit: Unit, paper_id: int) -> None:
    """The same words on another paper, because others may know a key that made this one; asked twice, it is one paper."""
    old = unit.db.get_one(Paper, paper_id, with_for_update=True, populate_existing=True)
    if replaced_by(unit, old):
        return
    event = record(unit, "paper.doubted", old)
    row = Paper(
        kind=old.kind, subject_id=old.subject_id, about=old.about, owner=old.owner, event_id=event.id, content=old.content,
        replaces_id=old.id, ordered_at=unit.now,
    )  # fmt: skip
    unit.db.add(row)
    unit.db.flush()
    record(unit, "paper.ordered", row, paper=row.kind.value, about=row.about)


def keep_sealed(unit: Unit, row: Paper, files: tuple[str, str], keys: tuple[str, str], at: datetime) -> None:
    """Note the digests of PDF and token and the keys that sealed and signed, unless another worker was first."""
    if row.sealed_at is not None:
        return
    row.pdf_digest, row.token_digest = files
    row.seal_key, row.credential_key = keys
    row.sealed_at, row.held = at, ""
    unit.db.flush()
    record(unit, "paper.sealed", row, pdf=row.pdf_digest, token=row.token_digest)


def hold(unit: Unit, row: Paper, sentence: str, why: str) -> None:
    """It cannot be sealed just now: say why, to those whose it is, once."""
    if row.sealed_at is not None or row.held == sentence:
        return
    row.held = sentence
    unit.db.flush()
    record(unit, "paper.held", row, why=why)


def tell_sealed(unit: Unit) -> int:
    """Tell the public of each sealed paper of which the log has yet to tell: by the digest of its PDF, and nothing else in the clear."""
    return tell_by_digest(unit, EntryKind.PAPER_SEALED, untold_papers, lambda row: (row.pdf_digest or "", {}))
