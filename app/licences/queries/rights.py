"""What a certification body may do on a day, from its licences, its accreditations and the histories of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from app.kernel.database import Unit
from app.kernel.question import Question
from app.kernel.words import _, label
from app.ledger.models import LedgerHead
from app.licences.models import Accreditation, AccreditationStatus, Licence, LicenceStatus
from app.licences.rules import (
    MAY_DO_ALL,
    MAY_SURVEIL,
    RUNNING,
    Standing,
    accredited,
    is_over,
    line_on,
    meaning,
    status_of,
)
from app.organisations.queries import organisation

AnyLine = TypeVar("AnyLine", LicenceStatus, AccreditationStatus)


def licences_of(unit: Unit, body_id: int) -> Sequence[Licence]:
    """Every licence a body has had, newest first; locked before all other rows when something will rest on it."""
    return unit.db.scalars(
        _held(unit, select(Licence).where(Licence.body_id == body_id).order_by(Licence.id.desc()))
    ).all()


def accreditations_of(unit: Unit, body_id: int) -> Sequence[Accreditation]:
    """Every accreditation a body has had, newest first; locked after its licences when something will rest on it."""
    return unit.db.scalars(
        _held(
            unit,
            select(Accreditation).where(Accreditation.body_id == body_id).order_by(Accreditation.id.desc()),
        )
    ).all()


def _held(unit: Unit, statement: Select[Any]) -> Select[Any]:
    """The rows as they are once they are ours: what was read before the lock may be old (rules page, 20)."""
    return unit.lock(statement).execution_options(populate_existing=unit.writes)


def licence_lines(unit: Unit, licence_id: int) -> Sequence[LicenceStatus]:
    """The history of a licence, oldest first."""
    rows = select(LicenceStatus).where(LicenceStatus.licence_id == licence_id).order_by(LicenceStatus.id)
    return unit.db.scalars(rows).all()


def accreditation_lines(unit: Unit, accreditation_id: int) -> Sequence[AccreditationStatus]:
    """The history of an accreditation, oldest first."""
    rows = select(AccreditationStatus).where(AccreditationStatus.accreditation_id == accreditation_id)
    return unit.db.scalars(rows.order_by(AccreditationStatus.id)).all()


@dataclass(frozen=True)
class Past:
    """All that was ever recorded of the rights of one body: each licence and each accreditation with its history, the newest first."""

    name: str
    licences: Sequence[tuple[Licence, Sequence[LicenceStatus]]]
    accreditations: Sequence[tuple[Accreditation, Sequence[AccreditationStatus]]]


_STAMP = Question(
    select(
        LedgerHead.size,
        LedgerHead.at,
        select(func.count()).select_from(LicenceStatus).scalar_subquery().label("licences"),
        select(func.count()).select_from(AccreditationStatus).scalar_subquery().label("accreditations"),
    ).where(LedgerHead.id == 1)
)


def stamp(unit: Unit) -> Any:
    """Size and time of the ledger, and how long the histories of all bodies are: what a reader's memory of them is good for.

    Histories are only ever added to, not always by an entry of the ledger (one of an application has none);
    a new name is such an entry.
    """
    if "stamp" not in unit.seen:
        (unit.seen["stamp"],) = _STAMP.ask(unit)
    return unit.seen["stamp"]


def past_of(unit: Unit, body_id: int) -> Past:
    """What was recorded of a body. A unit that writes locks its licences, then its accreditations, and reads them then;
    readers of one process share what one of them has read, until anything is added to it.
    """  # fmt: skip
    if unit.writes:
        return _read(unit, body_id)
    now = stamp(unit)
    known: tuple[Any, dict[int, Past]] = unit.site.memory.get("licences") or (None, {})
    if known[0] != now:
        known = unit.site.memory["licences"] = now, {}
    if body_id not in known[1]:
        known[1][body_id] = _read(unit, body_id)
    return known[1][body_id]


def _read(unit: Unit, body_id: int) -> Past:
    licences = [(one, licence_lines(unit, one.id)) for one in licences_of(unit, body_id)]
    held = [(one, accreditation_lines(unit, one.id)) for one in accreditations_of(unit, body_id)]
    return Past(organisation(unit, body_id).name, licences, held)


def standing(unit: Unit, body_id: int, on: date, known_at: datetime | None = None) -> Standing:
    """What a certification body may do on a day, as known at a moment (None: now).

    In a unit that writes, its licences and then its accreditations are locked until the transaction ends, so that nothing
    is decided or issued beside a suspension.
    """
    past = past_of(unit, body_id)
    licence, line = _licence_on(past, on, known_at)
    accreditation, held = accreditation_on(past, on, known_at)
    status = status_of(line, held, on)
    return Standing(
        on=on, licence_ref=licence.ref if licence else None, status=status, ukas_number=accreditation.ukas_number if accreditation else "",
        sentence=_("{name}: {status}. {meaning}").format(name=past.name, status=_said(status), meaning=meaning(status)),
        may_take_new=status in MAY_DO_ALL, may_surveil=status in MAY_SURVEIL, may_issue=status in MAY_DO_ALL,
        editions=tuple(licence.editions) if licence and status in MAY_SURVEIL else (),
    )  # fmt: skip


def _said(status: str) -> str:
    return {
        "none": _("no licence on this day"),
        "not_accredited": _("licensed, but not accredited by UKAS"),
        "accreditation_suspended": _("licensed, but its UKAS accreditation is suspended"),
    }.get(status, label(status).lower())


def _licence_on(
    past: Past, on: date, known_at: datetime | None
) -> tuple[Licence | None, LicenceStatus | None]:
    """The licence that counts on the day, and the line that says so: one that runs before one that does not, then the newest.

    Lines without a reason are those of an application, which is nobody's business yet: no entry of the ledger speaks of them.
    """
    told = [(one, [line for line in lines if line.reason_code]) for one, lines in past.licences]
    pairs = [(one, line_on(_known(lines, known_at), on)) for one, lines in told]
    said = [(licence, line) for licence, line in pairs if line]
    running = [(licence, line) for licence, line in said if line.status in RUNNING and not is_over(line, on)]
    return next(iter(running or said), (None, None))


def accreditation_on(
    past: Past, on: date, known_at: datetime | None = None
) -> tuple[Accreditation | None, AccreditationStatus | None]:
    """The best accreditation of the day: one in force before one suspended before one that is over."""
    pairs = [(one, line_on(_known(lines, known_at), on)) for one, lines in past.accreditations]
    said = [(row, line) for row, line in pairs if line]
    order = {"active": 0, "suspended": 1, "not_accredited": 2}
    return min(said, key=lambda pair: order[accredited(pair[1], on)], default=(None, None))


def _known(lines: Sequence[AnyLine], known_at: datetime | None) -> Sequence[AnyLine]:
    """A history as far as it was known at a moment (None: now)."""
    return lines if known_at is None else [line for line in lines if line.recorded_at <= known_at]
