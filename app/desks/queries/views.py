"""What the desk shows: lines that are each one sentence with one link, and the one clear next action."""

from datetime import date

from app.kernel.casework import TurnView
from app.kernel.fields import View


class DeskLine(View):
    """One thing that waits for somebody; `mine` says whether for the reader."""

    kind: str
    """case, audit, finding, surveillance, affiliate, trainer, licence, accreditation, certificate, reissue or complaint."""
    about: str
    sentence: str
    since: date | None = None
    due_on: date | None = None
    late: bool = False
    mine: bool
    href: str
    button: str
    case: str = ""
    """The reference of the case it belongs to, where it belongs to one."""


class FigureView(View):
    """A number and what it counts."""

    number: int
    words: str


class StartView(View):
    """What an empty desk is for, and where to go next."""

    sentence: str
    href: str
    button: str


class DeskView(View):
    """The desk of one person on one day. A line stands in one of the three lists only."""

    name: str
    organisation: str
    today: date
    next: TurnView | None
    waiting_for_me: list[DeskLine]
    late: list[DeskLine]
    i_wait_for: list[DeskLine]
    figures: list[FigureView]
    start: StartView | None
    has_desk: bool
    """Whether this person has work here at all; trustees see figures only."""
