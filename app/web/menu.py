"""The navigation: which links whom is shown, in one place."""

from typing import NamedTuple

from app.kernel.actor import Actor
from app.kernel.words import _
from app.permissions import Permission, Seat


class Link(NamedTuple):
    label: str
    href: str
    current: bool
    folded: bool
    """Behind "More" where the links stand in a row."""


IN_A_ROW = 8
"""So many links fit beside the name of the register on a screen of 1280 points; the rarest come last in the list below."""
PUBLIC_LINKS = (("Search", "/register"), ("Check a certificate", "/verify"), ("About the scheme", "/scheme"))
DESK_LINKS: tuple[tuple[str, str, Permission, frozenset[Seat] | None], ...] = (
    ("Cases", "/cases", Permission.CASE_READ, None),
    ("Curricula", "/curricula", Permission.CURRICULUM_READ, None),
    ("Providers", "/providers", Permission.PROVIDER_READ, None),
    ("Certificates", "/certificates", Permission.CERTIFICATE_READ, None),
    ("Surveillance", "/surveillance", Permission.SURVEILLANCE_READ, None),
    ("The logo", "/marks", Permission.MARK_READ, frozenset({Seat.PROVIDER})),
    ("Licences", "/licences", Permission.LICENCE_READ, frozenset({Seat.RRN, Seat.BODY})),
    ("Complaints", "/complaints", Permission.COMPLAINT_READ, None),
    ("New paper", "/reissues", Permission.CERTIFICATE_REISSUE, None),
    ("Keys", "/keys", Permission.KEY_MANAGE, None),
    ("Organisations", "/organisations", Permission.ORGANISATION_READ, frozenset({Seat.RRN, Seat.BODY})),
    ("Redactions", "/redactions", Permission.LEDGER_REDACT, None),
    ("People", "/people", Permission.PEOPLE_READ, None),
)


def links(actor: Actor, path: str) -> list[Link]:
    """The public's links, or those of the actor's desk."""
    if not actor.signed_in:
        wanted = list(PUBLIC_LINKS)
    else:
        wanted = [("My desk", "/desk")]
        wanted += [
            (text, href)
            for text, href, may, seats in DESK_LINKS
            if actor.may(may) and (seats is None or actor.seat in seats)
        ]
    row = len(wanted) if len(wanted) <= IN_A_ROW else IN_A_ROW - 1
    return [
        Link(_(text), href, path == href or path.startswith(f"{href}/"), place >= row)
        for place, (text, href) in enumerate(wanted)
    ]
