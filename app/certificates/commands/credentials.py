"""Keeping what was signed for machines beside the certificates: credentials of licences, endorsements for badges."""

from collections.abc import Mapping

from sqlalchemy import select

from app.certificates.models import CertificateVersion, Endorsement, LicenceCredential
from app.certificates.queries import newest_number
from app.kernel.database import Unit
from app.kernel.journal import record
from app.licences.models import Licence


def keep_licence_credential(unit: Unit, row: LicenceCredential) -> None:
    """Publish a version of RRN's credential about a licence, unless another worker was first."""
    licence = unit.db.scalars(select(Licence).where(Licence.id == row.licence_id).with_for_update()).one()
    if (newest_number(unit, row.body_id) or 0) + 1 != row.number:
        return
    unit.db.add(row)
    unit.db.flush()
    record(unit, "licence.credential_made", licence, number=row.number)


def keep_endorsements(unit: Unit, version_id: int, made: Mapping[str, str]) -> None:
    """Keep the endorsements of a version by what they are about, unless another worker was first."""
    unit.db.scalars(
        select(CertificateVersion).where(CertificateVersion.id == version_id).with_for_update()
    ).one()
    if unit.db.scalar(select(Endorsement.id).where(Endorsement.version_id == version_id).limit(1)):
        return
    for about, token in made.items():
        unit.db.add(Endorsement(version_id=version_id, about=about, token=token, made_at=unit.now))
    unit.db.flush()
