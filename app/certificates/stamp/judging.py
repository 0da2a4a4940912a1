"""Looking at time stamps: of one token, and of the one in the seal of a file, with nothing but the file and the roots."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from app.certificates.rules import Stamped
from app.certificates.verify import asn1_of, at_once, seal_of

DIGESTS: Final = ("sha256", "sha384", "sha512")
TIME_STAMPING: Final = "time_stamping"
TOKEN: Final = "signature_time_stamp_token"


@dataclass(frozen=True)
class Proof:
    """What shows that an authority's certificates had not been revoked: they, lists and answers about them, all in DER."""

    certificates: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()

    def __add__(self, other: "Proof") -> "Proof":
        """Both, nothing twice."""
        return Proof(
            _both(self.certificates, other.certificates),
            _both(self.lists, other.lists),
            _both(self.answers, other.answers),
        )

    def context(
        self, roots: Sequence[x509.Certificate], moment: datetime, revocation: str = "soft-fail"
    ) -> ValidationContext:
        """What pyHanko believes with these and the roots, as of a moment; nothing is fetched.

        `revocation` is `soft-fail` when what is not at hand may be left out, `require` when nothing may.
        """
        return ValidationContext(
            trust_roots=[asn1_of(root) for root in roots],
            other_certs=[asn1.Certificate.load(one) for one in self.certificates],
            crls=list(self.lists), ocsps=list(self.answers), allow_fetching=False, revocation_mode=revocation, moment=moment,
        )  # fmt: skip


def _both(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys((*one, *other)))


async def told_of(
    signed: cms.SignedData, stamped: Callable[[str], bytes], context: ValidationContext
) -> TimestampSignatureStatus:
    """What is true of a token; `stamped` gives the digest, by the name of an algorithm, of what it should be about.

    Raises what the libraries raise of tokens that are none.
    """
    return TimestampSignatureStatus(**await validate_tst_signed_data(signed, context, stamped))


@dataclass(frozen=True)
class SealStamp:
    """The time stamp in a seal."""

    found: Stamped
    authority: str = ""
    """Whoever gave it, as its certificate says."""
    at: datetime | None = None
    """The time it names; worth nothing unless it counts."""
    proven: bool = False
    """Whether the file itself shows that the authority's certificate had not been revoked."""
    sealed_since: datetime | None = None
    """From when on the certificate of the seal counts: no seal of its key can be older."""


def stamp_in(pdf: bytes, roots: Sequence[x509.Certificate]) -> SealStamp:
    """The time stamp in the seal of a file whose seal was found genuine. Never raises on what is in the file."""
    try:
        signed, store = seal_of(pdf), store_in(pdf)
        expected = [one for one in map(asn1.Certificate.load, store.certificates) if stamps(one)]
        since = extract_certificate_info(signed).signer_cert.not_valid_before
        signer = signed["signer_infos"][0]
        tokens = tokens_in(signer)
    except Exception:  # a broken file takes the libraries anywhere
        return SealStamp(Stamped.FALSE)
    if not tokens:
        return SealStamp(Stamped.TAKEN_OUT if expected else Stamped.NONE, sealed_since=since)
    if len(tokens) > 1:
        return SealStamp(Stamped.FALSE, sealed_since=since)
    try:
        return _judged(tokens[0]["content"], signer["signature"].native, store, expected, roots, since)
    except Exception:  # the same
        return SealStamp(Stamped.FALSE, sealed_since=since)


def stamps(certificate: asn1.Certificate) -> bool:
    """Whether a certificate is one that time stamps are given with."""
    purposes = certificate.extended_key_usage_value
    return purposes is not None and TIME_STAMPING in purposes.native


def store_in(pdf: bytes) -> Proof:
    """What lies in the document security store of a file (ISO 32000-2 section 12.8.4.3); nothing when it has none."""
    catalogue = PdfFileReader(BytesIO(pdf), strict=True).root
    if "/DSS" not in catalogue:
        return Proof()
    store = catalogue["/DSS"]
    return Proof(
        *(tuple(one.data for one in _streams(store, name)) for name in ("/Certs", "/CRLs", "/OCSPs"))
    )


def _streams(store: Any, name: str) -> list[Any]:
    return [one.get_object() for one in store[name]] if name in store else []


def tokens_in(signer: cms.SignerInfo) -> list[cms.ContentInfo]:
    """Every time stamp among the attributes that the seal itself does not cover (RFC 3161 appendix A)."""
    attributes = signer["unsigned_attrs"]
    found = [one for one in attributes if one["type"].native == TOKEN] if attributes.native else []
    return [token for one in found for token in one["values"]]


def _judged(
    signed: cms.SignedData, seal: bytes, store: Proof, expected: list[asn1.Certificate],
    roots: Sequence[x509.Certificate], since: datetime,
) -> SealStamp:  # fmt: skip
    at = signed["encap_content_info"]["content"].parsed["gen_time"].native
    said = at_once(told_of(signed, digest_of(seal), store.context(roots, at)))
    proven = at_once(told_of(signed, digest_of(seal), store.context(roots, at, "require")))
    name = said.signing_cert.subject.native.get("common_name") or said.signing_cert.subject.human_friendly
    return SealStamp(_found(said, expected), str(name)[:200], at, bool(proven.trusted), since)


def _found(said: TimestampSignatureStatus, expected: list[asn1.Certificate]) -> Stamped:
    if not (said.intact and said.valid):
        return Stamped.FALSE
    if expected and said.signing_cert.dump() not in {one.dump() for one in expected}:
        return Stamped.ANOTHER
    if said.trusted:
        return Stamped.COUNTS
    unknown = said.trust_problem_indic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND
    return Stamped.STRANGER if unknown else Stamped.DOUBTFUL


def digest_of(content: bytes) -> Callable[[str], bytes]:
    """The digest of something by the algorithm a token names; nothing for one that nobody should use."""

    def digest(name: str) -> bytes:
        return hashlib.new(name, content).digest() if name in DIGESTS else b""

    return digest
