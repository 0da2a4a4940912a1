"""Licences to check and to renew, certificates being issued, suspended or about to end."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.rules import OVER, Kind
from app.certificates.models import Certificate, CertificateStatus, CertificateVersion
from app.certificates.rules import Status, in_words
from app.desks.queries.views import DeskLine
from app.desks.rules import LICENCE_DAYS, LIMIT_DAYS, MOST, RENEW_DAYS, SLOW_DAYS, shortened
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.words import _
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
    """Certificates that are being issued, that are suspended, and that end within the year it takes to renew them."""
    if not unit.actor.may(Permission.CERTIFICATE_READ) or unit.actor.seat not in (Seat.PROVIDER, Seat.BODY):
        return []
    rows = unit.db.execute(_certificates(unit)).all()
    return [_certificate(unit, *row) for row in rows]


def _certificates(unit: Unit) -> Select[Certificate, str, CertificateStatus, str | None]:
    own = Certificate.holder_id if unit.actor.seat is Seat.PROVIDER else Certificate.body_id
    line = aliased(CertificateStatus)
    newest = select(func.max(line.id)).where(line.certificate_id == Certificate.id, line.item_id.is_(None))
    return (
        select(Certificate, Organisation.name, CertificateStatus, _held())
        .join(Organisation, Organisation.id == Certificate.holder_id)
        .outerjoin(CertificateStatus, CertificateStatus.id == newest.scalar_subquery())
        .where(
            own == unit.actor.organisation_id,
            or_(Certificate.status == Status.GRANTED, _suspended(unit), _ending(unit)),
        )
        .order_by(Certificate.expires_on, Certificate.id)
        .limit(MOST)
    )


def _held() -> ScalarSelect[str | None]:
    """Why a version of the certificate waits: the licence did not cover the day it was to be told."""
    waiting = CertificateVersion.issued_at.is_(None), CertificateVersion.held.is_not(None)
    own = CertificateVersion.certificate_id == Certificate.id
    return (
        select(CertificateVersion.held).where(own, *waiting).limit(1).correlate(Certificate).scalar_subquery()
    )


def _suspended(unit: Unit) -> ColumnElement[bool]:
    """The holder always hears of a suspension, the body once its limit comes near."""
    suspended = Certificate.status == Status.SUSPENDED
    if unit.actor.seat is Seat.PROVIDER:
        return suspended
    return and_(suspended, CertificateStatus.limit_on <= _soon(unit, LIMIT_DAYS))


def _ending(unit: Unit) -> ColumnElement[bool]:
    """For who may apply: certificates that end within a year and have no open case that would renew them."""
    if not unit.actor.may(Permission.CASE_APPLY):
        return false()
    renewing = select(Case.id).where(
        Case.client_id == Certificate.holder_id, Case.kind == Kind.RECERTIFICATION, Case.status.not_in(OVER)
    )
    live = Certificate.status.in_((Status.ACTIVE, Status.REDUCED))
    near = Certificate.expires_on.between(unit.today, _soon(unit, RENEW_DAYS))
    return and_(live, near, ~renewing.exists())


def _certificate(
    unit: Unit, row: Certificate, holder: str, last: CertificateStatus | None, held: str | None
) -> DeskLine:
    client = unit.actor.seat is Seat.PROVIDER
    about = row.number if client else _("{who}: {number}").format(who=holder, number=row.number)
    line = DeskLine(
        kind="certificate", about=about, sentence="", mine=False, href=f"/certificates/{row.number}", button=_("Open the certificate"),
    )  # fmt: skip
    if row.status is Status.GRANTED:
        return line.model_copy(update=_issuing(unit, row, held))
    if row.status is Status.SUSPENDED:
        return line.model_copy(update=_suspension(unit, last, client))
    return line.model_copy(update=_renewal(row))


def _issuing(unit: Unit, row: Certificate, held: str | None) -> dict[str, Any]:
    why = _("The certificate waits and is not published. {why}").format(why=held) if held else ""
    return {
        "sentence": why or _("The register is drawing, sealing and publishing the certificate."), "since": row.granted_on,
        "late": row.granted_on < unit.today - timedelta(days=SLOW_DAYS),
    }  # fmt: skip


def _suspension(unit: Unit, last: CertificateStatus | None, client: bool) -> dict[str, Any]:
    limit = last.limit_on if last else None
    words = shortened(last.ends_when) if last else ""
    said = (
        _("The certificate is suspended. What ends it: {words}").format(words=words)
        if words
        else _("The certificate is suspended.")
    )
    if limit and not client:
        said = _(
            "The suspension reaches its limit on {day}: reinstate the certificate, or withdraw it."
        ).format(day=in_words(limit))
    return {
        "sentence": said, "since": last.effective_on if last else None, "due_on": limit, "late": bool(limit and limit < unit.today),
        "mine": unit.actor.may(Permission.CASE_APPLY if client else Permission.CERTIFICATE_STATUS),
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
