"""Which entries of a body's status lists are set, read from the one function that says what a certificate is today."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.certificates.did import ListPurpose
from app.certificates.models import Certificate, CertificateStatus, CertificateVersion
from app.certificates.queries.status import statuses_on
from app.certificates.rules import Status, StatusOn
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry

Bits = dict[ListPurpose, set[int]]
Paper = tuple[CertificateVersion, Certificate]
ALL_AT_ONCE = 500
"""Certificates looked at in one question."""
_PAPERS = select(CertificateVersion, Certificate).join(
    Certificate, Certificate.id == CertificateVersion.certificate_id
)


def lists_of(unit: Unit, body_id: int) -> list[int]:
    """The numbers of a body's status lists."""
    asked = select(CertificateVersion.status_list).where(CertificateVersion.body_id == body_id).distinct()
    return sorted(unit.db.scalars(asked))


def set_bits(unit: Unit, body_id: int, number: int) -> Bits:
    """The entries to set in both lists of that number, worked out anew.

    Most certificates were never suspended, never ended and have one version: the database passes over these.
    """
    own = (CertificateVersion.body_id == body_id, CertificateVersion.status_list == number)
    asked = select(CertificateVersion.certificate_id).join(
        Certificate, Certificate.id == CertificateVersion.certificate_id
    )
    told = changed_bits(unit, set(unit.db.scalars(asked.where(*own, _may_be_set()))))
    return told[number][1] if number in told else _no_bits()


def _may_be_set() -> ColumnElement[bool]:
    """Whether an entry of the certificate of a row can be set at all: it ended, has a later version, or was suspended once."""
    later = aliased(CertificateVersion)
    has_later = exists().where(
        later.certificate_id == CertificateVersion.certificate_id, later.number > CertificateVersion.number
    )
    was_suspended = exists().where(
        CertificateStatus.certificate_id == Certificate.id, CertificateStatus.status == Status.SUSPENDED
    )
    ended = [status for status in Status if status.is_final]
    return or_(Certificate.status.in_([*ended, Status.SUSPENDED]), has_later, was_suspended)


def _no_bits() -> Bits:
    return {purpose: set() for purpose in ListPurpose}


def changed_bits(unit: Unit, certificates: Collection[int]) -> dict[int, tuple[set[int], Bits]]:
    """By the number of the list: the entries of these certificates, and those of them to set."""
    found: dict[int, tuple[set[int], Bits]] = {}
    ids = sorted(certificates)
    for start in range(0, len(ids), ALL_AT_ONCE):
        these = CertificateVersion.certificate_id.in_(ids[start : start + ALL_AT_ONCE])
        rows, latest = list(unit.db.execute(_PAPERS.where(these))), _latest(unit, these)
        for number in sorted({version.status_list for version, _one in rows}):
            own = [(version, one) for version, one in rows if version.status_list == number]
            entries, bits = found.setdefault(number, (set(), _no_bits()))
            entries.update(version.status_index for version, _one in own)
            _set(unit, bits, own, latest)
    return found


def _set(unit: Unit, bits: Bits, rows: Sequence[Paper], latest: dict[int, int]) -> None:
    """Set the bits of some versions.

    Revoked: the certificate has ended for good, or a later version took the place of this one. Suspended: the
    certificate or anything on it is; a credential speaks for all its curricula, so it may not outlive the weakest.
    """
    today = statuses_on(unit, list({one.id: one for _version, one in rows}.values()), unit.today)
    for version, one in rows:
        if one.status.is_final or version.number < latest.get(one.id, 0):
            bits[ListPurpose.REVOCATION].add(version.status_index)
        if _is_suspended(one, today[one.id]):
            bits[ListPurpose.SUSPENSION].add(version.status_index)


def changed_since(unit: Unit, body_id: int, size: int) -> set[int]:
    """The certificates of a body that the public was told something of since the log had that size."""
    told = select(LedgerEntry.subject_ref).where(LedgerEntry.number >= size)
    refs, found = sorted(set(unit.db.scalars(told))), set[int]()
    for start in range(
        0, len(refs), ALL_AT_ONCE
    ):  # in two steps: SQLite would go through all of the body's certificates
        these = Certificate.ref.in_(refs[start : start + ALL_AT_ONCE])
        asked = select(Certificate.id, Certificate.body_id).where(these)
        found |= {id for id, body in unit.db.execute(asked) if body == body_id}
    return found


def _latest(unit: Unit, these: ColumnElement[bool]) -> dict[int, int]:
    """The highest version decided of each certificate: what was taken off counts at once, not when the paper is ready.

    One that says the same on new paper counts when the paper is there: until then the old one is all there is.
    """
    counts = CertificateVersion.reprint.is_(False) | CertificateVersion.issued_at.is_not(None)
    asked = (
        select(CertificateVersion.certificate_id, func.max(CertificateVersion.number))
        .where(these, counts)
        .group_by(CertificateVersion.certificate_id)
    )
    return dict(unit.db.execute(asked).all())


def _is_suspended(certificate: Certificate, today: StatusOn) -> bool:
    return certificate.status is Status.SUSPENDED or any(
        item.status is Status.SUSPENDED for item in today.items
    )
