"""Lists of complaints: for their page, and for the desks of those who have to do something."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select, tuple_

from app.cases.models import Case
from app.certificates.models import Certificate
from app.complaints.models import Complaint
from app.complaints.queries.scope import visible
from app.complaints.queries.views import ComplaintLine, ComplaintList
from app.complaints.rules import MATTER_WORDS, OVER, TO_ACKNOWLEDGE, Matter, Outcome, State
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.permissions import Permission, Seat

PAGE = 50
TONES = {State.DECIDED: "yes", State.OUTCOME_SENT: "yes", State.FOLLOWED_UP: "yes", State.GATHERED: "pause"}


def word(status: State) -> ToneView:
    """A state with its word and tone."""
    return ToneView(word=label(status), tone=TONES.get(status, "plain"))


def due_on(row: Complaint) -> date | None:
    """The next day by which something is to be done, where the rules name one."""
    if row.status in TO_ACKNOWLEDGE:
        return row.acknowledge_by
    return row.decide_by if row.status in (State.ACKNOWLEDGED, State.GATHERING, State.GATHERED) else None


def complaint_list(unit: Unit, every: bool, after: str | None) -> ComplaintList:
    """One page of the list, what came first at the top; `after` is the last of the page before."""
    wanted = visible(unit) if every else visible(unit).where(Complaint.status.not_in(OVER))
    if after:
        keys = (Complaint.received_at, Complaint.id)
        last = unit.db.execute(visible(unit).with_only_columns(*keys).where(Complaint.ref == after)).first()
        if last:
            wanted = wanted.where(tuple_(*keys) > tuple_(*last))
    lines = [_line(unit, row, about) for row, about in with_names(unit, wanted, PAGE + 1)]
    return ComplaintList(
        items=lines[:PAGE], next=lines[PAGE - 1].ref if len(lines) > PAGE else None, every=every,
        may_appeal=unit.actor.may(Permission.APPEAL_MAKE), inside=unit.actor.seat in (Seat.RRN, Seat.BODY),
    )  # fmt: skip


def with_names(unit: Unit, wanted: Select[Complaint], most: int) -> Sequence[tuple[Complaint, str]]:
    """Complaints with the name of whom each is about, in one question."""
    rows: Select[Any] = wanted.outerjoin(Organisation, Organisation.id == Complaint.about_id)
    found = unit.db.execute(
        rows.add_columns(Organisation.name).order_by(Complaint.received_at, Complaint.id).limit(most)
    )
    return [(row, name or row.about_name) for row, name in found]


def _line(unit: Unit, row: Complaint, about: str) -> ComplaintLine:
    due = due_on(row)
    return ComplaintLine(
        ref=row.ref, title=_(MATTER_WORDS[row.matter]), about=about, word=word(row.status),
        received_at=row.received_at, due_on=due, late=due is not None and due < unit.today,
        handler=row.handler_name,
    )  # fmt: skip


def waiting(unit: Unit, most: int) -> Sequence[tuple[Complaint, str]]:
    """The complaints on which somebody has something to do, for a desk: the office all of them, others what was given to them."""
    wanted = visible(unit).where(Complaint.status.not_in(OVER))
    if unit.actor.seat in (Seat.RRN, Seat.BODY) and not unit.actor.may(Permission.COMPLAINT_OFFICE):
        wanted = wanted.where(Complaint.handler == unit.actor.id)
    return with_names(unit, wanted, most)


def upheld(unit: Unit, most: int) -> Sequence[tuple[Complaint, str, str]]:
    """Appeals against decisions of the actor's body that were upheld and not followed up: a new decision is asked for.

    Each with the name of its client, and the case or certificate it was about.
    """
    rows = (
        select(Complaint, Organisation.name, Case.ref, Certificate.number)
        .join(Organisation, Organisation.id == Complaint.about_id)
        .outerjoin(Case, Case.id == Complaint.case_id)
        .outerjoin(Certificate, Certificate.id == Complaint.certificate_id)
        .where(
            Complaint.desk_id == unit.actor.organisation_id,
            Complaint.matter == Matter.APPEAL,
            Complaint.outcome == Outcome.UPHELD,
            or_(Complaint.status == State.DECIDED, Complaint.status == State.OUTCOME_SENT),
        )
        .order_by(Complaint.decided_at, Complaint.id)
        .limit(most)
    )
    return [(row, name, case or number) for row, name, case, number in unit.db.execute(rows)]
