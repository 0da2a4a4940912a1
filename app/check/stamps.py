"""Time stamps: the one in each kept seal counts, and archive copies begin with what was issued and are stamped again in time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from app.certificates.effects import press
from app.certificates.models import Certificate, CertificateVersion
from app.certificates.queries import issued_until
from app.certificates.rules import Stamped
from app.check.breach import Breach
from app.check.places import issued_folder, stamp_roots
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, fetch
from app.kernel.words import in_words
from app.papers.models import Paper
from app.statements.models import SignedStatement

FAULTS: Final = {
    Stamped.TAKEN_OUT: "was sealed with a time stamp, and has none any more",
    Stamped.FALSE: "bears a time stamp that is false, or about another file",
    Stamped.ANOTHER: "bears a time stamp of another authority than it was sealed with",
    Stamped.STRANGER: "bears a time stamp of somebody we were not told to believe",
    Stamped.DOUBTFUL: "bears a time stamp of which nothing shows that its certificate counted at that time",
}
SOON: Final = timedelta(days=30)
"""The worker stamps copies again long before so little is left (effects.archiving)."""
APART: Final = timedelta(hours=1)
"""A stamp is given before its paper is told of; the clocks may differ by this."""


def every_time_stamp_counts(unit: Unit) -> Iterator[Breach]:
    """A seal that was stamped still bears its stamp, by an authority we believe, of a time before the paper was told of."""
    roots = stamp_roots(unit.site.settings)
    for where, pdf, told_at in _kept(unit):
        found = press().stamp_in(pdf, roots)
        if found.found is Stamped.STRANGER and not roots:
            continue  # nobody said any more whom to believe
        if found.found in FAULTS:
            yield Breach(where, FAULTS[found.found])
        elif found.at and told_at and found.at > told_at + APART:
            yield Breach(where, "bears a time stamp of a time after it was told of")


def _kept(unit: Unit) -> Iterator[Any]:
    """Every sealed PDF that is there, with its name and the moment it was told of."""
    certificates = (
        select(
            Certificate.number.label("certificate"), CertificateVersion.number, CertificateVersion.issued_at
        )
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .where(CertificateVersion.issued_at.is_not(None))
    )
    for row in unit.db.execute(certificates.order_by(CertificateVersion.id)).all():
        path = issued_folder(unit.site.settings, row.certificate, row.number) / press().PDF
        if path.is_file():
            yield f"certificate {row.certificate} version {row.number}", path.read_bytes(), row.issued_at
    yield from _sealed_beside(unit)


def _sealed_beside(unit: Unit) -> Iterator[Any]:
    """The same of papers beside the certificates and of signed statements."""
    for kind, model in (("paper", Paper), ("statement", SignedStatement)):
        asked = select(model.ref, model.pdf_digest, model.sealed_at).where(model.sealed_at.is_not(None))
        for row in unit.db.execute(asked.order_by(model.id)).all():
            try:
                yield f"{kind} {row.ref}", fetch(unit.site.settings, row.pdf_digest), row.sealed_at
            except (NotFound, Damaged):
                continue  # another look says so


def every_archive_copy_begins_with_what_was_issued(unit: Unit) -> Iterator[Breach]:
    """Each copy is the certificate's very bytes and time stamps over all of them, of which the newest does not end soon."""
    settings = unit.site.settings
    roots = stamp_roots(settings)
    for row in issued_until(unit, unit.now):
        folder = issued_folder(settings, row.certificate, row.number)
        copy, pdf = folder / press().ARCHIVE, folder / press().PDF
        if not copy.is_file() or not pdf.is_file():
            continue
        where, content = (
            f"archive copy of certificate {row.certificate} version {row.number}",
            copy.read_bytes(),
        )
        if fault := press().archive_fault(content, pdf.read_bytes(), roots):
            yield Breach(where, fault)
        elif (ends := press().stamp_ends(content)) < unit.now + SOON:
            said = "the certificate of its newest time stamp ends on {day}, and it was not stamped again"
            yield Breach(where, said.format(day=in_words(civil_date(ends))))
