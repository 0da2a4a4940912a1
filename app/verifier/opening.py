"""Opening a sealed PDF: its seal, the time stamp in it, and the credential, the signed statement or the words of another paper in it."""

from io import BytesIO

from pypdf import PdfReader

from app.certificates.rules import Stamped
from app.certificates.stamp.judging import SealStamp, stamp_in
from app.certificates.verify import verify_pdf
from app.papers.rules import ATTACHED
from app.verifier.shut_in import CREDENTIAL, LONGEST_CREDENTIAL, OpenedPdf, Roots
from app.verifier.statements import STATEMENT


def open_pdf(pdf: bytes, roots: Roots, stamp_roots: Roots = ()) -> OpenedPdf:
    """What is in the file. Never raises on what is in it."""
    seal = verify_pdf(pdf, roots)
    stamp = stamp_in(pdf, stamp_roots) if seal.genuine else SealStamp(Stamped.NONE)
    return OpenedPdf(
        genuine=seal.genuine, whole_file=seal.whole_file, signer=seal.signer, identifier=seal.identifier, serial=seal.serial,
        root=seal.root, sealed_at=seal.sealed_at, fault=seal.fault, token=_inside(pdf, CREDENTIAL) if seal.genuine else None,
        statement=_inside(pdf, STATEMENT) if seal.genuine else None, paper=_inside(pdf, ATTACHED) if seal.genuine else None,
        stamp=stamp.found, stamped_by=stamp.authority, stamped_at=stamp.at, stamp_is_proven=stamp.proven, sealed_since=stamp.sealed_since,
    )  # fmt: skip


def _inside(pdf: bytes, name: str) -> str | None:
    """The token of that name in a file whose seal is genuine; None, and no traceback, when a licensed body made the file otherwise."""
    try:
        content = bytes(PdfReader(BytesIO(pdf)).attachments[name][0])
        return content.decode("ascii") if len(content) <= LONGEST_CREDENTIAL else None
    except Exception:
        return None
