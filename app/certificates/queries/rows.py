"""Which certificates the reader may know of, and their rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, exists, false, or_, select
from sqlalchemy.orm import aliased

from app.certificates.keys import RRN
from app.certificates.models import (
    Certificate,
    CertificateItem,
    CertificateVersion,
    PastStatusList,
    SignedStatusList,
)
from app.certificates.queries.status import status_on
from app.certificates.rules import (
    CERTIFICATE,
    LIVE,
    CertificateFacts,
    ItemOn,
    NumberAnswer,
    Status,
    parse_number,
)
from app.curricula.models import Curriculum
from app.kernel.casework import facts_for, past
from app.kernel.database import Unit
from app.kernel.errors import NotFound, Refused
from app.kernel.fields import Ref
from app.kernel.words import _
from app.licences.queries import standing
from app.organisations.models import Organisation
from app.organisations.queries import of_seat
from app.permissions import Permission, Seat
from app.providers.models import Affiliate

CATCH_UP: Final = timedelta(days=14)
"""How long after its first day a certificate is still looked at for those it takes the place of."""

AHEAD: Final = timedelta(minutes=5)
"""How far the clock of a reader may be ahead of ours."""


def visible(unit: Unit) -> Select[Certificate]:
    """RRN sees every certificate, a body its own, a provider its own, an affiliate those of its providers."""
    unit.actor.require(Permission.CERTIFICATE_READ)
    rows, own = select(Certificate), unit.actor.organisation_id
    if unit.actor.seat is Seat.RRN or unit.actor.id == "system":
        return rows
    if own is None:
        return rows.where(false())
    if unit.actor.seat is Seat.BODY:
        return rows.where(Certificate.body_id == own)
    services = select(Affiliate.service_id).where(Affiliate.organisation_id == own)
    return rows.where(or_(Certificate.holder_id == own, Certificate.service_id.in_(services)))


def find_certificate(unit: Unit, number: Ref) -> Certificate:
    """The certificate of that number, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(Certificate.number == parse_number(number).number))
    if found is None:
        raise NotFound(_("There is no certificate of that number among those you may see."))
    return found


def certificate_by_number(unit: Unit, typed: str) -> Certificate | None:
    """The certificate of a number as somebody typed it, for public answers; None when there is none."""
    number = parse_number(typed)
    if number.answer is not NumberAnswer.WELL_FORMED:
        return None
    return unit.db.scalar(select(Certificate).where(Certificate.number == number.number))


def certificates_of(unit: Unit, organisation_id: int) -> Sequence[Certificate]:
    """Every certificate an organisation ever held, newest first; scope is the caller's."""
    rows = select(Certificate).where(Certificate.holder_id == organisation_id).order_by(Certificate.id.desc())
    return unit.db.scalars(rows).all()


def items_by_ref(unit: Unit, certificate: Certificate) -> dict[str, CertificateItem]:
    """The curricula on a certificate by their references."""
    rows = (
        select(Curriculum.ref, CertificateItem)
        .join(Curriculum, Curriculum.id == CertificateItem.curriculum_id)
        .where(CertificateItem.certificate_id == certificate.id)
        .order_by(CertificateItem.id)
    )
    return dict(unit.db.execute(rows).all())


def versions_of(unit: Unit, certificate: Certificate) -> Sequence[CertificateVersion]:
    """The versions of the paper, oldest first."""
    rows = select(CertificateVersion).where(CertificateVersion.certificate_id == certificate.id)
    return unit.db.scalars(rows.order_by(CertificateVersion.number)).all()


def newest_version(unit: Unit, certificate: Certificate) -> CertificateVersion:
    """The version decided last, published or not."""
    return versions_of(unit, certificate)[-1]


def of_version(unit: Unit, certificate: Certificate, number: int) -> CertificateVersion:
    """One version; NotFound when there is none of that number."""
    rows = select(CertificateVersion).where(CertificateVersion.certificate_id == certificate.id)
    found = unit.db.scalar(rows.where(CertificateVersion.number == number))
    if found is None:
        raise NotFound(_("This certificate has no version of that number."))
    return found


def published_version(unit: Unit, typed: str, number: int | None) -> tuple[Certificate, CertificateVersion]:
    """A version whose files are public, the newest decided without a number. Raises NotFound with a sentence, another one while it is being issued."""
    certificate = certificate_by_number(unit, typed)
    if certificate is None:
        raise NotFound(
            _(
                "No certificate of that number was ever issued. Look at the number again, character by character."
            )
        )
    version = newest_version(unit, certificate) if number is None else of_version(unit, certificate, number)
    if version.issued_at is None:
        raise NotFound(
            _(
                "This certificate has been granted and is being issued. Its files will be here in a few minutes."
            )
        )
    return certificate, version


def to_issue(unit: Unit, body_id: int | None = None) -> Sequence[CertificateVersion]:
    """Versions that are decided and not public yet, oldest first."""
    rows = (
        select(CertificateVersion)
        .where(CertificateVersion.issued_at.is_(None))
        .order_by(CertificateVersion.id)
    )
    return unit.db.scalars(
        rows if body_id is None else rows.where(CertificateVersion.body_id == body_id)
    ).all()


def to_supersede(unit: Unit) -> Sequence[Certificate]:
    """Certificates that began today, or the days before if nobody worked then, beside older ones of the same service and body."""
    one, older = Certificate, aliased(Certificate)
    lately = one.starts_on.between(unit.today - CATCH_UP, unit.today)
    beside = exists().where(
        older.service_id == one.service_id,
        older.body_id == one.body_id,
        older.id < one.id,
        older.status.in_(LIVE),
    )
    return unit.db.scalars(select(one).where(one.status == Status.ACTIVE, lately, beside)).all()


def body_of(unit: Unit, ref: str) -> Organisation:
    """A certification body by its reference, for public documents. Raises NotFound."""
    found = unit.db.scalar(
        select(Organisation).where(Organisation.ref == ref, Organisation.seat == Seat.BODY)
    )
    if found is None:
        raise NotFound(_("There is no certification body of that reference."))
    return found


def list_keeper(unit: Unit) -> Organisation | None:
    """The organisation under which RRN's own status lists are kept: RRN's first seat; None before there is one."""
    return min(of_seat(unit, Seat.RRN), key=lambda one: one.id, default=None)


def signed_list(unit: Unit, issuer: str, purpose: str, number: int) -> SignedStatusList:
    """A status list of a body, or of RRN (`rrn`), as it is served. Raises NotFound."""
    owner = list_keeper(unit) if issuer == RRN else body_of(unit, issuer)
    found = unit.db.get(SignedStatusList, (owner.id, purpose, number)) if owner else None
    if found is None:
        raise NotFound(
            _("There is no status list of that name. It is made with the first certificate on it.")
        )
    return found


def past_list(
    unit: Unit, body_ref: str, purpose: str, number: int, at: datetime
) -> PastStatusList | SignedStatusList:
    """The status list that was served at a moment. Raises NotFound for a moment before the first, Refused for one to come."""
    newest = signed_list(unit, body_ref, purpose, number)
    if at > unit.now + AHEAD:
        raise Refused(
            _("That moment is still to come. Ask without a timestamp for the list as it stands now.")
        )
    if newest.signed_at <= at:
        return newest
    named = (PastStatusList.body_id == newest.body_id) & (PastStatusList.purpose == purpose)
    then = (PastStatusList.signed_at <= at) & (PastStatusList.until > at)
    asked = select(PastStatusList).where(named, PastStatusList.number == number, then)
    found = unit.db.scalar(asked.order_by(PastStatusList.signed_at.desc(), PastStatusList.id.desc()).limit(1))
    if found is None:
        raise NotFound(
            _("At that moment there was no such list yet: it begins with the first certificate on it.")
        )
    return found


@facts_for(CERTIFICATE)
def certificate_facts(unit: Unit, certificate: Certificate) -> CertificateFacts:
    """What the guards of a certificate look at; the licence is locked when the unit writes."""
    rights = standing(unit, certificate.body_id, unit.today)
    done = past(unit, certificate.thread)
    if certificate.case_thread:
        done = (*past(unit, certificate.case_thread), *done)
    items = status_on(unit, certificate.id, unit.today).items
    return CertificateFacts(
        unit.today, done, may_issue=rights.may_issue, licence=rights.sentence,
        certified=sum(item.status.gives_rights for item in items), suspended=_suspended(certificate, items),
        reduced=any(item.status.is_final for item in items),
    )  # fmt: skip


def _suspended(certificate: Certificate, items: Sequence[ItemOn]) -> int:
    """Curricula suspended by themselves; while the whole is suspended, that is not asked of each."""
    whole = certificate.status is Status.SUSPENDED
    return 0 if whole else sum(item.status is Status.SUSPENDED for item in items)
