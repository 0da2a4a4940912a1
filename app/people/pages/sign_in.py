"""Signing in: password, code, the app's first set-up, signing out, and a new password by e-mail."""

from collections.abc import Callable
from urllib.parse import quote

import segno

from app.kernel.database import Unit
from app.kernel.errors import NotFound, Problem
from app.kernel.fields import View
from app.kernel.words import _
from app.people import commands, queries
from app.people.pages.account import account, codes
from app.people.pages.door import area
from app.people.queries import CodesView
from app.people.rules.codes import totp_address
from app.people.rules.forms import (
    Confirmed,
    Forgotten,
    LocalPath,
    NewPassword,
    Nothing,
    SecondStep,
    Secret,
    SignIn,
)
from app.people.rules.passwords import hashed
from app.web.gate import PUBLIC
from app.web.routing import Ask, Landing

DESK = "/desk"
Write = Callable[[Unit], Landing]


class AppView(View):
    """What an authenticator app needs: a picture to scan, or the secret to type."""

    picture: str
    secret: str


class SentView(View):
    """A letter is under way, if there is such an account."""

    sentence: str


def _there(next: str) -> str:
    return f"?next={quote(next)}" if next else ""


def ask_sign_in(unit: Unit, next: LocalPath = "") -> Ask | Landing:
    """The sign-in form; somebody who is signed in is led to their desk."""
    if unit.actor.signed_in:
        return Landing(to=next or DESK)
    return Ask(
        title=_("Sign in"),
        submit=_("Sign in"),
        back="/",
        values={"next": next},
        template="people/sign_in.html",
    )


@area.action("/sign-in", then=account, may=PUBLIC, ask=ask_sign_in, html_only=True, slow=True, rate="sign_in")
def sign_in(unit: Unit, form: SignIn, next: LocalPath = "") -> Write:
    """E-mail address and password; a new session begins, under a new id."""
    tried = commands.try_password(unit, form.email, form.password)

    def write(unit: Unit) -> Landing:
        entered = commands.enter(unit, tried)
        if isinstance(entered, Problem):
            return Landing(refusal=entered)
        places = {"code": "/sign-in/code" + _there(form.next), "app": "/sign-in/app", "": form.next or DESK}
        return Landing(to=places[entered.owes], cookie=entered.secret)

    return write


def ask_code(unit: Unit, next: LocalPath = "") -> Ask | Landing:
    """The form for the code, for somebody whose password was right."""
    session = queries.session_of(unit)
    if session is None or unit.actor.signed_in:
        return Landing(to="/sign-in" + _there(next))
    factor = queries.second_factor(unit, session.person_id)
    if factor is None or factor.confirmed_at is None:
        return Landing(to="/sign-in/app")
    return Ask(
        title=_("Your second factor"),
        submit=_("Go on"),
        lead=_("Open the authenticator app on your telephone and type the code it shows."),
        back="/sign-in",
        values={"next": next},
    )


@area.action("/sign-in/code", then=account, may=PUBLIC, ask=ask_code, html_only=True, rate="sign_in")
def second_step(unit: Unit, form: SecondStep, next: LocalPath = "") -> Landing:
    """The code of the app, or a recovery code; each works once."""
    passed = commands.pass_second_factor(unit, form.code)
    if isinstance(passed, Problem):
        return Landing(refusal=passed)
    return Landing(to=form.next or DESK, cookie=passed)


def ask_app(unit: Unit) -> Ask | Landing:
    """The picture to scan and the form for the app's first code."""
    session = queries.session_of(unit)
    if session is None:
        return Landing(to="/sign-in")
    factor = queries.second_factor(unit, session.person_id)
    if factor is None or factor.confirmed_at:
        return Landing(to="/account" if unit.actor.signed_in else "/sign-in/code")
    secret = queries.secret_of(unit, factor)
    picture = segno.make(totp_address(secret, queries.account_of(unit).email)).png_data_uri(scale=6, border=3)
    shown = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return Ask(
        title=_("Set up your authenticator app"),
        submit=_("The app is set up"),
        back="/sign-in",
        template="people/app.html",
        more=AppView(picture=picture, secret=shown),
    )


@area.action("/sign-in/app", then=codes, may=PUBLIC, ask=ask_app, html_only=True, rate="sign_in")
def confirm_app(unit: Unit, form: Confirmed) -> Landing:
    """The first code of the app; ten recovery codes are shown once, and every other session ends."""
    session = commands.half_session(unit)
    own = queries.account_of(unit)
    made = commands.confirm_factor(unit, own, form.code)
    commands.end_sessions(unit, own.id, but=session.id)
    secret = commands.fulfil(unit, session)
    commands.signed_in(unit, own)
    return Landing(show=CodesView(codes=made, left=len(made)), cookie=secret)


@area.action("/sign-out", then=account, may=PUBLIC, html_only=True)
def sign_out(unit: Unit, form: Nothing) -> Landing:
    """The session ends, here and in the register."""
    commands.end_session(unit)
    return Landing(to="/", clear_cookie=True)


def ask_forgotten(unit: Unit) -> Ask:
    """The form to ask for a new password."""
    return Ask(
        title=_("A new password"),
        submit=_("Send me a link"),
        lead=_(
            "Type the e-mail address you sign in with. If there is an account for it, a link comes by e-mail that works for one hour."
        ),
        back="/sign-in",
    )


@area.action("/password", then=account, may=PUBLIC, ask=ask_forgotten, html_only=True, rate="sign_in")
def forgotten(unit: Unit, form: Forgotten) -> Landing:
    """Ask for a link; the answer is the same whether there is an account or not."""
    commands.ask_recovery(unit, form.email)
    return Landing(to="/password/sent")


@area.page("/password/sent", "people/sent.html", may=PUBLIC, api="")
def sent(unit: Unit) -> SentView:
    """What was done with a request for a new password."""
    return SentView(
        sentence=_(
            "If there is an account for that address, a link is under way. It works once, for one hour. Look in the folder for unwanted mail too."
        )
    )


def ask_new_password(unit: Unit, secret: Secret) -> Ask:
    """The form for the new password, while the link works."""
    if queries.recovery_of(unit, secret) is None:
        raise NotFound(commands.dead_link())
    return Ask(
        title=_("Choose a new password"),
        submit=_("Set this password"),
        lead=_(
            "Everybody who is signed in to your account is signed out. Tokens of programs go on working: look at them on your account page."
        ),
        back="/sign-in",
    )


@area.action(
    "/password/{secret}",
    then=account,
    may=PUBLIC,
    ask=ask_new_password,
    html_only=True,
    slow=True,
    rate="sign_in",
)
def new_password(unit: Unit, secret: Secret, form: NewPassword) -> Write:
    """A new password by the link of a letter; every session of the account ends."""
    if (about := queries.recovering(unit, secret)) is None:
        raise NotFound(commands.dead_link())
    commands.check_new(form.password, form.again, about.email, about.name)
    known_hash = hashed(form.password)

    def write(unit: Unit) -> Landing:
        commands.recover(unit, secret, known_hash)
        return Landing(to="/sign-in", clear_cookie=True)

    return write
