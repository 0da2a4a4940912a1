"""The files of a published version as they are served: read from where they were stored once, checked on every read."""

from pathlib import Path

from app.certificates.models import CertificateVersion
from app.certificates.queries.rows import published_version
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, digest
from app.kernel.words import _
from app.ledger.note import InclusionProof
from app.ledger.queries import StoredNodes, newest_checkpoint
from app.ledger.tree import inclusion
from app.settings import Settings


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


def proof_of(unit: Unit, typed: str, number: int) -> str:
    """The proof that the publication is in the log, under its newest signed checkpoint (C2SP tlog-proof)."""
    _certificate, version = published_version(unit, typed, number)
    return proof_of_entry(unit, version)


def proof_of_entry(unit: Unit, version: CertificateVersion) -> str:
    """The same for a version at hand. Raises NotFound while no checkpoint covers the entry yet."""
    newest = newest_checkpoint(unit)
    entry = version.ledger_number
    if entry is None or entry >= newest.size:
        raise NotFound(
            _("The log's next signed checkpoint will cover this certificate within a minute. Ask again then.")
        )
    path = inclusion(StoredNodes(unit), entry, newest.size)
    return InclusionProof(entry, tuple(path), newest.note).text
