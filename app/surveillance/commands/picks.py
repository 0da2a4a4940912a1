"""What becomes of one item that was drawn: planned, observed, or put out of the sample for a reason."""

from datetime import date

from app.cases.queries import granting_case, why_not
from app.cases.rules import TeamRole
from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.errors import Invalid
from app.kernel.words import _
from app.surveillance.commands.drawing import begin_pick
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.queries import audit_choices, certificate_of, last_place, observers, standing_items
from app.surveillance.rules import (
    PICK,
    PlanObservation,
    RecordObservation,
    Substitute,
    order,
    successor,
    thawed,
)

NOT_SAVED = "Nothing was saved: correct it and send it again."


def plan(unit: Unit, pick: Pick, form: PlanObservation) -> None:
    """Say who observes and when. Raises Invalid for somebody who is not authorised on the day or tied to the client."""
    cycle = unit.db.get_one(Cycle, pick.cycle_id)
    people = {one.ref: one.name for one in observers(unit, cycle)}
    if fault := _plan_fault(unit, cycle, form, people):
        raise Invalid(_(NOT_SAVED), fault)
    take(unit, PICK, pick, "plan", form)
    pick.observer, pick.observer_name = form.observer, people[form.observer]
    pick.planned_on = form.planned_on
    unit.db.flush()


def _plan_fault(unit: Unit, cycle: Cycle, form: PlanObservation, people: dict[str, str]) -> dict[str, str]:
    if form.observer not in people:
        return {"observer": _("Choose an assessor of your certification body.")}
    if not max(unit.today, cycle.starts_on) <= form.planned_on <= cycle.ends_on:
        return {"planned_on": _("Choose a day from today to the last day of the cycle.")}
    case = granting_case(unit, certificate_of(unit, cycle))
    against = why_not(unit, case, {form.observer: TeamRole.ASSESSOR}, form.planned_on)
    if why := against.get(form.observer):
        return {"observer": _("{name} cannot observe: {why}.").format(name=people[form.observer], why=why)}
    return {}


def observe(unit: Unit, pick: Pick, form: RecordObservation) -> None:
    """Write down what was seen, and in which evaluation when it was part of one."""
    cycle = unit.db.get_one(Cycle, pick.cycle_id)
    if fault := _record_fault(unit, cycle, form.observed_on, form.audit):
        raise Invalid(_(NOT_SAVED), fault)
    take(unit, PICK, pick, "observe", form)
    pick.observed_on, pick.note, pick.audit_ref = form.observed_on, form.note, form.audit or ""
    unit.db.flush()


def _record_fault(unit: Unit, cycle: Cycle, day: date, audit: str | None) -> dict[str, str]:
    if not cycle.starts_on <= day <= min(unit.today, cycle.ends_on):
        return {"observed_on": _("Give a day of the cycle that is not ahead.")}
    if audit and audit not in dict(audit_choices(unit, cycle)):
        return {"audit": _("Choose an evaluation of a case on this certificate.")}
    return {}


def substitute(unit: Unit, pick: Pick, form: Substitute) -> None:
    """Take an item out of the sample; the next of the order takes its place, if the order has one left."""
    take(unit, PICK, pick, "substitute", form)
    pick.reason = form.reason
    unit.db.flush()
    draw, cycle = unit.db.get_one(Draw, pick.draw_id), unit.db.get_one(Cycle, pick.cycle_id)
    assert draw.seed is not None  # there are picks, so it was drawn
    items = next(one.items for one in thawed(draw.listed) if one.stratum == pick.stratum.value)
    drawn = order(bytes.fromhex(draw.seed), items)
    taken = {ref for of, ref in standing_items(unit, cycle) if of is pick.stratum}
    place = successor(drawn, last_place(unit, pick), taken)
    if place is not None:
        begin_pick(unit, draw, pick.stratum, place, drawn[place])
