"""Affiliates and trainers: evidence to hand in or to look at, approvals that lapse."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.desks.queries.views import DeskLine
from app.desks.rules import MOST
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, in_words
from app.organisations.queries import names_of
from app.people.models import Person
from app.permissions import Permission, Role, Seat
from app.providers.models import Affiliate, TrainerAppointment, TrainingService
from app.providers.queries import visible_affiliates, visible_trainers
from app.providers.rules import WARN_DAYS, AffiliateState

HAND_IN = "Hand in the evidence, so that your certification body can approve it."
LOOK = "The evidence is there: approve it, or ask for more."
THEY_LOOK = "Your certification body looks at the evidence."
RENEW = "The approval runs until {day}: record the renewed evidence before then."
RENEWED_BY = "The approval runs until {day}, unless {provider} records renewed evidence."
LAPSED = "The approval lapsed on {day}. No course counts until renewed evidence is recorded."
PROPOSED, COMPLETE, APPROVED = (
    AffiliateState.PROPOSED.value,
    AffiliateState.EVIDENCE_COMPLETE.value,
    AffiliateState.APPROVED.value,
)


def people_lines(unit: Unit) -> list[DeskLine]:
    """Affiliates and trainers whose evidence waits for somebody or whose approval lapses soon."""
    actor = unit.actor
    if not actor.may(Permission.PROVIDER_READ) or actor.seat not in (
        Seat.PROVIDER,
        Seat.BODY,
        Seat.AFFILIATE,
    ):
        return []
    affiliates = _rows(unit, visible_affiliates(unit), Affiliate) if actor.roles != {Role.TRAINER} else []
    trainers = _rows(unit, _own_trainers(unit), TrainerAppointment)
    names = _names(unit, affiliates, trainers) if affiliates or trainers else {}
    lines = [
        _line(unit, row, service, "affiliate", names[row.organisation_id], names)
        for row, service in affiliates
    ]
    lines += [_line(unit, row, service, "trainer", row.person_name, names) for row, service in trainers]
    return _with_since(unit, lines, [row for row, _service in (*affiliates, *trainers)])


def _own_trainers(unit: Unit) -> Any:
    """A trainer sees the own appointments only; everybody else those in their scope."""
    rows = visible_trainers(unit)
    if unit.actor.roles != {Role.TRAINER}:
        return rows
    own = select(Person.id).where(Person.ref == unit.actor.id)
    return rows.where(TrainerAppointment.person_id.in_(own))


def _rows(unit: Unit, visible: Any, table: Any) -> Sequence[Any]:
    wanted = visible.join(TrainingService, TrainingService.id == table.service_id).add_columns(
        TrainingService.organisation_id
    )
    order = (table.lapses_on.is_(None), table.lapses_on, table.id)
    return unit.db.execute(wanted.where(_asks(unit, table)).order_by(*order).limit(MOST)).all()


def _asks(unit: Unit, table: Any) -> ColumnElement[bool]:
    """What this seat hears of: the body what it has to look at, the others what they have to bring and what lapses."""
    looked_at = table.status == COMPLETE
    if unit.actor.seat is Seat.BODY:
        return looked_at if unit.actor.may(Permission.CASE_OFFICE) else false()
    lapses = and_(table.status == APPROVED, table.lapses_on <= unit.today + timedelta(days=WARN_DAYS))
    return or_(lapses, looked_at, table.status == PROPOSED)


def _names(unit: Unit, affiliates: Sequence[Any], trainers: Sequence[Any]) -> dict[int, str]:
    services = [service for _row, service in (*affiliates, *trainers)]
    return names_of(unit, {row.organisation_id for row, _service in affiliates} | set(services))


def _line(unit: Unit, row: Any, service: int, kind: str, name: str, names: dict[int, str]) -> DeskLine:
    ends = row.lapses_on if row.status.value == APPROVED else None
    about = _("Affiliate {name}") if kind == "affiliate" else _("Trainer {name}")
    return DeskLine(
        kind=kind, about=about.format(name=name), sentence=_said(unit, row, ends, names[service]),
        due_on=ends, late=ends is not None and ends < unit.today, mine=_is_mine(unit, row.status.value),
        href=f"/{kind}s/{row.ref}", button=_("Open the affiliate") if kind == "affiliate" else _("Open the trainer"),
    )  # fmt: skip


def _is_mine(unit: Unit, status: str) -> bool:
    if unit.actor.seat is Seat.BODY:
        return status == COMPLETE
    return status != COMPLETE and unit.actor.may(Permission.PROVIDER_WRITE)


def _said(unit: Unit, row: Any, ends: date | None, provider: str) -> str:
    if ends is None:
        return _said_of_evidence(unit, row.status.value, provider)
    text = LAPSED if ends < unit.today else RENEW if unit.actor.may(Permission.PROVIDER_WRITE) else RENEWED_BY
    return _(text).format(day=in_words(ends), provider=provider)


def _said_of_evidence(unit: Unit, status: str, provider: str) -> str:
    if unit.actor.seat is Seat.BODY:
        return _("{provider} handed it in. {what}").format(provider=provider, what=_(LOOK))
    if status == COMPLETE:
        return _(THEY_LOOK)
    if unit.actor.may(Permission.PROVIDER_WRITE):
        return _(HAND_IN)
    return _("{provider} brings the evidence together.").format(provider=provider)


def _with_since(unit: Unit, lines: list[DeskLine], rows: Sequence[Any]) -> list[DeskLine]:
    """Since when evidence waits stands in the journal: the last thing that happened to the row."""
    waiting = {(row.__tablename__, row.id) for row in rows if row.status.value != APPROVED}
    if not waiting:
        return lines
    of = [and_(Event.subject == table, Event.subject_id == id) for table, id in sorted(waiting)]
    found = unit.db.execute(
        select(Event.subject, Event.subject_id, func.max(Event.at))
        .where(or_(*of))
        .group_by(Event.subject, Event.subject_id)
    )
    last = {(subject, id): civil_date(at) for subject, id, at in found}
    return [
        line.model_copy(update={"since": last.get((row.__tablename__, row.id))})
        for line, row in zip(lines, rows, strict=True)
    ]
