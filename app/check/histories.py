"""Histories of status: every change said whole, without gap or overlap, and told everywhere in one moment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateStatus
from app.check.breach import Breach
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.ledger.models import LedgerEntry
from app.licences.models import Accreditation, AccreditationStatus, Licence, LicenceStatus
from app.providers.models import Affiliate, AffiliateApproval, TrainerAppointment, TrainerApproval

TAKING = ("suspended", "reduced", "withdrawn", "terminated", "superseded", "transferred", "resigned")
"""Statuses that take rights away."""


@dataclass(frozen=True)
class Kept:
    """A history and whose it is: the table of lines, the table of owners, and the entries it makes in the ledger."""

    lines: Any
    owner: Any
    key: str
    kinds: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.owner.__tablename__)


CERTIFICATES = Kept(
    CertificateStatus, Certificate, "certificate_id", ("certificate.status", "certificate.published")
)
LICENCES = Kept(LicenceStatus, Licence, "licence_id", ("licence.status",))
ACCREDITATIONS = Kept(AccreditationStatus, Accreditation, "accreditation_id", ("accreditation.status",))
CHANGES = (CERTIFICATES, LICENCES, ACCREDITATIONS)
AFFILIATES = Kept(AffiliateApproval, Affiliate, "affiliate_id", ("affiliate.status",))
TRAINERS = Kept(TrainerApproval, TrainerAppointment, "trainer_id", ("trainer.status",))
UNTOLD = ("applied", "checked", "declined")
"""Statuses of a licence before there is one: the public is not told of an application."""


def _histories(unit: Unit, kept: Kept) -> Iterator[tuple[str, str, list[Any]]]:
    """Each history oldest first, with where it stands and the status its owner has now (empty for a curriculum's own)."""
    table = kept.lines.__table__
    owners = {
        row.id: row for row in unit.db.execute(select(kept.owner.id, kept.owner.ref, kept.owner.status))
    }
    found: dict[tuple[int, int | None], list[Any]] = defaultdict(list)
    for row in unit.db.execute(select(table).order_by(table.c.id)):
        found[row._mapping[kept.key], getattr(row, "item_id", None)].append(row)
    for (owner, item), lines in found.items():
        where = f"{kept.name} {owners[owner].ref}" + (f" item {item}" if item else "")
        yield where, "" if item else str(owners[owner].status), lines
    for id, owner_row in owners.items():
        if (id, None) not in found:
            yield f"{kept.name} {owner_row.ref}", str(owner_row.status), []


def every_change_is_said_whole(unit: Unit) -> Iterator[Breach]:
    """Invariant 4: from, to, effective, recorded, person, reason and public text of every change."""
    for kept in CHANGES:
        for where, _now, lines in _histories(unit, kept):
            for line in lines:
                if missing := _unsaid(kept, line):
                    yield Breach(f"{where}, line {line.id}", f"does not say {', '.join(missing)}")


def _unsaid(kept: Kept, line: Any) -> list[str]:
    taking = str(line.status) in TAKING and str(line.before) != "granted"
    by_register = (
        str(line.status) == "superseded"
    )  # follows from a newer certificate, so nobody gave a reason
    said = {"who changed it": line.by, "a public text": line.public_text or not taking}
    if kept is not ACCREDITATIONS:  # UKAS has the reasons, the register only its status
        said["a reason"] = line.reason_code or not taking or by_register
    return [what for what, value in said.items() if not value]


def histories_have_no_gap_and_no_overlap(unit: Unit) -> Iterator[Breach]:
    """Invariant 11: each line takes up where the one before it ended, no day is said twice, for any moment of knowing."""
    for kept in CHANGES:
        for where, now, lines in _histories(unit, kept):
            yield from _gaps(kept, where, lines)
            if now and (not lines or str(lines[-1].status) != now):
                last = str(lines[-1].status) if lines else "nothing"
                yield Breach(where, f"is {now}, but its history ends in {last}")


def _gaps(kept: Kept, where: str, lines: list[Any]) -> Iterator[Breach]:
    for before, line in zip([None, *lines], lines, strict=False):
        if before is None:
            if line.before is not None and not getattr(line, "item_id", None):
                yield Breach(
                    f"{where}, line {line.id}",
                    f"begins from {line.before} with nothing before it: there is a gap",
                )
            continue
        if line.before != before.status:
            yield Breach(
                f"{where}, line {line.id}",
                f"leaves from {line.before}, but it was {before.status}: there is a gap",
            )
        if line.recorded_at < before.recorded_at or _overlaps(kept, before, line):
            yield Breach(f"{where}, line {line.id}", "counts from before the line above it: the two overlap")


def _overlaps(kept: Kept, before: Any, line: Any) -> bool:
    """Whether days already spoken for are spoken for again.

    The days of an application bind nobody, and a certificate that is to begin may end before it began.
    """
    if kept is LICENCES and str(before.status) in UNTOLD:
        return False
    if kept is CERTIFICATES and before.effective_on > before.recorded_at.date():
        return False
    return bool(line.effective_on < before.effective_on)


def every_public_change_was_told_in_its_own_moment(unit: Unit) -> Iterator[Breach]:
    """Invariants 5 and 12: history, journal and ledger were written in one transaction, one entry for each change."""
    for kept in (*CHANGES, AFFILIATES, TRAINERS):
        refs = {row.id: row.ref for row in unit.db.execute(select(kept.owner.id, kept.owner.ref))}
        entries = select(LedgerEntry.subject_ref, LedgerEntry.recorded_at).where(
            LedgerEntry.kind.in_(kept.kinds)
        )
        told = set(unit.db.execute(entries).all())
        done = _moments(unit, kept)
        changed = {(refs[line._mapping[kept.key]], line.recorded_at): line for line in told_lines(unit, kept)}
        for (ref, at), line in changed.items():
            if (ref, at) not in told:
                yield Breach(
                    f"{kept.name} {ref}, line {line.id}", "changed, and the ledger does not tell of it"
                )
            if (ref, at) not in done:
                yield Breach(
                    f"{kept.name} {ref}, line {line.id}", "changed, and the journal does not tell of it"
                )
        for ref, _at in sorted(told - changed.keys() - _reissued(unit, kept)):
            yield Breach(f"{kept.name} {ref}", "the ledger tells of a change that its history does not hold")


def _moments(unit: Unit, kept: Kept) -> set[tuple[str, Any]]:
    asked = select(kept.owner.ref, Event.at).join(
        Event, (Event.subject == kept.name) & (Event.subject_id == kept.owner.id)
    )
    return set(unit.db.execute(asked).all())


def told_lines(unit: Unit, kept: Kept) -> list[Any]:
    """The lines that the public hears of."""
    table = kept.lines.__table__
    rows = unit.db.execute(select(table).order_by(table.c.id)).all()
    if kept is LICENCES:
        return [row for row in rows if str(row.status) not in UNTOLD]
    if kept is CERTIFICATES:
        return [row for row in rows if str(row.status) != "granted" and not _never_public(row)]
    return list(rows)


def _never_public(line: Any) -> bool:
    """A certificate that ended before it was published: nobody was ever told of it."""
    return str(line.before) == "granted" and str(line.status) != "active"


def _reissued(unit: Unit, kept: Kept) -> set[tuple[str, Any]]:
    """A later version of the paper is published without a change of status."""
    if kept is not CERTIFICATES:
        return set()
    asked = (
        select(Certificate.ref, Event.at)
        .join(Event, (Event.subject == "certificate") & (Event.subject_id == Certificate.id))
        .where(Event.kind.in_(("certificate.version_published", "certificate.reprinted")))
    )
    return set(unit.db.execute(asked).all())
