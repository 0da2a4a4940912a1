"""What a verification trusts, and where it looks: keys that somebody chose to believe, and the published files beside them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app.certificates.jose import decode
from app.certificates.keys import PublicKey, Purpose, thumbprint
from app.kernel.fetching import Unreachable
from app.ledger.note import COSIGNATURE, NoteError, NoteKey

Published = Callable[[str], bytes | None]
"""The bytes published at a path such as `log/checkpoint`, None when there are none. Raises Unreachable."""
DID_OF_RRN = ".well-known/did.json"
ROOTS, LOG_KEYS = ".well-known/seal-ca.pem", ".well-known/log.vkey"
STAMP_ROOTS = ".well-known/tsa-roots.pem"


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
        """The path of an address on the register's host, None for any other address."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        ours = parts.netloc == self.host and parts.scheme in ("http", "https") and not parts.query
        return parts.path.lstrip("/") if ours else None


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
    except (NoteError, ValueError) as fault:
        raise Untrusted("The keys that are published there, or those given, cannot be read.") from fault
    if len({key.name for key in keys}) != 1 or any(key.kind != COSIGNATURE for key in cosigners):
        raise Untrusted("The keys that are published there, or those given, are not what they should be.")
    return Anchors(roots, keys, cosigners, all_of_them, stamp_roots)


def issuer_of(kid: str, anchors: Anchors) -> str | None:
    """The path of the DID document that names the key, when it is one of a body in this register."""
    did, _hash, _key = kid.partition("#")
    parts = did.split(":")
    if (
        parts[:3] != ["did", "web", anchors.host.replace(":", "%3A")]
        or len(parts) != 5
        or parts[3] != "bodies"
    ):
        return None
    return f"bodies/{quote(parts[4], safe='')}/did.json"


def rrn_did(anchors: Anchors) -> str:
    """The identifier under which RRN itself signs for this register."""
    return f"did:web:{anchors.host.replace(':', '%3A')}"


def document_of(kid: str, anchors: Anchors) -> str | None:
    """The path of the DID document that names the key, when it is RRN's own or that of a body in this register."""
    return DID_OF_RRN if kid.partition("#")[0] == rrn_did(anchors) else issuer_of(kid, anchors)


def keys_of(document: bytes, kid: str) -> dict[str, PublicKey]:
    """The key of that id in a DID document; empty when it is not there or not what its id says."""
    try:
        said = json.loads(document)
        found = [
            one for one in said["verificationMethod"] if one["id"] == kid and said["id"] == one["controller"]
        ]
        key = _public_key(found[0]["publicKeyJwk"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    if thumbprint(key) != kid.partition("#")[2] or said["id"] != kid.partition("#")[0]:
        return {}
    begun = datetime(1990, 1, 1, tzinfo=UTC)
    return {
        kid: PublicKey(
            thumbprint(key),
            Purpose.CREDENTIAL,
            said["id"],
            key,
            begun,
            begun,
            datetime.max.replace(tzinfo=UTC),
        )
    }


def revoked_since(document: bytes, kid: str) -> datetime | None:
    """From when on nothing a key signed may be believed (`revoked`, Controlled Identifiers 1.0); None when nobody says so."""
    said = {one["id"]: one.get("revoked") for one in json.loads(document)["verificationMethod"]}
    return datetime.fromisoformat(said[kid]) if said.get(kid) else None


def _public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError("another kind of key")
    x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def had(published: Published, path: str | None) -> bytes | None:
    """What is published at a path, None also when it cannot be reached just now."""
    try:
        return published(path) if path else None
    except Unreachable:
        return None
