"""Joining an organisation by the link of an invitation."""

from collections.abc import Callable

from app.kernel.database import Unit
from app.kernel.errors import NotFound, Refused
from app.kernel.words import _
from app.people import commands, queries
from app.people.pages.door import area
from app.people.queries import WelcomeView
from app.people.rules.forms import NewPassword, Nothing, Secret
from app.people.rules.passwords import hashed
from app.web.gate import PUBLIC
from app.web.routing import Ask, Landing


def _found(unit: Unit, secret: str) -> WelcomeView:
    found = queries.welcome_view(unit, secret)
    if found is None:
        raise NotFound(
            _(
                "This invitation was used already, was taken back or is more than seven days old. Ask for a new one."
            )
        )
    return found


@area.page("/invitations/{secret}", "people/welcome.html", may=PUBLIC, api="", rate="sign_in")
def welcome(unit: Unit, secret: Secret) -> WelcomeView:
    """What the link of an invitation leads to: who asks, for what, and a button."""
    return _found(unit, secret)


@area.action("/invitations/{secret}/join", then=welcome, may=PUBLIC, html_only=True, rate="sign_in")
def join(unit: Unit, secret: Secret, form: Nothing) -> Landing:
    """Join with an account that has a password already."""
    commands.accept(unit, secret)
    return Landing(to="/sign-in")


def ask_accept(unit: Unit, secret: Secret) -> Ask:
    """The form for the password of a new account."""
    found = _found(unit, secret)
    return Ask(
        title=_("Join {organisation}").format(organisation=found.organisation),
        submit=_("Join"),
        lead=_("You will sign in with {email} and this password.").format(email=found.email),
        back=f"/invitations/{secret}",
    )


@area.action(
    "/invitations/{secret}/accept",
    then=welcome,
    may=PUBLIC,
    ask=ask_accept,
    html_only=True,
    slow=True,
    rate="sign_in",
)
def accept(unit: Unit, secret: Secret, form: NewPassword) -> Callable[[Unit], Landing]:
    """Join with a new account."""
    found = _found(unit, secret)
    if found.known:
        raise Refused(
            _(
                "You have an account for this address already. Go back and join with that one. Nothing was changed."
            )
        )
    commands.check_new(form.password, form.again, found.email, found.name)
    known_hash = hashed(form.password)

    def write(unit: Unit) -> Landing:
        commands.accept(unit, secret, known_hash)
        return Landing(to="/sign-in")

    return write
