"""The keys: RRN's root for seals, one seal and one credential key a body, RRN's own, and the log's; made, found, retired.

Private parts lie in a folder only the worker reads. Public parts are files of their own, one a key, and stay for ever.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID, ObjectIdentifier

from app.kernel.files import write_once

ORGANIZATION_IDENTIFIER: Final = ObjectIdentifier("2.5.4.97")
"""Where a certificate names a legal person by number (ETSI EN 319 412-1 section 5.1.4)."""

ROOT_TERM: Final = timedelta(days=20 * 365)
SEAL_TERM: Final = timedelta(days=6 * 365)
"""A certificate of training lives 36 months, so its seal must still be provable that long after the last use of the key."""
USE: Final = timedelta(days=2 * 365)
"""How long a key signs before the next one takes its place."""

RRN: Final = "rrn"
LONGEST_X509_NAME: Final = 64

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
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


@dataclass(frozen=True)
class PublicKey:
    """The public part of a key with its dates (UTC). `id` is the RFC 7638 thumbprint, `owner` the body's ref or `rrn`."""

    id: str
    purpose: Purpose
    owner: str
    public_key: Public
    made_at: datetime
    sign_until: datetime
    retired_at: datetime | None = None
    certificate: x509.Certificate | None = None

    def signs_at(self, moment: datetime) -> bool:
        """Whether this is a key for new signatures at that moment."""
        return self.made_at <= moment < self.sign_until and (
            self.retired_at is None or moment < self.retired_at
        )


class SigningKey(Protocol):
    """A private key that signs and cannot be looked at: a file today, a token (PKCS #11) behind the same two names."""

    @property
    def public(self) -> PublicKey:
        """Whose signature it will be."""

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 (SHA-384 on P-384) in DER, or 64 bytes of Ed25519."""


@dataclass(frozen=True)
class FileKey:
    """A signing key read from a file once and kept in memory."""

    public: PublicKey
    _private: PrivateKey

    def sign(self, message: bytes) -> bytes:
        """See SigningKey."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        wide = isinstance(self._private.curve, ec.SECP384R1)
        return self._private.sign(message, ec.ECDSA(hashes.SHA384() if wide else hashes.SHA256()))


class PublicKeys:
    """The published keys of a register, read from their folder. All a web process ever has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, PublicKey] = {}

    def all(self, purpose: Purpose | None = None, owner: str | None = None) -> list[PublicKey]:
        """Every key ever published, oldest first, retired ones included."""
        found = [self._of(path) for path in sorted(self.folder.glob("*.json"))]
        wanted = [k for k in found if purpose in (None, k.purpose) and owner in (None, k.owner)]
        return sorted(wanted, key=lambda key: (key.made_at, key.id))

    def _of(self, path: Path) -> PublicKey:
        """Published keys never change, but one may have been retired since it was read."""
        key = self._read.get(path.name)
        if key is None or (key.retired_at is None and path.with_suffix(".retired").exists()):
            key = self._read[path.name] = read_public(path)
        return key

    def current(self, purpose: Purpose, owner: str, moment: datetime) -> PublicKey | None:
        """The newest key that may sign at that moment."""
        return next((key for key in reversed(self.all(purpose, owner)) if key.signs_at(moment)), None)

    def anchors(self) -> list[x509.Certificate]:
        """The roots that seals are trusted under, as `/.well-known/seal-ca.pem` shows them."""
        return [key.certificate for key in self.all(Purpose.ROOT) if key.certificate]


class KeyStore(PublicKeys):
    """The keys with their private parts, for the worker and the key ceremony alone."""

    def __init__(self, private: Path, public: Path) -> None:
        super().__init__(public)
        self.private = private
        self._loaded: dict[str, FileKey] = {}

    def signing(self, purpose: Purpose, owner: str, moment: datetime) -> FileKey:
        """The key that signs for that purpose and owner at that moment; KeyFault when there is none."""
        key = self.current(purpose, owner, moment)
        if key is None:
            raise KeyFault(f"there is no {purpose} key of {owner} for {moment:%Y-%m-%d}")
        if key.id not in self._loaded:
            self._loaded[key.id] = FileKey(key, self._load(key))
        return self._loaded[key.id]

    def ensure(self, purpose: Purpose, owner: str, moment: datetime) -> SigningKey:
        """The key that signs now; a credential or log key is made when there is none yet."""
        if self.current(purpose, owner, moment) is None:
            private = ed25519.Ed25519PrivateKey.generate() if purpose is Purpose.LOG else _new(purpose)
            self._keep(private, purpose, owner, moment, moment + USE, None)
        return self.signing(purpose, owner, moment)

    def ensure_root(self, organisation: str, moment: datetime) -> SigningKey:
        """RRN's root for the seals of licensed bodies; made, with its own certificate, when there is none yet."""
        if self.current(Purpose.ROOT, RRN, moment) is None:
            private = _new(Purpose.ROOT)
            certificate = _root_certificate(private, organisation, moment)
            self._keep(private, Purpose.ROOT, RRN, moment, certificate.not_valid_after_utc, certificate)
        return self.signing(Purpose.ROOT, RRN, moment)

    def ensure_seal(self, owner: str, organisation: str, identifier: str, moment: datetime) -> SigningKey:
        """The seal key of a licensed body; made, and certified by the root, when there is none yet.

        `identifier` names the legal person by number (EN 319 412-1), such as `NTRGB-01234567`. KeyFault without a root.
        """
        if self.current(Purpose.SEAL, owner, moment) is None:
            root = self.signing(Purpose.ROOT, RRN, moment)
            private = _new(Purpose.SEAL)
            certificate = _seal_certificate(private, root, _name(organisation, identifier), moment)
            self._keep(private, Purpose.SEAL, owner, moment, moment + USE, certificate)
        return self.signing(Purpose.SEAL, owner, moment)

    def retire(self, key_id: str, moment: datetime) -> None:
        """End the use of a key. Its public part stays, now with the date, and its private part is destroyed."""
        write_once(self.folder / f"{key_id}.retired", _dumps({"retired_at": _text(moment)}))
        (self.private / f"{key_id}.pem").unlink(missing_ok=True)
        self._loaded.pop(key_id, None)

    def _keep(
        self,
        private: PrivateKey,
        purpose: Purpose,
        owner: str,
        moment: datetime,
        sign_until: datetime,
        certificate: x509.Certificate | None,
    ) -> None:
        """The private part first: a published key that nobody can use would be worse than an unused one."""
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        key = PublicKey(
            thumbprint(private.public_key()), purpose, owner, private.public_key(), moment, sign_until
        )
        self.private.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(self.private / f"{key.id}.pem", pem)
        (self.private / f"{key.id}.pem").chmod(0o600)
        write_once(self.folder / f"{key.id}.json", _dumps(_published(key, certificate)))

    def _load(self, key: PublicKey) -> PrivateKey:
        path = self.private / f"{key.id}.pem"
        try:
            private = serialization.load_pem_private_key(path.read_bytes(), None)
        except FileNotFoundError as fault:
            raise KeyFault(f"the private part of the {key.purpose} key of {key.owner} is not here") from fault
        if path.stat().st_mode & 0o077:
            raise KeyFault(f"others than its owner can read the {key.purpose} key of {key.owner}")
        if not isinstance(private, PrivateKey) or thumbprint(private.public_key()) != key.id:
            raise KeyFault(f"the private part of the {key.purpose} key of {key.owner} is another key")
        return private


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
    retired = path.with_suffix(".retired")
    ended = json.loads(retired.read_bytes())["retired_at"] if retired.exists() else None
    return PublicKey(
        path.stem,
        purpose,
        fields["owner"],
        public,
        datetime.fromisoformat(fields["made_at"]),
        datetime.fromisoformat(fields["sign_until"]),
        datetime.fromisoformat(ended) if ended else None,
        certificate,
    )


def _fits(public: Public, purpose: Purpose) -> bool:
    if purpose is Purpose.LOG:
        return isinstance(public, ed25519.Ed25519PublicKey)
    return isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, CURVES[purpose])


def _new(purpose: Purpose) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1() if purpose is Purpose.ROOT else ec.SECP256R1())


def _published(key: PublicKey, certificate: x509.Certificate | None) -> dict[str, str]:
    pem = key.public_key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    fields = {
        "id": key.id,
        "purpose": key.purpose.value,
        "owner": key.owner,
        "made_at": _text(key.made_at),
        "sign_until": _text(key.sign_until),
        "public_key": pem,
    }
    if certificate:
        fields["certificate"] = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return fields


def _name(organisation: str, identifier: str = "") -> x509.Name:
    """X.509 allows 64 characters a name; the full name stands in the statement."""
    short = organisation[:LONGEST_X509_NAME].strip()
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, short),
    ]
    if identifier:
        parts.append(x509.NameAttribute(ORGANIZATION_IDENTIFIER, identifier))
        return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, f"{short[:52].strip()} (seal)")])
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, "Root for seals of licensed bodies")])


def _root_certificate(
    private: ec.EllipticCurvePrivateKey, organisation: str, moment: datetime
) -> x509.Certificate:
    name = _name(organisation)
    return (
        _builder(name, name, private.public_key(), private.public_key(), moment, ROOT_TERM)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(for_certificates=True), critical=True)
        .sign(private, hashes.SHA384())
    )


def _seal_certificate(
    private: ec.EllipticCurvePrivateKey, root: FileKey, subject: x509.Name, moment: datetime
) -> x509.Certificate:
    issuer = root.public.certificate
    signer = root._private
    if issuer is None or not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise KeyFault("the root has no certificate of its own")
    return (
        _builder(subject, issuer.subject, private.public_key(), signer.public_key(), moment, SEAL_TERM)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(for_certificates=False), critical=True)
        .sign(signer, hashes.SHA384())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer_public: ec.EllipticCurvePublicKey,
    moment: datetime,
    term: timedelta,
) -> x509.CertificateBuilder:
    start = moment.astimezone(UTC).replace(microsecond=0) - timedelta(
        minutes=5
    )  # clocks of verifiers differ a little
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + term)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False)
    )


def _usage(*, for_certificates: bool) -> x509.KeyUsage:
    """A root certifies and nothing else; a seal commits to content and nothing else (EN 319 412-2 section 4.3.2)."""
    return x509.KeyUsage(
        digital_signature=not for_certificates,
        content_commitment=not for_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=for_certificates,
        crl_sign=for_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _dumps(fields: dict[str, str]) -> bytes:
    return json.dumps(fields, indent=1, sort_keys=True).encode() + b"\n"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
