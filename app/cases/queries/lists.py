"""The work queue: cases by state, owner, age and lateness, what waits longest first."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, tuple_
from sqlalchemy.orm import aliased

from app.audits.models import Finding
from app.audits.rules import FindingStatus
from app.cases.models import Acceptance, Agreement, Assignment, Case, PlannedAudit
from app.cases.queries.scope import visible
from app.cases.queries.turns import is_mine, word
from app.cases.queries.views import CaseLine, QueueView
from app.cases.rules import KIND_WORDS, OVER, TURNS, Side, State, TeamRole, sentence, turn_of
from app.cases.rules.turn import ANSWER_OBJECTION, DECIDE, SIGN
from app.kernel.database import Unit
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.permissions import Permission, Seat

PAGE = 50
Client = aliased(Organisation, name="client")
Body = aliased(Organisation, name="body")
accepted = exists().where(
    Acceptance.agreement_id == Agreement.id,
    Agreement.case_id == Case.id,
    Acceptance.side == Side.CLIENT.value,
)
objected = exists().where(
    Assignment.case_id == Case.id, Assignment.objected_at.is_not(None), Assignment.answered_at.is_(None)
)


def late(unit: Unit) -> ColumnElement[bool]:
    """A day has passed: the first day of the plan, or the day by which a finding was to be answered."""
    planned = exists().where(PlannedAudit.case_id == Case.id, PlannedAudit.on < unit.today)
    owed = exists().where(
        Finding.case_id == Case.id, Finding.due_on < unit.today,
        Finding.status.in_((FindingStatus.ISSUED, FindingStatus.RETURNED)),
    )  # fmt: skip
    return or_(and_(Case.status == State.PLANNED, planned), owed)


def waits_for_actor(unit: Unit) -> ColumnElement[bool]:
    """The cases in which the actor is the one who is waited for."""
    plain = [
        state
        for state, turn in TURNS.items()
        if is_mine(unit, turn) and turn.may is not Permission.AUDIT_LEAD
    ]
    leading = [
        state for state, turn in TURNS.items() if is_mine(unit, turn) and turn.may is Permission.AUDIT_LEAD
    ]
    own = exists().where(
        Assignment.case_id == Case.id, Assignment.person == unit.actor.id, Assignment.role == TeamRole.LEAD
    )
    special = (
        (SIGN, and_(Case.status == State.AGREEMENT_PENDING, accepted)),
        (DECIDE, and_(Case.status == State.IN_REVIEW, Case.reviewed_at.is_not(None))),
        (ANSWER_OBJECTION, and_(Case.status == State.PLANNED, objected)),
    )
    asked = [Case.status.in_(plain) & ~_otherwise(), Case.status.in_(leading) & own & ~_otherwise()]
    return or_(false(), *asked, *(when for turn, when in special if is_mine(unit, turn)))


def _otherwise() -> ColumnElement[bool]:
    """Cases in which the table of turns does not say it all."""
    return or_(
        and_(Case.status == State.AGREEMENT_PENDING, accepted),
        and_(Case.status == State.IN_REVIEW, Case.reviewed_at.is_not(None)),
        and_(Case.status == State.PLANNED, objected),
    )


def waiting_for_me(unit: Unit, most: int = PAGE) -> list[CaseLine]:
    """The cases that wait for the actor, the oldest first: for a desk."""
    return _lines(unit, visible(unit).where(waits_for_actor(unit)), most)


def waiting_for_others(unit: Unit, most: int = PAGE, *, of_my_teams: bool = False) -> list[CaseLine]:
    """The open cases that wait for somebody else, the oldest first: for a desk, perhaps of the actor's teams only."""
    wanted = visible(unit).where(Case.status.not_in(OVER), ~waits_for_actor(unit))
    if of_my_teams:
        wanted = wanted.where(
            exists().where(Assignment.case_id == Case.id, Assignment.person == unit.actor.id)
        )
    return _lines(unit, wanted, most)


def queue(
    unit: Unit, *, state: State | None, owner: str | None, late_only: bool, mine: bool, older: int | None,
    every: bool, after: str | None,
) -> QueueView:  # fmt: skip
    """One page of the queue; `older` is in days in the present state, `after` the last case of the page before."""
    wanted = _narrowed(unit, visible(unit), state, owner, late_only, mine, every)
    if older:
        wanted = wanted.where(Case.status_since <= unit.now - timedelta(days=older))
    if after:
        last = unit.db.execute(
            visible(unit).with_only_columns(Case.status_since, Case.id).where(Case.ref == after)
        ).first()
        if last:
            wanted = wanted.where(tuple_(Case.status_since, Case.id) > tuple_(last[0], last[1]))
    lines = _lines(unit, wanted, PAGE + 1)
    own = unit.actor.seat
    return QueueView(
        items=lines[:PAGE], next=lines[PAGE - 1].ref if len(lines) > PAGE else None, state=state, owner=owner,
        late=late_only, mine=mine, older=older, every=every, states=[(one.value, label(one)) for one in State],
        owners=_owners(unit), may_apply=own is Seat.PROVIDER and unit.actor.may(Permission.CASE_APPLY),
        may_follow_up=own is Seat.BODY and unit.actor.may(Permission.CASE_OFFICE),
    )  # fmt: skip


def _narrowed(
    unit: Unit,
    wanted: Select[Case],
    state: State | None,
    owner: str | None,
    late_only: bool,
    mine: bool,
    every: bool,
) -> Select[Case]:
    if state is not None:
        wanted = wanted.where(Case.status == state)
    elif not every:
        wanted = wanted.where(Case.status.not_in(OVER))
    if owner:
        wanted = wanted.where(Case.owner == owner)
    if late_only:
        wanted = wanted.where(late(unit))
    return wanted.where(waits_for_actor(unit)) if mine else wanted


def _owners(unit: Unit) -> list[tuple[str, str]]:
    rows = visible(unit).with_only_columns(Case.owner, Case.owner_name).where(Case.owner != "").distinct()
    return [(row[0], row[1]) for row in unit.db.execute(rows.order_by(Case.owner_name))]


def _lines(unit: Unit, wanted: Select[Case], most: int) -> list[CaseLine]:
    """Rows with everything the list says of them, in one question however many there are."""
    leads = exists().where(
        Assignment.case_id == Case.id, Assignment.person == unit.actor.id, Assignment.role == TeamRole.LEAD
    )
    rows = unit.db.execute(
        wanted.join(Client, Client.id == Case.client_id)
        .join(Body, Body.id == Case.body_id)
        .add_columns(Client.name, Body.name, late(unit), accepted, objected, leads)
        .order_by(Case.status_since, Case.id)
        .limit(most)
    )
    return [_line(unit, *row) for row in rows]


def _line(
    unit: Unit, case: Case, client: str, body: str, is_late: bool, agreed: bool, against: bool, leads: bool
) -> CaseLine:
    turn = turn_of(
        case.status, client_accepted=agreed, reviewed=case.reviewed_at is not None, objected=against
    )
    mine = is_mine(unit, turn, unit.actor.id if leads else "somebody else")
    return CaseLine(
        ref=case.ref, kind=_(KIND_WORDS[case.kind]), client=client, body=body, word=word(case.status),
        turn=sentence(turn, mine, client, body), mine=mine, owner=case.owner_name, since=case.status_since,
        days=(unit.now - case.status_since).days, late=is_late,
    )  # fmt: skip
