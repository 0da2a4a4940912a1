"""Making public what was issued: the register tells of it only now, and only if the licence still covers the day."""

from collections.abc import Mapping

from sqlalchemy import select

from app.certificates.commands.lines import tell, write_line
from app.certificates.models import Certificate, CertificateItem, CertificateVersion
from app.certificates.queries import newest_version, of_version, to_supersede
from app.certificates.rules import CERTIFICATE, LIVE, Statement, Status, neutral_words
from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.fields import Note
from app.kernel.journal import Event, record
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.licences.queries import standing

FILES = ("certificate.pdf", "credential.jwt", "statement.json")
"""What is published of a version; the proof of the log is made from the log whenever it is asked for."""


def publish(
    unit: Unit, certificate_id: int, number: int, digests: Mapping[str, str], *, one_of_many: bool = False
) -> bool:
    """Tell the public of a version whose files are stored, with their SHA-256 by name. Once only; it may be asked again.

    False when it cannot be told now: the licence does not cover today (it is then held, and released when it does), the
    certificate was withdrawn before it was ever public, or it says the same as one that has been changed since.
    Of `one_of_many` no effect follows: who publishes many has the lists signed once for all.
    """
    body_id = unit.db.get_one(Certificate, certificate_id).body_id
    rights = standing(unit, body_id, unit.today)
    certificate = unit.db.scalars(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    ).one()
    version = of_version(unit, certificate, number)
    if (
        version.issued_at is not None
        or certificate.status.is_final
        or _is_overtaken(unit, certificate, version)
    ):
        return version.issued_at is not None
    if not rights.may_issue:
        hold(unit, certificate, version, rights.sentence, rights.status)
        return False
    kind = "certificate.reprinted" if one_of_many else "certificate.version_published"
    event = _announce(unit, certificate, number, kind)
    said = Statement.model_validate_json(version.statement)
    version.pdf_digest, version.credential_digest = digests["certificate.pdf"], digests["credential.jwt"]
    version.ledger_number = append(
        unit, event, EntryKind.CERTIFICATE_PUBLISHED, certificate.ref, said.model_dump(mode="json"),
        effective_on=certificate.starts_on, files={name: digests[name] for name in FILES},
    )  # fmt: skip
    version.issued_at, version.held = unit.now, None
    unit.db.flush()
    if not version.reprint:
        supersede_older(unit, certificate)
    return True


def _is_overtaken(unit: Unit, certificate: Certificate, version: CertificateVersion) -> bool:
    """Whether the certificate was changed while the same words were being put on new paper: those words are old now."""
    return version.reprint and newest_version(unit, certificate).number > version.number


def hold(unit: Unit, certificate: Certificate, version: CertificateVersion, sentence: str, why: str) -> None:
    """It is decided and cannot be published yet: say why, to those whose it is."""
    version.held = sentence
    record(unit, "certificate.held", certificate, release=version.number, why=why)


def _announce(unit: Unit, certificate: Certificate, number: int, kind: str) -> Event:
    """The event of a publication: the first makes the certificate active, a later one only changes the paper."""
    if certificate.status is not Status.GRANTED:
        return record(unit, kind, certificate, release=number)
    event = take(
        unit, CERTIFICATE, certificate, "activate", Note(version=certificate.version), release=number
    )
    begins = min(
        certificate.starts_on, unit.today
    )  # told today; that it counts from its first day follows from the dates
    write_line(unit, certificate, Status.GRANTED, Status.ACTIVE, begins, public_text="")
    return event


def supersede_older(unit: Unit, certificate: Certificate) -> None:
    """End the service's older certificates of this body that say nothing the new one does not say as well."""
    if certificate.starts_on > unit.today or certificate.status is not Status.ACTIVE:
        return
    covered = _curricula(unit, certificate)
    older = (
        select(Certificate)
        .where(
            Certificate.service_id == certificate.service_id, Certificate.body_id == certificate.body_id,
            Certificate.id < certificate.id, Certificate.status.in_(LIVE),
        )
        .with_for_update()
    )  # fmt: skip
    for one in unit.db.scalars(older).all():
        if _curricula(unit, one) <= covered:
            _supersede(unit, one)


def _supersede(unit: Unit, certificate: Certificate) -> None:
    before = certificate.status
    words = neutral_words(Status.SUPERSEDED, unit.today)
    event = take(unit, CERTIFICATE, certificate, "supersede", Note(version=certificate.version))
    write_line(unit, certificate, before, Status.SUPERSEDED, unit.today, public_text=words)
    tell(unit, event, certificate, before, Status.SUPERSEDED, unit.today, words)


def _curricula(unit: Unit, certificate: Certificate) -> set[int]:
    asked = select(CertificateItem.curriculum_id).where(CertificateItem.certificate_id == certificate.id)
    return set(unit.db.scalars(asked))


def supersede_due(unit: Unit) -> None:
    """For certificates published before they begin."""
    for one in to_supersede(unit):
        standing(unit, one.body_id, unit.today)
        supersede_older(unit, one)
