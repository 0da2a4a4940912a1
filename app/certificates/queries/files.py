"""The files of a published version as they are served: read from where they were stored once, checked on every read."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import case, select

from app.certificates.did import Context, Schema
from app.certificates.keys import RRN
from app.certificates.models import Certificate, CertificateVersion, Endorsement, SignedStatusList
from app.certificates.queries.rows import published_version
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, digest
from app.kernel.words import _
from app.ledger.queries import proof_of as proof_in_log
from app.organisations.models import Organisation
from app.permissions import Seat
from app.settings import Settings

SCHEMAS: Final = Path(__file__).parents[1] / "schemas"
CONTEXTS: Final = SCHEMAS.parent / "contexts"


def folder_of(settings: Settings, number: str, version: int) -> Path:
    """Where the files of a version lie, once they are whole."""
    return settings.issued_dir / number / str(version)


def file_of(unit: Unit, typed: str, number: int, name: str) -> bytes:
    """A file of a published version. Raises NotFound with a sentence, Damaged when it is not what was published."""
    certificate, version = published_version(unit, typed, number)
    expected = digests_of(version).get(name)
    if expected is None:
        raise NotFound(_("This certificate has no file of that name."))
    try:
        content = (folder_of(unit.site.settings, certificate.number, number) / name).read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"{certificate.number}/{number}/{name} is gone") from error
    if digest(content) != expected:
        raise Damaged(f"{certificate.number}/{number}/{name}")
    return content


def digests_of(version: CertificateVersion) -> dict[str, str]:
    """The SHA-256 of each published file of a version, by name."""
    found = {
        "certificate.pdf": version.pdf_digest,
        "credential.jwt": version.credential_digest,
        "statement.json": version.statement_digest,
    }
    return {name: value for name, value in found.items() if value}


def schema_of(name: Schema) -> bytes:
    """What a credential of ours may look like (JSON Schema 2020-12)."""
    return (SCHEMAS / name).read_bytes()


def context_of(name: Context, settings: Settings) -> bytes:
    """What the words of our credentials mean (JSON-LD 1.1); its own words are found under its address."""
    return (CONTEXTS / name).read_bytes().replace(b"{base}", settings.public_base_url.encode())


def every_paper(unit: Unit) -> Sequence[Any]:
    """Every published version: the certificate's number, the version's, and the digests of its files."""
    asked = (
        select(
            Certificate.number.label("certificate"), CertificateVersion.number, CertificateVersion.pdf_digest,
            CertificateVersion.credential_digest, CertificateVersion.statement_digest,
        )
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .where(CertificateVersion.issued_at.is_not(None))
        .order_by(CertificateVersion.id)
    )  # fmt: skip
    return unit.db.execute(asked).all()


def every_endorsement(unit: Unit) -> Sequence[Any]:
    """Every endorsement of a published version as it was signed: the certificate's number, the version's, what it is about, the token."""
    asked = (
        select(Certificate.number, CertificateVersion.number.label("version"), Endorsement.about, Endorsement.token)
        .join(CertificateVersion, CertificateVersion.id == Endorsement.version_id)
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .where(CertificateVersion.issued_at.is_not(None))
    )  # fmt: skip
    return unit.db.execute(asked.order_by(Endorsement.id)).all()


def issued_until(unit: Unit, moment: datetime) -> Sequence[Any]:
    """The versions published by then, oldest first: the certificate's number, the version's, and the digest of its PDF."""
    asked = (
        select(
            Certificate.number.label("certificate"), CertificateVersion.number, CertificateVersion.pdf_digest
        )
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .where(CertificateVersion.issued_at <= moment)
        .order_by(CertificateVersion.id)
    )
    return unit.db.execute(asked).all()


def every_list(unit: Unit) -> Sequence[Any]:
    """Every signed status list: the body's reference or `rrn`, the purpose, the number."""
    owner = case((Organisation.seat == Seat.RRN, RRN), else_=Organisation.ref).label("ref")
    asked = select(owner, SignedStatusList.purpose, SignedStatusList.number).join(
        Organisation, Organisation.id == SignedStatusList.body_id
    )
    return unit.db.execute(asked.order_by(owner, SignedStatusList.purpose, SignedStatusList.number)).all()


def proof_of(unit: Unit, typed: str, number: int) -> str:
    """The proof that the publication is in the log, under the newest checkpoint that outsiders cosigned, else the newest (C2SP tlog-proof)."""
    _certificate, version = published_version(unit, typed, number)
    return proof_of_entry(unit, version)


def proof_of_entry(unit: Unit, version: CertificateVersion) -> str:
    """The same for a version at hand. Raises NotFound while no checkpoint covers the entry yet."""
    if version.ledger_number is None:
        raise NotFound(_("This certificate stands in the log once it is public. Ask again then."))
    return proof_in_log(unit, version.ledger_number)
