"""The desk's views of certificates: the list, and everything about one."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateStatus, CertificateVersion
from app.certificates.queries.endorsements import endorsable, endorsements_of, why_not_endorsed
from app.certificates.queries.rows import find_certificate, items_by_ref, versions_of, visible
from app.certificates.queries.status import lines_of, status_on, statuses_on
from app.certificates.rules import CERTIFICATE, Statement, Status, StatusOn, parse_number, withdrawal_due
from app.curricula.models import Curriculum
from app.curricula.queries import visible as visible_curricula
from app.kernel.casework import Casework, ToneView, past, steps_of, told
from app.kernel.database import Unit, openable
from app.kernel.fields import View
from app.kernel.words import _, label
from app.organisations.queries import names_of, organisation
from app.permissions import Permission, Seat

PAGE = 50
TONES = {
    Status.GRANTED: "plain",
    Status.ACTIVE: "yes",
    Status.REDUCED: "partly",
    Status.SUSPENDED: "pause",
}
FILES = (
    ("certificate.pdf", "The certificate on paper, sealed (PDF)"),
    ("credential.jwt", "The same for machines (credential)"),
    ("statement.json", "What it says (JSON)"),
    ("proof.tlog-proof", "Proof that it stands in the public log"),
)


class CertificateLine(View):
    """A certificate in a list."""

    number: str
    holder: str
    body: str
    expires_on: date
    status: ToneView


class CertificateList(View):
    """The certificates the reader may know of, newest first."""

    items: list[CertificateLine]
    status: Status | None
    next: str | None


class ItemLine(View):
    """A curriculum on a certificate today."""

    ref: str
    title: str
    number: int
    status: ToneView
    since: date | None
    withdrawal_due: date | None
    opens: bool
    """Whether the reader may open the page of the curriculum."""


class FileLine(View):
    """A file of a version."""

    what: str
    href: str


class VersionLine(View):
    """A version of the paper."""

    number: int
    decided_at: datetime
    issued_at: datetime | None
    held: str
    files: list[FileLine]


class ChangeLine(View):
    """One line of the status history."""

    what: str
    status: ToneView
    effective_on: date
    recorded_at: datetime
    public_text: str
    private_text: str
    ends_when: str
    limit_on: date | None
    contact: str


class CertificateView(Casework):
    """Everything about one certificate."""

    number: str
    holder: str
    holder_ref: str
    body: str
    body_ref: str
    case_ref: str
    edition: str
    sentence: str
    granted_on: date
    starts_on: date
    expires_on: date
    word: ToneView
    ends_when: str
    limit_on: date | None
    withdrawal_due: date | None
    """Since when the limit of the suspension is passed, and the body has to withdraw the certificate."""
    watched: bool
    """Whether it is public and the reader may see what is observed of it."""
    sample_not_reached_on: date | None
    """The day on which the register flagged that too little was observed before its cycle ended (invariant 9)."""
    items: list[ItemLine]
    versions: list[VersionLine]
    changes: list[ChangeLine]
    endorsements: list[FileLine]
    """What a provider may put into learners' badges: of the service, and of each curriculum."""
    not_endorsed: str
    """Why none is given out today; empty when they are."""
    may_appeal: bool
    """The reader speaks for the holder, and something was taken away."""


def shown(status: Status | None) -> ToneView:
    """A status with its word and its tone; none means that it has not begun."""
    if status is None:
        return ToneView(word=_("Not begun"), tone="plain")
    return ToneView(word=label(status.value), tone=TONES.get(status, "no"))


def certificate_list(unit: Unit, status: Status | None, after: str | None) -> CertificateList:
    """One page of the list; `after` is the number of the last certificate of the page before."""
    rows = visible(unit).order_by(Certificate.id.desc())
    if status is not None:
        rows = rows.where(Certificate.status == status)
    if after:
        last = (
            select(Certificate.id).where(Certificate.number == parse_number(after).number).scalar_subquery()
        )
        rows = rows.where(Certificate.id < last)
    found = list(unit.db.scalars(rows.limit(PAGE + 1)))
    page = found[:PAGE]
    names = names_of(unit, {id for one in page for id in (one.holder_id, one.body_id)})
    today = statuses_on(unit, page, unit.today)
    lines = [
        CertificateLine(
            number=one.number, holder=names[one.holder_id], body=names[one.body_id], expires_on=one.expires_on,
            status=told_whole(one, today[one.id]),
        )
        for one in page
    ]  # fmt: skip
    return CertificateList(items=lines, status=status, next=page[-1].number if len(found) > PAGE else None)


def told_whole(certificate: Certificate, on: StatusOn) -> ToneView:
    """The whole in one word, never better than the weakest curriculum on it: Active for 2 of 3 curricula.

    One that is not public yet shows that it was granted.
    """
    if on.status is None and certificate.status is not Status.ACTIVE:
        return shown(certificate.status)
    left, whole = len(on.certified), len([item for item in on.items if not item.status.is_final])
    if on.status is None or not on.status.gives_rights or left == whole:
        return shown(on.status)
    word = _("{status} for {count} of {all} curricula").format(
        status=label(on.status.value), count=left, all=whole
    )
    return ToneView(word=word, tone="partly")


def certificate_view(unit: Unit, number: str) -> CertificateView:
    """The page of one certificate."""
    row = find_certificate(unit, number)
    today = status_on(unit, row.id, unit.today)
    steps, barred = steps_of(unit, CERTIFICATE, row)
    versions = versions_of(unit, row)
    said = Statement.model_validate_json(versions[-1].statement)
    holder, body = organisation(unit, row.holder_id), organisation(unit, row.body_id)
    return CertificateView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread),
        number=row.number, holder=holder.name, holder_ref=holder.ref, body=body.name, body_ref=body.ref, case_ref=row.case_ref,
        edition=said.edition.title, sentence=said.sentence, granted_on=row.granted_on, starts_on=row.starts_on,
        expires_on=row.expires_on, word=told_whole(row, today), ends_when=today.ends_when, limit_on=today.limit_on,
        withdrawal_due=withdrawal_due(today.limit_on, unit.today),
        items=_item_lines(unit, row, today), versions=[_version_line(row, one) for one in reversed(versions)],
        changes=_change_lines(unit, row), watched=today.published and unit.actor.may(Permission.SURVEILLANCE_READ),
        sample_not_reached_on=next((one.on for one in past(unit, row.thread) if one.kind == "certificate.sample_not_reached"), None),
        may_appeal=_may_appeal(unit, row, today), endorsements=_endorsements(unit, row, versions[-1], said),
        not_endorsed=why_not_endorsed(unit, row, versions[-1]),
    )  # fmt: skip


def _endorsements(
    unit: Unit, row: Certificate, newest: CertificateVersion, said: Statement
) -> list[FileLine]:
    """Those that are signed and can be fetched: older versions were published before there were any, and get theirs one by one."""
    address, made = (
        f"/certificates/{row.number}/endorsements",
        {one.about for one in endorsements_of(unit, newest)},
    )
    return [
        FileLine(what=one.name, href=f"{address}/{one.ref}") for one in endorsable(said) if one.ref in made
    ]


def _may_appeal(unit: Unit, row: Certificate, today: StatusOn) -> bool:
    own = row.holder_id == unit.actor.organisation_id and unit.actor.may(Permission.APPEAL_MAKE)
    less = row.status in (Status.SUSPENDED, Status.REDUCED, Status.WITHDRAWN)
    return own and (less or any(item.status is Status.SUSPENDED for item in today.items))


def _item_lines(unit: Unit, row: Certificate, today: StatusOn) -> list[ItemLine]:
    on, items = {item.item_id: item for item in today.items}, items_by_ref(unit, row)
    opens = openable(unit, visible_curricula, Curriculum, items)
    return [
        ItemLine(
            ref=ref, title=item.title, number=item.number, status=shown(on[item.id].status if item.id in on else None),
            since=on[item.id].since if item.id in on else None,
            withdrawal_due=withdrawal_due(on[item.id].limit_on if item.id in on else None, unit.today),
            opens=ref in opens,
        )
        for ref, item in items.items()
    ]  # fmt: skip


def _version_line(row: Certificate, version: CertificateVersion) -> VersionLine:
    address = f"/certificates/{row.number}/{version.number}"
    files = (
        [FileLine(what=_(what), href=f"{address}/{name}") for name, what in FILES]
        if version.issued_at
        else []
    )
    return VersionLine(
        number=version.number, decided_at=version.decided_at, issued_at=version.issued_at, held=version.held or "", files=files
    )  # fmt: skip


def _change_lines(unit: Unit, row: Certificate) -> list[ChangeLine]:
    titles = {item.id: item.title for item in items_by_ref(unit, row).values()}
    return [_change_line(unit, line, titles) for line in reversed(_lines(unit, row))]


def _lines(unit: Unit, row: Certificate) -> Sequence[CertificateStatus]:
    return lines_of(unit, [row.id])[row.id]


def _change_line(unit: Unit, line: CertificateStatus, titles: dict[int, str]) -> ChangeLine:
    """Reasons in full are for the parties of the certificate and for RRN, not for affiliates."""
    party = unit.actor.seat is not Seat.AFFILIATE
    return ChangeLine(
        what=titles[line.item_id] if line.item_id else _("The whole certificate"), status=shown(line.status),
        effective_on=line.effective_on, recorded_at=line.recorded_at, public_text=line.public_text,
        private_text=line.private_text if party else "", ends_when=line.ends_when, limit_on=line.limit_on,
        contact=line.contact if party else "",
    )  # fmt: skip


def curriculum_choices(unit: Unit, certificate: Certificate, status: Status) -> list[tuple[str, str]]:
    """The curricula of a certificate that stand so today, as choices of a form."""
    now = {item.item_id: item.status for item in status_on(unit, certificate.id, unit.today).items}
    return [
        (ref, item.title)
        for ref, item in items_by_ref(unit, certificate).items()
        if now.get(item.id) is status
    ]
