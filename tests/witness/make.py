"""A log in memory that can grow, fork and lie, and a witness in a folder that watches it."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.ledger import tree
from app.ledger.note import Checkpoint, NoteKey, sign_note
from app.witness.watching import Witness, make, trust

ORIGIN = "register.example/log"


class Log:
    """Entries, the tree over them, and the key that signs it."""

    def __init__(self, entries: int = 0, origin: str = ORIGIN, seed: int = 1, word: str = "entry") -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = NoteKey(origin, self.private.public_key().public_bytes_raw())
        self.origin, self.nodes, self.size = origin, dict[tuple[int, int], bytes](), 0
        self.grow(entries, word)

    def get(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def put(self, level: int, index: int, digest: bytes) -> None:
        self.nodes[level, index] = digest

    def grow(self, count: int, word: str = "entry") -> None:
        for _turn in range(count):
            leaf = tree.leaf_hash(f"{word} {self.size}".encode())
            self.size = tree.append(self, self.size, leaf)

    def note(self, size: int | None = None, root: bytes | None = None) -> str:
        size = self.size if size is None else size
        text = Checkpoint(self.origin, size, tree.root(self, size) if root is None else root).text
        return sign_note(text, self.key, self.private.sign)

    def request(self, old: int, size: int | None = None, note: str | None = None) -> bytes:
        size = self.size if size is None else size
        proof = tree.consistency(self, old, size) if old <= size else []
        return asked(old, proof, note or self.note(size))


def asked(old: int | str, proof: list[bytes], note: str) -> bytes:
    """The bytes of a request."""
    lines = "".join(f"{base64.b64encode(digest).decode()}\n" for digest in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def witness_of(folder: Path, *logs: Log) -> Witness:
    """A witness that watches these logs."""
    make(folder, "witness.example/w1")
    for log in logs:
        trust(folder, log.key.vkey)
    return Witness(folder)
