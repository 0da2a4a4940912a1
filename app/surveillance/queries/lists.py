"""All cycles the reader may know of, and for each certification body what its cycles still owe."""

from datetime import date
from typing import Any

from sqlalchemy import Case, ColumnElement, case, func, literal, select, tuple_

from app.certificates.models import Certificate
from app.certificates.rules import parse_number
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.fields import View
from app.organisations.models import Organisation
from app.organisations.queries import names_of
from app.permissions import Seat
from app.surveillance.models import Cycle
from app.surveillance.queries.counting import sums
from app.surveillance.queries.scope import visible
from app.surveillance.queries.views import shown
from app.surveillance.rules import CycleState

PAGE = 50


class CycleLine(View):
    """A cycle in the list."""

    number: str
    holder: str
    body: str
    ends_on: date
    owed: int
    still_owed: int
    to_draw: int
    word: ToneView


class BodyFigures(View):
    """What the cycles of one certification body owe."""

    body: str
    running: int
    owed: int
    still_owed: int
    fell_short: int
    unanswered: int


class CycleList(View):
    """The cycles the reader may know of: those in debt first, then those that end soonest."""

    items: list[CycleLine]
    bodies: list[BodyFigures]
    status: CycleState | None
    next: str | None


def cycle_list(unit: Unit, status: CycleState | None, after: str | None) -> CycleList:
    """One page of the list; `after` is the certificate number of the last line of the page before."""
    mine = visible(unit)
    if status:
        mine = mine.where(Cycle.status == status)
    total = sums(mine)
    rows = mine.join(total, total.c.cycle_id == Cycle.id)
    place = (_rank(), Cycle.ends_on, Cycle.id)
    if after:
        last = select(*place).join(Certificate, Certificate.id == Cycle.certificate_id)
        row = unit.db.execute(last.where(Certificate.number == parse_number(after).number)).one_or_none()
        rows = rows.where(tuple_(*place) > tuple_(*(literal(one) for one in row))) if row else rows
    wanted = rows.add_columns(Certificate, total.c.owed, total.c.still_owed, total.c.to_draw)
    found = unit.db.execute(wanted.order_by(*place).limit(PAGE + 1)).all()
    names = names_of(unit, {id for row in found for id in (row[1].holder_id, row[1].body_id)})
    lines = [
        CycleLine(
            number=held.number, holder=names[held.holder_id], body=names[held.body_id], ends_on=cycle.ends_on, owed=int(owed),
            still_owed=0 if cycle.status is CycleState.ENDED else still, to_draw=to_draw if cycle.status is CycleState.RUNNING else 0,
            word=shown(cycle.status),
        )
        for cycle, held, owed, still, to_draw in found[:PAGE]
    ]  # fmt: skip
    return CycleList(
        items=lines, bodies=_bodies(unit), status=status, next=lines[-1].number if len(found) > PAGE else None
    )


def _rank() -> Case[int]:
    """Cycles in debt first, then those that run."""
    return case({CycleState.IN_DEBT: 0, CycleState.RUNNING: 1}, value=Cycle.status, else_=2)


def _bodies(unit: Unit) -> list[BodyFigures]:
    """For RRN alone, each certification body with what it owes; one question."""
    if unit.actor.seat is not Seat.RRN:
        return []
    total, running = sums(visible(unit)), Cycle.status == CycleState.RUNNING
    rows = (
        select(
            Organisation.name, _sum(running, 1), _sum(running, total.c.owed), _sum(running, total.c.still_owed),
            _sum(Cycle.fell_short_on.is_not(None), 1), _sum(Cycle.status == CycleState.IN_DEBT, 1),
        )
        .select_from(Cycle)
        .join(total, total.c.cycle_id == Cycle.id)
        .join(Certificate, Certificate.id == Cycle.certificate_id)
        .join(Organisation, Organisation.id == Certificate.body_id)
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name)
    )  # fmt: skip
    return [
        BodyFigures(
            body=name, running=int(number), owed=int(owed), still_owed=int(still), fell_short=int(fell), unanswered=int(open_ones),
        )
        for name, number, owed, still, fell, open_ones in unit.db.execute(rows)
    ]  # fmt: skip


def _sum(where: ColumnElement[bool], what: Any) -> Any:
    """The sum over the rows for which something holds."""
    return func.sum(case((where, what), else_=0))
