"""How long before a day the desk begins to speak of it, and in which order its lines stand."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from app.permissions import Permission as P

LIMIT_DAYS = 30
"""Days before a suspension reaches its limit (domain page, section 4)."""
LICENCE_DAYS = 90
"""Days before a licence or an accreditation ends."""
RENEW_DAYS = 365
"""Days before a certificate ends: to be certified again takes about a year (domain page, section 1)."""
SLOW_DAYS = 1
"""Days after which a certificate that was granted ought to have been issued."""
MOST = 25
"""Lines of one kind on one desk; the lists behind it hold the rest."""
WORDS = 160
"""Characters of somebody's own words that a line repeats."""


class Purpose(NamedTuple):
    """What comes to the desk of somebody with a right, and where to look while nothing does."""

    may: P
    sentence: str
    href: str
    button: str


PURPOSES = (
    Purpose(P.CASE_DECIDE, "A case comes here when its review has ended and you may decide it: you took no part in its evaluation and have no tie to the client.", "/cases", "Look at the cases"),
    Purpose(P.CASE_REVIEW, "A case comes here when its evaluation is complete and you took no part in it.", "/cases", "Look at the cases"),
    Purpose(P.AUDIT_RECORD, "Evaluations that you are named for come here, and answers to their findings.", "/audits", "Look at the evaluations"),
    Purpose(P.CASE_PLAN, "Applications, agreements to sign and evaluations to plan come here.", "/cases", "Look at the cases"),
    Purpose(P.CASE_APPLY, "What your certification body asks of you comes here, and what is about to run out.", "/cases/new", "Apply for certification"),
    Purpose(P.LICENCE_MANAGE, "Applications for a licence come here, and licences, accreditations and suspensions that run out.", "/licences", "Look at the licences"),
    Purpose(P.DESIGN_CHOOSE, "A certificate comes here when it was granted and is not issued yet, with the reason. You also choose what certificates look like, and put them on new paper.", "/certificates", "Look at the certificates"),
    Purpose(P.CASE_READ, "This desk shows what waits for you. Your role reads along and is not waited for.", "/cases", "Look at the cases"),
    Purpose(P.PROVIDER_READ, "Your provider looks after the approvals. One that concerns you comes here when evidence is missing or when it is about to run out.", "/providers", "Look at your provider"),
)  # fmt: skip
"""By the first right that fits: an empty desk says what it is for."""


class Dated(Protocol):
    """A line of the desk, as far as its place in the order is concerned."""

    @property
    def since(self) -> date | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def late(self) -> bool: ...


Line = TypeVar("Line", bound=Dated)


def in_order(lines: Sequence[Line]) -> list[Line]:
    """Late ones first, then by the day they are due, then what waits longest."""
    return sorted(lines, key=lambda line: (not line.late, line.due_on or date.max, line.since or date.max))


def shortened(words: str) -> str:
    """Somebody's own words on one line, cut at a word when they are long."""
    text = " ".join(words.split())
    return text if len(text) <= WORDS else text[:WORDS].rsplit(" ", 1)[0] + " …"
