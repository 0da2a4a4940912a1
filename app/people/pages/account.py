"""One's own account: organisations, password, second factor, sessions, tokens, declared interests."""

from collections.abc import Callable

from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _, label
from app.people import commands, queries
from app.people.pages.door import area
from app.people.queries import AccountView, CodesView, NewTokenView
from app.people.rules.forms import ChangedPassword, Declare, NewToken, Nothing, Proved, Switch
from app.people.rules.passwords import hashed
from app.permissions import Permission
from app.web.gate import SIGNED_IN
from app.web.routing import Ask, Landing

Write = Callable[[Unit], Landing]


@area.page("/account", "people/account.html", may=SIGNED_IN)
def account(unit: Unit) -> AccountView:
    """The actor's own account."""
    return queries.account_view(unit)


@area.action("/account/organisation", then=account, may=SIGNED_IN, html_only=True)
def switch(unit: Unit, form: Switch) -> Landing:
    """Go on working for another of one's organisations."""
    commands.switch(unit, form.organisation)
    return Landing(to="/desk")


def ask_password(unit: Unit) -> Ask:
    """The form for another password."""
    return Ask(
        title=_("Change your password"),
        submit=_("Change it"),
        lead=_("Everybody else who is signed in to your account is signed out."),
        back="/account",
    )


@area.action(
    "/account/password",
    then=account,
    may=SIGNED_IN,
    ask=ask_password,
    html_only=True,
    slow=True,
    rate="sign_in",
)
def change_password(unit: Unit, form: ChangedPassword) -> Write:
    """Another password, from somebody who knows the one of now."""
    own = queries.account_of(unit)
    commands.check_new(form.password, form.again, own.email, own.name)
    tried = commands.try_password(unit, own.email, form.now)
    known_hash = hashed(form.password)

    def write(unit: Unit) -> Landing:
        if problem := commands.prove(unit, tried):
            return Landing(refusal=problem)
        commands.set_password(unit, queries.account_of(unit), form.password, known_hash)
        return Landing(to="/account")

    return write


def ask_second_factor(unit: Unit) -> Ask:
    """The form before the app is set up anew."""
    return Ask(
        title=_("Set up an authenticator app"),
        submit=_("Go on"),
        lead=_(
            "The app on your telephone shows a code of six figures that changes every half minute. An app set up before stops working."
        ),
        back="/account",
    )


@area.action(
    "/account/second-factor",
    then=account,
    may=SIGNED_IN,
    ask=ask_second_factor,
    html_only=True,
    slow=True,
    rate="sign_in",
)
def new_second_factor(unit: Unit, form: Proved) -> Write:
    """Begin to set up an app; the session owes the second factor until its first code is typed."""
    tried = commands.try_password(unit, queries.account_of(unit).email, form.password)

    def write(unit: Unit) -> Landing:
        if problem := commands.prove(unit, tried):
            return Landing(refusal=problem)
        commands.begin_factor(unit, queries.account_of(unit))
        commands.half_session(unit).second_factor = False
        return Landing(to="/sign-in/app")

    return write


@area.page("/account/recovery-codes", "people/codes.html", may=SIGNED_IN, api="")
def codes(unit: Unit) -> CodesView:
    """How many recovery codes are left; the codes themselves are shown once, when they are made."""
    return CodesView(codes=[], left=queries.codes_left(unit, queries.account_of(unit).id))


def ask_codes(unit: Unit) -> Ask:
    """The form before recovery codes are made anew."""
    return Ask(
        title=_("New recovery codes"),
        submit=_("Make ten new codes"),
        lead=_("Codes from before stop working."),
        back="/account",
    )


@area.action(
    "/account/recovery-codes", then=codes, may=SIGNED_IN, ask=ask_codes, form_path="/account/recovery-codes/new", html_only=True, slow=True,
    rate="sign_in",
)  # fmt: skip
def new_codes(unit: Unit, form: Proved) -> Write:
    """Ten new recovery codes, shown once."""
    tried = commands.try_password(unit, queries.account_of(unit).email, form.password)

    def write(unit: Unit) -> Landing:
        if problem := commands.prove(unit, tried):
            return Landing(refusal=problem)
        made = commands.new_codes(unit, queries.account_of(unit))
        return Landing(show=CodesView(codes=made, left=len(made)))

    return write


@area.action("/account/sessions/{ref}/end", then=account, may=SIGNED_IN, html_only=True)
def end_session(unit: Unit, ref: Ref, form: Nothing) -> Landing:
    """Sign out another browser, or this one."""
    commands.end_session(unit, ref)
    return Landing(to="/account")


@area.page("/account/token", "people/token.html", may=SIGNED_IN, api="")
def token(unit: Unit) -> NewTokenView:
    """A token was shown here once; it is not known any more."""
    return NewTokenView(name="", token="", expires_on=None)


def ask_token(unit: Unit) -> Ask:
    """The form for a token, offering the rights the actor has."""
    rights = [
        (right.value, label(right.value.replace(":", " "))) for right in Permission if unit.actor.may(right)
    ]
    return Ask(
        title=_("Make a token for a program"),
        submit=_("Make the token"),
        lead=_(
            "A program that holds the token can do in your name what you tick here, for {organisation}."
        ).format(organisation=unit.actor.organisation_name),
        back="/account",
        choices={"scopes": rights},
    )


@area.action(
    "/account/tokens",
    then=token,
    may=SIGNED_IN,
    ask=ask_token,
    form_path="/account/tokens/new",
    html_only=True,
)
def make_token(unit: Unit, form: NewToken) -> Landing:
    """A token, shown once."""
    made, secret = commands.issue_token(unit, form)
    return Landing(show=NewTokenView(name=made.name, token=secret, expires_on=made.expires_on))


@area.action("/account/tokens/{ref}/end", then=account, may=SIGNED_IN, html_only=True)
def end_token(unit: Unit, ref: Ref, form: Nothing) -> Landing:
    """A token stops working."""
    commands.end_token(unit, ref)
    return Landing(to="/account")


def ask_interest(unit: Unit) -> Ask:
    """The form to declare a tie."""
    return Ask(
        title=_("Declare an interest"),
        submit=_("Declare it"),
        lead=_(
            "Say what ties you to an organisation whose training is certified here: work, training, advice, family or money. "
            "Your certification body sees it and keeps you away from cases where it matters."
        ),
        back="/account",
        choices={"organisation": queries.organisation_choices(unit)},
    )


@area.action(
    "/account/interests",
    then=account,
    may=SIGNED_IN,
    ask=ask_interest,
    form_path="/account/interests/new",
    html_only=True,
)
def declare(unit: Unit, form: Declare) -> None:
    """Declare what ties one to an organisation."""
    commands.declare_interest(unit, queries.account_of(unit), form)


@area.action("/account/interests/{ref}/end", then=account, may=SIGNED_IN, html_only=True)
def end_interest(unit: Unit, ref: Ref, form: Nothing) -> Landing:
    """A tie ends; it stays on record."""
    commands.end_interest(unit, ref)
    return Landing(to="/account")
