"""The few numbers on a desk: the scheme for RRN, the own work for a certification body; one question."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.cases.models import Case
from app.cases.rules import OVER
from app.certificates.models import Certificate
from app.certificates.rules import Status
from app.desks.queries.views import FigureView
from app.kernel.database import Unit
from app.kernel.words import _
from app.licences.models import Licence
from app.licences.rules import IN_FORCE, LicenceState
from app.permissions import Permission, Seat
from app.surveillance.models import Cycle
from app.surveillance.rules import CycleState

LONG_DAYS = 365


def figures(unit: Unit) -> list[FigureView]:
    """Numbers of today: of the whole scheme for RRN and its trustees, of its own work for a body."""
    counts = (
        _scheme(unit) if unit.actor.may(Permission.OVERSIGHT_READ) else _body(unit) if _steers(unit) else []
    )
    if not counts:
        return []
    row = unit.db.execute(select(*(number for number, _words in counts))).one()
    return [
        FigureView(number=number, words=words) for number, (_count, words) in zip(row, counts, strict=True)
    ]


def _steers(unit: Unit) -> bool:
    """Directors and case officers steer by numbers; impartiality members see nothing but numbers and what they ask for."""
    may = unit.actor.may
    return unit.actor.seat is Seat.BODY and (may(Permission.CASE_PLAN) or not may(Permission.AUDIT_READ))


def _scheme(unit: Unit) -> list[tuple[Any, str]]:
    licensed = (Licence.status.in_(IN_FORCE), Licence.to_on >= unit.today)
    return [
        (_count(Licence, *licensed), _("certification bodies licensed today")),
        (_count(Licence, Licence.status == LicenceState.SUSPENDED), _("licences suspended")),
        (
            _count(Cycle, Cycle.status == CycleState.IN_DEBT),
            _("surveillance cycles that ended in debt, unanswered"),
        ),
        *_work(unit, [], []),
    ]


def _body(unit: Unit) -> list[tuple[Any, str]]:
    own = unit.actor.organisation_id
    return _work(unit, [Certificate.body_id == own], [Case.body_id == own])


def _work(unit: Unit, of: list[ColumnElement[bool]], on: list[ColumnElement[bool]]) -> list[tuple[Any, str]]:
    certified = (
        Certificate.status.in_((Status.ACTIVE, Status.REDUCED)),
        Certificate.expires_on >= unit.today,
    )
    open_ones = (Case.status.not_in(OVER), Case.submitted_at.is_not(None), *on)
    old = Case.submitted_at <= unit.now - timedelta(days=LONG_DAYS)
    return [
        (_count(Certificate, *certified, *of), _("certificates in force today")),
        (_count(Certificate, Certificate.status == Status.SUSPENDED, *of), _("certificates suspended")),
        (_count(Case, *open_ones), _("cases open")),
        (_count(Case, *open_ones, old), _("open cases sent in more than a year ago")),
    ]


def _count(table: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()
