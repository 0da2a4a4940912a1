"""What a witness holds to: it signs only trees that grow out of the one it signed last, and remembers before it answers."""

import base64
import binascii
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.clock import Clock, system_clock
from app.kernel.files import write_once, write_over
from app.ledger.note import (
    COSIGNATURE,
    Checkpoint,
    NoteError,
    NoteKey,
    add_cosignature,
    lines_of,
    open_note,
    text_of,
)
from app.ledger.tree import EMPTY_ROOT, verify_consistency

SIZE: Final = "text/x.tlog.size"
PLAIN: Final = "text/plain; charset=utf-8"
MOST_HASHES: Final = 63
LARGEST_REQUEST: Final = 65_536 + 4_096
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_PLACE: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Forgotten(Exception):
    """The witness cannot read what it signed last: it must not sign anything until a person has looked."""


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    content: str
    media: str = PLAIN


@dataclass(frozen=True)
class Seen:
    """A well-formed request: the size the log believes we know, the proof, and the checkpoint with its note."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: str


class Refusal(Exception):
    """The request is not carried out; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.content)
        self.reply = reply


class Witness:
    """A witness in its folder: `witness.key`, `witness.vkey`, `logs.vkey` and one folder a log with its last checkpoint."""

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        self.folder, self.clock = folder, clock
        self.key = NoteKey.parse((folder / "witness.vkey").read_text())
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((folder / "witness.key").read_text()))
        if private.public_key().public_bytes_raw() != self.key.public or self.key.kind != COSIGNATURE:
            raise Forgotten("the private and the public key in the folder do not belong together")
        self._sign = private.sign

    def logs(self) -> list[NoteKey]:
        """The logs it watches, as `logs.vkey` names them: one key a line, several for a log that changes keys."""
        lines = (self.folder / "logs.vkey").read_text().splitlines()
        return [NoteKey.parse(line) for line in lines if line.strip()]

    def add_checkpoint(self, body: bytes) -> Reply:
        """`POST /add-checkpoint`: the cosignature, once the new checkpoint is on disk; or why not."""
        try:
            asked = read_request(body)
            trusted = self._believed(asked)
            with self._alone(asked.checkpoint.origin) as place:
                return self._advance(place, asked, trusted)
        except Refusal as refused:
            return refused.reply

    def checkpoint(self, place: str) -> Reply:
        """`GET /<origin hash>/checkpoint`: what was signed last for a log, with the signatures of both."""
        path = self.folder / place / "checkpoint"
        if not _PLACE.fullmatch(place) or not path.is_file():
            return Reply(404, "This witness has cosigned no checkpoint of that log.\n")
        return Reply(200, path.read_text())

    def _believed(self, asked: Seen) -> list[NoteKey]:
        origin = asked.checkpoint.origin
        keys = [key for key in self.logs() if key.name == origin]
        if not keys:
            raise Refusal(Reply(404, "This witness does not watch a log of that name.\n"))
        try:
            open_note(asked.note, keys)
        except NoteError as fault:
            raise Refusal(Reply(403, f"The checkpoint is not believed: {fault}.\n")) from fault
        return keys

    def _advance(self, place: Path, asked: Seen, trusted: list[NoteKey]) -> Reply:
        _check_growth(asked, self._last(place, trusted))
        kept = text_of(asked.note) + "\n" + lines_of(asked.note, trusted)
        signed = add_cosignature(kept, self.key, self._sign, int(self.clock().timestamp()))
        write_over(place / "checkpoint", signed.encode())
        return Reply(200, lines_of(signed, [self.key]))

    def _last(self, place: Path, trusted: list[NoteKey]) -> Checkpoint:
        """The checkpoint it signed last, the empty tree when it never signed one. Raises Forgotten."""
        path = place / "checkpoint"
        if not path.exists():
            return Checkpoint("", 0, EMPTY_ROOT)
        try:
            return Checkpoint.parse(open_note(path.read_text(), [self.key, *trusted]).text)
        except (NoteError, OSError, UnicodeDecodeError) as fault:
            raise Forgotten(f"{path} is not what this witness wrote there") from fault

    @contextmanager
    def _alone(self, origin: str) -> Iterator[Path]:
        """One request at a time for a log, also among several processes on the folder."""
        place = self.folder / hashlib.sha256(origin.encode()).hexdigest()
        place.mkdir(exist_ok=True)
        with (place / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield place


def make(folder: Path, name: str) -> NoteKey:
    """A new witness in an empty folder: its key is made and stays there. Raises FileExistsError when one is there."""
    private = Ed25519PrivateKey.generate()
    key = NoteKey(name, private.public_key().public_bytes_raw(), COSIGNATURE)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "witness.key").exists():
        raise FileExistsError(folder)
    handle = os.open(folder / "witness.key", os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(private.private_bytes_raw().hex())
        file.flush()
        os.fsync(file.fileno())
    write_once(folder / "witness.vkey", f"{key.vkey}\n".encode())
    write_over(folder / "logs.vkey", b"")
    return key


def trust(folder: Path, vkey: str) -> NoteKey:
    """Watch one more log, or one more key of a log. Raises NoteError."""
    key = NoteKey.parse(vkey)
    if key.kind == COSIGNATURE:
        raise NoteError("this is the key of a witness, not of a log")
    known = (folder / "logs.vkey").read_text().splitlines()
    if key.vkey not in known:
        write_over(folder / "logs.vkey", "".join(f"{line}\n" for line in [*known, key.vkey]).encode())
    return key


def read_request(body: bytes) -> Seen:
    """The parts of a request. Raises Refusal with 400 when it is not one."""
    try:
        head, blank, note = body.decode().partition("\n\n")
        first, *hashes = head.split("\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None or len(hashes) > MOST_HASHES or len(body) > LARGEST_REQUEST:
            raise ValueError("it is not an old size, a proof, an empty line and a checkpoint")
        proof = tuple(_hash(line) for line in hashes)
        seen = Seen(int(old[1]), proof, Checkpoint.parse(text_of(note)), note)
    except (NoteError, ValueError) as fault:
        raise Refusal(Reply(400, f"The request cannot be read: {fault}.\n")) from fault
    if seen.old > seen.checkpoint.size:
        raise Refusal(Reply(400, "The old size is larger than the checkpoint.\n"))
    return seen


def _hash(line: str) -> bytes:
    try:
        digest = base64.b64decode(line, validate=True)
    except binascii.Error as fault:
        raise ValueError("a line of the proof is not base64") from fault
    if len(digest) != 32 or base64.b64encode(digest).decode() != line:
        raise ValueError("a line of the proof is not a hash of 32 bytes")
    return digest


def _check_growth(asked: Seen, before: Checkpoint) -> None:
    """The heart of it: the new tree begins with the one that was signed last. Raises Refusal with 409 or 422."""
    new = asked.checkpoint
    if asked.old != before.size:
        raise Refusal(Reply(409, f"{before.size}\n", SIZE))
    if new.size == before.size > 0 and new.root != before.root:
        raise Refusal(Reply(409, "Another tree of this size was cosigned already: nothing was signed.\n"))
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise Refusal(Reply(422, "A log without entries has the root of the empty tree.\n"))
    if not verify_consistency(before.size, new.size, asked.proof, before.root, new.root):
        said = "The checkpoint does not grow out of the one cosigned last: nothing was signed.\n"
        raise Refusal(Reply(422, said))
