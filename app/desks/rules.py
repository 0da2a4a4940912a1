"""How long before a day the desk begins to speak of it, and in which order its lines stand."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

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
