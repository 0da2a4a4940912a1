"""Which certificates the reader may know of, and their rows."""

from collections.abc import Sequence

from sqlalchemy import Select, false, or_, select

from app.certificates.models import Certificate, CertificateItem, CertificateVersion, SignedStatusList
from app.certificates.queries.status import status_on
from app.certificates.rules import CERTIFICATE, CertificateFacts, ItemOn, NumberAnswer, Status, parse_number
from app.curricula.models import Curriculum
from app.kernel.casework import facts_for, past
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.words import _
from app.licences.queries import standing
from app.organisations.models import Organisation
from app.permissions import Permission, Seat
from app.providers.models import Affiliate


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


def published_version(unit: Unit, typed: str, number: int) -> tuple[Certificate, CertificateVersion]:
    """A version whose files are public. Raises NotFound with a sentence, another one while it is being issued."""
    certificate = certificate_by_number(unit, typed)
    if certificate is None:
        raise NotFound(
            _(
                "No certificate of that number was ever issued. Look at the number again, character by character."
            )
        )
    version = of_version(unit, certificate, number)
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


def body_of(unit: Unit, ref: str) -> Organisation:
    """A certification body by its reference, for public documents. Raises NotFound."""
    found = unit.db.scalar(
        select(Organisation).where(Organisation.ref == ref, Organisation.seat == Seat.BODY)
    )
    if found is None:
        raise NotFound(_("There is no certification body of that reference."))
    return found


def signed_list(unit: Unit, body_ref: str, purpose: str, number: int) -> SignedStatusList:
    """A status list as it is served. Raises NotFound."""
    body = body_of(unit, body_ref)
    found = unit.db.get(SignedStatusList, (body.id, purpose, number))
    if found is None:
        raise NotFound(
            _("There is no status list of that name. It is made with the first certificate on it.")
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
    )  # fmt: skip


def _suspended(certificate: Certificate, items: Sequence[ItemOn]) -> int:
    """Curricula suspended by themselves; while the whole is suspended, that is not asked of each."""
    whole = certificate.status is Status.SUSPENDED
    return 0 if whole else sum(item.status is Status.SUSPENDED for item in items)
