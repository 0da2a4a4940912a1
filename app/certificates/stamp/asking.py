"""Asking a time stamp authority, and believing nothing before it was looked at.

Only the worker asks. What is answered must be about this very signature, be signed by an authority we were told to
believe, with a certificate that nothing at hand says is revoked, and name the time it is.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import TimestampSignatureStatus

from app.certificates.stamp.judging import Proof, told_of
from app.kernel.fetching import Fetched, Unreachable, fetch
from app.settings import Settings

ASKED: Final = "application/timestamp-query"
ANSWERED: Final = "application/timestamp-reply"
SECONDS: Final = 10.0
"""How long the authority may take for one answer."""
LARGEST: Final = 12 * 1024
"""How large a time stamp may be, in bytes: a token with the authority's certificates takes 3,000 to 8,000."""
APART: Final = timedelta(minutes=5)
"""How far the authority's clock and ours may be apart."""
REST: Final = timedelta(seconds=20)
"""For how long an authority that did not answer is not asked again, so that much that waits does not wait for each in turn."""
_silent: dict[str, datetime] = {}
learned: Final = dict[str, datetime]()
"""When it was last seen, by the authority's address, with which certificate it signs (see proving)."""
_LIST = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)


class NotStamped(Exception):
    """No time stamp could be had that may be believed; the message says why in a clause. Nothing was sealed."""


class NewCertificate(NotStamped):
    """The authority signs with a certificate of which it is not known yet whether it was revoked."""


@dataclass(frozen=True)
class Authority:
    """A time stamp authority: where it answers, and the roots under which its answers are believed."""

    url: str
    roots: tuple[x509.Certificate, ...]
    this_machine: bool = False
    """Whether it may be asked on this machine, as in tests and demonstrations."""
    lists: tuple[bytes, ...] = ()
    """Lists of revoked certificates (DER) that were put beside the roots, for an authority that names none."""

    def stamper(self, now: datetime, proof: Proof | None) -> TimeStamper:
        """The authority as pyHanko asks one; `now` is what our own clock says, `proof` what shows that it counts."""
        return _Stamper(self, now, proof)

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to the processes of the press as what certificates of X.509 can be sent as: bytes."""
        roots = [one.public_bytes(Encoding.DER) for one in self.roots]
        return _known_by, (self.url, roots, self.this_machine, self.lists)


def _known_by(url: str, roots: list[bytes], this_machine: bool, lists: tuple[bytes, ...]) -> Authority:
    return Authority(url, tuple(x509.load_der_x509_certificate(one) for one in roots), this_machine, lists)


def answer_of(
    authority: Authority,
    url: str,
    body: bytes | None,
    media: str,
    now: datetime,
    largest: int,
    *,
    signed: bool,
) -> Fetched:
    """What is answered there with status 200, within our limits on where, how long and how much. Raises NotStamped.

    Who did not answer is not asked again for a while.
    """
    if url in _silent and _silent[url] <= now < _silent[url] + REST:
        raise NotStamped("it did not answer a moment ago")
    try:
        answer = fetch(
            url, body, media=media, this_machine=authority.this_machine, signed=signed, largest=largest, seconds=SECONDS
        )  # fmt: skip
    except Unreachable as fault:
        _silent[url] = now
        raise NotStamped(str(fault)) from fault
    if answer.status != 200:
        raise NotStamped(f"it answers with status {answer.status} and {answer.media or 'nothing'}")
    return answer


class _Stamper(TimeStamper):
    def __init__(self, authority: Authority, now: datetime, proof: Proof | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.authority, self.now, self.proof = authority, now, proof

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask, within our limits."""
        it = self.authority
        answer = answer_of(it, it.url, req.dump(), ASKED, self.now, LARGEST, signed=False)
        if answer.media != ANSWERED:
            raise NotStamped(f"it answers with status 200 and {answer.media or 'nothing'}")
        return tsp.TimeStampResp.load(answer.content, strict=True)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token that was looked at."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            told = await self._looked_at(token["content"], message_digest)
        except (
            OSError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            PdfError,
            SignatureValidationError,
        ) as fault:
            raise NotStamped(f"its answer is no time stamp ({type(fault).__name__})") from fault
        if not (told.intact and told.valid):
            raise NotStamped("its time stamp is about something else, or its signature is false")
        if not told.trusted:
            raise NotStamped("its time stamp is signed by somebody we were not told to believe")
        if abs(told.timestamp - self.now) > APART:
            raise NotStamped("its clock and ours do not agree")
        if self.proof is not None and told.signing_cert.dump() not in self.proof.certificates:
            learned.pop(self.authority.url, None)
            raise NewCertificate("it signs with another certificate than before")
        checked: cms.ContentInfo = token
        return checked

    async def _looked_at(self, signed: cms.SignedData, digest: bytes) -> TimestampSignatureStatus:
        context = (self.proof or Proof()).context(self.authority.roots, self.now)
        return await told_of(signed, lambda name: digest if name == "sha256" else b"", context)


def authority_of(settings: Settings) -> Authority | None:
    """The authority of these settings; None when seals are to be made without time stamps."""
    if not settings.tsa_url or settings.tsa_roots is None:
        return None
    roots, lists = _roots(settings.tsa_roots)
    return Authority(settings.tsa_url, roots, settings.on_this_machine, lists)


@lru_cache(maxsize=4)
def _read(pem: bytes) -> tuple[tuple[x509.Certificate, ...], tuple[bytes, ...]]:
    lists = (x509.load_pem_x509_crl(one).public_bytes(Encoding.DER) for one in _LIST.findall(pem))
    return tuple(x509.load_pem_x509_certificates(_LIST.sub(b"", pem))), tuple(lists)


def _roots(path: Path) -> tuple[tuple[x509.Certificate, ...], tuple[bytes, ...]]:
    """The roots and the lists beside them as they stand there now: a list is put there anew before it is too old."""
    return _read(path.read_bytes())
