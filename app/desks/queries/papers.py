"""Licences to check and to renew, certificates being issued, suspended or about to end."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.rules import OVER, Kind
from app.certificates.models import Certificate, CertificateStatus, CertificateVersion
from app.certificates.rules import Status, withdrawal_due
from app.desks.queries.views import DeskLine
from app.desks.rules import LICENCE_DAYS, LIMIT_DAYS, MOST, RENEW_DAYS, SLOW_DAYS, shortened
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.words import _, in_words
from app.licences.models import Accreditation, Licence, LicenceStatus
from app.licences.queries import visible as visible_licences
from app.licences.queries import visible_accreditations
from app.licences.rules import IN_FORCE, AccreditationState, LicenceState
from app.organisations.models import Organisation
from app.permissions import Permission, Seat

L = LicenceState
ASKED = {
    L.APPLIED: "{body} asked for a licence: check the application.",
    L.CHECKED: "The application of {body} is checked: license the body, or decline.",
}
THEY_ARE_ASKED = {
    L.APPLIED: "RRN checks your application for a licence.",
    L.CHECKED: "RRN decides on your application for a licence.",
}

NEAR = "The suspension reaches its limit on {day}: reinstate the certificate, or withdraw it."
NEAR_PARTS = (
    "The suspension of some curricula reaches its limit on {day}: end it, or take them off the certificate."
)
OVERDUE = "Withdrawal is due since {day}: the suspension has reached its limit. Withdraw the certificate, or end the suspension."
OVERDUE_PARTS = "Since {day} some curricula are to be taken off: their suspension has reached its limit. Take them off, or end it."
OVERDUE_AT_BODY = (
    "Withdrawal is due since {day}: the suspension has reached its limit, and {body} has not acted."
)
LIVE = (Status.ACTIVE, Status.REDUCED)


def licence_lines(unit: Unit) -> list[DeskLine]:
    """Applications for a licence, licences and accreditations that end soon: for RRN to act on, for a body to know."""
    manages = unit.actor.may(Permission.LICENCE_MANAGE)
    knows = unit.actor.seat is Seat.BODY and unit.actor.may(Permission.CASE_PLAN)
    if not manages and not knows:
        return []
    return _licences(unit, manages) + _accreditations(unit, manages)


def _soon(unit: Unit, days: int) -> date:
    return unit.today + timedelta(days=days)


def _licences(unit: Unit, manages: bool) -> list[DeskLine]:
    last = (
        select(func.max(LicenceStatus.recorded_at))
        .where(LicenceStatus.licence_id == Licence.id)
        .scalar_subquery()
    )
    ending = and_(Licence.status.in_(IN_FORCE), Licence.to_on <= _soon(unit, LICENCE_DAYS))
    wanted = visible_licences(unit).where(or_(Licence.status.in_(ASKED), ending))
    rows = unit.db.execute(
        wanted.join(Organisation, Organisation.id == Licence.body_id)
        .add_columns(Organisation.name, last)
        .order_by(Licence.id)
        .limit(MOST)
    )
    return [
        DeskLine(
            kind="licence", about=_("Licence of {body}").format(body=body), sentence=_licence_sentence(unit, row, body, manages),
            since=civil_date(since) if row.status in ASKED and since else None, due_on=None if row.status in ASKED else row.to_on,
            late=row.status not in ASKED and row.to_on is not None and row.to_on < unit.today, mine=manages,
            href=f"/licences/{row.ref}", button=_("Open the licence"),
        )
        for row, body, since in rows
    ]  # fmt: skip


def _licence_sentence(unit: Unit, row: Licence, body: str, manages: bool) -> str:
    if row.status in ASKED:
        return _(ASKED[row.status] if manages else THEY_ARE_ASKED[row.status]).format(body=body)
    assert row.to_on
    if row.to_on < unit.today:
        return _(
            "The licence ran out on {day}: until RRN renews it nothing can be decided or issued."
        ).format(day=in_words(row.to_on))
    text = (
        _("The licence ends on {day}: renew it, or let it end.")
        if manages
        else _("The licence ends on {day}, unless RRN renews it.")
    )
    return text.format(day=in_words(row.to_on))


def _accreditations(unit: Unit, manages: bool) -> list[DeskLine]:
    ending = and_(
        Accreditation.status == AccreditationState.ACTIVE, Accreditation.to_on <= _soon(unit, LICENCE_DAYS)
    )
    rows = unit.db.execute(
        visible_accreditations(unit).where(ending).join(Organisation, Organisation.id == Accreditation.body_id)
        .add_columns(Organisation.name).order_by(Accreditation.to_on, Accreditation.id).limit(MOST)
    )  # fmt: skip
    return [
        DeskLine(
            kind="accreditation", about=_("Accreditation of {body}").format(body=body),
            sentence=_("UKAS accredited the body until {day}: record what UKAS publishes next.").format(day=in_words(row.to_on))
            if manages else _("UKAS accredited you until {day}. RRN records what UKAS publishes next.").format(day=in_words(row.to_on)),
            due_on=row.to_on, late=row.to_on < unit.today, mine=manages, href=f"/accreditations/{row.ref}",
            button=_("Open the accreditation"),
        )
        for row, body in rows
    ]  # fmt: skip


def certificate_lines(unit: Unit) -> list[DeskLine]:
    """Certificates that are being issued, suspended or within the year it takes to renew them; for RRN, overdue ones."""
    manages = unit.actor.may(Permission.LICENCE_MANAGE)
    party = unit.actor.may(Permission.CERTIFICATE_READ) and unit.actor.seat in (Seat.PROVIDER, Seat.BODY)
    if not manages and not party:
        return []
    return [_certificate(unit, *row) for row in unit.db.execute(_certificates(unit))]


def _certificates(
    unit: Unit,
) -> Select[Certificate, str, str, CertificateStatus, str | None, date | None]:
    line, body, parts = aliased(CertificateStatus), aliased(Organisation), _parts_limit()
    newest = select(func.max(line.id)).where(line.certificate_id == Certificate.id, line.item_id.is_(None))
    return (
        select(Certificate, Organisation.name, body.name, CertificateStatus, _held(), parts)
        .join(Organisation, Organisation.id == Certificate.holder_id)
        .join(body, body.id == Certificate.body_id)
        .outerjoin(CertificateStatus, CertificateStatus.id == newest.scalar_subquery())
        .where(_concerns(unit, parts))
        .order_by(Certificate.expires_on, Certificate.id)
        .limit(MOST)
    )


def _concerns(unit: Unit, parts: ScalarSelect[date | None]) -> ColumnElement[bool]:
    """Whose certificates, and what of them: RRN hears of a suspension when the body has let its limit pass."""
    if unit.actor.seat is Seat.RRN:
        return _near_limit(parts, unit.today - timedelta(days=1))
    own = Certificate.holder_id if unit.actor.seat is Seat.PROVIDER else Certificate.body_id
    return and_(
        own == unit.actor.organisation_id,
        or_(Certificate.status == Status.GRANTED, _suspended(unit, parts), _ending(unit)),
    )


def _near_limit(parts: ScalarSelect[date | None], day: date) -> ColumnElement[bool]:
    """Suspensions, of the whole or of some curricula, whose last day is that day or before it."""
    whole = and_(Certificate.status == Status.SUSPENDED, CertificateStatus.limit_on <= day)
    return or_(whole, and_(Certificate.status.in_(LIVE), parts <= day))


def _parts_limit() -> ScalarSelect[date | None]:
    """The first day on which a curriculum that is suspended by itself reaches its limit."""
    line, later = aliased(CertificateStatus), aliased(CertificateStatus)
    followed = exists().where(later.item_id == line.item_id, later.id > line.id)
    return (
        select(func.min(line.limit_on))
        .where(line.certificate_id == Certificate.id, line.item_id.is_not(None), line.status == Status.SUSPENDED, ~followed)
        .correlate(Certificate)
        .scalar_subquery()
    )  # fmt: skip


def _held() -> ScalarSelect[str | None]:
    """Why a version of the certificate waits: the licence did not cover the day it was to be told."""
    waiting = CertificateVersion.issued_at.is_(None), CertificateVersion.held.is_not(None)
    own = CertificateVersion.certificate_id == Certificate.id
    return (
        select(CertificateVersion.held).where(own, *waiting).limit(1).correlate(Certificate).scalar_subquery()
    )


def _suspended(unit: Unit, parts: ScalarSelect[date | None]) -> ColumnElement[bool]:
    """The holder always hears of a suspension, the body once its limit comes near."""
    if unit.actor.seat is Seat.PROVIDER:
        return Certificate.status == Status.SUSPENDED
    return _near_limit(parts, _soon(unit, LIMIT_DAYS))


def _ending(unit: Unit) -> ColumnElement[bool]:
    """For who may apply: certificates that end within a year and have no open case that would renew them."""
    if not unit.actor.may(Permission.CASE_APPLY):
        return false()
    renewing = select(Case.id).where(
        Case.client_id == Certificate.holder_id, Case.kind == Kind.RECERTIFICATION, Case.status.not_in(OVER)
    )
    live = Certificate.status.in_(LIVE)
    near = Certificate.expires_on.between(unit.today, _soon(unit, RENEW_DAYS))
    return and_(live, near, ~renewing.exists())


def _certificate(
    unit: Unit, row: Certificate, holder: str, body: str, last: CertificateStatus | None, held: str | None, parts: date | None
) -> DeskLine:  # fmt: skip
    client = unit.actor.seat is Seat.PROVIDER
    about = row.number if client else _("{who}: {number}").format(who=holder, number=row.number)
    line = DeskLine(
        kind="certificate", about=about, sentence="", mine=False, href=f"/certificates/{row.number}", button=_("Open the certificate"),
    )  # fmt: skip
    if row.status is Status.GRANTED:
        return line.model_copy(update=_issuing(unit, row, held))
    if row.status is Status.SUSPENDED and client:
        return line.model_copy(update=_suspension(unit, last))
    if limit := last.limit_on if last and row.status is Status.SUSPENDED else None if client else parts:
        return line.model_copy(update=_limit(unit, row, body, limit))
    return line.model_copy(update=_renewal(row))


def _issuing(unit: Unit, row: Certificate, held: str | None) -> dict[str, Any]:
    why = _("The certificate waits and is not published. {why}").format(why=held) if held else ""
    return {
        "sentence": why or _("The register is drawing, sealing and publishing the certificate."), "since": row.granted_on,
        "late": row.granted_on < unit.today - timedelta(days=SLOW_DAYS),
    }  # fmt: skip


def _suspension(unit: Unit, last: CertificateStatus | None) -> dict[str, Any]:
    """To the holder: what ends it."""
    words = shortened(last.ends_when) if last else ""
    said = (
        _("The certificate is suspended. What ends it: {words}").format(words=words)
        if words
        else _("The certificate is suspended.")
    )
    limit = last.limit_on if last else None
    return {
        "sentence": said, "since": last.effective_on if last else None, "due_on": limit, "late": bool(limit and limit < unit.today),
        "mine": unit.actor.may(Permission.CASE_APPLY),
    }  # fmt: skip


def _limit(unit: Unit, row: Certificate, body: str, limit: date) -> dict[str, Any]:
    """To the body and to RRN: a suspension at or past its limit, and what has to follow."""
    whole, due = row.status is Status.SUSPENDED, withdrawal_due(limit, unit.today)
    if due and unit.actor.seat is Seat.RRN:
        said = OVERDUE_AT_BODY
    elif due:
        said = OVERDUE if whole else OVERDUE_PARTS
    else:
        said = NEAR if whole else NEAR_PARTS
    return {
        "sentence": _(said).format(day=in_words(due or limit), body=body), "due_on": limit, "late": due is not None,
        "mine": unit.actor.may(Permission.CERTIFICATE_STATUS),
    }  # fmt: skip


def _renewal(row: Certificate) -> dict[str, Any]:
    said = _("The certificate ends on {day}. To be certified again takes about a year: apply now.").format(
        day=in_words(row.expires_on)
    )
    return {
        "sentence": said,
        "due_on": row.expires_on,
        "mine": True,
        "href": "/cases/new",
        "button": _("Apply again"),
    }
