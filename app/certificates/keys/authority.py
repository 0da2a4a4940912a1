"""RRN's authority over seals: the root's own certificate, those of the bodies' seals, and the list of revoked ones.

Everything here is signed through the port, so that the root may lie in a token.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from app.certificates.keys import ORGANIZATION_IDENTIFIER
from app.certificates.keys.public import KeyFault, SigningKey

ROOT_TERM: Final = timedelta(days=20 * 365)
SEAL_TERM: Final = timedelta(days=6 * 365)
"""A certificate of training lives 36 months, so its seal must still be provable that long after the last use of the key."""
LIST_TERM: Final = timedelta(days=7)
"""How long a list of revoked seals counts; it is signed again every day."""
LONGEST_X509_NAME: Final = 64
"""In bytes of UTF-8: RFC 5280 counts characters, the library that writes certificates counts bytes."""


@dataclass(frozen=True)
class Revoked:
    """A seal certificate that counts no more from a moment on (UTC): its key may be known to others, or its use ended."""

    certificate: x509.Certificate
    since: datetime
    compromised: bool


class _Held(ec.EllipticCurvePrivateKey):
    """What the builders of certificates take for a private key; signing alone is passed on to whoever holds it."""

    def __init__(self, public: ec.EllipticCurvePublicKey, sign: Callable[[bytes], bytes]) -> None:
        self._public, self._sign = public, sign

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.curve.key_size

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        return self._sign(bytes(data))

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        self._refuse()

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        self._refuse()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> bytes:
        self._refuse()

    def __copy__(self) -> "_Held":
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> "_Held":
        return self

    def _refuse(self) -> NoReturn:
        raise KeyFault("a key of the authority signs and does nothing else")


def root_certificate(
    public: ec.EllipticCurvePublicKey,
    sign: Callable[[bytes], bytes],
    organisation: str,
    moment: datetime,
    number: int = 1,
) -> x509.Certificate:
    """The root's certificate of itself. Each root has a name of its own, by its number, so that nobody mistakes one for the other."""
    name = _name(organisation, root=number)
    return (
        _builder(name, name, public, public, moment, ROOT_TERM)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(for_certificates=True), critical=True)
        .sign(_Held(public, sign), hashes.SHA384())
    )


def seal_certificate(
    public: ec.EllipticCurvePublicKey,
    root: SigningKey,
    organisation: str,
    identifier: str,
    list_at: str,
    moment: datetime,
) -> x509.Certificate:
    """The certificate of a body's seal; `list_at` is where the list of revoked seals is served."""
    issuer, held = _issuer(root)
    lists = x509.DistributionPoint([x509.UniformResourceIdentifier(list_at)], None, None, None)
    return (
        _builder(_name(organisation, identifier), issuer, public, held.public_key(), moment, SEAL_TERM)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(for_certificates=False), critical=True)
        .add_extension(x509.CRLDistributionPoints([lists]), critical=False)
        .sign(held, hashes.SHA384())
    )


def revocation_list(root: SigningKey, revoked: Sequence[Revoked], number: int, moment: datetime) -> bytes:
    """The list of revoked seals of this root (RFC 5280 section 5), in DER; `number` only ever grows."""
    issuer, held = _issuer(root)
    start = moment.astimezone(UTC).replace(microsecond=0)
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(start)
        .next_update(start + LIST_TERM)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(held.public_key()), critical=False)
    )
    for one in revoked:
        if one.certificate.issuer == issuer:
            built = built.add_revoked_certificate(_line(one))
    return built.sign(held, hashes.SHA384()).public_bytes(Encoding.DER)


def _line(one: Revoked) -> x509.RevokedCertificate:
    """The moment from which nothing it signed may be believed, as verifiers look at it: the revocation date itself."""
    since = one.since.astimezone(UTC).replace(microsecond=0)
    reason = x509.ReasonFlags.key_compromise if one.compromised else x509.ReasonFlags.cessation_of_operation
    line = (
        x509.RevokedCertificateBuilder()
        .serial_number(one.certificate.serial_number)
        .revocation_date(since)
        .add_extension(x509.CRLReason(reason), critical=False)
    )
    if one.compromised:
        line = line.add_extension(x509.InvalidityDate(since), critical=False)
    return line.build()


def _issuer(root: SigningKey) -> tuple[x509.Name, _Held]:
    certificate, public = root.public.certificate, root.public.public_key
    if certificate is None or not isinstance(public, ec.EllipticCurvePublicKey):
        raise KeyFault("the root has no certificate of its own")
    return certificate.subject, _Held(public, root.sign)


def short_name(name: str, most: int = LONGEST_X509_NAME) -> str:
    """The name as a certificate of X.509 can hold it, cut between characters; the full name stands in the statement."""
    return name.encode()[:most].decode(errors="ignore").strip()


def _name(organisation: str, identifier: str = "", root: int = 1) -> x509.Name:
    short = short_name(organisation)
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, short),
    ]
    if identifier:
        parts.append(x509.NameAttribute(ObjectIdentifier(ORGANIZATION_IDENTIFIER), identifier))
        return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, f"{short_name(short, 52)} (seal)")])
    title = f"Root {root} for seals of licensed bodies" if root > 1 else "Root for seals of licensed bodies"
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, title)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer_public: ec.EllipticCurvePublicKey,
    moment: datetime,
    term: timedelta,
) -> x509.CertificateBuilder:
    clocks_differ = timedelta(minutes=5)
    start = moment.astimezone(UTC).replace(microsecond=0) - clocks_differ
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
