"""Surveillance: every cycle is met or flagged, and every draw is what its list, its commitment and the ledger give."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import rfc8785
from sqlalchemy import func, select

from app.certificates.models import Certificate
from app.check.breach import Breach
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerTold
from app.standards.queries import rule_pack
from app.surveillance.models import Cycle, Draw, Pick, StratumCount

GRACE = timedelta(days=2)
"""A worker counts the cycles every hour and draws every minute; this long it may have stood still."""


def every_sample_is_reached_or_flagged(unit: Unit) -> Iterator[Breach]:
    """Invariant 9: a cycle that is over was met in every stratum, or is flagged, or ended early with its certificate."""
    asked = select(Cycle, Certificate.number, Certificate.rule_pack, Certificate.status).join(
        Certificate, Certificate.id == Cycle.certificate_id
    )
    owed = _owed(unit)
    for cycle, number, pack, status in unit.db.execute(asked.order_by(Cycle.id)).all():
        where = f"surveillance of {number}"
        if cycle.status.value == "running":
            if cycle.ends_on < unit.today - GRACE:
                yield Breach(where, "is over, and nobody reckoned whether its sample was reached")
            continue
        strata = owed.get(cycle.id, [])
        if len(strata) != 4:
            yield Breach(where, f"counts {len(strata)} strata instead of four")
        for stratum, population, wanted, drawn, done in strata:
            due = _quota(pack, stratum, population)
            if wanted != due:
                yield Breach(where, f"asks for {wanted} of {population} {stratum}, the rules ask for {due}")
            if done < max(due, drawn) and not cycle.fell_short_on and not status.is_final:
                yield Breach(
                    where,
                    f"ended with {done} of {max(due, drawn)} {stratum} observed, and nothing is flagged",
                )


def _quota(pack: str, stratum: str, population: int) -> int:
    """The share of the rule pack, rounded up: worked out here once more, without its own function."""
    rule = next(one for one in rule_pack(pack).sampling if one.code == stratum)
    share = (population * rule.percent + 99) // 100
    return 0 if population == 0 else min(population, max(share, rule.minimum))


def _owed(unit: Unit) -> dict[int, list[tuple[str, int, int, int, int]]]:
    """For each cycle its strata: name, population, owed, drawn and not put out of the sample, observed."""
    picks = select(Pick.cycle_id, Pick.stratum, Pick.status, func.count()).group_by(
        Pick.cycle_id, Pick.stratum, Pick.status
    )
    drawn: Counter[tuple[int, str]] = Counter()
    done: Counter[tuple[int, str]] = Counter()
    for cycle, stratum, status, number in unit.db.execute(picks):
        drawn[cycle, stratum.value] += 0 if status.value == "substituted" else number
        done[cycle, stratum.value] += number if status.value == "observed" else 0
    found: dict[int, list[tuple[str, int, int, int, int]]] = defaultdict(list)
    for row in unit.db.scalars(select(StratumCount)):
        at = row.cycle_id, row.stratum.value
        found[row.cycle_id].append((row.stratum.value, row.population, row.owed, drawn[at], done[at]))
    return found


def every_draw_can_be_drawn_again(unit: Unit) -> Iterator[Breach]:
    """The list, the commitment and the entry about them; a later checkpoint; the seed; and every pick at its place."""
    picks: dict[int, list[Pick]] = defaultdict(list)
    for pick in unit.db.scalars(select(Pick).order_by(Pick.draw_id, Pick.stratum, Pick.place)):
        picks[pick.draw_id].append(pick)
    standing = {(pick.cycle_id, pick.draw_id, pick.item) for some in picks.values() for pick in some}
    for draw in unit.db.scalars(select(Draw).order_by(Draw.id)).all():
        elsewhere = {item for cycle, other, item in standing if cycle == draw.cycle_id and other != draw.id}
        where = f"draw {draw.ref}"
        for fault in (*_committed(unit, draw), *_drawn(unit, draw, picks[draw.id], elsewhere)):
            yield Breach(where, fault)


def _committed(unit: Unit, draw: Draw) -> Iterator[str]:
    if hashlib.sha256(draw.listed.encode()).hexdigest() != draw.list_digest:
        yield "its frozen list was changed"
    elif rfc8785.dumps(json.loads(draw.listed)) != draw.listed.encode():
        yield "its frozen list is not in the one canonical spelling (RFC 8785)"
    if hashlib.sha256(bytes.fromhex(draw.value)).hexdigest() != draw.commitment:
        yield "its value is not the one that was committed to"
    number = select(Event.data).where(
        Event.subject == "surveillance_draw", Event.subject_id == draw.id, Event.kind == "draw.committed"
    )
    said = unit.db.scalar(number) or {}
    if (said.get("commitment"), said.get("list_digest")) != (draw.commitment, draw.list_digest):
        yield "the journal committed to another list or value"
    yield from _entry(unit, draw)


def _entry(unit: Unit, draw: Draw) -> Iterator[str]:
    asked = select(LedgerEntry.number, LedgerTold.told).outerjoin(
        LedgerTold, LedgerTold.number == LedgerEntry.number
    )
    rows = unit.db.execute(
        asked.where(LedgerEntry.kind == "draw.committed", LedgerEntry.subject_ref == draw.ref)
    ).all()
    if [row.number for row in rows] != [draw.ledger_number]:
        yield f"the ledger tells of it {len(rows)} times, or at another place"
        return
    told = rows[0].told
    if told and (told.get("commitment"), told.get("list_digest")) != (draw.commitment, draw.list_digest):
        yield "the ledger committed to another list or value"


def _drawn(unit: Unit, draw: Draw, picks: list[Pick], elsewhere: set[str]) -> Iterator[str]:
    deciding = unit.db.scalar(
        select(LedgerCheckpoint)
        .where(LedgerCheckpoint.size >= draw.ledger_number + 2)
        .order_by(LedgerCheckpoint.size)
        .limit(1)
    )
    if draw.status.value == "committed":
        if deciding is not None and deciding.signed_at < unit.now - GRACE:
            yield "could have been made long ago: its commitment was never opened"
        return
    if deciding is None or draw.checkpoint_size != deciding.size:
        yield "was not decided by the first checkpoint that came after it"
    elif draw.root != deciding.root.hex():
        yield "names another root than its checkpoint"
    seed = hashlib.sha256(bytes.fromhex(draw.value) + bytes.fromhex(draw.root or "")).digest()
    if draw.seed != seed.hex():
        yield "its seed does not follow from value and root"
    for stratum in json.loads(draw.listed)["strata"]:
        own = [pick for pick in picks if pick.stratum.value == stratum["stratum"]]
        yield from _picked(stratum, own, seed, elsewhere)


def _picked(stratum: dict[str, Any], picks: list[Pick], seed: bytes, elsewhere: set[str]) -> Iterator[str]:
    """The first of the order were picked, and each that came later took the place of one that was put out with a reason."""
    order = sorted(stratum["items"], key=lambda ref: hashlib.sha256(seed + ref.encode()).digest())
    name, places = stratum["stratum"], [pick.place for pick in picks]
    if any(pick.place >= len(order) or order[pick.place] != pick.item for pick in picks):
        yield f"what was picked of {name} is not what the seed gives"
        return
    skipped = set(range(max(places, default=-1) + 1)) - set(places)
    if places[: stratum["picks"]] != list(range(stratum["picks"])) or any(
        order[place] not in elsewhere for place in skipped
    ):
        yield f"the order of {name} was not kept: somebody was passed over"
    put_out = [pick for pick in picks if pick.status.value == "substituted"]
    if len(picks) - stratum["picks"] > len(put_out):
        yield f"more was picked of {name} than the list asks for"
    if any(len(pick.reason) < 3 for pick in put_out):
        yield f"something of {name} was put out without a reason"
    if any(not pick.observed_on or not pick.note for pick in picks if pick.status.value == "observed"):
        yield f"something of {name} was observed on no day, or nobody said what was seen"
