"""The public parts of keys: files of their own, one a key, that stay for ever. All a web process ever has."""

import base64
import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from app.kernel.files import sync_folder, write_once, write_over

RRN: Final = "rrn"
STAMP_ROOTS: Final = "tsa-roots.pem"

Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class Purpose(StrEnum):
    """What a key is for. No key has two purposes."""

    ROOT = "root"
    SEAL = "seal"
    CREDENTIAL = "credential"
    LOG = "log"


CURVES: Final = {
    Purpose.ROOT: ec.SECP384R1,
    Purpose.SEAL: ec.SECP256R1,
    Purpose.CREDENTIAL: ec.SECP256R1,
}


class KeyFault(Exception):
    """A key is missing, of the wrong kind or not the one its name says. Nothing was signed."""


class KeyAway(KeyFault):
    """Whoever holds a key does not answer just now, or answers what cannot be used. Nothing was signed; ask again later."""


@dataclass(frozen=True)
class PublicKey:
    """The public part of a key with its dates (UTC). `id` is the RFC 7638 thumbprint, `owner` the body's ref or `rrn`.

    A successor is published before it signs (`signs_from`), so that nobody meets a signature whose key is not listed yet.
    """

    id: str
    purpose: Purpose
    owner: str
    public_key: Public
    made_at: datetime
    signs_from: datetime
    sign_until: datetime
    retired_at: datetime | None = None
    certificate: x509.Certificate | None = None

    def signs_at(self, moment: datetime) -> bool:
        """Whether this is a key for new signatures at that moment."""
        return self.signs_from <= moment < self.sign_until and (
            self.retired_at is None or moment < self.retired_at
        )


class SigningKey(Protocol):
    """A private key that signs and cannot be looked at: in a file, in a token (PKCS #11), or wherever else somebody holds it.

    It may be far away and slow, so everybody who asks does so outside transactions that write, and can be put off.
    """

    @property
    def public(self) -> PublicKey:
        """Whose signature it will be."""

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 (SHA-384 on P-384) in DER, or 64 bytes of Ed25519. KeyAway when there is no answer in time."""


class PublicKeys:
    """The published keys of a register, read from their folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[str, PublicKey]] = {}

    def all(self, purpose: Purpose | None = None, owner: str | None = None) -> list[PublicKey]:
        """Every key ever published, oldest first, retired ones included."""
        found = [self._of(path) for path in sorted(self.folder.glob("*.json"))]
        wanted = [k for k in found if purpose in (None, k.purpose) and owner in (None, k.owner)]
        return sorted(wanted, key=lambda key: (key.made_at, key.id))

    def _of(self, path: Path) -> PublicKey:
        """Published keys never change, but one may have been retired since it was read."""
        retired = retired_text(path)
        known = self._read.get(path.name)
        if known is None or known[0] != retired:
            known = self._read[path.name] = (retired, read_public(path))
        return known[1]

    def find(self, key_id: str) -> PublicKey:
        """The key of that id, or of which it is the only one to begin so (at least 6 characters); KeyFault otherwise."""
        found = [key for key in self.all() if len(key_id) >= 6 and key.id.startswith(key_id)]
        if len(found) != 1:
            raise KeyFault(f"{len(found)} keys begin with {key_id}")
        return found[0]

    def current(self, purpose: Purpose, owner: str, moment: datetime) -> PublicKey | None:
        """The newest key that may sign at that moment."""
        return next((key for key in reversed(self.all(purpose, owner)) if key.signs_at(moment)), None)

    def usable(self, purpose: Purpose, owner: str, moment: datetime) -> PublicKey | None:
        """The same, or one that should have been replaced and was not: a register that falls silent would be worse."""
        return usable_of(self.all(purpose, owner), moment)

    def seals_under(self, root: PublicKey) -> list[PublicKey]:
        """The seal keys that a root certified, oldest first; none for a key that is no root."""
        if root.purpose is not Purpose.ROOT or root.certificate is None:
            return []
        name = root.certificate.subject
        return [key for key in self.all(Purpose.SEAL) if key.certificate and key.certificate.issuer == name]

    def under_older_root(self, moment: datetime) -> list[PublicKey]:
        """The seal keys in use that an older root certified than the one that certifies now, and that nothing will replace yet."""
        root, by_owner = self.usable(Purpose.ROOT, RRN, moment), defaultdict[str, list[PublicKey]](list)
        mine = {key.owner for key in self.seals_under(root)} if root else set[str]()
        for key in self.all(Purpose.SEAL):
            by_owner[key.owner].append(key)
        used = [usable_of(by_owner[owner], moment) for owner in sorted(by_owner.keys() - mine)]
        return [key for key in used if key]

    def is_over(self, key: PublicKey, moment: datetime) -> bool:
        """Whether its use has ended as planned: it was retired, or its time ran out and another has signed in its place since."""
        if key.retired_at is not None and key.retired_at <= moment:
            return True
        return key.sign_until <= moment and self.usable(key.purpose, key.owner, moment) not in (None, key)

    def is_former_root(self, key: PublicKey, moment: datetime) -> bool:
        """Whether another root certifies in place of this one, which goes on signing the list of its seals."""
        began = key.purpose is Purpose.ROOT and key.signs_from <= moment
        return began and key != self.usable(Purpose.ROOT, RRN, moment)

    def root_of(self, certificate: x509.Certificate) -> int:
        """Which root certified this seal: its number, counted from 1 in the order they were made. KeyFault when none did."""
        for number, root in enumerate(self.anchors(), 1):
            if root.subject == certificate.issuer:
                return number
        raise KeyFault("the certificate of a seal is of no root of ours")

    def anchors(self) -> list[x509.Certificate]:
        """The roots that seals are trusted under, as `/.well-known/seal-ca.pem` shows them: oldest first, none ever taken out."""
        return [key.certificate for key in self.all(Purpose.ROOT) if key.certificate]

    def stamp_roots(self) -> list[x509.Certificate]:
        """The roots of every time stamp authority that seals were ever stamped by, the oldest first."""
        path = self.folder / STAMP_ROOTS
        return x509.load_pem_x509_certificates(path.read_bytes()) if path.is_file() else []


def publish_stamp_roots(folder: Path, roots: Sequence[x509.Certificate]) -> None:
    """Publish roots of time stamps beside the keys; what stands there stays, so that old stamps can be judged for ever."""
    known = PublicKeys(folder).stamp_roots()
    new = [one for one in roots if one not in known]
    if new:
        pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (*known, *new))
        write_over(folder / STAMP_ROOTS, pem)


def usable_of(keys: Sequence[PublicKey], moment: datetime) -> PublicKey | None:
    """Of keys of one purpose and owner, oldest first, the one that signs at that moment, or the newest that was not replaced in time."""
    signing = [key for key in keys if key.signs_at(moment)]
    late = [key for key in keys if key.retired_at is None and key.signs_from <= moment]
    return next(reversed(signing or late), None)


def thumbprint(key: Public) -> str:
    """The RFC 7638 thumbprint (RFC 8037 for Ed25519): SHA-256 of the required members, base64url without padding."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        members = {"crv": "Ed25519", "kty": "OKP", "x": _b64url(key.public_bytes_raw())}
    else:
        size, numbers = key.curve.key_size // 8, key.public_numbers()
        curve = {256: "P-256", 384: "P-384"}[key.curve.key_size]
        x, y = (_b64url(number.to_bytes(size, "big")) for number in (numbers.x, numbers.y))
        members = {"crv": curve, "kty": "EC", "x": x, "y": y}
    data = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return _b64url(hashlib.sha256(data).digest())


def der_of(pair: bytes) -> bytes:
    """An ECDSA signature in DER, from the two numbers of the same length side by side that tokens and services answer with."""
    half = len(pair) // 2
    return encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))


def is_signature(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether these bytes are a signature of that key over the message, of the kind `SigningKey.sign` makes."""
    try:
        if isinstance(key.public_key, ed25519.Ed25519PublicKey):
            key.public_key.verify(signature, message)
        else:
            key.public_key.verify(signature, message, ec.ECDSA(hash_of(key.public_key)))
    except InvalidSignature:
        return False
    return True


def hash_of(key: ec.EllipticCurvePublicKey) -> hashes.HashAlgorithm:
    """The hash that goes with a curve: SHA-384 on P-384, SHA-256 on P-256."""
    return hashes.SHA384() if isinstance(key.curve, ec.SECP384R1) else hashes.SHA256()


def read_public(path: Path) -> PublicKey:
    """A published key; KeyFault when the curve does not fit its purpose or the file is not the key of its name."""
    fields = json.loads(path.read_bytes())
    public = serialization.load_pem_public_key(fields["public_key"].encode())
    pem = fields.get("certificate")
    certificate = x509.load_pem_x509_certificate(pem.encode()) if pem else None
    purpose = Purpose(fields["purpose"])
    if not isinstance(public, Public) or not _fits(public, purpose) or thumbprint(public) != path.stem:
        raise KeyFault(f"the published key {path.stem} is not the one its name says")
    if certificate and certificate.public_key() != public:
        raise KeyFault(f"the certificate of the key {path.stem} is of another key")
    retired = retired_text(path)
    return PublicKey(
        id=path.stem,
        purpose=purpose,
        owner=fields["owner"],
        public_key=public,
        made_at=datetime.fromisoformat(fields["made_at"]),
        signs_from=datetime.fromisoformat(fields.get("signs_from", fields["made_at"])),
        sign_until=datetime.fromisoformat(fields["sign_until"]),
        retired_at=datetime.fromisoformat(json.loads(retired)["retired_at"]) if retired else None,
        certificate=certificate,
    )


def retired_text(path: Path) -> str:
    """What lies beside a published key when its use has an end; empty when it has none."""
    try:
        return path.with_suffix(".retired").read_text()
    except FileNotFoundError:
        return ""


def write_public(folder: Path, key: PublicKey) -> None:
    """Publish a key, for ever."""
    pem = key.public_key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    fields = {
        "id": key.id,
        "purpose": key.purpose.value,
        "owner": key.owner,
        "made_at": _text(key.made_at),
        "signs_from": _text(key.signs_from),
        "sign_until": _text(key.sign_until),
        "public_key": pem,
    }
    if key.certificate:
        fields["certificate"] = key.certificate.public_bytes(serialization.Encoding.PEM).decode()
    write_once(folder / f"{key.id}.json", _dumps(fields))


def revoked_seals_at(root: int) -> str:
    """The path of the list of revoked seals that the root of this number signs."""
    return ".well-known/seal-ca.crl" if root == 1 else f".well-known/seal-ca-{root}.crl"


def write_retired(folder: Path, key: PublicKey, moment: datetime, by: str = "") -> None:
    """Note when the use of a key ends, and who said so if anybody did; an earlier moment takes the place of a later one, never the other way round."""
    if key.retired_at is not None and key.retired_at <= moment:
        return
    part = folder / f".{key.id}.{token_hex(8)}"
    with part.open("wb") as file:
        file.write(_dumps({"retired_at": _text(moment)} | ({"by": by} if by else {})))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / f"{key.id}.retired")
    sync_folder(folder)


def _fits(public: Public, purpose: Purpose) -> bool:
    if purpose is Purpose.LOG:
        return isinstance(public, ed25519.Ed25519PublicKey)
    return isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, CURVES[purpose])


def _dumps(fields: dict[str, str]) -> bytes:
    return json.dumps(fields, indent=1, sort_keys=True).encode() + b"\n"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
