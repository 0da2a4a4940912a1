"""Unsafe calls that arrive twice are carried out once: the key is stored in the transaction of the effect (rules page, 21)."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Table, Unit
from app.kernel.errors import Refused
from app.kernel.words import _


class Repeat(Table):
    """One key somebody sent, what they asked with it, and where it led."""

    __tablename__ = "repeat"
    __table_args__ = (UniqueConstraint("actor_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    actor_id: Mapped[str]
    key: Mapped[str]
    asked: Mapped[str]
    place: Mapped[dict[str, Any]]
    at: Mapped[datetime]


_BEFORE = select(Repeat.asked, Repeat.place).where(
    Repeat.actor_id == bindparam("actor"), Repeat.key == bindparam("kept")
)
_KEEP = insert(Repeat.__table__).inline()  # type: ignore[arg-type]


def remembered(unit: Unit, key: str, asked: str) -> dict[str, Any] | None:
    """Where the same call led before, or None. Raises Refused when the key came with another request.

    A call that comes while the first is still being carried out waits for it, and is told where that led.
    """
    kept = _name(key)
    if unit.db.get_bind().dialect.name == "postgresql":  # on SQLite the writers take turns anyway
        unit.db.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.actor.id} {kept}", 0)))
        )
    found = unit.db.connection().execute(_BEFORE, {"actor": unit.actor.id, "kept": kept}).one_or_none()
    if found is None:
        return None
    if found.asked != asked:
        raise Refused(
            _("This Idempotency-Key was used for another request. Nothing was changed: send a new key.")
        )
    place: dict[str, Any] = found.place
    return place


def remember(unit: Unit, key: str, asked: str, place: dict[str, Any]) -> None:
    """Keep where the call led, in the same transaction."""
    kept = {"actor_id": unit.actor.id, "key": _name(key), "asked": asked, "place": place, "at": unit.now}
    unit.db.connection().execute(_KEEP, kept)


def _name(key: str) -> str:
    """The digest of the key: whatever somebody sends as one, it can be stored, and no two are cut to the same."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
