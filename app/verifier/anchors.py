"""What a verification trusts, and where it looks: keys that somebody chose to believe, and the published files beside them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from app.kernel.fetching import Unreachable
from app.ledger.note import COSIGNATURE, NoteError, NoteKey

Published = Callable[[str], bytes | None]
"""The bytes published at a path such as `log/checkpoint`, None when there are none. Raises Unreachable."""
DID_OF_RRN = ".well-known/did.json"
ROOTS, LOG_KEYS = ".well-known/seal-ca.pem", ".well-known/log.vkey"
STAMP_ROOTS = ".well-known/tsa-roots.pem"
_PATH = re.compile(r"[A-Za-z0-9._~%:-]+(?:/[A-Za-z0-9._~%:-]+)*", re.ASCII)
_BODY = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)


class Unreadable(Exception):
    """A published file is there, and is not what stands at its address."""


class Untrusted(Exception):
    """There is nothing to verify against; the message says why in a sentence."""


@dataclass(frozen=True)
class Anchors:
    """Whom to believe: the roots of the seals, the keys of the log, and those outside witnesses that must have cosigned."""

    roots: Sequence[x509.Certificate]
    log_keys: Sequence[NoteKey]
    witnesses: Sequence[NoteKey] = ()
    all_of_them: bool = True
    """Whether a witness that has not cosigned leaves the answer open, or is only told of."""
    stamp_roots: Sequence[x509.Certificate] = ()
    """The roots of the time stamp authorities that the register names; none where it never used one."""
    is_itself: bool = False
    """Whether it is the register itself that is asked. A copy of it may be older than the paper at hand, or damaged."""

    def asked_at(self, address: str) -> Self:
        """The same, with what is published had from an address or a folder: the register itself only at its own host."""
        try:
            host = urlsplit(address).netloc
        except ValueError:
            host = ""
        return replace(self, is_itself=host == self.host)

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.log_keys[0].name

    @property
    def host(self) -> str:
        """The register's host: every address in what it signs is on it."""
        return self.origin.removesuffix("/log")

    @property
    def fingerprints(self) -> list[str]:
        """What to compare with what RRN says elsewhere, one a line."""
        roots = [root.fingerprint(hashes.SHA256()).hex(":", 2) for root in self.roots]
        stamps = [root.fingerprint(hashes.SHA256()).hex(":", 2) for root in self.stamp_roots]
        return [
            *(f"root {text}" for text in roots),
            *(f"time stamps {text}" for text in stamps),
            *(f"log {key.vkey}" for key in self.log_keys),
        ]

    def path(self, url: str) -> str | None:
        """The path of an address on the register's host; None for any other address, and for what never is a path here."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        ours = parts.netloc == self.host and parts.scheme in ("http", "https") and not parts.query
        path = parts.path.lstrip("/")
        return path if ours and is_plain(path) else None


def anchors_from(published: Published, witnesses: Sequence[str] = (), all_of_them: bool = True) -> Anchors:
    """The anchors that a register publishes of itself: believed because somebody named it. Raises Untrusted, Unreachable."""
    pem, vkeys, stamps = published(ROOTS), published(LOG_KEYS), published(STAMP_ROOTS)
    if not pem or not vkeys:
        missing = LOG_KEYS if pem else ROOTS
        raise Untrusted(f"There is no {missing} there: this is not a register, nor a mirror of one.")
    try:
        roots = x509.load_pem_x509_certificates(pem)
        stamp_roots = x509.load_pem_x509_certificates(stamps) if stamps else []
        keys = [NoteKey.parse(line) for line in vkeys.decode().splitlines()]
        cosigners = [NoteKey.parse(line) for line in witnesses]
    except (NoteError, ValueError, UnsupportedAlgorithm) as fault:
        raise Untrusted("The keys that are published there, or those given, cannot be read.") from fault
    if len({key.name for key in keys}) != 1 or any(key.kind != COSIGNATURE for key in cosigners):
        raise Untrusted("The keys that are published there, or those given, are not what they should be.")
    return Anchors(roots, keys, cosigners, all_of_them, stamp_roots)


def issuer_of(kid: str, anchors: Anchors) -> str | None:
    """The path of the DID document that names the key, when it is one of a body in this register.

    A kid is what a stranger wrote: only what can be the reference of a body becomes part of a path.
    """
    begin, _colon, body = kid.partition("#")[0].rpartition(":")
    if begin != f"{rrn_did(anchors)}:bodies" or not _BODY.fullmatch(body):
        return None
    return f"bodies/{body}/did.json"


def rrn_did(anchors: Anchors) -> str:
    """The identifier under which RRN itself signs for this register."""
    return f"did:web:{anchors.host.replace(':', '%3A')}"


def document_of(kid: str, anchors: Anchors) -> str | None:
    """The path of the DID document that names the key, when it is RRN's own or that of a body in this register."""
    return DID_OF_RRN if kid.partition("#")[0] == rrn_did(anchors) else issuer_of(kid, anchors)


def had(published: Published, path: str | None) -> bytes | None:
    """What is published at a path, None also when it cannot be reached just now."""
    try:
        return published(path) if path else None
    except Unreachable:
        return None


def is_plain(path: str) -> bool:
    """Whether a path leads to nothing but what lies below: it may come from a paper that somebody forged."""
    return len(path) < 500 and bool(_PATH.fullmatch(path)) and not {".", ".."} & set(path.split("/"))


def moment(said: object) -> datetime:
    """A moment as a published file gives it. Raises Unreadable for everything that cannot be compared with one or shown."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError as fault:
        raise Unreadable from fault
    if not isinstance(said, str) or found.tzinfo is None or not 1900 < found.year < 9999:
        raise Unreadable
    return found
