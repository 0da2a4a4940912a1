"""Endorsements for badges: what a certificate can endorse, and whether an endorsement may be given out today."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.certificates.models import Certificate, CertificateVersion, Endorsement
from app.certificates.queries.rows import newest_version, published_version
from app.certificates.queries.status import status_on
from app.certificates.rules import Endorsed, EndorsedKind, Statement, Status
from app.kernel.database import Unit
from app.kernel.errors import NotFound, Refused
from app.kernel.words import _, in_words, label

SOON: Final = timedelta(hours=1)
"""How long after its publication the endorsements of a certificate are taken to be on their way."""


def endorsable(said: Statement) -> list[Endorsed]:
    """The service and every curriculum a statement names."""
    service = Endorsed(EndorsedKind.SERVICE, said.holder.ref, said.holder.name)
    return [service, *(Endorsed(EndorsedKind.CURRICULUM, one.ref, one.title) for one in said.scope)]


def endorsements_of(unit: Unit, version: CertificateVersion) -> Sequence[Endorsement]:
    """The endorsements of a version, in the order they were made."""
    rows = select(Endorsement).where(Endorsement.version_id == version.id)
    return unit.db.scalars(rows.order_by(Endorsement.id)).all()


def without_endorsements(unit: Unit, after: int, count: int) -> tuple[int, list[CertificateVersion]]:
    """Of the next public versions after an id those that nobody endorsed, though they are the newest of a certificate that stands.

    And the id up to which was looked, `after` itself when there is no version any more.
    """
    one, newer = CertificateVersion, aliased(CertificateVersion)
    ids = unit.db.scalars(select(one.id).where(one.id > after).order_by(one.id).limit(count)).all()
    later = exists().where(newer.certificate_id == one.certificate_id, newer.number > one.number)
    rows = (
        select(one)
        .join(Certificate, Certificate.id == one.certificate_id)
        .where(
            one.id.in_(ids),
            one.issued_at.is_not(None),
            ~later,
            ~exists().where(Endorsement.version_id == one.id),
        )
        .where(
            Certificate.status.not_in([status for status in Status if status.is_final]),
            Certificate.expires_on >= unit.today,
        )
    )
    return max(ids, default=after), list(unit.db.scalars(rows.order_by(one.id)))


def endorsement_at(unit: Unit, certificates: Sequence[int], about: str) -> str | None:
    """Where the endorsement of a service or a curriculum can be fetched today, of the first of these certificates that has one.

    The caller knows that they stand with all their curricula. One that is just being signed is told of as well: what the
    public reads is kept until the ledger grows, and signing takes seconds.
    """
    one, newer = CertificateVersion, aliased(CertificateVersion)
    later = exists().where(newer.certificate_id == one.certificate_id, newer.number > one.number)
    there = exists().where(Endorsement.version_id == one.id, Endorsement.about == about)
    asked = (
        select(Certificate.id, Certificate.number, there.label("there"), one.issued_at, one.statement)
        .join(one, one.certificate_id == Certificate.id)
        .where(Certificate.id.in_(certificates), Certificate.starts_on <= unit.today)
        .where(one.issued_at.is_not(None), ~later)
    )
    found = {
        row.id: row.number for row in unit.db.execute(asked)
        if row.there or (row.issued_at > unit.now - SOON and about in _refs(row.statement))
    }  # fmt: skip
    first = next((found[id] for id in certificates if id in found), None)
    return first and f"/certificates/{first}/endorsements/{about}"


def _refs(statement: str) -> set[str]:
    return {one.ref for one in endorsable(Statement.model_validate_json(statement))}


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
