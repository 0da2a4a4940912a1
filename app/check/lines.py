"""Lines of histories held against what the log told of them: the day, the status and the words that the public was told, and no others."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.certificates.models import CertificateItem
from app.check.breach import Breach
from app.check.histories import (
    AFFILIATES,
    CERTIFICATES,
    CHANGES,
    TRAINERS,
    Kept,
    told_lines,
)
from app.curricula.models import Curriculum
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry, LedgerTold

Facts = dict[str, Any]
"""What a line and an entry both say, by name."""
_WORDS = {
    "effective_on": "another day", "status": "another status", "before": "another status before", "to_on": "another last day",
    "public_text": "other words", "curriculum": "another curriculum",
}  # fmt: skip


def every_line_says_what_the_log_told(unit: Unit) -> Iterator[Breach]:
    """Of words that were taken out of the log only the day is left to compare, which stands in the entry itself."""
    for kept in (*CHANGES, AFFILIATES, TRAINERS):
        refs = {row.id: row.ref for row in unit.db.execute(select(kept.owner.id, kept.owner.ref))}
        entries, items = _entries(unit, kept), _items(unit)
        for line in told_lines(unit, kept):
            ref = refs[line._mapping[kept.key]]
            said, told = _said(kept, line, items), entries[ref, line.recorded_at, _is_first(kept, line)]
            faults = [_faults(said, _told(kept, said, entry)) for entry in told]
            if faults and all(faults):
                where = f"{kept.name} {ref}, line {line.id}"
                yield Breach(where, f"says {' and '.join(faults[0])} than the public was told by the log")


def _items(unit: Unit) -> dict[int, str]:
    """The curriculum of each line that is about one on a certificate."""
    asked = select(CertificateItem.id, Curriculum.ref).join(
        Curriculum, Curriculum.id == CertificateItem.curriculum_id
    )
    return dict(unit.db.execute(asked).all())


def _is_first(kept: Kept, line: Any) -> bool:
    """Whether it is the line of a publication: two entries may tell of one moment, a new paper and what made it necessary."""
    return kept is CERTIFICATES and str(line.before) == "granted"


def _entries(unit: Unit, kept: Kept) -> dict[tuple[str, Any, bool], list[Any]]:
    asked = (
        select(LedgerEntry.subject_ref, LedgerEntry.recorded_at, LedgerEntry.kind, LedgerEntry.data, LedgerTold.told)
        .outerjoin(LedgerTold, LedgerTold.number == LedgerEntry.number)
        .where(LedgerEntry.kind.in_(kept.kinds))
    )  # fmt: skip
    found: dict[tuple[str, Any, bool], list[Any]] = defaultdict(list)
    for row in unit.db.execute(asked):
        found[row.subject_ref, row.recorded_at, row.kind == "certificate.published"].append(row)
    return found


def _faults(said: Facts, told: Facts) -> list[str]:
    return [_WORDS[name] for name, value in told.items() if said[name] != value]


def _said(kept: Kept, line: Any, items: Mapping[int, str]) -> Facts:
    """What a line says to the public."""
    if kept in (AFFILIATES, TRAINERS):
        return {"effective_on": line.from_on, "to_on": line.to_on}
    said = {
        "effective_on": line.effective_on, "status": str(line.status), "before": line.before and str(line.before),
        "public_text": line.public_text,
    }  # fmt: skip
    return said | ({"curriculum": items.get(line.item_id)} if kept is CERTIFICATES else {"to_on": line.to_on})


def _told(kept: Kept, said: Facts, entry: Any) -> Facts:
    """What an entry says of a line, as far as it still does."""
    day, told = date.fromisoformat(json.loads(entry.data)["effective_on"]), entry.told
    if entry.kind == "certificate.published":  # told when it is published, though it may begin later
        begins = min(day, civil_date(entry.recorded_at))
        return {"effective_on": begins, "status": "active", "public_text": ""}
    facts: Facts = {"effective_on": day}
    if told is None:
        return facts
    if kept in (AFFILIATES, TRAINERS):
        ended = told["status"] == "ended"
        return facts | {"to_on": day - timedelta(days=1) if ended else date.fromisoformat(told["to_on"])}
    if kept is CERTIFICATES:
        return facts | _of_certificate(said, told)
    facts |= {name: told[name] for name in ("status", "before", "public_text") if name in told}
    return facts | {"to_on": told["to_on"] and date.fromisoformat(told["to_on"])}


def _of_certificate(said: Facts, told: Facts) -> Facts:
    """One entry tells of several lines when curricula change: of each of them, and of the certificate that is reduced by it."""
    if curriculum := said["curriculum"]:
        on_it = curriculum if curriculum in told.get("curricula", ()) else None
        return {
            "curriculum": on_it,
            "status": told.get("curricula_status"),
            "public_text": told["public_text"],
        }
    facts = {"status": told["status"], "before": told["before"]}
    words = told.get("certificate_text") if "curricula" in told else told["public_text"]
    return facts if words is None else facts | {"public_text": words}
