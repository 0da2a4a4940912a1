"""What can be asked about certificates: above all, what status one had on a day, as known at a moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, and_, bindparam, select

from app.certificates.models import Certificate, CertificateItem, CertificateStatus
from app.certificates.rules import ItemOn, Status, StatusOn, withdrawal_due
from app.kernel.database import Unit
from app.kernel.question import Question
from app.kernel.words import _, in_words
from app.ledger.models import Redaction
from app.ledger.rules import RedactionState

_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_REDACTED = and_(
    Redaction.subject_ref == Certificate.ref,
    Redaction.told_at == CertificateStatus.recorded_at,
    Redaction.status == RedactionState.DONE,
)
_LINES = (
    select(*CertificateStatus.__table__.c, Redaction.done_on.label("redacted_on"))
    .join(Certificate, Certificate.id == CertificateStatus.certificate_id)
    .outerjoin(Redaction, _REDACTED)
    .order_by(CertificateStatus.id)
)
_LINES_OF_ONE = Question(_LINES.where(CertificateStatus.certificate_id == bindparam("id")))
_LINES_OF_SOME = _LINES.where(CertificateStatus.certificate_id.in_(_ids))
_LINES_KNOWN = _LINES_OF_SOME.where(CertificateStatus.recorded_at <= bindparam("known_at"))
_ITEMS = (
    select(*CertificateItem.__table__.c)
    .where(CertificateItem.certificate_id.in_(_ids))
    .order_by(CertificateItem.id)
)
"""Made once: building a statement costs as much as asking it, and every look-up of the public asks these."""


def status_on(unit: Unit, certificate_id: int, day: date, known_at: datetime | None = None) -> StatusOn:
    """What a certificate was on a day, as known at a moment (None: now). The one source of every public status."""
    return statuses_on(unit, [unit.db.get_one(Certificate, certificate_id)], day, known_at)[certificate_id]


def statuses_on(
    unit: Unit, certificates: Sequence[Certificate], day: date, known_at: datetime | None = None
) -> dict[int, StatusOn]:
    """The same for several certificates, in two questions however many there are."""
    ids = [one.id for one in certificates]
    lines = lines_of(unit, ids, known_at)
    items: dict[int, list[Any]] = defaultdict(list)
    for item in unit.ask(_ITEMS, {"ids": ids}):
        items[item.certificate_id].append(item)
    return {one.id: derive(one, items[one.id], lines[one.id], day) for one in certificates}


def lines_of(
    unit: Unit, ids: Iterable[int], known_at: datetime | None = None
) -> Mapping[int, Sequence[CertificateStatus]]:
    """The status histories of certificates, oldest first, as far as they were known at a moment: rows, not objects.

    Words that RRN took out of the log are not in them, whoever asks.
    """
    some = list(ids)
    if known_at is not None:
        rows: Iterable[Any] = unit.ask(_LINES_KNOWN, {"ids": some, "known_at": known_at})
    elif len(some) == 1:
        rows = _LINES_OF_ONE.ask(unit, id=some[0])
    else:
        rows = unit.ask(_LINES_OF_SOME, {"ids": some})
    found: dict[int, list[Any]] = defaultdict(list)
    for line in rows:
        found[line.certificate_id].append(_without_words(line) if line.redacted_on else line)
    return found


def _without_words(line: Any) -> Any:
    """The line as it may still be shown."""
    gone = dict.fromkeys(("ends_when", "contact", "private_text"), "")
    said = _("Redacted on {day}.").format(day=in_words(line.redacted_on))
    return SimpleNamespace(**line._asdict() | gone | {"public_text": said})


def was_published() -> ColumnElement[bool]:
    """Whether the public was ever told of the certificate of a row: one withdrawn before it was issued never existed for it."""
    told = select(CertificateStatus.id).where(
        CertificateStatus.certificate_id == Certificate.id,
        CertificateStatus.item_id.is_(None),
        CertificateStatus.status == Status.ACTIVE,
    )
    return told.correlate(Certificate).exists()


def whole_status(day: date) -> ScalarSelect[Status]:
    """The recorded status of the certificate of a row on a day, for filters and orders of a list; expiry is beside it."""
    return (
        select(CertificateStatus.status)
        .where(
            CertificateStatus.certificate_id == Certificate.id, CertificateStatus.item_id.is_(None), CertificateStatus.effective_on <= day
        )
        .order_by(CertificateStatus.effective_on.desc(), CertificateStatus.id.desc())
        .limit(1)
        .correlate(Certificate)
        .scalar_subquery()
    )  # fmt: skip


def derive(
    certificate: Certificate, items: Sequence[CertificateItem], lines: Sequence[CertificateStatus], day: date
) -> StatusOn:
    """The status on a day from the lines that were known. Expiry follows from the dates and is never waited for."""
    whole = [line for line in lines if line.item_id is None]
    published = any(line.status is Status.ACTIVE for line in whole)
    line = _line_on(whole, day)
    if not published or line is None or line.status is Status.GRANTED or day < certificate.starts_on:
        return StatusOn(certificate.id, None, None, published=published)
    expired = day > certificate.expires_on and not line.status.is_final
    status = Status.EXPIRED if expired else line.status
    since = (
        certificate.expires_on + timedelta(days=1)
        if expired
        else max(line.effective_on, certificate.starts_on)
    )
    return StatusOn(
        certificate_id=certificate.id, status=status, since=since, public_text="" if expired else line.public_text, published=True,
        ever_certified=True, ends_when="" if expired else line.ends_when, limit_on=None if expired else line.limit_on,
        contact="" if expired else line.contact,
        items=tuple(_item_on(certificate, item, lines, status, since, day) for item in items if _on_it(item, lines, day)),
    )  # fmt: skip


def _line_on(lines: Iterable[CertificateStatus], day: date) -> CertificateStatus | None:
    """The line that counts on a day: the latest to take effect, the last recorded of those."""
    return max(
        (line for line in lines if line.effective_on <= day),
        key=lambda line: (line.effective_on, line.id),
        default=None,
    )


def _on_it(item: CertificateItem, lines: Sequence[CertificateStatus], day: date) -> bool:
    """Whether the curriculum was on the certificate by that day: one added later has lines of its own that begin later."""
    own = [line.effective_on for line in lines if line.item_id == item.id and line.before is None]
    return not own or min(own) <= day


def _item_on(
    certificate: Certificate,
    item: CertificateItem,
    lines: Sequence[CertificateStatus],
    whole: Status,
    since: date,
    day: date,
) -> ItemOn:
    """A curriculum is never better than its certificate, and may be worse."""
    own_lines = [line for line in lines if line.item_id == item.id]
    own = _line_on(own_lines, day)
    first = min(
        (line.effective_on for line in own_lines if line.before is None), default=certificate.starts_on
    )
    follows = whole.gives_rights and own is not None and not own.status.gives_rights
    final = own is not None and own.status.is_final
    if own is not None and (follows or final):
        status, begun, said = own.status, own.effective_on, own.public_text
    else:
        status, begun, said = (Status.ACTIVE if whole is Status.REDUCED else whole), since, ""
    if status is Status.ACTIVE:
        begun = own.effective_on if own is not None else max(first, certificate.starts_on)
    ended = status.is_final or status is Status.EXPIRED
    return ItemOn(
        item_id=item.id, curriculum_id=item.curriculum_id, curriculum_version_id=item.curriculum_version_id, title=item.title,
        number=item.number, status=status, since=begun, from_on=max(first, certificate.starts_on),
        to_on=begun - timedelta(days=1) if ended else None, public_text=said, limit_on=own.limit_on if own and follows else None,
    )  # fmt: skip


def withdrawal_due_since(unit: Unit, number: str) -> date | None:
    """Since when the withdrawal of the suspended certificate of that number is due; None while it is not."""
    found = unit.db.scalar(
        select(Certificate).where(Certificate.number == number, Certificate.status == Status.SUSPENDED)
    )
    return withdrawal_due(status_on(unit, found.id, unit.today).limit_on, unit.today) if found else None
