"""The sign-in gate: which credentials came with a request, whose they are, and whether a form was really ours."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from app.kernel.actor import ANYONE, Actor
from app.kernel.database import Unit
from app.kernel.errors import Forbidden, Problem
from app.kernel.words import _
from app.permissions import Permission
from app.settings import Settings


class SignInNeeded(Problem):
    """Nobody is signed in, or the token is not one of ours."""


class FormTooOld(Forbidden):
    """A form of ours, shown before the reader signed in, out or in again: it comes back with what was typed."""


@dataclass(frozen=True)
class Credentials:
    """What a request brought to say who is asking."""

    session: str | None = None
    token: str | None = None
    address: str = ""
    """The IP address it came from; behind the trusted proxy, the one that names."""
    device: str = ""
    """What the browser says it is: shown to its owner, never believed."""


@dataclass(frozen=True)
class Public:
    """The mark of a route that anybody may ask."""


@dataclass(frozen=True)
class SignedIn:
    """The mark of a route that any person who is signed in may ask."""


PUBLIC = Public()
SIGNED_IN = SignedIn()
May = Permission | Public | SignedIn


@dataclass(frozen=True)
class Ports:
    """What the edge needs from areas above it; filled in once, in main."""

    identify: Callable[[Unit, Credentials], Actor | None]
    register_line: Callable[[Unit], str] = lambda _unit: ""


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over https; plain http exists on this machine only."""
    return "__Host-session" if settings.secure else "session"


def credentials(request: Request, settings: Settings, *, json: bool) -> Credentials:
    """JSON listens to a bearer token alone, pages to the cookie alone."""
    address = request.client.host if request.client else ""
    if not json:
        device = request.headers.get("user-agent", "")[:200]
        return Credentials(request.cookies.get(cookie_name(settings)), None, address, device)
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return Credentials(token=(token.strip() or None) if scheme.lower() == "bearer" else None, address=address)


def is_stranger(request: Request) -> bool:
    """Whether nothing came to sign in with: the answer is everybody's."""
    cookie = cookie_name(request.app.state.site.settings)
    return cookie not in request.cookies and "authorization" not in request.headers


def admit(unit: Unit, ports: Ports, brought: Credentials, may: May) -> None:
    """Put the actor on the unit, and ask the first of the three questions: may this role ever?

    Raises SignInNeeded or Forbidden.
    """
    actor = ports.identify(unit, brought) if brought.session or brought.token else None
    if actor is None and brought.token:
        raise SignInNeeded(
            _("The token is not known, has expired or was withdrawn. Make a new one on your account page.")
        )
    unit.actor = actor or ANYONE
    unit.address, unit.device = brought.address, brought.device
    if may == PUBLIC:
        return
    if not unit.actor.signed_in:
        raise SignInNeeded(_("Sign in to see this page."))
    if isinstance(may, Permission):
        unit.actor.require(may)


def csrf_token(settings: Settings, session: str | None) -> str:
    """The token every form of a session carries; useless without the session's cookie."""
    return hmac.new(
        settings.secret_key.encode(), f"csrf:{session or ''}".encode(), hashlib.sha256
    ).hexdigest()


def bring_something(brought: Credentials, may: May) -> None:
    """Ask for a sign-in before anything that was sent is read, when nothing came to sign in with. Raises SignInNeeded."""
    if may != PUBLIC and not (brought.session or brought.token):
        raise SignInNeeded(_("Sign in first. Nothing was saved."))


def check_own_form(request: Request, settings: Settings, session: str | None, sent: str) -> None:
    """Refuse a form that another site sent (Fetch Metadata or Origin) or that lacks the session's token.

    Raises Forbidden, and FormTooOld when only the token is not the one of this session.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site not in ("same-origin", "none") if site else origin not in (None, settings.public_base_url)
    if foreign:
        raise Forbidden(
            _(
                "This form did not come from a page of ours. Nothing was saved: open the page here and send it again."
            )
        )
    expected = csrf_token(settings, session).encode()
    if session is not None and not hmac.compare_digest(sent.encode(errors="replace"), expected):
        raise FormTooOld(
            _(
                "You signed in or out after this page was opened. Nothing was saved yet: look over what you typed and send it again."
            )
        )
