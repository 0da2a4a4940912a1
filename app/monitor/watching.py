"""One look at a log: keys, checkpoint, every entry, every hash; held against what was seen last time."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.certificates.keys import thumbprint
from app.ledger.note import Checkpoint, NoteError, NoteKey, open_note
from app.ledger.rules import Entry, EntryKind
from app.ledger.tiles import Tile, decode_entries, encode_tile, tiles_of
from app.ledger.tree import leaf_hash
from app.monitor.hashing import Rows
from app.monitor.memory import Memory, recall, remember
from app.verifier.anchors import LOG_KEYS, Published

BY_HAND: Final = "If RRN has announced it where it does not write the log, add the line to log.vkey in the monitor’s folder."


class Alarm(Exception):
    """The register did what it must never do. A sentence for people, to be said loudly."""


@dataclass
class Look:
    """What one look found: the checkpoint and entries when they are in order, and every alarm."""

    before: int
    checkpoint: Checkpoint | None = None
    entries: list[bytes] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    keys: list[NoteKey] = field(default_factory=list)
    """The keys of the log that are believed, once the look is in order."""
    news: list[str] = field(default_factory=list)
    """What a keeper should know, though nothing is wrong with it."""


def watch(folder: Path, published: Published) -> Look:
    """Look at the log, and remember it when nothing is wrong. Raises Unreadable, Unreachable."""
    memory = recall(folder)
    look = Look(memory.size)
    try:
        found = _keys(published)
        keys = memory.keys or found
        note, look.checkpoint = _checkpoint(memory, keys, found, published)
        entries = _entries(look.checkpoint.size, published)
        leaves = [leaf_hash(entry) for entry in entries]
        rows = Rows(leaves)
        _compare(memory, look.checkpoint, leaves, rows)
        _look_at_tiles(look.checkpoint.size, rows, published)
        look.news = list(
            _announced([key for key in found if key not in keys], open_note(note, keys).signed_by, entries)
        )
    except Alarm as alarm:
        look.alarms.append(str(alarm))
        return look
    look.entries, look.keys = entries, [*keys, *(key for key in found if key not in keys)]
    remember(folder, look.keys, note, leaves)
    return look


def _keys(published: Published) -> Sequence[NoteKey]:
    """The keys that the register publishes of its log."""
    try:
        found = [NoteKey.parse(line) for line in (published(LOG_KEYS) or b"").decode().splitlines()]
    except (NoteError, UnicodeDecodeError) as fault:
        raise Alarm("The key of the log that the register publishes cannot be read.") from fault
    if not found:
        raise Alarm("The register publishes no key of its log.")
    return found


def _announced(
    new: Sequence[NoteKey], signed_by: Sequence[NoteKey], entries: Sequence[bytes]
) -> Iterator[str]:
    """A sentence for each new key of which the log tells, signed by a known key that counts. Any other new key is an Alarm."""
    made, ended = _told_of_keys(entries) if new else ({}, {})
    counts = any(_thumbprint(key) not in ended for key in signed_by)
    for key in new:
        at = made.get(_thumbprint(key))
        if at is None or not counts:
            raise Alarm(
                f"The register publishes a key of its log that was not there before: {key.vkey}. {BY_HAND}"
            )
        yield (
            f"The log has a new key: {key.vkey}. Entry {at} announced it, signed with a key that was known, so it is remembered."
        )


def _thumbprint(key: NoteKey) -> str:
    return thumbprint(Ed25519PublicKey.from_public_bytes(key.public))


def _told_of_keys(entries: Sequence[bytes]) -> tuple[dict[str, int], dict[str, int]]:
    """The entries that tell of keys that were made, and of those that count no more, by thumbprint."""
    told: dict[EntryKind, dict[str, int]] = {EntryKind.KEY_MADE: {}, EntryKind.KEY_STATUS: {}}
    for number, data in enumerate(entries):
        if b'"key.' not in data:
            continue
        with suppress(ValueError):
            entry = Entry.model_validate_json(data)
            told.get(entry.kind, {})[entry.subject] = number
    return told[EntryKind.KEY_MADE], told[EntryKind.KEY_STATUS]


def _checkpoint(
    memory: Memory, keys: Sequence[NoteKey], shown: Sequence[NoteKey], published: Published
) -> tuple[str, Checkpoint]:
    content = published("log/checkpoint")
    if content is None:
        raise Alarm("The register publishes no checkpoint of its log.")
    try:
        note = content.decode()
        found = Checkpoint.parse(open_note(note, keys).text)
    except (NoteError, UnicodeDecodeError) as fault:
        if others := [key for key in shown if key not in keys]:
            raise Alarm(
                f"The checkpoint is signed by no key that was known: {fault}. The register publishes {others[0].vkey} beside them. {BY_HAND}"
            ) from fault
        raise Alarm(f"The checkpoint is not one that the log signed: {fault}.") from fault
    if found.origin != keys[0].name:
        raise Alarm(f"The checkpoint is of another log: {found.origin} instead of {keys[0].name}.")
    if found.size < memory.size:
        raise Alarm(f"The log has shrunk: it had {memory.size} entries and now says it has {found.size}.")
    if memory.checkpoint and found.size == memory.size and found.root != memory.checkpoint.root:
        raise Alarm(f"The log has forked: it signed two different trees of {found.size} entries.")
    return note, found


def _entries(size: int, published: Published) -> list[bytes]:
    found: list[bytes] = []
    for tile in tiles_of(size):
        if tile.level is not None:
            break
        content = published(f"log/{tile.path}")
        if content is None:
            raise Alarm(
                f"The log does not serve {tile.path}: entries {tile.span.start} to {tile.span.stop - 1} are missing."
            )
        found += _bundle(tile, content)
    return found


def _bundle(tile: Tile, content: bytes) -> list[bytes]:
    try:
        entries = decode_entries(content)
    except ValueError:
        entries = []
    if len(entries) != tile.width:
        raise Alarm(f"The log serves something else at {tile.path} than {tile.width} entries.")
    return entries


def _compare(memory: Memory, found: Checkpoint, leaves: Sequence[bytes], rows: Rows) -> None:
    """The heart of it: what was there is there unchanged, and what is signed is what is there."""
    changed = next((at for at, seen in enumerate(memory.leaves) if leaves[at] != seen), None)
    signed = rows.root(found.size) == found.root
    if changed is not None and signed:
        raise Alarm(
            f"The log has forked: entry {changed} is another than last time, under a checkpoint that the log signed."
        )
    if changed is not None:
        raise Alarm(f"Entry {changed} was edited: it is another than last time.")
    if not signed:
        raise Alarm(
            f"The {found.size} entries do not give the root that the log signed: an entry was edited, or the tree signed is another one."
        )


def _look_at_tiles(size: int, rows: Rows, published: Published) -> None:
    for tile in _hashes(size):
        content = published(f"log/{tile.path}")
        if content is None:
            raise Alarm(f"The log does not serve {tile.path}.")
        if content != encode_tile(rows, tile):
            raise Alarm(
                f"The hashes at {tile.path} are not those of the entries: the tile was swapped or edited."
            )


def _hashes(size: int) -> Iterator[Tile]:
    return (tile for tile in tiles_of(size) if tile.level is not None)
