"""Which cases wait for the actor: one rule for lists, desks and the page of a case.

Review and decision wait for nobody who evaluated, is on the team, is tied to the client or is not authorised
(ISO/IEC 17065, 7.5.1 and 7.6.2): what the guards of the workflow ask of a person, asked of many cases at once.
"""

from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from app.cases.models import Acceptance, Agreement, Application, Assignment, Case
from app.cases.queries.facts import DECIDERS, TYING
from app.cases.rules import CASE, EVALUATION, TURNS, Side, State, TeamRole, Turn
from app.cases.rules.turn import ANSWER_OBJECTION, DECIDE, SIGN
from app.kernel.clock import add_months
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.people.models import Competence, Interest, Membership, Person
from app.permissions import Permission, Role, Seat
from app.standards.queries import catalogue

accepted = exists().where(
    Acceptance.agreement_id == Agreement.id,
    Agreement.case_id == Case.id,
    Acceptance.side == Side.CLIENT.value,
)
objected = exists().where(
    Assignment.case_id == Case.id, Assignment.objected_at.is_not(None), Assignment.answered_at.is_(None)
)
REVIEWED = and_(Case.status == State.IN_REVIEW, Case.reviewed_at.is_not(None))
INDEPENDENT = {Permission.CASE_REVIEW: Role.REVIEWER, Permission.CASE_DECIDE: Role.DECISION_MAKER}
"""Rights that are for people who took no part, and the role each belongs to."""
Stands = aliased(Person, name="stands")
"""The account that stands for the actor; `Person` is any account of the same person."""


def is_mine(unit: Unit, turn: Turn) -> bool:
    """Whether the turn is one of the actor's side and rights."""
    side = (
        {Seat.PROVIDER: Side.CLIENT, Seat.BODY: Side.BODY}.get(unit.actor.seat) if unit.actor.seat else None
    )
    return turn.side is side and turn.may is not None and unit.actor.may(turn.may)


def waits(unit: Unit, case: Case) -> bool:
    """Whether this case waits for the actor."""
    return unit.db.scalar(select(Case.id).where(Case.id == case.id, waits_for_actor(unit))) is not None


def waits_for_actor(unit: Unit) -> ColumnElement[bool]:
    """The cases in which the actor is the one who is waited for."""
    special = (
        (SIGN, and_(Case.status == State.AGREEMENT_PENDING, accepted)),
        (DECIDE, REVIEWED),
        (ANSWER_OBJECTION, and_(Case.status == State.PLANNED, objected)),
    )
    otherwise = or_(*(when for _turn, when in special))
    plain = [(turn, and_(Case.status == state, ~otherwise)) for state, turn in TURNS.items()]
    asked = [(turn, when) for turn, when in (*special, *plain) if is_mine(unit, turn)]
    return or_(false(), *(and_(when, _is_for(unit, turn)) for turn, when in asked))


def _is_for(unit: Unit, turn: Turn) -> ColumnElement[bool]:
    """What the turn asks of a person beside the right."""
    if turn.may is Permission.AUDIT_LEAD:
        return exists().where(
            Assignment.case_id == Case.id,
            Assignment.person == unit.actor.id,
            Assignment.role == TeamRole.LEAD,
        )
    return (
        _stands_apart(unit, DECIDERS[INDEPENDENT[turn.may]])
        if turn.may in INDEPENDENT
        else literal(True).is_(True)
    )


def _stands_apart(unit: Unit, roles: tuple[Role, ...]) -> ColumnElement[bool]:
    team = exists().where(Assignment.case_id == Case.id, Assignment.person == unit.actor.id)
    return and_(~team, ~_evaluated(unit), not_(_is_tied(unit)), _is_authorised(unit, roles))


def _accounts(unit: Unit) -> ColumnElement[bool]:
    """The accounts of the person who acts: two accounts of one person are one."""
    return and_(
        Stands.id == func.coalesce(Person.same_as_id, Person.id),
        Stands.ref == unit.actor.id,
    )


def _evaluated(unit: Unit) -> ColumnElement[bool]:
    kinds = [kind if "." in kind else f"{CASE.name}.{kind}" for kind in EVALUATION]
    own = or_(Event.actor_id == unit.actor.id, Event.actor_id.in_(select(Person.ref).where(_accounts(unit))))
    thread = literal(f"{Case.__tablename__}:") + cast(Case.id, String)
    return exists().where(Event.thread == thread, Event.kind.in_(kinds), own)


def _is_tied(unit: Unit) -> ColumnElement[bool]:
    """A tie to the client inside the look-back of the rule pack of the case, or the name of its consultant."""
    own = select(Person.id).where(_accounts(unit))
    packs = [
        and_(
            Case.rule_pack == pack.id,
            _tied_since(own, add_months(unit.today, -pack.look_back.decision_maker_months)),
        )
        for pack in catalogue().rule_packs.values()
    ]
    consults = exists().where(
        Application.case_id == Case.id,
        Application.consultant_email == select(Stands.email).where(Stands.ref == unit.actor.id).scalar_subquery(),
    )  # fmt: skip
    return or_(*packs, consults)


def _tied_since(own: object, since: date) -> ColumnElement[bool]:
    declared = exists().where(
        Interest.person_id.in_(own),  # type: ignore[arg-type]
        Interest.organisation_id == Case.client_id,
        Interest.kind.in_(TYING),
        or_(Interest.to_on.is_(None), Interest.to_on >= since),
    )
    worked = exists().where(
        Membership.person_id.in_(own),  # type: ignore[arg-type]
        Membership.organisation_id == Case.client_id,
        or_(Membership.to_on.is_(None), Membership.to_on >= since),
    )
    return or_(declared, worked)


def _is_authorised(unit: Unit, roles: tuple[Role, ...]) -> ColumnElement[bool]:
    return exists().where(
        Competence.person_id.in_(select(Person.id).where(_accounts(unit))),
        Competence.body_id == Case.body_id,
        Competence.role.in_(roles),
        Competence.from_on <= unit.today,
        or_(Competence.to_on.is_(None), Competence.to_on > unit.today),
    )
