"""Telling of what was sealed, many together; and asking outside witnesses to cosign the newest checkpoint: beside all other work, never in its way."""

import base64
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.fetching import Fetched, Unreachable, fetch
from app.kernel.logging import logger
from app.kernel.outbox import every
from app.ledger.models import LedgerCheckpoint, LedgerCosignature, LedgerWitness, Sealed
from app.ledger.note import NoteError, NoteKey, lines_of
from app.ledger.queries import StoredNodes
from app.ledger.tree import consistency

TOLD_EVERY: Final = timedelta(minutes=5)
"""How long what was sealed is gathered before the log tells of it."""
PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
LARGEST_REPLY: Final = 16_384
SECONDS: Final = 10.0
_asking = threading.Lock()


@dataclass(frozen=True)
class Question:
    """What one witness is asked: to cosign the newest checkpoint, growing out of the one it cosigned last."""

    key: NoteKey
    url: str
    old: int
    size: int
    note: str


class Unhelpful(Exception):
    """The witness did not cosign; the message says why in a clause."""


def tell_of(site: Site, waiting: Callable[[Unit], Sequence[Sealed]], tell: Callable[[Unit], int]) -> None:
    """The log tells of many at once: every entry makes the answers anew that are kept for the public."""
    with reading(site, SYSTEM) as unit:
        some = len(waiting(unit)) > 0
    if some:
        with writing(site, SYSTEM) as unit:
            tell(unit)


@every(PAUSE)
def ask_in_passing(site: Site) -> None:
    """Start a round in a thread of its own, unless the last one is still under way: a slow witness holds nothing up."""
    if site.settings.witnesses and _asking.acquire(blocking=False):
        threading.Thread(target=_round, args=(site,), name="witnesses", daemon=True).start()


def _round(site: Site) -> None:
    try:
        ask_witnesses(site)
    except Exception:  # the next round begins a minute later; a thread has nobody else to tell
        logger().exception("witnesses_not_asked")
    finally:
        _asking.release()


def ask_witnesses(site: Site) -> None:
    """Ask every witness that is due and has not cosigned the newest checkpoint; what comes is verified, then kept."""
    for text in site.settings.witnesses:
        vkey, _at, url = text.rpartition("@")
        with reading(site, SYSTEM) as unit:
            asked = _question(unit, NoteKey.parse(vkey), url)
        if asked:
            _ask(site, asked)


def _question(unit: Unit, key: NoteKey, url: str) -> Question | None:
    newest = unit.db.scalar(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1))
    row = unit.db.get(LedgerWitness, key.vkey)
    if newest is None or (row and (row.due_at > unit.now or row.size >= newest.size)):
        return None
    return Question(key, url.rstrip("/"), row.size if row else 0, newest.size, newest.note)


def _ask(site: Site, asked: Question) -> None:
    try:
        old, line = _cosigned(site, asked)
    except (Unhelpful, Unreachable, NoteError) as fault:
        said = str(fault)
        with writing(site, SYSTEM) as unit:
            _postpone(unit, asked.key, said)
        logger().warning("witness_did_not_cosign", witness=asked.key.name, why=said[:200])
        return
    with writing(site, SYSTEM) as unit:
        row = _row(unit, asked.key)
        row.size, row.due_at, row.failures, row.problem = asked.size, unit.now, 0, ""
        if unit.db.get(LedgerCosignature, (asked.size, asked.key.vkey)) is None:
            kept = LedgerCosignature(size=asked.size, witness=asked.key.vkey, line=line, came_at=unit.now)
            unit.db.add(kept)
    logger().info("witness_cosigned", witness=asked.key.name, size=asked.size, old=old)


def _cosigned(site: Site, asked: Question) -> tuple[int, str]:
    """The witness's line; asked a second time when it remembers another size than we thought."""
    old = asked.old
    answer = _post(site, asked, old)
    if answer.status == 409 and answer.media == "text/x.tlog.size":
        old = _size_of(answer)
        if old > asked.size:
            raise Unhelpful(
                f"has cosigned {old} entries while the register's newest checkpoint has {asked.size}: the log was cut short"
            )
        answer = _post(site, asked, old)
    if answer.status != 200:
        raise Unhelpful(f"answered {answer.status}")
    return old, lines_of(asked.note + answer.content.decode(errors="replace"), [asked.key])


def _post(site: Site, asked: Question, old: int) -> Fetched:
    with reading(site, SYSTEM) as unit:
        proof = consistency(StoredNodes(unit), old, asked.size)
    lines = "".join(f"{base64.b64encode(digest).decode()}\n" for digest in proof)
    return fetch(
        f"{asked.url}/add-checkpoint", f"old {old}\n{lines}\n{asked.note}".encode(), this_machine=site.settings.on_this_machine,
        largest=LARGEST_REPLY, seconds=SECONDS,
    )  # fmt: skip


def _size_of(answer: Fetched) -> int:
    digits = answer.content.decode(errors="replace").removesuffix("\n")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise Unhelpful("says a size that is none")
    return int(digits)


def _row(unit: Unit, key: NoteKey) -> LedgerWitness:
    row = unit.db.get(LedgerWitness, key.vkey, with_for_update=True)
    if row is None:
        row = LedgerWitness(witness=key.vkey, size=0, due_at=unit.now, failures=0, problem="")
        unit.db.add(row)
    return row


def _postpone(unit: Unit, key: NoteKey, problem: str) -> None:
    """Again later: a minute, doubling, at most an hour, and not all at the same second."""
    row = _row(unit, key)
    row.failures += 1
    pause = min(LONGEST_PAUSE, PAUSE * 2 ** min(row.failures - 1, 10))
    row.due_at, row.problem = unit.now + pause * (0.5 + random.random() / 2), problem[:300]
