"""Papers beside the certificates: each lies where it should, says what was frozen, and is sealed and signed by whoever says it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from app.certificates import jose
from app.certificates.did import Addresses
from app.certificates.effects import press
from app.certificates.keys import RRN, KeyFault, Purpose
from app.check.breach import BATCH, Breach
from app.check.places import public_keys
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, fetch
from app.papers.models import Paper
from app.papers.queries import said_in
from app.papers.rules import TYP

LONG = timedelta(days=1)
"""A paper that nobody sealed within this time has to say why."""


def every_other_paper_is_as_it_was_sealed(unit: Unit) -> Iterator[Breach]:
    """PDF and token of each by digest, the seal by the published roots, the token by the published keys."""
    asked = select(Paper).order_by(Paper.id).execution_options(yield_per=BATCH)
    for row in unit.db.scalars(asked):
        where = f"{row.kind.value} {row.ref}"
        if row.sealed_at is not None:
            yield from (Breach(where, fault) for fault in _faults(unit, row))
        elif not row.held and row.ordered_at < unit.now - LONG:
            yield Breach(where, "was never sealed, and does not say why")


def _faults(unit: Unit, row: Paper) -> Iterator[str]:
    try:
        pdf, token = (fetch(unit.site.settings, name or "") for name in (row.pdf_digest, row.token_digest))
    except (NotFound, Damaged):
        yield "its PDF or its signed words are gone or were changed"
        return
    if fault := _token_fault(unit, row, token.decode("ascii", "replace")):
        yield fault
        return
    said = said_in(row)
    found = press().verify_pdf(pdf, public_keys(unit.site.settings).anchors())
    if not found.genuine:
        yield f"its seal does not verify: {found.fault}"
    elif not said.issuer.name.startswith(found.signer):
        yield f"was sealed by {found.signer}, not by {said.issuer.name}"
    elif press().made_with({press().PDF: pdf, press().CREDENTIAL: token}) != (
        row.seal_key,
        row.credential_key,
    ):
        yield "was made with other keys than noted"


def _token_fault(unit: Unit, row: Paper, token: str) -> str:
    addresses, owner = Addresses(unit.site.settings.public_base_url), None if row.owner == RRN else row.owner
    known = public_keys(unit.site.settings).all(Purpose.CREDENTIAL, row.owner)
    try:
        jose.verify(token, {addresses.kid(key, owner): key for key in known}, TYP)
        same = jose.decode(token.split(".")[1]) == row.content.encode()
    except (jose.TokenRefused, KeyFault) as fault:
        return f"its signed words do not verify: {fault}"
    return "" if same else "its signed words are others than were frozen"
