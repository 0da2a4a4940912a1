"""Samples to draw, observations to plan and to make, and cycles that end before everything was observed."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from app.certificates.models import Certificate
from app.desks.queries.views import DeskLine
from app.desks.rules import MOST, RENEW_DAYS
from app.kernel.database import Unit
from app.kernel.words import _, in_words, plural
from app.organisations.models import Organisation
from app.permissions import Permission, Seat
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.queries import sums, visible
from app.surveillance.rules import CycleState, DrawState, PickState


def surveillance_lines(unit: Unit) -> list[DeskLine]:
    """For who plans: samples to draw and to plan, debts to answer. For an observer and for the client: what is planned."""
    lines = _cycles(unit) if unit.actor.may(Permission.SURVEILLANCE_PLAN) else []
    client = unit.actor.seat is Seat.PROVIDER and unit.actor.may(Permission.SURVEILLANCE_READ)
    if client or (unit.actor.seat is Seat.BODY and unit.actor.may(Permission.AUDIT_RECORD)):
        lines += _observations(unit, client)
    return lines


def _cycles(unit: Unit) -> list[DeskLine]:
    """One line for each cycle in which something is to be done, the first to end first."""
    mine = visible(unit).where(Cycle.status != CycleState.ENDED)
    total = sums(mine)
    coming = select(Draw.id).where(Draw.cycle_id == Cycle.id, Draw.status == DrawState.COMMITTED)
    unplanned = (
        select(func.count())
        .where(Pick.cycle_id == Cycle.id, Pick.status == PickState.DRAWN)
        .scalar_subquery()
    )
    soon = unit.today + timedelta(days=RENEW_DAYS)
    asks = or_(total.c.to_draw > 0, unplanned > 0, Cycle.ends_on <= soon)
    rows = unit.db.execute(
        mine.join(total, total.c.cycle_id == Cycle.id)
        .join(Organisation, Organisation.id == Certificate.holder_id)
        .where(total.c.still_owed > 0, or_(Cycle.status == CycleState.IN_DEBT, asks))
        .add_columns(
            Certificate.number, Organisation.name.label("holder"), total.c.to_draw, total.c.still_owed,
            unplanned.label("unplanned"), coming.exists().label("coming"),
        )
        .order_by(Cycle.ends_on, Cycle.id)
        .limit(MOST)
    )  # fmt: skip
    return [_cycle(row[0], row) for row in rows]


def _cycle(cycle: Cycle, row: Row[Any]) -> DeskLine:
    indebted = cycle.status is CycleState.IN_DEBT
    return DeskLine(
        kind="surveillance", about=_("{who}: surveillance of {number}").format(who=row.holder, number=row.number),
        sentence=_sentence(cycle, row), due_on=cycle.ends_on, late=indebted, mine=indebted or not row.coming,
        href=f"/surveillance/{row.number}", button=_("Open the surveillance"),
    )  # fmt: skip


def _sentence(cycle: Cycle, row: Row[Any]) -> str:
    if cycle.status is CycleState.IN_DEBT:
        said = _("The cycle ended on {day} with {count} still owed: say what follows from it.")
        return said.format(day=in_words(cycle.ends_on), count=row.still_owed)
    if row.coming:
        return _("A draw is committed to and is made as soon as the public log has gone on.")
    if row.to_draw:
        return plural(
            "A draw is due: {count} is still to be drawn.",
            "A draw is due: {count} are still to be drawn.",
            int(row.to_draw),
        )
    if row.unplanned:
        return plural(
            "{count} observation has no day yet: plan it.",
            "{count} observations have no day yet: plan them.",
            row.unplanned,
        )
    return _("{count} still owed, the cycle ends on {day}.").format(
        count=row.still_owed, day=in_words(cycle.ends_on)
    )


def _observations(unit: Unit, client: bool) -> list[DeskLine]:
    """Observations that are planned: those the reader makes, or those made at the reader's service."""
    rows = (
        visible(unit)
        .join(Pick, Pick.cycle_id == Cycle.id)
        .join(Organisation, Organisation.id == Certificate.holder_id)
        .where(Cycle.status == CycleState.RUNNING, Pick.status == PickState.PLANNED)
        .with_only_columns(Pick, Organisation.name)
    )
    if not client:
        rows = rows.where(Pick.observer == unit.actor.id)
    found = unit.db.execute(rows.order_by(Pick.planned_on, Pick.id).limit(MOST))
    return [_observation(unit, pick, holder, client) for pick, holder in found]


def _observation(unit: Unit, pick: Pick, holder: str, client: bool) -> DeskLine:
    assert pick.planned_on
    said = (
        _("{observer} observes this on {day}.")
        if client
        else _("Observation planned for {day}: say what you saw.")
    )
    return DeskLine(
        kind="surveillance", about=pick.name if client else _("{who}: {what}").format(who=holder, what=pick.name),
        sentence=said.format(observer=pick.observer_name, day=in_words(pick.planned_on)), due_on=pick.planned_on,
        late=not client and pick.planned_on < unit.today, mine=not client, href=f"/surveillance/picks/{pick.ref}",
        button=_("Open the observation"),
    )  # fmt: skip
