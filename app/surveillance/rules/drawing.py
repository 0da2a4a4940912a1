"""The draw itself: one pure function from a frozen list and a seed to an order that anybody can work out again.

The algorithm `rrn-draw-1`, step by step:

1. When a draw is ordered, everything that may be picked is written down as canonical JSON (RFC 8785), for each stratum the
   references of its items and how many are to be picked. SHA-256 of these bytes is the digest of the list.
2. In the same moment 32 random bytes, the value, are put aside unseen. Only the commitment, SHA-256(value), is told; the
   ledger holds an entry about commitment and digest of the list.
3. The first signed checkpoint of the ledger that covers the commitment and at least one entry after it gives the root:
   32 bytes that nobody could know when the list was frozen.
4. seed = SHA-256(value ‖ root).
5. In each stratum the items are sorted by SHA-256(seed ‖ reference as UTF-8). The first ones are picked, as many as the list
   says. When one cannot be observed, the next of the order that is not picked already takes its place.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

import rfc8785

from app.ledger.rules import instant

ALGORITHM: Final = "rrn-draw-1"
VALUE_BYTES: Final = 32
REPLAY: Final = """\
import hashlib, json

raw = open("list.json", "rb").read()
proof = json.load(open("proof.json"))
value, root = bytes.fromhex(proof["value"]), bytes.fromhex(proof["root"])
assert hashlib.sha256(raw).hexdigest() == proof["list_digest"]
assert hashlib.sha256(value).hexdigest() == proof["commitment"]
seed = hashlib.sha256(value + root).digest()
for stratum in json.loads(raw)["strata"]:
    order = sorted(stratum["items"], key=lambda ref: hashlib.sha256(seed + ref.encode()).digest())
    print(stratum["stratum"], order[:stratum["picks"]], "then", order[stratum["picks"]:])
"""
"""The same in a dozen lines of Python, as the page shows it; a test runs it on the two files."""


@dataclass(frozen=True)
class StratumList:
    """One stratum of a frozen list: what may be picked, and how it comes that so many are."""

    stratum: str
    population: int
    """How many there were in all, with those picked before."""
    quota: int
    """How many of them the rule pack asks for in the cycle."""
    picked_before: tuple[str, ...]
    """Items of earlier draws of the cycle that still stand."""
    items: tuple[str, ...]
    picks: int


def stratum_list(stratum: str, refs: Iterable[str], before: Iterable[str], quota: int) -> StratumList:
    """The stratum as it is frozen: those picked before count towards the quota and are not picked again."""
    everybody, standing = set(refs), set(before)
    free = everybody - standing
    picks = min(len(free), max(0, quota - len(standing)))
    return StratumList(
        stratum=stratum, population=len(everybody), quota=quota, picked_before=tuple(sorted(standing)), items=tuple(sorted(free)),
        picks=picks,
    )  # fmt: skip


def frozen(
    number: str, starts_on: date, ends_on: date, moment: datetime, strata: Sequence[StratumList]
) -> str:
    """The list as it is hashed and handed out: canonical JSON with opaque references and no names."""
    said: dict[str, Any] = {
        "algorithm": ALGORITHM, "certificate": number, "cycle": {"from": starts_on.isoformat(), "to": ends_on.isoformat()},
        "frozen_at": instant(moment),
        "strata": [{**asdict(one), "items": list(one.items), "picked_before": list(one.picked_before)} for one in strata],
    }  # fmt: skip
    return rfc8785.dumps(said).decode()


def thawed(listed: str) -> list[StratumList]:
    """The strata of a frozen list."""
    return [
        StratumList(**{**one, "items": tuple(one["items"]), "picked_before": tuple(one["picked_before"])})
        for one in json.loads(listed)["strata"]
    ]


def sha256(data: bytes) -> str:
    """Hex SHA-256: of a list its digest, of a value its commitment."""
    return hashlib.sha256(data).hexdigest()


def seed_of(value: bytes, root: bytes) -> bytes:
    """The seed of a draw, from what was committed to and what came later."""
    return hashlib.sha256(value + root).digest()


def order(seed: bytes, items: Iterable[str]) -> list[str]:
    """The items in the order in which they are picked, whatever order they are given in."""
    return sorted(set(items), key=lambda ref: hashlib.sha256(seed + ref.encode()).digest())


def successor(drawn: Sequence[str], last: int, standing: Iterable[str]) -> int | None:
    """The place in the order that takes over: the first after the last one used whose item does not stand already."""
    taken = set(standing)
    return next((place for place in range(last + 1, len(drawn)) if drawn[place] not in taken), None)
