"""Signing in and out: password, second factor, sessions, and a new password by e-mail."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Unit, writing
from app.kernel.errors import Invalid, NotFound, Problem, Refused
from app.kernel.journal import record
from app.kernel.words import _
from app.people import queries
from app.people.commands import attempts
from app.people.commands.factors import begin_factor, passes
from app.people.models import Person, Recovery, Session
from app.people.rules.codes import digest, new_secret
from app.people.rules.passwords import hashed, matches, weakness

TOUCH = timedelta(minutes=15)
"""How old `seen_at` may be before it is written again: a read must not queue among the writers each time."""


@dataclass(frozen=True)
class Tried:
    """A password that was tried: against which hash, and whether it fits. Hashing is done before any writer waits for it."""

    email: str
    against: str | None
    fits: bool


@dataclass(frozen=True)
class Entered:
    """A session that began: the secret for its cookie, and what is still to do."""

    secret: str
    owes: str = ""
    """"code", "app" (to be set up), or nothing."""


def recognise(unit: Unit, brought: queries.Brought) -> Actor | None:
    """The actor of a request; notes now and then that the session is in use, so that idle ones end."""
    found = queries.recognised(unit, brought)
    if found and found.seen_at and unit.now - found.seen_at > TOUCH:
        touched = update(Session).where(Session.id == found.actor.session_id).values(seen_at=unit.now)
        if unit.writes:
            unit.db.execute(touched)
        else:
            with suppress(OperationalError, TimeoutError), writing(unit.site, SYSTEM) as other:
                other.db.execute(touched)
    return found.actor if found else None


def try_password(unit: Unit, email: str, password: str) -> Tried:
    """Hash what was typed; as long and with the same words whether there is such an account or not. Raises TooSoon."""
    attempts.check_wait(unit, "account", email)
    attempts.check_wait(unit, "address", unit.address)
    found = queries.by_email(unit, email)
    known = found.password_hash if found else None
    return Tried(email, known, matches(password, known))


def enter(unit: Unit, tried: Tried) -> Entered | Problem:
    """Begin a session, or say why not (the failure is counted, so this must be committed). Raises TooSoon."""
    account = attempts.hold(unit, "account", tried.email)
    address = attempts.hold(unit, "address", unit.address)
    person = queries.by_email(unit, tried.email)
    if person is None or not tried.fits or person.password_hash != tried.against:
        attempts.failed(unit, account)
        attempts.failed(unit, address)
        return Refused(
            _(
                "That e-mail address and password do not belong together. Look at both and try again, or ask for a new password."
            )
        )
    attempts.succeeded(account)
    end_session(unit)
    return begin_session(unit, person)


def prove(unit: Unit, tried: Tried) -> Problem | None:
    """The password was typed once more and fits, or why not (counted: commit it). Raises TooSoon."""
    tries = attempts.hold(unit, "account", tried.email)
    if tried.fits and queries.account_of(unit).password_hash == tried.against:
        attempts.succeeded(tries)
        return None
    attempts.failed(unit, tries)
    return Refused(_("That is not your password. Nothing was changed: type it again."))


def begin_session(unit: Unit, person: Person) -> Entered:
    """A new session under a new random id, with what it still owes."""
    secret = new_secret()
    factor = queries.second_factor(unit, person.id)
    owes = (
        "code"
        if factor and factor.confirmed_at
        else "app"
        if queries.needs_second_factor(unit, person.id)
        else ""
    )
    if owes == "app" and factor is None:
        begin_factor(unit, person)
    made = Session(
        person_id=person.id,
        digest=digest(secret),
        began_at=unit.now,
        seen_at=unit.now,
        address=unit.address,
        device=unit.device,
    )
    unit.db.add(made)
    unit.db.flush()
    if not owes:
        signed_in(unit, person)
    return Entered(secret, owes)


def signed_in(unit: Unit, person: Person) -> None:
    """Write down that a person signed in, in their own name."""
    unit.actor = Actor(queries.person(unit, person.ref).ref, person.name)
    record(unit, "person.signed_in", person)


def pass_second_factor(unit: Unit, code: str) -> str | Problem:
    """The code of the app or a recovery code: gives the new secret of the session, or why not (counted: commit it).

    Raises Refused when nobody is half signed in, TooSoon.
    """
    session = half_session(unit)
    person = unit.db.get_one(Person, session.person_id)
    tries = attempts.hold(unit, "account", f"code {person.id}")
    if not passes(unit, person, code):
        attempts.failed(unit, tries)
        return Refused(
            _(
                "That code does not fit, or was used already. Wait for the next one your app shows and type it."
            )
        )
    attempts.succeeded(tries)
    secret = fulfil(unit, session)
    signed_in(unit, person)
    return secret


def half_session(unit: Unit) -> Session:
    """The session of the request. Raises Refused when there is none."""
    session = queries.session_of(unit)
    if session is None:
        raise Refused(
            _(
                "You have to begin again: sign in with your e-mail address and password first. Nothing was changed."
            )
        )
    return session


def fulfil(unit: Unit, session: Session) -> str:
    """The session has its second factor now; its id is another one from here on."""
    secret = new_secret()
    session.second_factor, session.digest, session.seen_at = True, digest(secret), unit.now
    unit.db.flush()
    return secret


def end_session(unit: Unit, ref: str | None = None) -> None:
    """End the session of the request, or another of the same account. Raises NotFound."""
    own = queries.session_of(unit)
    if ref is None:
        ended = own
    else:
        account = queries.account_of(unit)
        ended = next((row for row in queries.open_sessions(unit, account.id) if row.ref == ref), None)
        if ended is None:
            raise NotFound(_("There is no session of that reference that still works."))
    if ended and ended.ended_at is None:
        ended.ended_at = unit.now
        record(unit, "person.session_ended", unit.db.get_one(Person, ended.person_id))


def end_sessions(unit: Unit, person_id: int, but: int | None = None) -> None:
    """End every session of an account, but perhaps one."""
    for row in queries.open_sessions(unit, person_id):
        if row.id != but:
            row.ended_at = unit.now
    unit.db.flush()


def switch(unit: Unit, organisation_ref: str) -> None:
    """Go on working for another of one's organisations. Raises NotFound, Refused (a token belongs to one organisation)."""
    session = half_session(unit)
    place = next(
        (row for row in queries.places(unit, session.person_id) if row.ref == organisation_ref), None
    )
    if place is None:
        raise NotFound(_("You have no role in an organisation of that reference."))
    session.organisation_id = place.id
    unit.db.flush()


def check_new(password: str, again: str, *about: str) -> None:
    """Raises Invalid when the two differ or when anybody would guess it."""
    said = _("Nothing was saved: correct it and send it again.")
    if password != again:
        raise Invalid(said, {"again": _("The two passwords are not the same.")})
    if why := weakness(password, *about):
        raise Invalid(said, {"password": why})


def set_password(unit: Unit, person: Person, password: str, known_hash: str | None = None) -> None:
    """Give an account a password (hashed here unless `known_hash` is that) and end its sessions, but the one of the request."""
    if known_hash is None:
        check_new(password, password, person.email, person.name)
    person.password_hash = known_hash or hashed(password)
    unit.db.flush()
    end_sessions(unit, person.id, but=unit.actor.session_id)
    record(unit, "person.password_set", person)


def ask_recovery(unit: Unit, email: str) -> None:
    """Note that somebody wants a new password. The worker looks whether there is an account: the answer cannot tell. Raises TooSoon."""
    for kind, of in (("letters", email), ("address", unit.address)):
        attempts.failed(unit, attempts.hold(unit, kind, of))
    asked = Recovery(email=email, asked_at=unit.now)
    unit.db.add(asked)
    unit.db.flush()
    record(unit, "recovery.asked", asked)


def recover(unit: Unit, secret: str, known_hash: str) -> None:
    """Set the new password of a link that still works, and end every session of the account. Raises NotFound."""
    asked = queries.recovery_of(unit, secret)
    if asked is None or asked.person_id is None:
        raise NotFound(dead_link())
    asked.used_at = unit.now
    person = unit.db.get_one(Person, asked.person_id)
    unit.actor = Actor(queries.person(unit, person.ref).ref, person.name)
    set_password(unit, person, "", known_hash)


def dead_link() -> str:
    """What a link says that was used or is too old."""
    return _("This link was used already or is too old. Nothing was changed: ask for a new one.")
