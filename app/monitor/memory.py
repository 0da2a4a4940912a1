"""What a monitor remembers in its own folder: the keys it began with, the last checkpoint, and the hash of every entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.kernel.files import write_over
from app.ledger.note import Checkpoint, NoteError, NoteKey, open_note
from app.ledger.tree import HASH_BYTES
from app.monitor.hashing import Rows

KEYS: Final = "log.vkey"
CHECKPOINT: Final = "checkpoint"
LEAVES: Final = "leaves"


class Unreadable(Exception):
    """The monitor's own folder is damaged: it can no longer say what changed. A sentence."""


@dataclass(frozen=True)
class Memory:
    """The last state of the log that was found in order; nothing at the first look."""

    keys: tuple[NoteKey, ...] = ()
    note: str = ""
    checkpoint: Checkpoint | None = None
    leaves: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """How many entries there were."""
        return self.checkpoint.size if self.checkpoint else 0


def recall(folder: Path) -> Memory:
    """What was remembered; looked at as strictly as anything from outside. Raises Unreadable."""
    if not (folder / CHECKPOINT).exists():
        return Memory()
    try:
        keys = tuple(NoteKey.parse(line) for line in (folder / KEYS).read_text().splitlines())
        note = (folder / CHECKPOINT).read_text()
        found = Checkpoint.parse(open_note(note, keys).text)
        data = (folder / LEAVES).read_bytes()[: found.size * HASH_BYTES]
    except (NoteError, OSError, UnicodeDecodeError) as fault:
        raise Unreadable(f"The folder {folder} is not what this monitor wrote there.") from fault
    leaves = tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))
    if len(leaves) != found.size or Rows(leaves).root(found.size) != found.root:
        raise Unreadable(f"The folder {folder} is not what this monitor wrote there.")
    return Memory(keys, note, found, leaves)


def remember(folder: Path, keys: Sequence[NoteKey], note: str, leaves: Sequence[bytes]) -> None:
    """Keep a state that was found in order. The hashes first: the checkpoint is what says how many of them count."""
    folder.mkdir(parents=True, exist_ok=True)
    write_over(folder / KEYS, "".join(f"{key.vkey}\n" for key in keys).encode())
    write_over(folder / LEAVES, b"".join(leaves))
    write_over(folder / CHECKPOINT, note.encode())
