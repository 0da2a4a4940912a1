"""Appending to the ledger, in the same transaction as the change that the public is told of; and taking words out of it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.kernel.casework import begin, take
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.fields import Note
from app.kernel.journal import Event, hold_thread, record
from app.kernel.words import _
from app.ledger import tree
from app.ledger.models import LedgerEntry, LedgerHead, LedgerTold, Redaction
from app.ledger.queries import Row, StoredNodes
from app.ledger.rules import (
    REDACTION,
    SALT_BYTES,
    Entry,
    EntryKind,
    NewRedaction,
    canonical,
    commitment,
)
from app.permissions import Permission


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


def tell_by_digest(
    unit: Unit, kind: EntryKind, waiting: Callable[[Unit], Sequence[Row]], told: Callable[[Row], tuple[str, dict[str, str]]]
) -> int:  # fmt: skip
    """Tell the public of what was sealed, of many together: one entry each, nothing of what is said. How many those were.

    `told` gives the digest by which whoever holds it finds the entry, and the files that the entry names.
    """
    hold_thread(unit, f"{kind.noun}s told")
    rows = waiting(unit)
    for row in rows:
        digest, files = told(row)
        event = record(unit, f"{kind.noun}.logged", row)
        row.entry = append(
            unit, event, kind, digest, {kind.noun: row.ref, **files}, effective_on=civil_date(unit.now), files=files
        )  # fmt: skip
    unit.db.flush()
    return len(rows)


def ask_redaction(unit: Unit, form: NewRedaction) -> Redaction:
    """Ask that the words of one entry be taken out. Raises Invalid when there are none, Refused when that is asked already."""
    unit.actor.require(Permission.LEDGER_REDACT)
    entry = unit.db.get(LedgerEntry, form.number)
    if entry is None or unit.db.get(LedgerTold, form.number) is None:
        said = _("The log has no entry of this number whose words could be taken out.")
        raise Invalid(_("Nothing was saved: correct it and send it again."), {"number": said})
    row = Redaction(
        number=entry.number, subject_ref=entry.subject_ref, told_at=entry.recorded_at, reason=form.reason
    )
    try:
        begin(unit, REDACTION, row, "asked", number=entry.number)
    except IntegrityError as error:
        raise Refused(
            _("This is asked for already. Nothing was saved: look at the list of redactions.")
        ) from error
    return row


def confirm_redaction(unit: Unit, row: Redaction, form: Note) -> None:
    """Take the words out for good: salt and text go, the entry and every proof stay. That it was done is told."""
    event = take(unit, REDACTION, row, "confirm", form)
    row.done_on = unit.today
    unit.db.delete(unit.db.get_one(LedgerTold, row.number))
    told = {"number": row.number, "redacted_on": unit.today.isoformat()}
    append(unit, event, EntryKind.REDACTED, f"entry-{row.number}", told, effective_on=unit.today)


REDACTION_STEPS: dict[str, Callable[[Unit, Redaction, Any], None]] = {"confirm": confirm_redaction}
