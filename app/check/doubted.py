"""What was made with a key that others may have known: a day later everything that counts has newer paper, or is being put on it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateVersion, KeyNotice, Reissue
from app.check.breach import Breach
from app.kernel.database import Unit
from app.papers.models import Paper
from app.statements.models import SignedStatement

SOON = timedelta(days=1)
"""How long making it again may take before somebody has to look why."""
LIVE = ("active", "reduced", "suspended")
UNFINISHED = ("running", "stopped")


def everything_doubted_was_made_again(unit: Unit) -> Iterator[Breach]:
    """Certificates that stand, papers and statements, by the keys noted for each."""
    told = select(KeyNotice).where(KeyNotice.end == "suspect", KeyNotice.recorded_at < unit.now - SOON)
    for notice in unit.db.scalars(told.order_by(KeyNotice.id)):
        yield from _certificates(unit, notice)
        yield from _others(unit, notice, Paper, "paper")
        yield from _others(unit, notice, SignedStatement, "statement")


def _others(
    unit: Unit, notice: KeyNotice, table: type[Paper] | type[SignedStatement], what: str
) -> Iterator[Breach]:
    """Each has one that names it as the one it takes the place of, sealed or waiting in words."""
    replaced = set(unit.db.scalars(select(table.replaces_id).where(table.replaces_id.is_not(None))))
    made = (table.seal_key == notice.ref) | (table.credential_key == notice.ref)
    rows = select(table.id, table.ref).where(made, table.sealed_at >= notice.since).order_by(table.id)
    for row in unit.db.execute(rows):
        if row.id not in replaced:
            yield Breach(
                f"{what} {row.ref}", "was made with a key that others may have known, and was not made again"
            )


def _certificates(unit: Unit, notice: KeyNotice) -> Iterator[Breach]:
    """The newest version of each that stands is another; bodies whose certificates are on the way to new paper are left out."""
    version = CertificateVersion
    rows = (
        select(Certificate.id, Certificate.number, version.number.label("version"))
        .join(version, version.certificate_id == Certificate.id)
        .where((version.seal_key == notice.ref) | (version.credential_key == notice.ref), version.issued_at >= notice.since)
        .where(Certificate.status.in_(LIVE), Certificate.expires_on >= unit.today)
        .where(Certificate.body_id.not_in(select(Reissue.body_id).where(Reissue.status.in_(UNFINISHED))))
    )  # fmt: skip
    for row in unit.db.execute(rows.order_by(version.id)):
        later = (version.certificate_id == row.id) & (version.number > row.version)
        if unit.db.scalar(select(version.id).where(later).limit(1)) is None:
            where = f"certificate {row.number} version {row.version}"
            yield Breach(where, "was made with a key that others may have known, and was not made again")
