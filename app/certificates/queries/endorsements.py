"""Endorsements for badges: what a certificate can endorse, and whether an endorsement may be given out today."""

from collections.abc import Sequence

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateVersion, Endorsement
from app.certificates.queries.rows import newest_version, published_version
from app.certificates.queries.status import status_on
from app.certificates.rules import Endorsed, EndorsedKind, Statement, Status
from app.kernel.database import Unit
from app.kernel.errors import NotFound, Refused
from app.kernel.words import _, in_words, label


def endorsable(said: Statement) -> list[Endorsed]:
    """The service and every curriculum a statement names."""
    service = Endorsed(EndorsedKind.SERVICE, said.holder.ref, said.holder.name)
    return [service, *(Endorsed(EndorsedKind.CURRICULUM, one.ref, one.title) for one in said.scope)]


def endorsements_of(unit: Unit, version: CertificateVersion) -> Sequence[Endorsement]:
    """The endorsements of a version, in the order they were made."""
    rows = select(Endorsement).where(Endorsement.version_id == version.id)
    return unit.db.scalars(rows.order_by(Endorsement.id)).all()


def endorsement_of(unit: Unit, typed: str, number: int | None, about: str) -> str:
    """The signed endorsement, to be put into a badge; of the newest version without a number.

    Raises NotFound, and Refused while the certificate does not stand.
    """
    certificate, version = published_version(unit, typed, number)
    rows = select(Endorsement).where(Endorsement.version_id == version.id, Endorsement.about == about)
    found = unit.db.scalar(rows)
    if found is None:
        raise NotFound(
            _(
                "This version of the certificate endorses nothing of that reference, or the endorsement is still being signed. Its page names them all."
            )
        )
    if why := why_not_endorsed(unit, certificate, version):
        raise Refused(why)
    return found.token


def why_not_endorsed(unit: Unit, certificate: Certificate, version: CertificateVersion) -> str:
    """Why no endorsement of this version is given out today, in a sentence; empty when it is.

    The bits of the certificate speak for all its curricula, so one that is suspended stops the endorsements of them all:
    what was given out before is then suspended as well.
    """
    if version.number < newest_version(unit, certificate).number:
        return _("A later version took the place of this one. Take the endorsement from the newest version.")
    today = status_on(unit, certificate.id, unit.today)
    if unit.today < certificate.starts_on:
        return _("Certificate {number} does not count before {day}, so nothing is endorsed yet.").format(
            number=certificate.number, day=in_words(certificate.starts_on)
        )
    if today.status is None or not today.status.gives_rights:
        word = label((today.status or certificate.status).value).lower()
        return _(
            "Certificate {number} is {status}, so nothing is endorsed now. Endorsements that stand in badges already say so by themselves."
        ).format(number=certificate.number, status=word)
    if any(item.status is Status.SUSPENDED for item in today.items):
        return _(
            "A curriculum on certificate {number} is suspended, and an endorsement speaks for the whole certificate, so none is given out now."
        ).format(number=certificate.number)
    return ""
