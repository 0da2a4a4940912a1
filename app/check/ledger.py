"""The ledger: entries, the tree over them, what was told, the signed checkpoints; hashed here once more from the bytes."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from app.certificates.keys import PublicKeys, Purpose
from app.check.breach import BATCH, Breach
from app.check.places import public_keys
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.ledger.models import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerEntry,
    LedgerHead,
    LedgerNode,
    LedgerTold,
    Redaction,
)

ENTRY, NODE = LedgerEntry.__table__, LedgerNode.__table__
Rows = list[list[bytes]]
"""The hashes of complete subtrees, row by row, leaves first (RFC 6962, section 2.1)."""


def every_entry_is_what_was_logged(unit: Unit) -> Iterator[Breach]:
    """Entries count from 0 without a hole, and their bytes say what their columns say."""
    due = 0
    wanted = (
        select(ENTRY, Event.at, Event.id)
        .outerjoin(Event, Event.id == ENTRY.c.event_id)
        .order_by(ENTRY.c.number)
    )
    for row in unit.db.execute(wanted.execution_options(yield_per=BATCH)):
        where = f"ledger entry {row.number}"
        if row.number != due:
            yield Breach(where, f"stands where entry {due} is due: something was taken out")
        due = row.number + 1
        if fault := _entry_fault(row):
            yield Breach(where, fault)
    size = unit.db.scalar(select(LedgerHead.size).where(LedgerHead.id == 1))
    if size != due:
        yield Breach("ledger head", f"counts {size} entries, there are {due}")


def _entry_fault(row: Any) -> str:
    try:
        said = json.loads(row.data)
    except ValueError:
        return "is not JSON"
    moment = row.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if rfc8785.dumps(said) != row.data:
        return "is not in the one canonical spelling (RFC 8785)"
    if (said.get("kind"), said.get("subject"), said.get("recorded_at")) != (
        row.kind,
        row.subject_ref,
        moment,
    ):
        return "does not say what its columns say"
    return "" if row.at == row.recorded_at else "was not recorded in the moment of its event"


def the_tree_follows_from_the_entries(unit: Unit) -> Iterator[Breach]:
    """Every stored hash is the one that the bytes of the entries give, and none is missing or too many."""
    rows = hashed(unit)
    stored = {(row.level, row.place): row.digest for row in unit.db.execute(select(NODE))}
    for level, digests in enumerate(rows):
        for place, digest in enumerate(digests):
            found = stored.pop((level, place), None)
            if found != digest:
                fault = "is missing" if found is None else "is not the hash of what it covers"
                yield Breach(f"ledger node {level}/{place}", fault)
    for level, place in sorted(stored):
        yield Breach(f"ledger node {level}/{place}", "covers entries that are not there")


def hashed(unit: Unit) -> Rows:
    """The tree once more, from the bytes of the entries."""
    wanted = select(ENTRY.c.data).order_by(ENTRY.c.number).execution_options(yield_per=BATCH)
    rows = [[hashlib.sha256(b"\x00" + row.data).digest() for row in unit.db.execute(wanted)]]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([_pair(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return rows


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(rows: Rows, size: int) -> bytes:
    """The root over the first entries: the complete subtrees of that size, joined from the smallest upwards."""
    digest: bytes | None = None
    for level in range(size.bit_length()):
        if size >> level & 1:
            subtree = rows[level][(size >> level) - 1]
            digest = subtree if digest is None else _pair(subtree, digest)
    return digest or hashlib.sha256(b"").digest()


def what_was_told_is_what_was_committed(unit: Unit) -> Iterator[Breach]:
    """The salted digest in each entry is that of what the public was told; a redacted one is told no more, and that is allowed."""
    wanted = select(LedgerTold.number, LedgerTold.salt, LedgerTold.told, ENTRY.c.data).join(
        ENTRY, ENTRY.c.number == LedgerTold.number
    )
    for row in unit.db.execute(wanted.order_by(LedgerTold.number).execution_options(yield_per=BATCH)):
        digest = hashlib.sha256(row.salt + rfc8785.dumps(row.told)).hexdigest()
        if json.loads(row.data).get("commitment") != digest:
            yield Breach(f"ledger entry {row.number}", "committed to something else than what is told")
    yield from _redactions(unit)


def _redactions(unit: Unit) -> Iterator[Breach]:
    """What an entry told is gone if, and only if, a later entry says so; and nobody reads “redacted” of anything else."""
    untold = select(ENTRY.c.number).outerjoin(LedgerTold, LedgerTold.number == ENTRY.c.number)
    gone = set(unit.db.scalars(untold.where(LedgerTold.number.is_(None))))
    said = unit.db.scalars(select(ENTRY.c.subject_ref).where(ENTRY.c.kind == "entry.redacted"))
    redacted = {int(ref.removeprefix("entry-")) for ref in said}
    hidden = select(Redaction.number, Redaction.subject_ref, Redaction.told_at, ENTRY.c.subject_ref.label("ref"), ENTRY.c.recorded_at)  # fmt: skip
    hidden = hidden.join(ENTRY, ENTRY.c.number == Redaction.number).where(Redaction.status == "done")
    for number in sorted(gone - redacted):
        yield Breach(
            f"ledger entry {number}", "tells nothing any more, and no later entry says that it was redacted"
        )
    for number in sorted(redacted - gone):
        yield Breach(f"ledger entry {number}", "was redacted, and what it told is still there")
    for row in unit.db.execute(hidden.order_by(Redaction.number)):
        if row.number not in redacted:
            what = f"the words of entry {row.number} are hidden, and the log does not tell that they were redacted"
            yield Breach("the register", what)
        elif (row.subject_ref, row.told_at) != (row.ref, row.recorded_at):
            yield Breach(
                "the register", f"hides other words than those of entry {row.number}, which was redacted"
            )


def every_checkpoint_is_true_and_signed(unit: Unit) -> Iterator[Breach]:
    """Each signed checkpoint names the root that the entries give, and a log key of ours signed it."""
    rows, keys = hashed(unit), public_keys(unit.site.settings)
    for row in unit.db.execute(select(LedgerCheckpoint.__table__).order_by(LedgerCheckpoint.size)):
        where = f"checkpoint at {row.size}"
        if row.size > len(rows[0]):
            yield Breach(where, f"speaks of more entries than the {len(rows[0])} there are")
        elif (root := root_over(rows, row.size)) != row.root:
            yield Breach(where, "names another root than the entries give")
        elif row.note.split("\n")[1:3] != [str(row.size), base64.b64encode(root).decode()]:
            yield Breach(where, "its signed text says something else than its row")
        if not _is_signed(row.note, keys):
            yield Breach(where, "no log key of ours signed it")


def _is_signed(note: str, keys: PublicKeys) -> bool:
    """Whether one of the signature lines is by a log key of ours: an em dash, a name, base64 of key id and signature."""
    text, _blank, lines = note[:-1].rpartition("\n\n")
    signatures = [base64.b64decode(line.rsplit(" ", 1)[-1])[4:] for line in lines.split("\n")]
    return any(
        _verifies(key.public_key, f"{text}\n", one) for key in keys.all(Purpose.LOG) for one in signatures
    )


def _verifies(key: Any, text: str, signature: bytes) -> bool:
    try:
        assert isinstance(key, Ed25519PublicKey)
        key.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def every_cosignature_is_true(unit: Unit) -> Iterator[Breach]:
    """Each line of a witness is its signature, by the key it is kept under, on the checkpoint it is kept for."""
    asked = select(LedgerCosignature.__table__, LedgerCheckpoint.note).join(
        LedgerCheckpoint, LedgerCheckpoint.size == LedgerCosignature.size
    )
    for row in unit.db.execute(asked.order_by(LedgerCosignature.size, LedgerCosignature.witness)):
        if not _is_cosigned(row):
            where = f"cosignature of {row.witness.partition('+')[0]} at {row.size}"
            yield Breach(where, "is not that witness's signature on this checkpoint")


def _is_cosigned(row: Any) -> bool:
    """C2SP tlog-cosignature once more: four bytes of key id, eight of time, an Ed25519 signature over both and the text."""
    key = base64.b64decode(row.witness.split("+", 2)[2])
    signed = base64.b64decode(row.line.split()[-1])
    seconds, text = int.from_bytes(signed[4:12], "big"), row.note.rpartition("\n\n")[0]
    said = f"cosignature/v1\ntime {seconds}\n{text}\n"
    return len(key) == 33 and _verifies(Ed25519PublicKey.from_public_bytes(key[1:]), said, signed[12:])
