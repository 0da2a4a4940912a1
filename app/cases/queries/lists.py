"""The work queue: cases by state, owner, age and lateness, what waits longest first."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, tuple_
from sqlalchemy.orm import aliased

from app.audits.models import Finding
from app.audits.rules import FindingStatus
from app.cases.models import Assignment, Case, PlannedAudit
from app.cases.queries.scope import visible
from app.cases.queries.turns import word
from app.cases.queries.views import CaseLine, QueueView
from app.cases.queries.waited import accepted, objected, waits_for_actor
from app.cases.rules import KIND_WORDS, OVER, State, sentence, turn_of
from app.kernel.database import Unit
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.permissions import Permission, Seat

PAGE = 50
Client = aliased(Organisation, name="client")
Body = aliased(Organisation, name="body")


def late(unit: Unit) -> ColumnElement[bool]:
    """A day has passed: the first day of the plan, or the day by which a finding was to be answered."""
    planned = exists().where(PlannedAudit.case_id == Case.id, PlannedAudit.on < unit.today)
    owed = exists().where(
        Finding.case_id == Case.id, Finding.due_on < unit.today,
        Finding.status.in_((FindingStatus.ISSUED, FindingStatus.RETURNED)),
    )  # fmt: skip
    return or_(and_(Case.status == State.PLANNED, planned), owed)


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
    rows = unit.db.execute(
        wanted.join(Client, Client.id == Case.client_id)
        .join(Body, Body.id == Case.body_id)
        .add_columns(Client.name, Body.name, late(unit), accepted, objected, waits_for_actor(unit))
        .order_by(Case.status_since, Case.id)
        .limit(most)
    )
    return [_line(unit, *row) for row in rows]


def _line(
    unit: Unit, case: Case, client: str, body: str, is_late: bool, agreed: bool, against: bool, mine: bool
) -> CaseLine:
    turn = turn_of(
        case.status, client_accepted=agreed, reviewed=case.reviewed_at is not None, objected=against
    )
    return CaseLine(
        ref=case.ref, kind=_(KIND_WORDS[case.kind]), client=client, body=body, word=word(case.status),
        turn=sentence(turn, mine, client, body), mine=mine, owner=case.owner_name, since=case.status_since,
        days=(unit.now - case.status_since).days, late=is_late,
    )  # fmt: skip
