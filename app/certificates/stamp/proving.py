"""What shows that a time stamp authority's own certificates had not been revoked, so that it can lie in the file it stamps.

It has to be there before the seal is made, because the file is one revision. So the authority is asked for a stamp over
nothing, and whoever its certificates name is asked about each of them: a responder first, else a list (RFC 6960, RFC 5280).
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from secrets import token_bytes
from typing import Final

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate

from app.certificates.stamp.asking import Authority, NotStamped, answer_of, learned
from app.certificates.stamp.judging import Proof, told_of

FRESH: Final = timedelta(hours=12)
"""After so long the authority's certificates are asked about again, though what is known still counts."""
LONGEST: Final = timedelta(days=7)
"""For how long what is known serves at most, while nobody answers."""
PAUSE: Final = timedelta(minutes=10)
"""How long nobody is asked again after that failed, while what is known serves."""
SHORT: Final = timedelta(hours=1)
"""How long an answer serves that does not say when there will be another."""
LARGEST: Final = 64 * 1024
"""How large an answer or a list may be, in bytes: it goes into every paper."""
REVOKED: Final = (
    AdESFailure.REVOKED,
    AdESIndeterminate.REVOKED_NO_POE,
    AdESIndeterminate.REVOKED_CA_NO_POE,
)
OCSP: Final = "application/ocsp-request"
_known: dict[str, dict[bytes, "_Known"]] = {}
"""By the authority's address and by the certificate it signs with: it may have several, and answer with any of them."""


class Revoked(NotStamped):
    """The authority's certificate, or one above it, was revoked."""


@dataclass(frozen=True)
class _Known:
    proof: Proof
    since: datetime
    until: datetime
    """When the first part of it no longer counts."""


@dataclass(frozen=True)
class _Said:
    """One certificate's standing: an answer about it or a list, in DER, and until when that counts."""

    until: datetime
    answers: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()


def proof_for(authority: Authority, now: datetime) -> Proof:
    """What is known of the authority's certificates, asked for anew when it is old. Raises NotStamped.

    While whoever should say it does not answer, what was said before serves as long as it counts.
    """
    serves = _serving(authority, now)
    asked = learned.get(authority.url)
    if not serves or asked is None or not asked <= now < asked + FRESH:
        try:
            _learn(authority, now)
        except Revoked:
            _known.pop(authority.url, None)
            raise
        except NotStamped:
            if not serves:
                raise
            learned[authority.url] = now - FRESH + PAUSE
        serves = _serving(authority, now)
    return sum((one.proof for one in serves), Proof())


def _serving(authority: Authority, now: datetime) -> list[_Known]:
    return [one for one in _known.get(authority.url, {}).values() if one.since <= now < one.until]


def _learn(authority: Authority, now: datetime) -> None:
    """Ask for a stamp over nothing, and about the certificates in it; of earlier ones what still counts is kept."""
    nothing = token_bytes(32)
    digest = hashlib.sha256(nothing).digest()
    token = asyncio.run(authority.stamper(now, None).async_timestamp(digest, "sha256"))
    found = _asked_about(authority, token["content"], digest, now)
    kept = {one.proof.certificates[0]: one for one in _serving(authority, now)}
    _known[authority.url] = kept | {found.proof.certificates[0]: found}
    learned[authority.url] = now


def proof_of(authority: Authority, signed: cms.SignedData, digest: bytes, now: datetime) -> Proof:
    """What shows today that the certificates of an earlier token have not been revoked. Raises NotStamped."""
    return _asked_about(authority, signed, digest, now).proof


def _asked_about(authority: Authority, signed: cms.SignedData, digest: bytes, now: datetime) -> _Known:
    chain = _chain(authority, signed, digest, now)
    said = [_about(authority, one, issuer, now) for one, issuer in pairwise(chain)]
    proof = Proof(
        tuple(one.public_bytes(Encoding.DER) for one in chain),
        tuple(dict.fromkeys(one for each in said for one in each.lists)),
        tuple(one for each in said for one in each.answers),
    )
    whole = all(each.lists or each.answers for each in said)
    context = proof.context(authority.roots, now, "require" if whole else "hard-fail")
    told = asyncio.run(told_of(signed, lambda _name: digest, context))
    if not told.trusted:
        if told.trust_problem_indic in REVOKED:
            raise Revoked("its certificate was revoked")
        raise NotStamped("what is said about whether its certificate was revoked is too old, or false")
    return _Known(proof, now, min([now + LONGEST, *(each.until for each in said)]))


def _chain(
    authority: Authority, signed: cms.SignedData, digest: bytes, now: datetime
) -> list[x509.Certificate]:
    """The certificates from the one that signed the token up to a root of ours."""
    told = asyncio.run(told_of(signed, lambda _name: digest, Proof().context(authority.roots, now)))
    if told.validation_path is None:
        raise NotStamped("its time stamp is signed by somebody we were not told to believe")
    path = [x509.load_der_x509_certificate(one.dump()) for one in told.validation_path]
    return path[::-1]


def _about(authority: Authority, one: x509.Certificate, issuer: x509.Certificate, now: datetime) -> _Said:
    """What those say about a certificate whom it names, else the list beside the roots; nothing when there is neither."""
    responders, places = _responders(one), _places(one)
    ways: list[Callable[[], _Said]] = [
        *(lambda url=url: _answer(authority, url, one, issuer, now) for url in responders),
        *(lambda url=url: _list(authority, url, now) for url in places),
        *(lambda der=der: _listed(der, now) for der in authority.lists if _is_by(der, issuer)),
    ]
    fault: Exception | None = None
    for ask in ways:
        try:
            said = ask()
        except (NotStamped, ValueError) as why:
            fault = why
            continue
        if said.until > now:
            return said
        fault = NotStamped("what is said is too old")
    if fault is not None:
        raise NotStamped(f"whether its certificate was revoked could not be seen: {fault}") from fault
    return _Said(now + LONGEST)


def _responders(one: x509.Certificate) -> list[str]:
    try:
        found = one.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    asked = [it for it in found if it.access_method == AuthorityInformationAccessOID.OCSP]
    return _addresses([it.access_location for it in asked])


def _places(one: x509.Certificate) -> list[str]:
    try:
        found = one.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return _addresses([name for point in found for name in point.full_name or []])


def _addresses(names: list[x509.GeneralName]) -> list[str]:
    urls = [one.value for one in names if isinstance(one, x509.UniformResourceIdentifier)]
    return [one for one in urls if one.startswith(("http://", "https://"))]


def _answer(
    authority: Authority, url: str, one: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> _Said:
    """What a responder says; whether it may be believed is seen with the rest."""
    asked = ocsp.OCSPRequestBuilder().add_certificate(one, issuer, hashes.SHA1()).build()
    body = asked.public_bytes(Encoding.DER)
    content = answer_of(authority, url, body, OCSP, now, LARGEST, signed=True).content
    said = ocsp.load_der_ocsp_response(content)
    if said.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise NotStamped(f"the responder says {said.response_status.name.lower()}")
    return _Said(said.next_update_utc or now + SHORT, answers=(content,))


def _list(authority: Authority, url: str, now: datetime) -> _Said:
    return _listed(answer_of(authority, url, None, "", now, LARGEST, signed=True).content, now)


def _listed(content: bytes, now: datetime) -> _Said:
    pem = content.lstrip().startswith(b"-----BEGIN")
    found = x509.load_pem_x509_crl(content) if pem else x509.load_der_x509_crl(content)
    return _Said(found.next_update_utc or now + SHORT, lists=(found.public_bytes(Encoding.DER),))


def _is_by(der: bytes, issuer: x509.Certificate) -> bool:
    return x509.load_der_x509_crl(der).issuer == issuer.subject
