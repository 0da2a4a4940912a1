"""Mending a mistyped search: each word exchanged for the nearest word of the register."""

import difflib

from sqlalchemy import BindParameter, bindparam, select

from app.kernel.database import Unit
from app.organisations.rules import search_words
from app.registry.models import RegisterWord
from app.registry.queries.terms import spellings

SHORTEST_MENDED = 4
CLOSE_ENOUGH = 0.72
MOST_CANDIDATES = 200
_spellings: BindParameter[list[str]] = bindparam("spellings", expanding=True)
_NEAR = (
    select(RegisterWord.word).where(RegisterWord.spelling.in_(_spellings)).distinct().limit(MOST_CANDIDATES)
)


def mend(unit: Unit, q: str) -> str:
    """The search with mistyped words exchanged for the nearest words of the register; empty when none is near."""
    words = search_words(q)
    mended = [nearest(unit, word) or word if len(word) >= SHORTEST_MENDED else word for word in words]
    return " ".join(mended) if mended != words else ""


def nearest(unit: Unit, word: str) -> str:
    """The word most like it among those that share a spelling with it; empty when none is near."""
    shared = spellings(word)
    close = {one for one in shared if "…" not in one}
    for some in (close, shared - close):
        asked = unit.db.scalars(_NEAR, {"spellings": sorted(some)})
        fit = sorted(one for one in asked if abs(len(one) - len(word)) <= 2)
        if near := difflib.get_close_matches(word, fit, n=1, cutoff=CLOSE_ENOUGH):
            return near[0]
    return ""
