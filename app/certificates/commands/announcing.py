"""Telling the public of keys: one entry of the log when a key is made, and one when its planned use ends."""

from base64 import b64encode
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.certificates.keys import PublicKey
from app.certificates.models import KeyAnnouncement
from app.certificates.queries.announced import untold
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.journal import hold_thread, record
from app.ledger.commands import append
from app.ledger.rules import EntryKind, instant


def announce_keys(unit: Unit) -> int:
    """Tell of every key of which the log has yet to tell; how many entries that made. Asked twice, it is told once."""
    hold_thread(unit, KeyAnnouncement.__tablename__)
    news = untold(unit)
    for key, until in news:
        _announce(unit, key, until)
    return len(news)


def _announce(unit: Unit, key: PublicKey, until: datetime | None) -> None:
    at, word = until or key.signs_from, "retired" if until else "made"
    row = KeyAnnouncement(ref=key.id, ends=until is not None, at=at, recorded_at=unit.now)
    unit.db.add(row)
    unit.db.flush()
    event = record(unit, f"key.{word}", row, at=instant(at))
    told = {
        "key": key.id, "purpose": key.purpose.value, "owner": key.owner, "status": word, "public_key": spki(key),
        "signs_from": instant(key.signs_from), "signs_until": instant(until or key.sign_until),
    }  # fmt: skip
    append(unit, event, EntryKind(f"key.{word}"), key.id, told, effective_on=civil_date(at))


def spki(key: PublicKey) -> str:
    """The public key as X.509 writes it (SubjectPublicKeyInfo, DER), in base64."""
    return b64encode(key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
