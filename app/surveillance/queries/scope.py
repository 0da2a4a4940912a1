"""Whose cycles, draws and picks these are to know of, and what the guards of their workflows look at."""

from collections.abc import Sequence

from sqlalchemy import Select, false, func, select

from app.certificates.models import Certificate
from app.certificates.rules import parse_number
from app.kernel.casework import facts_for
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.words import _
from app.ledger.models import LedgerCheckpoint
from app.licences.queries import standing
from app.permissions import Permission, Seat
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.queries.counting import numbers_of
from app.surveillance.rules import (
    CYCLE,
    DRAW,
    PICK,
    STANDING,
    WAITING,
    CycleFacts,
    CycleState,
    DrawFacts,
    DrawState,
    PickFacts,
    Stratum,
)


def visible(unit: Unit) -> Select[Cycle]:
    """The cycles this actor may know of: RRN all, a body those of its certificates, a training service its own."""
    unit.actor.require(Permission.SURVEILLANCE_READ)
    rows = select(Cycle).join(Certificate, Certificate.id == Cycle.certificate_id)
    match unit.actor.seat:
        case Seat.RRN:
            return rows
        case Seat.BODY:
            return rows.where(Certificate.body_id == unit.actor.organisation_id)
        case Seat.PROVIDER:
            return rows.where(Certificate.holder_id == unit.actor.organisation_id)
    return rows if unit.actor.id == "system" else rows.where(false())


def find_cycle(unit: Unit, number: Ref) -> Cycle:
    """The cycle of the certificate of that number, if the actor may know of it. Raises NotFound.

    It is not locked: a step locks the licence first, then moves the cycle with one conditional UPDATE (rules page, 20).
    """
    found = unit.db.scalar(visible(unit).where(Certificate.number == parse_number(number).number))
    if found is None:
        raise NotFound(
            _(
                "No certificate of that number among those you may see is under surveillance. A cycle begins when a certificate is published."
            )
        )
    return found


def certificate_of(unit: Unit, cycle: Cycle) -> Certificate:
    """The certificate of a cycle; scope is the caller's."""
    return unit.db.get_one(Certificate, cycle.certificate_id)


def find_draw(unit: Unit, ref: Ref) -> Draw:
    """The draw of that reference. Raises NotFound."""
    mine = visible(unit).with_only_columns(Cycle.id)
    found = unit.db.scalar(select(Draw).where(Draw.ref == ref, Draw.cycle_id.in_(mine)))
    if found is None:
        raise NotFound(_("There is no draw of that reference among those you may see."))
    return found


def find_pick(unit: Unit, ref: Ref) -> Pick:
    """The pick of that reference; its cycle is locked when writing. Raises NotFound."""
    mine = visible(unit).with_only_columns(Cycle.id)
    found = unit.db.scalar(select(Pick).where(Pick.ref == ref, Pick.cycle_id.in_(mine)))
    if found is None:
        raise NotFound(_("Nothing of that reference was drawn among what you may see."))
    unit.db.scalar(unit.lock(select(Cycle).where(Cycle.id == found.cycle_id)))
    return found


def draws_of(unit: Unit, cycle: Cycle) -> Sequence[Draw]:
    """The draws of a cycle, oldest first."""
    return unit.db.scalars(select(Draw).where(Draw.cycle_id == cycle.id).order_by(Draw.id)).all()


def picks_of(unit: Unit, cycle: Cycle) -> Sequence[Pick]:
    """What was drawn in a cycle: by draw, stratum and place."""
    rows = select(Pick).where(Pick.cycle_id == cycle.id)
    return unit.db.scalars(rows.order_by(Pick.draw_id, Pick.stratum, Pick.place)).all()


def deciding_checkpoint(unit: Unit, draw: Draw) -> LedgerCheckpoint | None:
    """The first signed checkpoint that covers the commitment and at least one entry after it."""
    rows = select(LedgerCheckpoint).where(LedgerCheckpoint.size >= draw.ledger_number + 2)
    return unit.db.scalar(rows.order_by(LedgerCheckpoint.size).limit(1))


@facts_for(CYCLE)
def cycle_facts(unit: Unit, cycle: Cycle) -> CycleFacts:
    """What the guards of a cycle look at; the licence is locked when the unit writes."""
    certificate = certificate_of(unit, cycle)
    rights = standing(unit, certificate.body_id, unit.today)
    numbers = numbers_of(unit, cycle)
    open_draw = select(Draw.id).where(Draw.cycle_id == cycle.id, Draw.status == DrawState.COMMITTED)
    waiting = select(func.count()).where(
        Pick.cycle_id == cycle.id, Pick.status.in_(WAITING), Pick.case_ref == ""
    )
    return CycleFacts(
        unit.today, to_draw=sum(one.to_draw for one in numbers), still_owed=sum(one.still_owed for one in numbers),
        committed=unit.db.scalar(open_draw) is not None, uncased=unit.db.scalar(waiting) or 0,
        may_surveil=rights.may_surveil, licence=rights.sentence,
        cut_short=certificate.status.is_final,
    )  # fmt: skip


@facts_for(DRAW)
def draw_facts(unit: Unit, draw: Draw) -> DrawFacts:
    """What the guards of a draw look at."""
    found = deciding_checkpoint(unit, draw)
    return DrawFacts(unit.today, checkpoint=found.size if found else None)


@facts_for(PICK)
def pick_facts(unit: Unit, pick: Pick) -> PickFacts:
    """What the guards of a pick look at."""
    return PickFacts(unit.today, running=unit.db.get_one(Cycle, pick.cycle_id).status is CycleState.RUNNING)


def standing_items(unit: Unit, cycle: Cycle) -> set[tuple[Stratum, str]]:
    """Stratum and reference of everything that was drawn in a cycle and was not substituted."""
    return {(one.stratum, one.item) for one in picks_of(unit, cycle) if one.status in STANDING}


def last_place(unit: Unit, pick: Pick) -> int:
    """The furthest place of the order that was used so far, in the draw and stratum of a pick."""
    used = select(func.max(Pick.place)).where(Pick.draw_id == pick.draw_id, Pick.stratum == pick.stratum)
    return unit.db.scalars(used).one()


def open_draws(unit: Unit) -> Sequence[Draw]:
    """Every draw that was committed to and not made yet, oldest first; for the register itself."""
    return unit.db.scalars(select(Draw).where(Draw.status == DrawState.COMMITTED).order_by(Draw.id)).all()


def uncounted(unit: Unit, most: int) -> Sequence[Cycle]:
    """Running cycles that were not counted today, those that wait longest first; for the register itself."""
    rows = select(Cycle).where(Cycle.status == CycleState.RUNNING, Cycle.counted_on < unit.today)
    return unit.db.scalars(unit.lock(rows.order_by(Cycle.counted_on, Cycle.id).limit(most))).all()
