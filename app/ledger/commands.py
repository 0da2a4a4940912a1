"""Appending to the ledger, in the same transaction as the change that the public is told of."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.kernel.database import Unit
from app.kernel.journal import Event
from app.ledger import tree
from app.ledger.models import LedgerEntry, LedgerHead, LedgerTold
from app.ledger.queries import StoredNodes
from app.ledger.rules import SALT_BYTES, Entry, EntryKind, canonical, commitment


def append(
    unit: Unit, event: Event, kind: EntryKind, subject_ref: str, told: dict[str, Any], *, effective_on: date, files: Mapping[str, str] | None = None
) -> int:  # fmt: skip
    """Tell the public: one entry for one journal event. Returns the entry's number.

    `told` is what was said, in plain JSON; the log itself holds only a salted commitment to it. The head row is locked last
    of all rows of a transaction (rules page, 20), so that entries have no gap and no two share a number.
    """
    head = unit.db.scalars(select(LedgerHead).where(LedgerHead.id == 1).with_for_update()).one()
    salt = secrets.token_bytes(SALT_BYTES)
    data = canonical(
        Entry(
            kind=kind, subject=subject_ref, recorded_at=unit.now, effective_on=effective_on, commitment=commitment(salt, told), files=dict(files or {})
        )
    )  # fmt: skip
    number = head.size
    unit.db.add(
        LedgerEntry(
            number=number,
            kind=kind.value,
            subject_ref=subject_ref,
            event_id=event.id,
            recorded_at=unit.now,
            data=data,
        )
    )
    unit.db.flush()
    unit.db.add(LedgerTold(number=number, salt=salt, told=told))
    head.size = tree.append(StoredNodes(unit), number, tree.leaf_hash(data))
    head.at = unit.now
    unit.db.flush()
    return number
