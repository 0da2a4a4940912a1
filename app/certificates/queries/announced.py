"""What the log has told of keys, and what it has yet to tell."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from app.certificates.keys import PublicKey, Purpose
from app.certificates.models import KeyAnnouncement
from app.certificates.queries.keys import ended_keys, public_keys
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry
from app.ledger.note import NoteKey, origin_of
from app.ledger.rules import EntryKind

Untold = tuple[PublicKey, datetime | None]
"""A key, and when its planned use ends; None when it is its making that is to be told."""


def untold(unit: Unit) -> list[Untold]:
    """What happened to keys and stands in no entry yet, oldest first. That one counts no more was told when it was said."""
    told = {(row.ref, row.ends, row.at) for row in unit.db.scalars(select(KeyAnnouncement))}
    ended, keys = ended_keys(unit), public_keys(unit.site.settings).all()
    made: list[Untold] = [(key, None) for key in keys if (key.id, False, key.signs_from) not in told]
    over: list[Untold] = [
        (key, key.retired_at)
        for key in keys
        if key.retired_at and key.id not in ended and (key.id, True, key.retired_at) not in told
    ]
    return made + over


def announcements(unit: Unit) -> dict[str, int]:
    """The number of the entry that told of each key's making, by thumbprint."""
    asked = select(LedgerEntry.subject_ref, LedgerEntry.number).where(LedgerEntry.kind == EntryKind.KEY_MADE)
    return {row.subject_ref: row.number for row in unit.db.execute(asked)}


def log_keys(unit: Unit) -> list[NoteKey]:
    """The log's keys as they are published: a successor once the log has told of it, at the latest when it signs."""
    told, origin = set(unit.db.scalars(select(KeyAnnouncement.ref))), origin_of(unit.site.settings.host)
    keys = public_keys(unit.site.settings).all(Purpose.LOG)
    shown = [key.public_key for key in keys if key.id in told or key.signs_from <= unit.now]
    return [NoteKey(origin, key.public_bytes_raw()) for key in shown if isinstance(key, Ed25519PublicKey)]
