"""Which entries of a body's status lists are set, read from the one function that says what a certificate is today."""

from sqlalchemy import func, select

from app.certificates.did import ListPurpose
from app.certificates.models import Certificate, CertificateVersion
from app.certificates.queries.status import statuses_on
from app.certificates.rules import Status, StatusOn
from app.kernel.database import Unit

ALL_AT_ONCE = 500
"""Certificates looked at in one question."""


def lists_of(unit: Unit, body_id: int) -> list[int]:
    """The numbers of a body's status lists."""
    asked = select(CertificateVersion.status_list).where(CertificateVersion.body_id == body_id).distinct()
    return sorted(unit.db.scalars(asked))


def set_bits(unit: Unit, body_id: int, number: int) -> dict[ListPurpose, set[int]]:
    """The entries to set in both lists of that number.

    Revoked: the certificate has ended for good, or a later version took the place of this one. Suspended: the
    certificate or anything on it is; a credential speaks for all its curricula, so it may not outlive the weakest.
    """
    found: dict[ListPurpose, set[int]] = {purpose: set() for purpose in ListPurpose}
    rows = list(_rows(unit, body_id, number))
    latest = _latest(unit, body_id)
    for start in range(0, len(rows), ALL_AT_ONCE):
        part = rows[start : start + ALL_AT_ONCE]
        today = statuses_on(unit, list({one.id: one for _version, one in part}.values()), unit.today)
        for version, one in part:
            if one.status.is_final or version.number < latest.get(one.id, 0):
                found[ListPurpose.REVOCATION].add(version.status_index)
            if _is_suspended(one, today[one.id]):
                found[ListPurpose.SUSPENSION].add(version.status_index)
    return found


def _rows(unit: Unit, body_id: int, number: int) -> list[tuple[CertificateVersion, Certificate]]:
    asked = (
        select(CertificateVersion, Certificate)
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .where(CertificateVersion.body_id == body_id, CertificateVersion.status_list == number)
        .order_by(CertificateVersion.id)
    )
    return list(unit.db.execute(asked))


def _latest(unit: Unit, body_id: int) -> dict[int, int]:
    """The highest version decided of each certificate: what was taken off counts at once, not when the paper is ready.

    One that says the same on new paper counts when the paper is there: until then the old one is all there is.
    """
    counts = CertificateVersion.reprint.is_(False) | CertificateVersion.issued_at.is_not(None)
    asked = (
        select(CertificateVersion.certificate_id, func.max(CertificateVersion.number))
        .where(CertificateVersion.body_id == body_id, counts)
        .group_by(CertificateVersion.certificate_id)
    )
    return dict(unit.db.execute(asked).all())


def _is_suspended(certificate: Certificate, today: StatusOn) -> bool:
    return certificate.status is Status.SUSPENDED or any(
        item.status is Status.SUSPENDED for item in today.items
    )
