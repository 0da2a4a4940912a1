"""What a certificate is found by, as plain terms, and sets of certificates as bits of whole numbers; pure.

Certificates stand in blocks by their ids. For each term and block one row holds the places of the certificates that have the
term, so that any combination of words, filters and days is a few operations on numbers of 32,768 bits: the newest first, and
as fast for a million as for a thousand.

A status that lasts from one day to another is filed under the few spans of 1, 4, 16 … days that make up its period. Every day
lies in nine such spans, so nine terms give everybody who had a status on that day: in the past, today or once it has run out,
and without anything to be rewritten when a day ends.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from struct import pack, unpack
from typing import Any, Protocol, TypedDict

from app.certificates.rules import Status

BLOCK = 32_768
"""Certificates of one block."""
WIDTH = BLOCK // 8
FEW = 128
"""Up to so many places are kept as a list of numbers, more as bits."""
LONGEST_WORD = 20
"""Letters of a word that count."""
EVERYONE = "everyone"
LIVE = "live"
"""Active or reduced, and not run out."""
LISTED = "listed"
"""Any status but superseded and transferred: there another certificate of the same service stands in its place."""
UNLISTED = (Status.SUPERSEDED, Status.TRANSFERRED)
_FAN, _LEVELS = 4, 9
_FIRST_DAY, _DAYS = date(1990, 1, 1).toordinal(), 4**8


class Item(TypedDict):
    """One curriculum on a certificate."""

    id: int
    curriculum_id: int
    version_id: int
    ref: str
    title: str
    number: int
    nations: list[str]
    settings: list[str]
    populations: list[str]


class Shown(TypedDict):
    """What a list shows of a certificate beside its status."""

    number: str
    edition: str
    starts_on: str
    expires_on: str
    holder: str
    names: list[list[str | None]]
    """Each name of the holder with its first day and the day it ended."""
    route: str
    body: str
    items: list[Item]


class Filed(TypedDict):
    """What a certificate is found by."""

    words: list[str]
    numbers: list[str]
    """Numbers that only lead here when they are typed whole."""
    labels: list[str]
    periods: list[list[str | None]]
    """Each status with its first day and, unless it lasts, the day it ended."""


class Line(Protocol):
    """One line of a status history."""

    @property
    def id(self) -> int: ...
    @property
    def item_id(self) -> int | None: ...
    @property
    def status(self) -> Status: ...
    @property
    def effective_on(self) -> date: ...


def joined(words: Sequence[str]) -> str:
    """A number as it is compared: without blanks and signs."""
    return "".join(words)


def word_term(word: str) -> str:
    """The term of everything with a word that begins like this."""
    return f"w:{word[:LONGEST_WORD]}"


def number_term(number: str) -> str:
    """The term of everything with exactly this number."""
    return f"n:{number}"


def label_term(kind: str, value: str) -> str:
    """The term of a filter."""
    return f"{kind}:{value}"


def on_day(group: str, day: date) -> list[str]:
    """The terms that together are everybody in a group (a status, LIVE or LISTED) on a day."""
    place = _place(day)
    return [f"{group}:{level}:{place // _FAN**level}" for level in range(_LEVELS)]


def periods_of(lines: Iterable[Line], starts_on: date, expires_on: date) -> list[list[str | None]]:
    """The statuses of a whole certificate, each from a day until another, as `derive` would tell them day by day."""
    whole = sorted((one for one in lines if one.item_id is None), key=lambda one: (one.effective_on, one.id))
    ends: list[date | None] = [max(one.effective_on, starts_on) for one in whole[1:]]
    found: list[tuple[Status, date, date | None]] = []
    out = expires_on + timedelta(days=1)
    for line, ended in zip(whole, [*ends, None], strict=False):
        begun = max(line.effective_on, starts_on)
        if line.status.is_final:
            found.append((line.status, begun, ended))
        elif line.status is not Status.GRANTED:
            found += [(line.status, begun, min(ended or out, out)), (Status.EXPIRED, max(begun, out), ended)]
    return [
        [status.value, begun.isoformat(), ended.isoformat() if ended else None]
        for status, begun, ended in found
        if ended is None or begun < ended
    ]


def terms_of(filed: Filed) -> set[str]:
    """Every term of a certificate."""
    found = {EVERYONE, *filed["labels"], *(number_term(one) for one in filed["numbers"])}
    for word in filed["words"]:
        found |= {f"w:{word[:end]}" for end in range(1, min(len(word), LONGEST_WORD) + 1)}
    for status, begun, ended in filed["periods"]:
        assert status and begun
        spans = list(
            _spans(_place(date.fromisoformat(begun)), _place(date.fromisoformat(ended)) if ended else _DAYS)
        )
        for group in _groups(Status(status)):
            found |= {f"{group}:{level}:{place}" for level, place in spans}
    return found


def _groups(status: Status) -> Iterator[str]:
    if status.gives_rights:
        yield LIVE
    if status is not Status.ACTIVE:
        yield status.value
    if status not in UNLISTED:
        yield LISTED


def _place(day: date) -> int:
    return min(max(day.toordinal() - _FIRST_DAY, 0), _DAYS - 1)


def _spans(begun: int, ended: int) -> Iterator[tuple[int, int]]:
    """The fewest whole spans that make up the days from one until, not with, another."""
    level = 0
    while begun < ended:
        while begun < ended and begun % _FAN:
            yield level, begun
            begun += 1
        while begun < ended and ended % _FAN:
            ended -= 1
            yield level, ended
        begun, ended, level = begun // _FAN, ended // _FAN, level + 1


def as_bits(places: bytes) -> int:
    """The certificates of a row as one number; place 0 is its lowest bit."""
    if len(places) == WIDTH:
        return int.from_bytes(places, "little")
    if len(places) == 2:
        return 1 << int.from_bytes(places, "little")
    return int.from_bytes(_flags(places), "little")


def _flags(places: bytes) -> bytearray:
    if len(places) == WIDTH:
        return bytearray(places)
    flags = bytearray(WIDTH)
    for place in _listed(places):
        flags[place >> 3] |= 1 << (place & 7)
    return flags


def with_places(places: bytes, changes: Mapping[int, bool]) -> bytes:
    """A row after certificates have gained or lost its term."""
    if len(places) == WIDTH or len(places) // 2 + len(changes) > FEW:
        flags = _flags(places)
        for place, here in changes.items():
            flags[place >> 3] = flags[place >> 3] & ~(1 << (place & 7)) | here << (place & 7)
        return bytes(flags)
    kept = {place for place in _listed(places) if place not in changes}
    kept |= {place for place, here in changes.items() if here}
    return pack(f"<{len(kept)}H", *sorted(kept))


def _listed(places: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(places) // 2}H", places)


def highest_first(bits: int) -> Iterator[int]:
    """The places of a set, newest first."""
    while bits:
        place = bits.bit_length() - 1
        yield place
        bits ^= 1 << place


def spellings(word: str) -> set[str]:
    """What a word is also looked up by when it is mistyped: itself, with one letter left out, and how it begins.

    Two words that differ by one letter too many, too few, exchanged or swapped with its neighbour have one of these in common.
    """
    short = word[:LONGEST_WORD]
    return {short, f"{short[:3]}…", *(short[:at] + short[at + 1 :] for at in range(len(short)))}


def folded(names: Iterable[Any]) -> list[str]:
    """The distinct words of texts that are folded already, in order."""
    return sorted({word for name in names for word in str(name).split()})
