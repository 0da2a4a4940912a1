"""Time stamps (RFC 3161): somebody outside vouches for when a seal was made, and what is needed to believe the seal later.

Only the worker asks a time stamp authority. What it answers is looked at before it goes into a paper: that it is about
this very signature, that an authority we were told to believe signed it, and that it names the time it is.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from app.certificates.verify import asn1_of
from app.kernel.fetching import Unreachable, fetch
from app.settings import Settings

ASKED: Final = "application/timestamp-query"
ANSWERED: Final = "application/timestamp-reply"
SECONDS: Final = 10.0
"""How long the authority may take for one stamp."""
LARGEST: Final = 12 * 1024
"""How large an answer may be, in bytes: a token with the authority's certificates takes 3,000 to 8,000."""
APART: Final = timedelta(minutes=5)
"""How far the authority's clock and ours may be apart."""
REST: Final = timedelta(seconds=20)
"""For how long an authority that did not answer is not asked again, so that much that waits does not wait for each in turn."""
_silent: dict[str, datetime] = {}


class NotStamped(Exception):
    """No time stamp could be had that may be believed; the message says why in a clause. Nothing was sealed."""


@dataclass(frozen=True)
class Authority:
    """A time stamp authority: where it answers, and the roots under which its answers are believed."""

    url: str
    roots: tuple[x509.Certificate, ...]
    this_machine: bool = False
    """Whether it may be asked on this machine, as in tests and demonstrations."""

    def stamper(self, now: datetime) -> TimeStamper:
        """The authority as pyHanko asks one; `now` is what our own clock says."""
        return _Stamper(self, now)

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to the processes of the press as what certificates of X.509 can be sent as: bytes."""
        return _known_by, (
            self.url,
            [one.public_bytes(Encoding.DER) for one in self.roots],
            self.this_machine,
        )


def _known_by(url: str, roots: list[bytes], this_machine: bool) -> Authority:
    return Authority(url, tuple(x509.load_der_x509_certificate(one) for one in roots), this_machine)


class _Stamper(TimeStamper):
    def __init__(self, authority: Authority, now: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.authority, self.now = authority, now

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask, within our limits on where, how long and how much."""
        it = self.authority
        if it.url in _silent and _silent[it.url] <= self.now < _silent[it.url] + REST:
            raise NotStamped("it did not answer a moment ago")
        try:
            answer = fetch(
                it.url,
                req.dump(),
                media=ASKED,
                this_machine=it.this_machine,
                largest=LARGEST,
                seconds=SECONDS,
            )
        except Unreachable as fault:
            _silent[it.url] = self.now
            raise NotStamped(str(fault)) from fault
        if answer.status != 200 or answer.media != ANSWERED:
            raise NotStamped(f"it answers with status {answer.status} and {answer.media or 'nothing'}")
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
        checked: cms.ContentInfo = token
        return checked

    async def _looked_at(self, signed: cms.SignedData, digest: bytes) -> TimestampSignatureStatus:
        context = ValidationContext(
            trust_roots=[asn1_of(root) for root in self.authority.roots], allow_fetching=False,
            revocation_mode="soft-fail", moment=self.now,
        )  # fmt: skip
        said = await validate_tst_signed_data(
            signed, context, lambda name: digest if name == "sha256" else b""
        )
        return TimestampSignatureStatus(**said)


def archived(pdf: bytes, authority: Authority, now: datetime) -> bytes:
    """A copy for the archive: the file as it is, and behind its end a time stamp over all of it (PAdES B-LTA).

    What was to be believed of the file can be believed for as long as this stamp can. Raises NotStamped.
    """
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=True)
    stamps = sum(one.sig_object["/Type"] == "/DocTimeStamp" for one in writer.prev.embedded_signatures)
    stamper = PdfTimeStamper(authority.stamper(now), field_name=f"Archive{stamps + 1}")
    made: BytesIO = stamper.timestamp_pdf(writer, "sha256", bytes_reserved=2 * LARGEST)
    return made.getvalue()


def archive_fault(copy: bytes, pdf: bytes, roots: Sequence[x509.Certificate]) -> str:
    """What is wrong with a copy for the archive, in a sentence, or nothing: it begins with the file, and its stamp covers all."""
    if not copy.startswith(pdf) or len(copy) == len(pdf):
        return "it does not begin with the paper that was issued"
    try:
        stamp = PdfFileReader(BytesIO(copy), strict=True).embedded_timestamp_signatures[-1]
        token = stamp.signed_data["encap_content_info"]["content"].parsed
        context = ValidationContext(
            trust_roots=[asn1_of(root) for root in roots], allow_fetching=False, revocation_mode="soft-fail",
            moment=token["gen_time"].native,
        )  # fmt: skip
        said = asyncio.run(async_validate_pdf_timestamp(stamp, context))
    except Exception:  # a broken file takes the libraries anywhere
        return "its time stamp cannot be read"
    if not (said.intact and said.valid) or said.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return "its time stamp is false, or does not cover the whole copy"
    return (
        "" if said.trusted or not roots else "its time stamp is of an authority we were not told to believe"
    )


def roots_of(settings: Settings) -> tuple[x509.Certificate, ...]:
    """The roots under which time stamps are believed; none without an authority."""
    return _roots(settings.tsa_roots)


def authority_of(settings: Settings) -> Authority | None:
    """The authority of these settings; None when seals are to be made without time stamps."""
    if not settings.tsa_url:
        return None
    return Authority(settings.tsa_url, roots_of(settings), settings.on_this_machine)


@lru_cache(maxsize=4)
def _roots(path: Path | None) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(path.read_bytes())) if path else ()
