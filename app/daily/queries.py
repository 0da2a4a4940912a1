"""Which days wait for their report, what the report of a day says, and the pages of the log and of a day."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from app.certificates.did import Addresses
from app.certificates.effects import OWNER
from app.certificates.keys import PublicKeys
from app.certificates.models import (
    Certificate,
    CertificateStatus,
    CertificateVersion,
    KeyAnnouncement,
    KeyNotice,
)
from app.certificates.queries.announced import log_keys
from app.certificates.queries.keys import ended_keys, public_keys
from app.certificates.rules import Status
from app.daily.models import DayReport
from app.daily.rules import (
    FORMAT,
    GRACE,
    PATIENCE,
    Before,
    Cosigned,
    DayContent,
    KeyLine,
    LookLine,
    StatusLine,
    checkpoint_heading,
    parts,
    summary,
    title,
)
from app.kernel.clock import civil_date, first_moment
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.outbox import waiting
from app.kernel.words import _
from app.ledger.models import LedgerCheckpoint, LedgerCosignature, LedgerEntry
from app.ledger.queries import StoredNodes, entries, head, newest_checkpoint, published_note, root, size_at
from app.ledger.tree import leaf_hash
from app.licences.models import Licence, LicenceStatus
from app.organisations.models import Organisation
from app.papers.queries import SealedPaperView, papers_of, pdf_of, sealed_of
from app.papers.rules import Issuer, PaperKind

ONE_DAY: Final = timedelta(days=1)
AT_ONCE: Final = 60


class PartView(View):
    """A heading of a report and what stands under it."""

    heading: str
    lines: list[str]
    verbatim: bool
    """Whether every line is to be read as it stands: the checkpoint."""


class DayLineView(View):
    """One report in the list."""

    day: date
    size: int


class LogView(View):
    """The log: how far it goes, who signed it, and the reports of its days."""

    size: int
    signed_at: datetime | None
    checkpoint: str
    """The newest signed checkpoint; empty while there is none."""
    keys: list[str]
    witnesses: list[str]
    """Who outside cosigned the newest checkpoint."""
    days: list[DayLineView]
    older: date | None
    """Where the list goes on, when it does."""


class DayView(View):
    """The report of one day."""

    day: date
    title: str
    summary: str
    size: int
    parts: list[PartView]
    digest: str
    paper: SealedPaperView | None
    earlier: date | None
    later: date | None


def due_days(unit: Unit) -> list[date]:
    """The days that are over and have no report, oldest first: from the last report on, or yesterday where there is none yet."""
    yesterday = civil_date(unit.now - GRACE) - ONE_DAY
    last = unit.db.scalar(select(func.max(DayReport.day)))
    if last is None:
        begun = entries(unit, 0, 1)
        return [yesterday] if begun and civil_date(begun[0].recorded_at) <= yesterday else []
    return [last + timedelta(days=n) for n in range(1, (yesterday - last).days + 1)]


def content_of(unit: Unit, day: date) -> DayContent | None:
    """What the report of a day that is over says; None while no checkpoint covers the day, or a witness is still waited for."""
    start, end = first_moment(day), first_moment(day + ONE_DAY)
    before = _report_before(unit, day)
    size_before = before.size if before else size_at(unit, start - timedelta.resolution)
    size = max(size_before, size_at(unit, end - timedelta.resolution))
    closing = _closing(unit, size, end)
    if closing is None:
        return None
    settings = unit.site.settings
    return DayContent(
        format=FORMAT, issuer=Issuer(id=Addresses(settings.public_base_url).did(), name=OWNER), day=day,
        address=settings.link(f"/log/days/{day}"), size_before=size_before, size=size, root=root(unit, size).hex(),
        checkpoint=published_note(unit, closing), checkpoint_size=closing.size, witnesses=_cosigned(unit, closing.size),
        entries=_counted(unit, size_before, size), certificates=_certificates(unit, (size_before, size), start, end),
        licences=_licences(unit, start, end), keys=_keys(unit, start, end), suspect=_suspect(unit), looks=_looks(unit, closing, before),
        before=Before(day=before.day, digest=before.digest) if before else None,
    )  # fmt: skip


def _report_before(unit: Unit, day: date) -> DayReport | None:
    return unit.db.scalar(
        select(DayReport).where(DayReport.day < day).order_by(DayReport.day.desc()).limit(1)
    )


def _closing(unit: Unit, size: int, end: datetime) -> LedgerCheckpoint | None:
    """The first checkpoint that covers the day; where there are witnesses, the first that one cosigned, for as long as there is patience."""
    covering = select(LedgerCheckpoint).where(LedgerCheckpoint.size >= size).order_by(LedgerCheckpoint.size)
    cosigned = covering.where(LedgerCheckpoint.size.in_(select(LedgerCosignature.size)))
    found = unit.db.scalar(cosigned.limit(1))
    if found or (unit.site.settings.witnesses and unit.now < end + PATIENCE):
        return found
    return unit.db.scalar(covering.limit(1))


def _cosigned(unit: Unit, size: int) -> tuple[Cosigned, ...]:
    rows = select(LedgerCosignature).where(LedgerCosignature.size == size)
    found = unit.db.scalars(rows.order_by(LedgerCosignature.witness))
    return tuple(Cosigned(witness=row.witness.partition("+")[0], came_at=row.came_at) for row in found)


def _counted(unit: Unit, start: int, end: int) -> dict[str, int]:
    asked = select(LedgerEntry.kind, func.count().label("count")).where(
        LedgerEntry.number >= start, LedgerEntry.number < end
    )
    return {row.kind: row.count for row in unit.db.execute(asked.group_by(LedgerEntry.kind))}  # type: ignore[misc]


def _certificates(
    unit: Unit, numbers: tuple[int, int], start: datetime, end: datetime
) -> tuple[StatusLine, ...]:
    """Versions that were published, then changes of status; that a certificate counts from its publication is no change."""
    published = (
        select(Certificate.number)
        .join(CertificateVersion, CertificateVersion.certificate_id == Certificate.id)
        .where(CertificateVersion.ledger_number >= numbers[0], CertificateVersion.ledger_number < numbers[1])
    )
    told = [
        StatusLine(about=number, what="published", effective_on=None, whole=True)
        for number in unit.db.scalars(published.order_by(CertificateVersion.ledger_number))
    ]
    changed = (
        select(CertificateStatus, Certificate.number)
        .join(Certificate, Certificate.id == CertificateStatus.certificate_id)
        .where(CertificateStatus.recorded_at >= start, CertificateStatus.recorded_at < end)
        .where(CertificateStatus.before.is_not(None), CertificateStatus.before != Status.GRANTED)
    )
    for row, number in unit.db.execute(changed.order_by(CertificateStatus.id)):
        whole = row.item_id is None
        told.append(
            StatusLine(about=number, what=row.status.value, effective_on=row.effective_on, whole=whole)
        )
    return tuple(told)


def _licences(unit: Unit, start: datetime, end: datetime) -> tuple[StatusLine, ...]:
    """Changes the public was told of; those of an application it was not."""
    changed = (
        select(LicenceStatus, Organisation.code)
        .join(Licence, Licence.id == LicenceStatus.licence_id)
        .join(Organisation, Organisation.id == Licence.body_id)
        .where(LicenceStatus.recorded_at >= start, LicenceStatus.recorded_at < end)
        .where(LicenceStatus.reason_code != "")
    )
    return tuple(
        StatusLine(about=code or "", what=row.status.value, effective_on=row.effective_on, whole=True)
        for row, code in unit.db.execute(changed.order_by(LicenceStatus.id))
    )


def _keys(unit: Unit, start: datetime, end: datetime) -> tuple[KeyLine, ...]:
    keys = public_keys(unit.site.settings)
    announced = select(KeyAnnouncement).where(
        KeyAnnouncement.recorded_at >= start, KeyAnnouncement.recorded_at < end
    )
    ended = select(KeyNotice).where(KeyNotice.recorded_at >= start, KeyNotice.recorded_at < end)
    found = [
        _key(keys, row.ref, "retired" if row.ends else "made", row.at)
        for row in unit.db.scalars(announced.order_by(KeyAnnouncement.id))
    ]
    found += [
        _key(keys, row.ref, row.end.value, row.since) for row in unit.db.scalars(ended.order_by(KeyNotice.id))
    ]
    return tuple(found)


def _key(keys: PublicKeys, ref: str, what: str, since: datetime) -> KeyLine:
    key = keys.find(ref)
    return KeyLine(key=ref, purpose=key.purpose.value, owner=key.owner, what=what, since=since)


def _suspect(unit: Unit) -> tuple[KeyLine, ...]:
    keys = public_keys(unit.site.settings)
    ended = sorted(ended_keys(unit).items(), key=lambda one: (one[1].since, one[0]))
    return tuple(_key(keys, ref, "suspect", use.since) for ref, use in ended if use.suspect)


def _looks(unit: Unit, closing: LedgerCheckpoint, before: DayReport | None) -> tuple[LookLine, ...]:
    """What can be looked at in a moment; rrn check looks at everything."""
    size, nodes = head(unit).size, StoredNodes(unit)
    count, last = unit.db.execute(select(func.count(), func.max(LedgerEntry.number))).one()
    (newest,) = entries(unit, closing.size - 1, closing.size)
    found = {
        _("The entries count from 0 without a hole"): count == size == (last or 0) + 1,
        _("The checkpoint names the root that the hashes give"): root(unit, closing.size) == closing.root,
        _("The newest entry is the one that was hashed"): nodes.get(0, closing.size - 1) == leaf_hash(newest.data),
        _("Nothing is stuck in the queue of letters and papers"): waiting(unit)[1] == 0,
    }  # fmt: skip
    if before:
        said = DayContent.model_validate_json(before.content)
        found[_("The log of the report before is the beginning of this one")] = (
            root(unit, said.size).hex() == said.root
        )
    return tuple(LookLine(look=look, well=well) for look, well in found.items())


def log_view(unit: Unit, before: date | None) -> LogView:
    """The page of the log; the list of days goes on before a day."""
    rows = select(DayReport).order_by(DayReport.day.desc()).limit(AT_ONCE + 1)
    days = unit.db.scalars(rows.where(DayReport.day < before) if before else rows).all()
    newest = _newest(unit)
    return LogView(
        size=head(unit).size, signed_at=newest.signed_at if newest else None,
        checkpoint=published_note(unit, newest) if newest else "", keys=[key.vkey for key in log_keys(unit)],
        witnesses=[one.witness for one in _cosigned(unit, newest.size)] if newest else [],
        days=[DayLineView(day=row.day, size=row.size) for row in days[:AT_ONCE]],
        older=days[AT_ONCE - 1].day if len(days) > AT_ONCE else None,
    )  # fmt: skip


def _newest(unit: Unit) -> LedgerCheckpoint | None:
    try:
        return newest_checkpoint(unit)
    except NotFound:
        return None


def find_day(unit: Unit, day: date) -> DayReport:
    """The report of a day. Raises NotFound."""
    found = unit.db.scalar(select(DayReport).where(DayReport.day == day))
    if found is None:
        raise NotFound(
            _(
                "There is no report of this day. That of a day is made in the hour after midnight in London; the page /log lists all."
            )
        )
    return found


def said_in(row: DayReport) -> DayContent:
    """What a report says."""
    return DayContent.model_validate_json(row.content)


def day_view(unit: Unit, day: date) -> DayView:
    """The page of one day."""
    row = find_day(unit, day)
    said, papers = said_in(row), papers_of(unit, PaperKind.DAY, row.id)
    later = unit.db.scalar(select(func.min(DayReport.day)).where(DayReport.day > day))
    return DayView(
        day=row.day, title=title(said), summary=summary(said), size=row.size,
        parts=[PartView(heading=part.heading, lines=list(part.lines), verbatim=part.heading == checkpoint_heading()) for part in parts(said)],
        digest=row.digest, paper=papers[0] if papers else None, earlier=said.before.day if said.before else None, later=later,
    )  # fmt: skip


def pdf_of_day(unit: Unit, day: date) -> bytes:
    """The sealed paper. Raises NotFound, and TooSoon while it is being made."""
    row = find_day(unit, day)
    papers = papers_of(unit, PaperKind.DAY, row.id)
    return pdf_of(unit, PaperKind.DAY, row.id, papers[0].ref if papers else "none")


def every_day(unit: Unit) -> list[tuple[date, bool]]:
    """Every day that has a report, oldest first, and whether its paper is sealed."""
    sealed = sealed_of(unit, PaperKind.DAY)
    rows = unit.db.execute(select(DayReport.id, DayReport.day).order_by(DayReport.day))
    return [(row.day, row.id in sealed) for row in rows]
