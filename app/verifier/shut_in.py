"""A PDF from anywhere is opened in a child that is shut in like the one for evidence: this is our end of it.

Nothing here reads PDF, so a web process loads none of what does.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from app.certificates.rules import Stamped
from app.kernel.sandbox import ask_child

CREDENTIAL: Final = "credential.jwt"
LONGEST_CREDENTIAL: Final = 512 * 1024
LONGEST_ANSWER: Final = LONGEST_CREDENTIAL + 64 * 1024
_places = threading.BoundedSemaphore(1)
"""Strangers' files wait for each other, never in the way of evidence."""
_CHILD = Path(__file__).with_name("child.py")


class OpenedPdf(BaseModel):
    """What is true of a sealed PDF. Only `genuine` may ever be told as "this paper is genuine"."""

    model_config = ConfigDict(frozen=True)

    genuine: bool
    whole_file: bool
    signer: str
    identifier: str
    serial: str
    """Of the seal's certificate, as the list of revoked seals names it, in hexadecimal."""
    root: int = 1
    """Which of the roots given certified the seal, counted from 1."""
    sealed_at: AwareDatetime | None
    fault: str
    token: str | None
    """The credential in the file; only of a genuine one."""
    statement: str | None = None
    """The signed statement in the file, when it is one and not a certificate; only of a genuine one."""
    paper: str | None = None
    """The same of any other paper, such as a decision or a licence."""
    stamp: Stamped = Stamped.NONE
    """What is true of the time stamp in the seal; only of a genuine one. The next three are worth nothing unless it counts."""
    stamped_by: str = ""
    stamped_at: AwareDatetime | None = None
    stamp_is_proven: bool = False
    """Whether the file itself shows that the authority's certificate had not been revoked."""
    sealed_since: AwareDatetime | None = None
    """From when on the certificate of the seal counts."""


Roots = Sequence[x509.Certificate]
Opener = Callable[[bytes, Roots, Roots], OpenedPdf | None]
"""Opens a PDF, given the roots to trust for seals and those for time stamps; None when it could not be opened safely."""


def open_shut_in(pdf: bytes, roots: Roots, stamp_roots: Roots) -> OpenedPdf | None:
    """Open a PDF with 5 s of CPU, 512 MiB and no network; None when that was not enough. Raises TooSoon."""
    given = b"".join(_pem(some) + b"\0" for some in (roots, stamp_roots))
    answer = ask_child(_CHILD, given + pdf, LONGEST_ANSWER, _places)
    try:
        return OpenedPdf.model_validate(answer)
    except ValidationError:
        return None


def _pem(roots: Roots) -> bytes:
    return b"".join(root.public_bytes(Encoding.PEM) for root in roots)
