"""The pages of surveillance: one cycle with its draws and their proof, one pick, and the files to draw again with."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.cases.models import Case
from app.cases.queries import visible as visible_cases
from app.certificates.models import Certificate
from app.kernel.casework import Casework, HistoryLine, ToneView, steps_of, told
from app.kernel.database import Unit, openable
from app.kernel.fields import View
from app.kernel.journal import Event
from app.kernel.words import _, label
from app.ledger.models import LedgerCheckpoint, LedgerTold
from app.organisations.queries import names_of
from app.permissions import Permission
from app.standards.queries import rule_pack
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.queries.counting import numbers_of
from app.surveillance.queries.scope import certificate_of, draws_of, find_cycle, find_pick, picks_of
from app.surveillance.rules import ALGORITHM, CYCLE, PICK, REPLAY, CycleState, PickState, Stratum

TONES = {
    CycleState.RUNNING: "plain", CycleState.IN_DEBT: "no", CycleState.ENDED: "yes",
    PickState.DRAWN: "plain", PickState.PLANNED: "partly", PickState.OBSERVED: "yes", PickState.SUBSTITUTED: "plain",
}  # fmt: skip
PLACES = {
    Stratum.CURRICULA: ("/curricula/", Permission.CURRICULUM_READ), Stratum.AFFILIATES: ("/affiliates/", Permission.PROVIDER_READ),
    Stratum.SENIOR_TRAINERS: ("/trainers/", Permission.PROVIDER_READ),
    Stratum.ASSOCIATE_TRAINER_RECORDS: ("/trainers/", Permission.PROVIDER_READ),
}  # fmt: skip
"""Where the page of an item is, and the right it asks for."""


class StratumView(View):
    """One stratum in numbers."""

    name: str
    population: int
    owed: int
    drawn: int
    done: int
    still_owed: int


class PickLine(View):
    """One item that was drawn, and what became of it."""

    ref: str
    name: str
    stratum: str
    item: str
    place: int
    word: ToneView
    observer: str
    planned_on: date | None
    observed_on: date | None
    reason: str


class DrawView(View):
    """One draw with everything its proof consists of; the value and what follows from it only once it is drawn."""

    ref: str
    committed_at: datetime
    committed_by: str
    list_digest: str
    commitment: str
    ledger_number: int
    drawn_at: datetime | None
    checkpoint_size: int | None
    root: str | None
    value: str | None
    seed: str | None
    picks: list[PickLine]


class CycleView(Casework):
    """One surveillance cycle: what is owed, what was drawn and how, what was observed."""

    number: str
    holder: str
    body: str
    starts_on: date
    ends_on: date
    word: ToneView
    sentence: str
    fell_short_on: date | None
    strata: list[StratumView]
    draws: list[DrawView]
    percent: int
    replay: str


class PickView(Casework):
    """One item that was drawn."""

    number: str
    holder: str
    name: str
    stratum: str
    item: str
    item_href: str
    place: int
    draw: str
    word: ToneView
    observer: str
    planned_on: date | None
    observed_on: date | None
    note: str
    reason: str
    case_ref: str
    may_read_case: bool
    audit_ref: str
    may_read_audit: bool


def shown(state: CycleState | PickState) -> ToneView:
    """A state as the tag macro draws it."""
    return ToneView(word=label(state.value), tone=TONES[state])


def cycle_view(unit: Unit, number: str) -> CycleView:
    """The page of one cycle."""
    cycle = find_cycle(unit, number)
    certificate = certificate_of(unit, cycle)
    names = names_of(unit, {certificate.holder_id, certificate.body_id})
    steps, barred = steps_of(unit, CYCLE, cycle)
    strata = _strata(unit, cycle, certificate)
    return CycleView(
        ref=cycle.ref, status=cycle.status.value, version=cycle.version, steps=steps, barred=barred, history=_history(unit, cycle),
        number=certificate.number, holder=names[certificate.holder_id], body=names[certificate.body_id], starts_on=cycle.starts_on,
        ends_on=cycle.ends_on, word=shown(cycle.status), sentence=_sentence(cycle, certificate, strata), fell_short_on=cycle.fell_short_on,
        strata=strata, draws=_draws(unit, cycle, certificate), percent=rule_pack(certificate.rule_pack).stratum("curricula").percent,
        replay=REPLAY,
    )  # fmt: skip


def _strata(unit: Unit, cycle: Cycle, certificate: Certificate) -> list[StratumView]:
    pack = rule_pack(certificate.rule_pack)
    return [
        StratumView(
            name=pack.stratum(one.stratum.value).label, population=one.population, owed=one.owed, drawn=one.drawn,
            done=one.done, still_owed=one.still_owed,
        )
        for one in numbers_of(unit, cycle)
    ]  # fmt: skip


def _sentence(cycle: Cycle, certificate: Certificate, strata: list[StratumView]) -> str:
    """Where the cycle stands, in one sentence."""
    done = sum(one.done for one in strata)
    owed = done + sum(one.still_owed for one in strata)
    if cycle.status is CycleState.RUNNING:
        if owed == done:
            return _("Everything that is owed so far was observed: {done} of {owed}.").format(
                done=done, owed=owed
            )
        return _("{done} of {owed} observed; {left} are still owed before the cycle ends.").format(
            done=done, owed=owed, left=owed - done
        )
    if cycle.fell_short_on:
        return _("The cycle ended with {left} of {owed} still owed.").format(left=owed - done, owed=owed)
    if certificate.status.is_final:
        return _("The certificate ended before the cycle did, so nothing is owed any more.")
    return _("The cycle is over, and everything that was owed was observed.")


def _history(unit: Unit, cycle: Cycle) -> list[HistoryLine]:
    return told(unit, cycle.thread, _note)


def _note(event: Event) -> str:
    form = event.data.get("form", {})
    return str(form.get("answer") or form.get("reason") or "")


def _draws(unit: Unit, cycle: Cycle, certificate: Certificate) -> list[DrawView]:
    """The draws, newest first, each with what it gave."""
    picks = picks_of(unit, cycle)
    pack = rule_pack(certificate.rule_pack)
    labels = {one: pack.stratum(one.value).label for one in Stratum}
    return [
        DrawView(
            ref=draw.ref, committed_at=draw.committed_at, committed_by=draw.committed_by, list_digest=draw.list_digest,
            commitment=draw.commitment, ledger_number=draw.ledger_number, drawn_at=draw.drawn_at,
            checkpoint_size=draw.checkpoint_size, root=draw.root, value=opened(draw), seed=draw.seed,
            picks=[_line(pick, labels[pick.stratum]) for pick in picks if pick.draw_id == draw.id],
        )
        for draw in reversed(draws_of(unit, cycle))
    ]  # fmt: skip


def opened(draw: Draw) -> str | None:
    """The value of a draw once it is made; before that nobody is told."""
    return draw.value if draw.seed else None


def _line(pick: Pick, stratum: str) -> PickLine:
    return PickLine(
        ref=pick.ref, name=pick.name, stratum=stratum, item=pick.item, place=pick.place + 1, word=shown(pick.status),
        observer=pick.observer_name, planned_on=pick.planned_on, observed_on=pick.observed_on, reason=pick.reason,
    )  # fmt: skip


def pick_view(unit: Unit, ref: str) -> PickView:
    """The page of one item that was drawn."""
    pick = find_pick(unit, ref)
    certificate = certificate_of(unit, unit.db.get_one(Cycle, pick.cycle_id))
    steps, barred = steps_of(unit, PICK, pick)
    place, right = PLACES[pick.stratum]
    return PickView(
        ref=pick.ref, status=pick.status.value, version=pick.version, steps=steps, barred=barred,
        history=_pick_history(unit, pick), number=certificate.number, holder=names_of(unit, {certificate.holder_id})[certificate.holder_id],
        name=pick.name, stratum=rule_pack(certificate.rule_pack).stratum(pick.stratum.value).label, item=pick.item,
        item_href=f"{place}{pick.item}" if unit.actor.may(right) else "", place=pick.place + 1,
        draw=unit.db.get_one(Draw, pick.draw_id).ref, word=shown(pick.status), observer=pick.observer_name, planned_on=pick.planned_on,
        observed_on=pick.observed_on, note=pick.note, reason=pick.reason, case_ref=pick.case_ref,
        may_read_case=bool(openable(unit, visible_cases, Case, [pick.case_ref])), audit_ref=pick.audit_ref,
        may_read_audit=unit.actor.may(Permission.AUDIT_READ),
    )  # fmt: skip


def _pick_history(unit: Unit, pick: Pick) -> list[HistoryLine]:
    """What was done with this pick alone, newest first."""
    rows = select(Event).where(Event.subject == Pick.__tablename__, Event.subject_id == pick.id)
    return [
        HistoryLine(at=one.at, who=one.actor_name, what=label(one.kind.replace(".", " ")), note=_note(one))
        for one in unit.db.scalars(rows.order_by(Event.id.desc()))
    ]


def proof_of(unit: Unit, draw: Draw) -> bytes:
    """Everything the seed of a draw follows from, and where the ledger says so; readable JSON."""
    picks = select(Pick).where(Pick.draw_id == draw.id).order_by(Pick.stratum, Pick.place)
    said = {
        "algorithm": ALGORITHM, "list_digest": draw.list_digest, "commitment": draw.commitment, "ledger": _ledger_entry(unit, draw),
        "value": opened(draw), "root": draw.root, "checkpoint": _checkpoint(unit, draw), "seed": draw.seed,
        "picks": [
            {"stratum": one.stratum.value, "place": one.place, "item": one.item, "status": one.status.value, "reason": one.reason}
            for one in unit.db.scalars(picks)
        ],
    }  # fmt: skip
    return json.dumps(said, indent=1, ensure_ascii=False).encode()


def _ledger_entry(unit: Unit, draw: Draw) -> dict[str, Any]:
    """The number of the entry about the commitment, and what opens it."""
    kept = unit.db.get(LedgerTold, draw.ledger_number)
    return {
        "number": draw.ledger_number,
        "salt": kept.salt.hex() if kept else None,
        "told": kept.told if kept else None,
    }


def _checkpoint(unit: Unit, draw: Draw) -> dict[str, Any] | None:
    if draw.checkpoint_size is None:
        return None
    kept = unit.db.get(LedgerCheckpoint, draw.checkpoint_size)
    return {"size": draw.checkpoint_size, "note": kept.note if kept else None}
