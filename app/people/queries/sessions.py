"""Who is asking: the actor behind a cookie or a token, with one question to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, Select, and_, bindparam, func, select

from app.kernel.actor import ANYONE, Actor
from app.kernel.database import Unit
from app.organisations.models import Organisation
from app.people.models import Membership, Person, Recovery, SecondFactor, Session, Token, TokenScope
from app.people.queries.persons import Account, holds_on
from app.people.rules import RECOVERY_LASTS, SESSION_IDLE, SESSION_LASTS
from app.people.rules.codes import digest, unlocked
from app.permissions import NEEDS_SECOND_FACTOR


class Brought(Protocol):
    """What a request brought to say who is asking."""

    @property
    def session(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


@dataclass(frozen=True)
class Recognised:
    """The actor, and when their session was last seen."""

    actor: Actor
    seen_at: datetime | None = None


def identify(unit: Unit, brought: Brought) -> Actor | None:
    """The actor of these credentials, or None.

    Somebody who still owes the second factor is the public, with a `session_id`: good for the pages of signing in only.
    """
    found = recognised(unit, brought)
    return found.actor if found else None


def recognised(unit: Unit, brought: Brought) -> Recognised | None:
    """As `identify`, with what keeping the session alive needs to know."""
    if brought.session:
        return _by_session(unit, brought.session)
    return _by_token(unit, brought.token) if brought.token else None


def _person_rows(*columns: Any) -> Select[Any]:
    return select(
        *columns,
        Person.ref,
        Account.name.label("person_name"),
        SecondFactor.confirmed_at,
        Membership.role,
        Organisation.id.label("organisation_id"),
        Organisation.ref.label("organisation_ref"),
        Organisation.name.label("organisation_name"),
        Organisation.seat,
    )


_BY_SESSION = (
    _person_rows(Session.id, Session.seen_at, Session.second_factor, Session.organisation_id.label("current"))
    .join(Account, Account.id == Session.person_id)
    .join(Person, Person.id == func.coalesce(Account.same_as_id, Account.id))
    .outerjoin(SecondFactor, SecondFactor.person_id == Account.id)
    .outerjoin(Membership, and_(Membership.person_id == Account.id, holds_on(bindparam("today"))))
    .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    .where(
        Session.digest == bindparam("digest"),
        Session.ended_at.is_(None),
        Session.began_at > bindparam("oldest"),
        Session.seen_at > bindparam("idle"),
    )
)
"""Made once, as the other one: they are asked with every request of somebody who is signed in."""
_BY_TOKEN = (
    _person_rows(Token.id, Token.second_factor, TokenScope.permission)
    .join(Account, Account.id == Token.person_id)
    .join(Person, Person.id == func.coalesce(Account.same_as_id, Account.id))
    .outerjoin(SecondFactor, SecondFactor.person_id == Account.id)
    .join(
        Membership,
        and_(
            Membership.person_id == Account.id,
            Membership.organisation_id == Token.organisation_id,
            holds_on(bindparam("today")),
        ),
    )
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .outerjoin(TokenScope, TokenScope.token_id == Token.id)
    .where(
        Token.digest == bindparam("digest"),
        Token.ended_at.is_(None),
        Token.expires_on > bindparam("today"),
    )
)


def _by_session(unit: Unit, secret: str) -> Recognised | None:
    asked = {
        "digest": digest(secret), "today": unit.today, "oldest": unit.now - SESSION_LASTS, "idle": unit.now - SESSION_IDLE,
    }  # fmt: skip
    rows = unit.db.connection().execute(_BY_SESSION, asked).all()
    if not rows:
        return None
    if _owes_second_factor(rows):
        return Recognised(Actor(ANYONE.id, ANYONE.name, session_id=rows[0].id))
    here = [row for row in rows if row.organisation_id == rows[0].current] if rows[0].current else []
    first = (
        min((row.organisation_name, row.organisation_id) for row in rows if row.role)[1]
        if _any_role(rows)
        else None
    )
    rows = here or [row for row in rows if row.organisation_id == first]
    return Recognised(_actor(rows, rows[0].id), rows[0].seen_at)


def _by_token(unit: Unit, secret: str) -> Recognised | None:
    """One row for each role and each scope."""
    rows = unit.db.connection().execute(_BY_TOKEN, {"digest": digest(secret), "today": unit.today}).all()
    if not rows or _owes_second_factor(rows):
        return None
    scopes = frozenset(row.permission for row in rows if row.permission is not None)
    return Recognised(_actor(rows, None, only=scopes))


def _any_role(rows: Sequence[Row[Any]]) -> bool:
    return any(row.role for row in rows)


def _owes_second_factor(rows: Sequence[Row[Any]]) -> bool:
    """True when the person must pass a second factor (any of their roles asks for it, or they chose to) and has not."""
    asked = rows[0].confirmed_at is not None or any(row.role in NEEDS_SECOND_FACTOR for row in rows)
    return asked and not rows[0].second_factor


def _actor(rows: Sequence[Row[Any]], session_id: int | None, **more: Any) -> Actor:
    row = rows[0]
    return Actor(
        id=row.ref,
        name=row.person_name,
        roles=frozenset(one.role for one in rows if one.role),
        organisation_id=row.organisation_id,
        organisation_ref=row.organisation_ref or "",
        organisation_name=row.organisation_name or "",
        seat=row.seat,
        session_id=session_id,
        **more,
    )


def session_of(unit: Unit) -> Session | None:
    """The session of the request, whether or not its second factor was passed."""
    return unit.db.get(Session, unit.actor.session_id) if unit.actor.session_id else None


def account_of(unit: Unit) -> Person:
    """The account the request came with. The actor's id may be that of another account of the same person."""
    session = session_of(unit)
    if session:
        return unit.db.get_one(Person, session.person_id)
    return unit.db.scalars(select(Person).where(Person.ref == unit.actor.id)).one()


def open_sessions(unit: Unit, person_id: int) -> list[Session]:
    """The sessions of an account that still work, last seen first."""
    return list(
        unit.db.scalars(
            select(Session)
            .where(
                Session.person_id == person_id,
                Session.ended_at.is_(None),
                Session.began_at > unit.now - SESSION_LASTS,
                Session.seen_at > unit.now - SESSION_IDLE,
            )
            .order_by(Session.seen_at.desc(), Session.id)
        )
    )


def own_organisation(unit: Unit) -> Organisation:
    """The organisation the actor works for now."""
    return unit.db.get_one(Organisation, unit.actor.organisation_id)


def account_ref(unit: Unit, person_id: int) -> str:
    """The reference of an account."""
    return unit.db.get_one(Person, person_id).ref


def secret_of(unit: Unit, factor: SecondFactor) -> str:
    """The secret that the app holds too."""
    return unlocked(unit.site.settings.secret_key, factor.secret)


def recovering(unit: Unit, secret: str) -> Person | None:
    """The account a link for a new password is for, while it works."""
    found = recovery_of(unit, secret)
    return unit.db.get(Person, found.person_id) if found else None


def second_factor(unit: Unit, person_id: int) -> SecondFactor | None:
    """The second factor of an account, set up or half set up; held when the unit writes."""
    asked = select(SecondFactor).where(SecondFactor.person_id == person_id)
    found: SecondFactor | None = unit.db.scalar(unit.lock(asked))
    return found


def needs_second_factor(unit: Unit, person_id: int) -> bool:
    """Whether one of the account's roles of today asks for a second factor."""
    asked = select(Membership.id).where(
        Membership.person_id == person_id, holds_on(unit.today), Membership.role.in_(NEEDS_SECOND_FACTOR)
    )
    return unit.db.scalar(asked.limit(1)) is not None


def open_tokens(unit: Unit, person_id: int, organisation_id: int | None = None) -> list[Token]:
    """The tokens of an account that still work, newest first."""
    asked = select(Token).where(
        Token.person_id == person_id, Token.ended_at.is_(None), Token.expires_on > unit.today
    )
    if organisation_id is not None:
        asked = asked.where(Token.organisation_id == organisation_id)
    return list(unit.db.scalars(asked.order_by(Token.id.desc())))


def scopes_of(unit: Unit, token_ids: list[int]) -> dict[int, list[str]]:
    """The permissions of several tokens."""
    found: dict[int, list[str]] = {id: [] for id in token_ids}
    for row in unit.db.scalars(select(TokenScope).where(TokenScope.token_id.in_(token_ids))):
        found[row.token_id].append(row.permission.value)
    return {id: sorted(scopes) for id, scopes in found.items()}


def recovery_of(unit: Unit, secret: str) -> Recovery | None:
    """The request for a new password that a link belongs to, while it works: once, for an hour."""
    asked = select(Recovery).where(
        Recovery.digest == digest(secret),
        Recovery.used_at.is_(None),
        Recovery.asked_at > unit.now - RECOVERY_LASTS,
    )
    found: Recovery | None = unit.db.scalar(unit.lock(asked))
    return found
