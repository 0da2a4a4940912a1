"""Whether a sealed file is genuine, unaltered and whole; a library of the seal's own kind is asked, and the bytes first."""

import logging
import re
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Final, TypeVar

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.certificates.keys import ORGANIZATION_IDENTIFIER, thumbprint

LONGEST_FILE: Final = 20 * 1024 * 1024

T = TypeVar("T")
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
"""The library would print what is in a stranger's file; what is wrong with it is told by `SealCheck` alone (rules page, 18)."""
_CONTENTS = re.compile(rb"/Contents <((?:[0-9a-f]{2})+)>")
_RANGE = re.compile(rb"/ByteRange \[(\d{10}) (\d{10}) (\d{10}) (\d{10})\]")


@dataclass(frozen=True)
class SealCheck:
    """What is true of the seal of a file. Only `genuine` may ever be told as "this paper is genuine"."""

    whole_file: bool = False
    """One revision, and the seal covers all of it but itself."""
    intact: bool = False
    """The signature fits the bytes and the certificate in it."""
    trusted: bool = False
    """The certificate leads to a root of ours and was valid when the file says it was sealed."""
    signer: str = ""
    identifier: str = ""
    """The legal person's number in the certificate (EN 319 412-1)."""
    sealed_at: datetime | None = None
    """When the sealer says so; nobody else vouches for the time at this level."""
    fault: str = ""
    """What is wrong, in a sentence, when something is."""
    serial: str = ""
    """The serial number of the seal's certificate in hexadecimal, as the list of revoked seals knows it."""
    root: int = 1
    """Which of the roots given certified the seal, counted from 1."""

    @property
    def genuine(self) -> bool:
        """Whether everything holds."""
        return self.whole_file and self.intact and self.trusted


def verify_pdf(pdf: bytes, anchors: Sequence[x509.Certificate]) -> SealCheck:
    """Check the seal of a file against the roots given. Never raises on what is in the file."""
    fault = layout_fault(pdf)
    if fault:
        return SealCheck(fault=fault)
    try:
        status, moment = at_once(_validate(pdf, anchors))
    except (
        Exception
    ):  # a broken file takes the libraries anywhere (AttributeError was seen); it is never our fault
        return SealCheck(whole_file=True, fault="The seal in the file cannot be read.")
    return _told(status, moment, anchors)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine that waits for nothing answers. An event loop would want sockets, which a child shut in has not."""
    try:
        work.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    raise RuntimeError("something was waited for")


def layout_fault(pdf: bytes) -> str:
    """Why the seal cannot cover the whole file, or nothing. Looked at in the bytes, before any parser is asked."""
    if len(pdf) > LONGEST_FILE or not pdf.startswith(b"%PDF-"):
        return "The file is not a PDF, or is too large."
    ranges = list(_RANGE.finditer(pdf))
    if len(ranges) != 1 or pdf.count(b"/ByteRange") != 1:
        return "The file does not carry exactly one seal of ours."
    zero, start, end, rest = (int(number) for number in ranges[0].groups())
    hole = pdf[start:end]
    if zero != 0 or not start < end or end + rest != len(pdf):
        return "The seal does not cover the whole file: something was added or taken away."
    if not _holds_one_value(hole) or pdf[start - len(b"/Contents ") : start] != b"/Contents ":
        return "The seal leaves out more of the file than itself."
    if pdf.count(b"%%EOF") != 1 or pdf.count(b"startxref") != 1 or not pdf.endswith((b"%%EOF", b"%%EOF\n")):
        return "The file was changed after it was made: it has a later revision, or something after its end."
    return ""


def _holds_one_value(hole: bytes) -> bool:
    """Whether there is one DER value in hexadecimal in it, and nothing but zeros after that: no room to hide anything."""
    if not re.fullmatch(rb"<3082(?:[0-9a-f]{2})+>", hole):
        return False
    length = 4 + int(hole[5:9], 16)
    return not hole[1 + 2 * length : -1].strip(b"0")


async def _validate(
    pdf: bytes, anchors: Sequence[x509.Certificate]
) -> tuple[PdfSignatureStatus, datetime | None]:
    """Ask pyHanko, as of the moment the sealer names, so that a seal outlives the certificate it was made with."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    embedded = reader.embedded_signatures
    if len(embedded) != 1 or embedded[0].sig_object.get_value_as_reference is None:
        raise ValueError("one signature")
    signature = embedded[0]
    if signature.sig_object["/SubFilter"] != SigSeedSubFilter.PADES.value:
        raise ValueError("not a PAdES signature")
    moment = signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=[asn1_of(anchor) for anchor in anchors],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )
    return await async_validate_pdf_signature(signature, context), moment


def seal_of(pdf: bytes) -> cms.SignedData:
    """The seal of a file of ours as it stands there; nothing is verified here. ValueError when there is none."""
    found = _CONTENTS.search(pdf)
    if found is None:
        raise ValueError("the file has no seal of ours")
    return cms.ContentInfo.load(bytes.fromhex(found[1].decode()), strict=False)["content"]


def sealing_key(pdf: bytes) -> str:
    """The thumbprint of the key whose certificate is in the seal of a file of ours; nothing is verified here."""
    signer = extract_certificate_info(seal_of(pdf)).signer_cert
    public = x509.load_der_x509_certificate(signer.dump()).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("the seal was made with a key of another kind")
    return thumbprint(public)


def _told(status: Any, moment: datetime | None, anchors: Sequence[x509.Certificate]) -> SealCheck:
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    intact = bool(status.valid and status.intact)
    trusted = bool(status.trusted)
    certificate = x509.load_der_x509_certificate(status.signing_cert.dump())
    subject = certificate.subject
    fault = ""
    if not intact:
        fault = "The file was changed after it was sealed."
    elif not trusted:
        fault = "The seal was not made by a body that RRN has licensed."
    elif not whole:
        fault = "The seal does not cover the whole file."
    return SealCheck(
        whole,
        intact,
        trusted,
        _attribute(subject, x509.NameOID.ORGANIZATION_NAME),
        _attribute(subject, x509.ObjectIdentifier(ORGANIZATION_IDENTIFIER)),
        moment,
        fault,
        f"{certificate.serial_number:x}",
        next((at for at, root in enumerate(anchors, 1) if root.subject == certificate.issuer), 1),
    )


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


@lru_cache(maxsize=64)
def asn1_of(certificate: x509.Certificate) -> asn1.Certificate:
    """The same certificate in the form pyHanko works with; kept, because what it finds out about names it finds out once."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
