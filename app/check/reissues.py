"""New paper for many: everybody who was named has it or a reason, once, and the figures are the sums of that."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.certificates.models import Certificate, CertificateVersion, Reissue, ReissueFault, ReissueProgress
from app.check.breach import Breach
from app.kernel.database import Unit
from app.kernel.journal import Event

LIVE = ("active", "reduced", "suspended")


class Version(NamedTuple):
    """What is looked at of one version of a certificate."""

    id: int
    certificate: int
    body: int
    number: int
    reprint: bool
    issued: bool


def every_reissue_left_nobody_out(unit: Unit) -> Iterator[Breach]:
    """By the journal, which says what was ordered, and by the versions themselves; the software's own progress is compared with both."""
    ordered = _ordered(unit)
    for job in unit.db.scalars(select(Reissue).order_by(Reissue.id)):
        where = f"new paper for many {job.ref}"
        at = unit.db.get(ReissueProgress, job.id)
        if at is None:
            yield Breach(where, "has no row of progress")
            continue
        faults = {
            row.certificate_id: row.sentence
            for row in unit.db.scalars(select(ReissueFault).where(ReissueFault.reissue_id == job.id))
        }
        mine = ordered.get(job.id, [])
        yield from (Breach(where, what) for what in _sums(job, at, faults, mine))
        yield from (Breach(where, what) for what in _ordered_faults(unit, job, faults, mine))
        yield from (Breach(where, what) for what in _passed_over(unit, job, at, faults))


def _ordered(unit: Unit) -> dict[int, list[Version]]:
    """The versions that each work ordered, once each; one that two ordered belongs to the later, which went on with it."""
    by: dict[int, int] = {}
    asked = select(Event.subject_id, Event.data).where(Event.kind == "reissue.ordered").order_by(Event.id)
    for job, data in unit.db.execute(asked):
        by |= dict.fromkeys(data["versions"], job)
    columns = (
        CertificateVersion.id, CertificateVersion.certificate_id, CertificateVersion.body_id, CertificateVersion.number,
        CertificateVersion.reprint, CertificateVersion.issued_at.is_not(None),
    )  # fmt: skip
    found: dict[int, list[Version]] = {}
    for row in unit.db.execute(select(*columns).order_by(CertificateVersion.id)):
        if row[0] in by:
            found.setdefault(by[row[0]], []).append(Version(*row))
    return found


def _sums(job: Reissue, at: ReissueProgress, faults: dict[int, str], mine: list[Version]) -> Iterator[str]:
    done = sum(one.issued and one.certificate not in faults for one in mine)
    if at.done != done:
        yield f"says that {at.done} are done, and {done} are"
    if at.failed != len(faults):
        yield f"says that {at.failed} failed, and {len(faults)} are named"
    if at.done + at.failed > job.total:
        yield f"has {at.done + at.failed} of {job.total}"
    if any(not sentence for sentence in faults.values()):
        yield "names one that failed without a reason"


def _ordered_faults(unit: Unit, job: Reissue, faults: dict[int, str], mine: list[Version]) -> Iterator[str]:
    own = select(Certificate.id, Certificate.number).where(Certificate.body_id == job.body_id)
    names = {row.id: row.number for row in unit.db.execute(own)}
    for one in mine:
        if one.body != job.body_id or not one.reprint:
            yield f"ordered version {one.number} of certificate {names.get(one.certificate, one.certificate)}, which is no such paper"
    made = Counter(one.certificate for one in mine if one.issued)
    yield from (
        f"made paper for certificate {names.get(one, one)} {count} times"
        for one, count in made.items()
        if count > 1
    )
    yield from (f"names certificate {one}, which is of another body" for one in faults if one not in names)


def _passed_over(unit: Unit, job: Reissue, at: ReissueProgress, faults: dict[int, str]) -> Iterator[str]:
    """Certificates that stand, that it has passed, and whose newest version was public before it was asked for."""
    one, later = CertificateVersion, aliased(CertificateVersion)
    newer = exists().where(later.certificate_id == one.certificate_id, later.number > one.number)
    old = one.issued_at < job.asked_at
    if job.key:
        old &= (one.seal_key == job.key) | (one.credential_key == job.key)
    if job.since:
        old &= one.issued_at >= job.since
    stands = Certificate.status.in_(LIVE) & (Certificate.expires_on >= unit.today)
    asked = select(Certificate.id, Certificate.number).join(one, one.certificate_id == Certificate.id)
    asked = asked.where(Certificate.body_id == job.body_id, stands, old, ~newer)
    if job.status.value != "done":
        asked = asked.where(Certificate.id <= at.reached)
    for row in unit.db.execute(asked.order_by(Certificate.id)):
        if row.id not in faults:
            yield f"passed over certificate {row.number} without new paper and without a reason"
