"""Asking the search's index: which certificates have all of some terms, on a day, in the order a list shows them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BindParameter, bindparam, select

from app.kernel.database import Unit
from app.registry.models import RegisterTerm
from app.registry.queries.memory import memory_of
from app.registry.queries.terms import BLOCK, EVERYONE, LISTED, LIVE, as_bits, highest_first, on_day

FIRST_BLOCKS = 2
"""How many blocks are looked through before all the others are: the newest of them nearly always fill a page."""
_table = RegisterTerm.__table__
_terms: BindParameter[Sequence[str]] = bindparam("terms", expanding=True)
_blocks: BindParameter[Sequence[int]] = bindparam("blocks", expanding=True)
_OF_TERMS = select(_table.c.term, _table.c.block, _table.c.places).where(_table.c.term.in_(_terms))
_OF_BLOCKS = _OF_TERMS.where(_table.c.block.in_(_blocks))
Rows = dict[int, dict[str, bytes]]
"""Places by block and term."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: every word or one of the numbers, all labels, and a group on a day."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    group: str
    day: date

    @property
    def terms(self) -> list[str]:
        """Everything that does not depend on the day."""
        return [*self.words, *self.numbers, *self.labels] if self.words or self.labels else [EVERYONE]

    def among(self, row: dict[str, bytes]) -> int:
        """The certificates of one block that fit, whatever their status."""
        found = _all(row, self.words) if self.words else _all(row, self.labels or (EVERYONE,))
        for number in self.numbers:
            found |= as_bits(row.get(number, b""))
        return _all(row, self.labels, found) if self.words and found else found


@dataclass
class Found:
    """The first certificates, those in force before the others, and how many there are as far as somebody counted."""

    ids: list[tuple[int, bool]] = field(default_factory=list)
    """Each with whether it is in force."""
    count: int = 0


def find(unit: Unit, wanted: Wanted, most: int, counted: int, after: tuple[bool, int] | None = None) -> Found:
    """The first `most` certificates behind a place in the list, and how many there are, counted no further than `counted`."""
    found, rest = Found(), list[tuple[int, int]]()
    for block, live, others in _walk(unit, wanted):
        found.count += live.bit_count() + others.bit_count()
        rest.append((block, others))
        if after is None or after[0]:
            _take(found, block, live, most, True, after)
        if len(found.ids) >= most and found.count >= counted:
            return found
        if after and not after[0] and found.count >= counted and _enough(rest, after, most):
            break
    for block, others in rest:
        _take(found, block, others, most, False, after)
    return found


def count(unit: Unit, group: str, day: date) -> int:
    """How many certificates are in a group on a day."""
    return sum(
        live.bit_count() + others.bit_count()
        for _block, live, others in _walk(unit, Wanted((), (), (), group, day))
    )


def _enough(rest: Iterable[tuple[int, int]], after: tuple[bool, int], most: int) -> bool:
    return sum(_below(block, others, after[1]).bit_count() for block, others in rest) >= most


def _take(found: Found, block: int, bits: int, most: int, live: bool, after: tuple[bool, int] | None) -> None:
    """The newest of a block, as long as the page has room."""
    if after and after[0] is live:
        bits = _below(block, bits, after[1])
    for place in highest_first(bits):
        if len(found.ids) >= most:
            return
        found.ids.append((block * BLOCK + place, live))


def _below(block: int, bits: int, last: int) -> int:
    """Those of a block with a smaller id than the last one seen."""
    here = last - block * BLOCK
    return 0 if here <= 0 else bits if here >= BLOCK else bits & ((1 << here) - 1)


def _walk(unit: Unit, wanted: Wanted) -> Iterator[tuple[int, int, int]]:
    """Block by block, the newest first: those that fit and are in force, and the others that fit."""
    rows = _ask(unit, wanted.terms)
    blocks = iter(sorted(rows, reverse=True))
    while some := _next(blocks, rows, wanted, FIRST_BLOCKS):
        yield from _on_day(unit, wanted, some)
        if some := _next(blocks, rows, wanted, len(rows)):
            yield from _on_day(unit, wanted, some)


def _next(blocks: Iterator[int], rows: Rows, wanted: Wanted, most: int) -> list[tuple[int, int]]:
    """The next blocks in which anything fits."""
    found: list[tuple[int, int]] = []
    for block in blocks:
        if bits := wanted.among(rows[block]):
            found.append((block, bits))
            if len(found) == most:
                break
    return found


def _on_day(unit: Unit, wanted: Wanted, some: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    groups = (LISTED, LIVE) if wanted.group == LISTED else (wanted.group,)
    known = _groups(unit, groups, wanted.day, [block for block, _bits in some])
    for block, bits in some:
        fit = bits & known[groups[0], block]
        in_force = fit & known[LIVE, block] if (LIVE, block) in known else 0
        yield block, in_force, fit ^ in_force


def _groups(
    unit: Unit, groups: Sequence[str], day: date, blocks: Sequence[int]
) -> dict[tuple[str, int], int]:
    """Who is in each group on a day, by group and block."""
    known = memory_of(unit, day).groups
    new = [block for block in blocks if any((group, block) not in known for group in groups)]
    if new:
        terms = {group: on_day(group, day) for group in groups}
        rows = _ask(unit, [term for some in terms.values() for term in some], new)
        for block in new:
            known |= {(group, block): _any(rows[block], terms[group]) for group in groups}
    return {(group, block): known[group, block] for group in groups for block in blocks}


def _ask(unit: Unit, terms: Sequence[str], blocks: Sequence[int] | None = None) -> Rows:
    found: Rows = defaultdict(dict)
    asked = unit.db.connection().execute(
        _OF_TERMS if blocks is None else _OF_BLOCKS, {"terms": terms} | ({"blocks": blocks} if blocks else {})
    )
    for term, block, places in asked:
        found[block][term] = places
    return found


def _all(row: dict[str, bytes], terms: Sequence[str], bits: int = -1) -> int:
    """Those that have every term; a term nobody here has makes it nobody."""
    for term in terms:
        if not bits or term not in row:
            return 0
        bits &= as_bits(row[term])
    return bits


def _any(row: dict[str, bytes], terms: Sequence[str]) -> int:
    bits = 0
    for term in terms:
        if term in row:
            bits |= as_bits(row[term])
    return bits
