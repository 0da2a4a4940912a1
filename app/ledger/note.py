"""Signed notes (C2SP signed-note), the checkpoint of the log, witnesses' cosignatures and the offline proof
of one entry."""

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.ledger.tree import verify_inclusion

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
KINDS: Final = (ED25519, COSIGNATURE)
MAX_NOTE_BYTES: Final = 65_536
NEVER: Final = 2**63
"""A cosignature bears a time below this (C2SP tlog-cosignature, "Format")."""
MAX_SIGNATURES: Final = 64
PROOF_HEADER: Final = "c2sp.org/tlog-proof@v1"

Sign = Callable[[bytes], bytes]
"""Makes an Ed25519 signature (64 bytes, RFC 8032) of a message; the private key stays where it is."""

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class NoteError(ValueError):
    """The text is not a note, or nobody we trust signed it; the message says which."""


@dataclass(frozen=True)
class NoteKey:
    """The public half of a key that signs notes: its name, Ed25519 public key (32 bytes) and what it signs."""

    name: str
    public: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != 32 or self.kind not in KINDS:
            raise NoteError(
                "a note key has a name without spaces or plus, 32 bytes of Ed25519, and kind 1 or 4"
            )

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no protection by themselves (C2SP signed-note,
        "Format")."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key in one line, as `/.well-known/log.vkey` shows it."""
        return f"{self.name}+{self.id.hex()}+{_encode(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read such a line back; NoteError when it is malformed or its id is not that of the key."""
        parts = vkey.strip().split("+", 2)
        if len(parts) != 3:
            raise NoteError("a verifier key has three parts")
        data = _decode(parts[2])
        key = cls(parts[0], data[1:], data[0] if data else 0)
        if key.id.hex() != parts[1]:
            raise NoteError("the id of the verifier key does not fit the key")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether `signature` (what follows the four bytes of the id) is this key's on the text of the note."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            (seconds,) = struct.unpack_from(">Q", signature) if len(signature) == 72 else (NEVER,)
            if seconds >= NEVER:
                return False
            message = cosigned(text, seconds)
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Note:
    """A note with the keys that were seen to have signed it. Nobody else's word is in it."""

    text: str
    signed_by: tuple[NoteKey, ...]


@dataclass(frozen=True)
class Checkpoint:
    """The size of the log and the root hash over all of it, under the log's name."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed (C2SP tlog-checkpoint)."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, _encode(self.root), *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a verified note; NoteError when it is not a checkpoint."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not lines[0] or not _NUMBER.fullmatch(lines[1]) or "" in lines[:-1]:
            raise NoteError("the note is not a checkpoint")
        digest = _decode(lines[2])
        if len(digest) != 32:
            raise NoteError("the root hash of a checkpoint has 32 bytes")
        return cls(lines[0], int(lines[1]), digest, tuple(lines[3:-1]))


@dataclass(frozen=True)
class InclusionProof:
    """Everything needed to see offline that an entry is in the log (C2SP tlog-proof)."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    """The signed note, verbatim."""

    @property
    def text(self) -> str:
        """The file `proof.tlog-proof`."""
        hashes = "".join(f"{_encode(digest)}\n" for digest in self.path)
        return f"{PROOF_HEADER}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read such a file; NoteError when it is malformed.

        Extra data, which nobody signs, is passed over.
        """
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if len(text) > MAX_NOTE_BYTES or not blank or lines[0] != PROOF_HEADER:
            raise NoteError("the file is not a proof of the log")
        lines = lines[2:] if len(lines) > 1 and lines[1].startswith("extra ") else lines[1:]
        if not lines or not lines[0].startswith("index ") or not _NUMBER.fullmatch(lines[0][6:]):
            raise NoteError("the proof does not name its entry")
        return cls(int(lines[0][6:]), tuple(_decode(line) for line in lines[1:]), checkpoint)

    def verify(self, leaf: bytes, keys: Iterable[NoteKey]) -> Checkpoint:
        """The checkpoint that holds the entry with this leaf hash; NoteError when the keys or the path do not
        show it."""
        seen = Checkpoint.parse(open_note(self.checkpoint, keys).text)
        if not verify_inclusion(leaf, self.index, seen.size, self.path, seen.root):
            raise NoteError("the entry is not in the log of this checkpoint")
        return seen


def sign_note(text: str, key: NoteKey, sign: Sign) -> str:
    """The note: text, blank line, one signature line.

    NoteError when the text could not be read back as it stands.
    """
    if not text.endswith("\n") or _has_control(text):
        raise NoteError("the text of a note ends in a new line and has no other control characters")
    return f"{text}\n{_line(key, sign(text.encode()))}"


def add_signature(note: str, key: NoteKey, sign: Sign) -> str:
    """The same note with one more plain signature, as when the log key is being changed."""
    return note + _line(key, sign(_split_note(note)[0].encode()))


def add_cosignature(note: str, key: NoteKey, sign: Sign, unix_seconds: int) -> str:
    """The same note with a witness's line, which also says when it looked (C2SP tlog-cosignature, Ed25519)."""
    text = _split_note(note)[0]
    return note + _line(key, struct.pack(">Q", unix_seconds) + sign(cosigned(text, unix_seconds)))


def text_of(note: str) -> str:
    """The text of a note, believed by nobody yet; NoteError when it is none."""
    return _split_note(note)[0]


def lines_of(note: str, keys: Iterable[NoteKey]) -> str:
    """The signature lines by which these keys signed the note, each once; NoteError as in `open_note`."""
    signed = {(key.name, key.id) for key in open_note(note, keys).signed_by}
    _text, found = _split_note(note)
    lines = (f"\u2014 {name} {_encode(data)}\n" for name, data in found if (name, data[:4]) in signed)
    return "".join(dict.fromkeys(lines))


def cosigned(text: str, unix_seconds: int) -> bytes:
    """The bytes a witness signs: header, time in seconds since 1970, the checkpoint."""
    return f"cosignature/v1\ntime {unix_seconds}\n{text}".encode()


def open_note(note: str, keys: Iterable[NoteKey]) -> Note:
    """Verify a note against the keys we trust.

    Lines of unknown keys are passed over; a false line of a known key, or no line of any, is a NoteError
    (C2SP signed-note, "Signatures").
    """
    text, lines = _split_note(note)
    known = {(key.name, key.id): key for key in keys}
    signed = {}
    for name, data in lines:
        key = known.get((name, data[:4]))
        if key is None:
            continue
        if not key.verifies(text, data[4:]):
            raise NoteError(f"the signature of {name} is false")
        signed[key] = True
    if not signed:
        raise NoteError("nobody we trust has signed this note")
    return Note(text, tuple(signed))


def origin_of(host: str) -> str:
    """The name of the log at a host: the prefix of its addresses without the scheme (C2SP tlog-tiles,
    "Parameters")."""
    return f"{host}/log"


def _split_note(note: str) -> tuple[str, Sequence[tuple[str, bytes]]]:
    """The text and the signature lines as (name, id and signature)."""
    if len(note.encode(errors="replace")) > MAX_NOTE_BYTES or _has_control(note) or not note.endswith("\n"):
        raise NoteError("the note is too long, not plain text or cut off")
    text, blank, signatures = note[:-1].rpartition("\n\n")
    lines = signatures.split("\n")
    if not blank or len(lines) > MAX_SIGNATURES:
        raise NoteError("the note has no signatures, or too many")
    return text + "\n", [_parse_line(line) for line in lines]


def _parse_line(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    data = _decode(encoded)
    if dash != "\u2014" or not _NAME.fullmatch(name) or len(data) < 5:
        raise NoteError("a signature line of the note is malformed")
    return name, data


def _line(key: NoteKey, signature: bytes) -> str:
    return f"\u2014 {key.name} {_encode(key.id + signature)}\n"


def _has_control(text: str) -> bool:
    return any((char < " " and char != "\n") or "\ud800" <= char <= "\udfff" for char in text)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    """Standard base64 with padding, one spelling only; NoteError otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoteError("a part of the note is not base64") from fault
    if _encode(data) != text:
        raise NoteError("a part of the note is not base64 in its one spelling")
    return data
