"""What people see of their own account."""

from datetime import date, datetime

from sqlalchemy import func, select

from app.kernel.database import Unit
from app.kernel.fields import View
from app.organisations.queries import names_of
from app.people.models import Person, RecoveryCode
from app.people.queries.members import InterestView, interest_views, places
from app.people.queries.sessions import (
    account_of,
    open_sessions,
    open_tokens,
    scopes_of,
    second_factor,
    secret_of,
)
from app.people.rules.codes import totp_code


class SessionView(View):
    """A browser that is signed in."""

    ref: str
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    this: bool


class TokenView(View):
    """A key of a program; what it is was shown once and is not known any more."""

    ref: str
    name: str
    organisation: str
    scopes: list[str]
    made_at: datetime
    expires_on: date


class PlaceView(View):
    """An organisation one may work for."""

    ref: str
    name: str
    current: bool


class AccountView(View):
    """One's own account."""

    name: str
    email: str
    organisation: str
    roles: list[str]
    places: list[PlaceView]
    second_factor: bool
    recovery_codes_left: int
    sessions: list[SessionView]
    tokens: list[TokenView]
    interests: list[InterestView]


class NewTokenView(View):
    """A token in clear, this once."""

    name: str
    token: str
    expires_on: date | None


class CodesView(View):
    """Recovery codes: in clear when they were just made, afterwards only how many are left."""

    codes: list[str]
    left: int


def account_view(unit: Unit) -> AccountView:
    """The actor's own account."""
    account = account_of(unit)
    factor = second_factor(unit, account.id)
    return AccountView(
        name=account.name,
        email=account.email,
        organisation=unit.actor.organisation_name,
        roles=sorted(unit.actor.roles),
        places=[
            PlaceView(ref=row.ref, name=row.name, current=row.id == unit.actor.organisation_id)
            for row in places(unit, account.id)
        ],
        second_factor=bool(factor and factor.confirmed_at),
        recovery_codes_left=codes_left(unit, account.id),
        sessions=_session_views(unit, account.id),
        tokens=_token_views(unit, account.id),
        interests=interest_views(unit, account.id),
    )


def codes_left(unit: Unit, person_id: int) -> int:
    """How many recovery codes were not used yet."""
    asked = select(func.count()).select_from(RecoveryCode)
    return (
        unit.db.scalar(asked.where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))) or 0
    )


def _session_views(unit: Unit, person_id: int) -> list[SessionView]:
    return [
        SessionView(
            ref=row.ref, device=device_words(row.device), address=row.address, began_at=row.began_at, seen_at=row.seen_at,
            this=row.id == unit.actor.session_id,
        )
        for row in open_sessions(unit, person_id)
    ]  # fmt: skip


def device_words(agent: str) -> str:
    """Browser and system, as far as the browser says: "Firefox on Windows"."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for sign, name in browsers if sign in agent), "")
    system = next((name for sign, name in systems if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def _token_views(unit: Unit, person_id: int) -> list[TokenView]:
    rows = open_tokens(unit, person_id)
    scopes = scopes_of(unit, [row.id for row in rows])
    names = names_of(unit, {row.organisation_id for row in rows})
    return [
        TokenView(
            ref=row.ref, name=row.name, organisation=names[row.organisation_id], scopes=scopes[row.id], made_at=row.made_at,
            expires_on=row.expires_on,
        )
        for row in rows
    ]  # fmt: skip


def totp_code_now(unit: Unit, person: Person) -> str:
    """The code the person's app shows now, or nothing; for demonstrations and tests."""
    factor = second_factor(unit, person.id)
    return totp_code(secret_of(unit, factor), unit.now) if factor else ""
