"""Lines of histories held against what the log told of them: the day, the status and the words that the public was told, and no others."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateItem, CertificateStatus
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
from app.kernel.journal import Event
from app.ledger.models import LedgerEntry, LedgerTold

Facts = dict[str, Any]
"""What a line and an entry both say, by name."""
Place = tuple[str, Any, bool]
"""Of whom, recorded when, and whether it is a publication."""
_WORDS: Final = {
    "effective_on": "another day", "status": "another status", "before": "another status before", "to_on": "another last day",
    "public_text": "other words", "curriculum": "another curriculum", "limit_on": "another limit", "ends_when": "other words on what ends it",
}  # fmt: skip
_OF_CURRICULA: Final = {"certificate.curricula_suspended": "suspended", "certificate.curricula_reinstated": "active", "certificate.reduced": "withdrawn"}  # fmt: skip
"""What became of curricula, by the event that changed them."""
_FROM: Final = {"suspended": "active", "active": "suspended"}
"""What a curriculum was before; one that is taken off was either, but it was on the certificate."""


class Entry(NamedTuple):
    """What one entry of the log says in the open, and as much of what it told as is still there."""

    kind: str
    at: Any
    day: date
    told: Facts


def every_line_says_what_the_log_told(unit: Unit) -> Iterator[Breach]:
    """Of words that were taken out of the log the days and the status are left to compare: in the entry itself, and in its event."""
    items = _items(unit)
    for kept in (*CHANGES, AFFILIATES, TRAINERS):
        refs = {row.id: row.ref for row in unit.db.execute(select(kept.owner.id, kept.owner.ref))}
        entries, found = _entries(unit, kept), set[tuple[str, Any, str | None]]()
        for line in told_lines(unit, kept):
            ref = refs[line._mapping[kept.key]]
            said, told = _said(kept, line, items), entries[ref, line.recorded_at, _is_first(kept, line)]
            found.add((ref, line.recorded_at, said.get("curriculum")))
            faults = [_faults(said, _told(kept, said, entry)) for entry in told]
            if faults and all(faults):
                where = f"{kept.name} {ref}, line {line.id}"
                yield Breach(where, f"says {' and '.join(faults[0])} than the public was told by the log")
        yield from _without_lines(kept, entries, found)
    yield from _grants(unit)


def _without_lines(
    kept: Kept, entries: Mapping[Place, Sequence[Entry]], found: set[tuple[str, Any, str | None]]
) -> Iterator[Breach]:
    """Curricula of which an entry tells have a line each; that an entry has any line at all is looked at elsewhere."""
    for (ref, at, _first), told in entries.items():
        for curriculum in {one for entry in told for one in entry.told.get("curricula", ())}:
            if (ref, at, curriculum) not in found:
                what = "the log tells of a change of a curriculum on it that its history does not hold"
                yield Breach(f"{kept.name} {ref}", f"{what}: {curriculum}")


def _grants(unit: Unit) -> Iterator[Breach]:
    """The first line of a certificate, of which no entry tells: it is of the whole, and of the day of the grant."""
    line = CertificateStatus
    asked = (
        select(line.id, Certificate.ref)
        .join(Certificate, Certificate.id == line.certificate_id)
        .where(line.status == "granted", (line.effective_on != Certificate.granted_on) | line.item_id.is_not(None))
    )  # fmt: skip
    for row in unit.db.execute(asked.order_by(line.id)):
        yield Breach(f"certificate {row.ref}, line {row.id}", "was not granted on the day of its certificate")


def _items(unit: Unit) -> dict[int, str]:
    """The curriculum of each line that is about one on a certificate."""
    asked = select(CertificateItem.id, Curriculum.ref).join(
        Curriculum, Curriculum.id == CertificateItem.curriculum_id
    )
    return dict(unit.db.execute(asked).all())


def _is_first(kept: Kept, line: Any) -> bool:
    """Whether it is the line of a publication: two entries may tell of one moment, a new paper and what made it necessary."""
    return kept is CERTIFICATES and str(line.before) == "granted"


def _entries(unit: Unit, kept: Kept) -> dict[Place, list[Entry]]:
    of_kind = LedgerEntry.kind.in_(kept.kinds)
    told = LedgerTold.number == LedgerEntry.number
    redacted = dict(
        unit.db.execute(
            select(LedgerEntry.number, Event)
            .join(Event, Event.id == LedgerEntry.event_id)
            .outerjoin(LedgerTold, told)
            .where(of_kind, LedgerTold.number.is_(None))
        ).all()
    )
    asked = select(LedgerEntry.number, LedgerEntry.subject_ref, LedgerEntry.recorded_at, LedgerEntry.kind, LedgerEntry.data, LedgerTold.told)  # fmt: skip
    found: dict[Place, list[Entry]] = defaultdict(list)
    for row in unit.db.execute(asked.outerjoin(LedgerTold, told).where(of_kind)):
        day = date.fromisoformat(json.loads(row.data)["effective_on"])
        said = _left(redacted[row.number]) if row.number in redacted else row.told
        place = row.subject_ref, row.recorded_at, row.kind == "certificate.published"
        found[place].append(Entry(row.kind, row.recorded_at, day, said))
    return found


def _left(event: Event) -> Facts:
    """What is known without the words that were told: what the journal says of the same change."""
    form = event.data.get("form", {})
    said = {
        name: event.data[key]
        for name, key in (("status", "after"), ("before", "before"))
        if event.data.get(key)
    }
    if event.kind in _OF_CURRICULA:
        said |= {"curricula": form["curricula"], "curricula_status": _OF_CURRICULA[event.kind]}
    return said | {name: form[name] for name in ("limit_on", "to_on") if name in form}


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
    if kept is not CERTIFICATES:
        return said | {"to_on": line.to_on}
    return said | {
        "curriculum": items.get(line.item_id),
        "limit_on": line.limit_on,
        "ends_when": line.ends_when,
    }


def _told(kept: Kept, said: Facts, entry: Entry) -> Facts:
    """What an entry says of a line, as far as it still does."""
    if entry.kind == "certificate.published":  # told when it is published, though it may begin later
        return {"effective_on": min(entry.day, civil_date(entry.at)), "status": "active", "public_text": ""}
    facts: Facts = {"effective_on": entry.day}
    if kept in (AFFILIATES, TRAINERS):
        if entry.told["status"] == "ended":
            return facts | {"to_on": entry.day - timedelta(days=1)}
        return facts | _day(entry.told, "to_on")
    if kept is CERTIFICATES:
        return facts | _of_certificate(said, entry.told)
    facts |= {name: entry.told[name] for name in ("status", "before", "public_text") if name in entry.told}
    return facts | _day(entry.told, "to_on")


def _day(told: Facts, name: str) -> Facts:
    return {name: told[name] and date.fromisoformat(told[name])} if name in told else {}


def _of_certificate(said: Facts, told: Facts) -> Facts:
    """One entry tells of several lines when curricula change: of each of them, and of the certificate that is reduced by it."""
    words = told.get("public_text")
    if curriculum := said["curriculum"]:
        status = told.get("curricula_status")
        on_it = curriculum if curriculum in told.get("curricula", ()) else None
        facts = {
            "curriculum": on_it,
            "status": status,
            "before": _FROM.get(str(status), said["before"] or "active"),
        }
    else:
        facts = {"curriculum": None, "status": told["status"], "before": told["before"]}
        words = told.get("certificate_text") if "curricula" in told else words
    facts |= {"limit_on": None} | _day(told, "limit_on")
    if "public_text" in told:
        facts["ends_when"] = told.get("ends_when", "")
    return facts if words is None else facts | {"public_text": words}
