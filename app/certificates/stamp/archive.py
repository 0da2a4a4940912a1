"""Copies for the archive: the file as it is, and behind its end time stamps, each over all that stands before it (PAdES B-LTA)."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from asn1crypto import cms, crl, ocsp
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel

from app.certificates.stamp.asking import LARGEST, Authority
from app.certificates.stamp.judging import Proof, stamps, store_in, tokens_in
from app.certificates.stamp.proving import proof_for, proof_of

NOTHING: Final = Proof()
TOKEN_BEGINS: Final = b"/Contents <"
UNREADABLE: Final = "its time stamp cannot be read"


def archived(
    pdf: bytes, authority: Authority, now: datetime, ours: Proof = NOTHING, *, former_too: bool = True
) -> bytes:
    """The file with one more time stamp over all of it, and before that what shows today that it and the last one count.

    `ours` is what shows the same of the seal, `former_too` whether it may be done without for the last stamp.
    What was to be believed of the file can be believed for as long as the newest stamp can. Raises NotStamped.
    """
    proof = proof_for(authority, now)
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=True)
    count, former = len(_stamps(writer.prev)), _last(writer.prev)
    laid = proof + ours
    if former and former_too:
        laid += proof_of(authority, *former, now)
    _lay(writer, laid)
    stamper = PdfTimeStamper(authority.stamper(now, proof), field_name=f"Archive{count + 1}")
    made: BytesIO = stamper.timestamp_pdf(writer, "sha256", bytes_reserved=2 * LARGEST)
    return made.getvalue()


def _last(reader: PdfFileReader) -> tuple[cms.SignedData, bytes] | None:
    """The newest time stamp of a file with the digest it is about: behind its end, else in its seal."""
    if behind := _stamps(reader):
        return behind[-1].signed_data, behind[-1].compute_digest()
    signer = reader.embedded_regular_signatures[0].signed_data["signer_infos"][0]
    tokens = tokens_in(signer)
    return (tokens[0]["content"], hashlib.sha256(signer["signature"].native).digest()) if tokens else None


def _lay(writer: IncrementalPdfFileWriter, proof: Proof) -> None:
    """Add to the document security store what is not in it yet."""
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None,
        certs=[asn1.Certificate.load(one) for one in proof.certificates],
        crls=[crl.CertificateList.load(one) for one in proof.lists],
        ocsps=[ocsp.OCSPResponse.load(one) for one in proof.answers],
    )  # fmt: skip


def _stamps(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """The time stamps behind the file, the oldest first."""
    return list(reader.embedded_timestamp_signatures)


def archive_fault(copy: bytes, pdf: bytes, roots: Sequence[x509.Certificate]) -> str:
    """What is wrong with a copy, in a clause, or nothing: it begins with the file, and each stamp covers all before it."""
    if not copy.startswith(pdf) or len(copy) == len(pdf):
        return "it does not begin with the paper that was issued"
    try:
        behind, store = _stamps(PdfFileReader(BytesIO(copy), strict=True)), store_in(copy)
        *before, last = [_fault(one, store, roots) for one in behind]
        covers_all = behind[-1].evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    except Exception:  # a broken file takes the libraries anywhere
        return UNREADABLE
    if not covers_all:
        return "its time stamp is false, or does not cover the whole copy"
    return last or next(
        (f"an earlier one of its time stamps counts no more: {one}" for one in before if one), ""
    )


def _fault(stamp: EmbeddedPdfSignature, store: Proof, roots: Sequence[x509.Certificate]) -> str:
    """What is wrong with one time stamp, as of the time it names."""
    moment = stamp.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    said = asyncio.run(async_validate_pdf_timestamp(stamp, store.context(roots, moment)))
    whole = said.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
    if not (said.intact and said.valid and whole):
        return "its time stamp is false, or does not cover the whole copy"
    return (
        "" if said.trusted or not roots else "its time stamp is of an authority we were not told to believe"
    )


def newest_end(authority: Authority, now: datetime) -> datetime:
    """When the certificate that ends last of those ends with which the authority stamps today. Raises NotStamped."""
    known = [asn1.Certificate.load(one) for one in proof_for(authority, now).certificates]
    return max(_utc(one.not_valid_after) for one in known if stamps(one))


def _utc(moment: datetime) -> datetime:
    """A moment out of a certificate."""
    return moment.astimezone(UTC)


def stamp_ends(copy: bytes) -> datetime:
    """When the certificate of the newest time stamp behind a copy ends; nothing is verified here, and no more read than needed.

    ValueError when it cannot be read.
    """
    try:
        start = copy.rindex(TOKEN_BEGINS) + len(TOKEN_BEGINS)
        token = bytes.fromhex(copy[start : copy.index(b">", start)].decode())
        signer = extract_certificate_info(cms.ContentInfo.load(token)["content"]).signer_cert
    except Exception as fault:  # a broken file takes the libraries anywhere
        raise ValueError(UNREADABLE) from fault
    return _utc(signer.not_valid_after)
