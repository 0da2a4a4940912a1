"""What a mirror holds: every published path with its bytes, by the functions that serve the same addresses."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.certificates.did import Context, ListPurpose, Schema
from app.certificates.keys import RRN, PublicKeys, Purpose, revoked_seals_at
from app.certificates.pages import published as pages
from app.certificates.queries import every_endorsement, every_licence_credential, every_list, every_paper
from app.daily import pages as daily_pages
from app.daily.queries import every_day
from app.kernel import files
from app.kernel.database import Unit
from app.ledger import pages as ledger_pages
from app.ledger.queries import digests_told, newest_checkpoint
from app.ledger.rules import EntryKind, proof_at
from app.ledger.tiles import tiles_of
from app.organisations.queries import organisation
from app.settings import Settings
from app.statements.queries import every_sealed_statement
from app.web.routing import Answer


class Published(NamedTuple):
    """One file: its path, how to have its bytes, and its SHA-256 where it can never change."""

    path: str
    content: Callable[[], Answer]
    digest: str | None = None
    for_ever: bool = False
    """Whether a file that is there already is the right one: tiles that are full."""


def everything(unit: Unit) -> list[Published]:
    """Every file, the checkpoint last: whoever reads the folder meanwhile finds all that its checkpoint speaks of.

    Raises NotFound while the log has no checkpoint.
    """
    size = newest_checkpoint(unit).size
    return [
        *_papers(unit), *_endorsements(unit), *_licences(unit), *_lists(unit), *_schemas(unit), *_statements(unit), *_proofs(unit, size), *_days(unit), *_keys(unit), *_tiles(unit, size),
        Published("log/checkpoint", lambda: pages.checkpoint(unit)),
    ]  # fmt: skip


def _papers(unit: Unit) -> Iterator[Published]:
    for row in every_paper(unit):
        at, place = f"certificates/{row.certificate}/{row.number}", (unit, row.certificate, row.number)
        yield Published(f"{at}/certificate.pdf", _of(pages.certificate_pdf, *place), row.pdf_digest)
        yield Published(f"{at}/credential.jwt", _of(pages.credential_jwt, *place), row.credential_digest)
        yield Published(f"{at}/statement.json", _of(pages.statement_json, *place), row.statement_digest)
        yield Published(f"{at}/proof.tlog-proof", _of(pages.proof, *place))


def _endorsements(unit: Unit) -> Iterator[Published]:
    """As they were signed, also of what is suspended or over: badges hold them, and the lists beside them say so."""
    for row in every_endorsement(unit):
        at = f"certificates/{row.number}/{row.version}/endorsements/{row.about}"
        yield Published(at, _of(_as_bytes, row.token), for_ever=True)


def _stored(settings: Settings, digest: str) -> Answer:
    return Answer(files.fetch(settings, digest), "application/octet-stream")


def _as_bytes(text: str) -> Answer:
    return Answer(text.encode(), "application/octet-stream")


def _licences(unit: Unit) -> Iterator[Published]:
    for row in every_licence_credential(unit):
        ref = organisation(unit, row.body_id).ref
        content = _of(pages.licence_credential, unit, ref, row.number)
        yield Published(f"bodies/{ref}/licence/{row.number}/credential.jwt", content, for_ever=True)


def _statements(unit: Unit) -> Iterator[Published]:
    """Signed statements, but for those of which words were taken out since."""
    for row in every_sealed_statement(unit):
        at, settings = f"statements/{row.ref}", unit.site.settings
        for name, digest in (("pdf", row.pdf_digest or ""), ("jwt", row.token_digest or "")):
            yield Published(f"{at}/statement.{name}", _of(_stored, settings, digest), digest)
        yield Published(f"{at}/statement.json", _of(_as_bytes, row.content), for_ever=True)


def _proofs(unit: Unit, size: int) -> Iterator[Published]:
    """Of all that the log tells of by digest, for whoever holds it: what words were taken out of, and papers, are in no mirror."""
    told = {
        EntryKind.STATEMENT_SEALED: ledger_pages.statement_proof,
        EntryKind.PAPER_SEALED: ledger_pages.paper_proof,
    }
    for kind, page in told.items():
        for digest in digests_told(unit, kind, size):
            yield Published(proof_at(kind, digest), _of(page, unit, digest))


def _days(unit: Unit) -> Iterator[Published]:
    for day, sealed in every_day(unit):
        at = f"log/days/{day}"
        yield Published(f"{at}/report.json", _of(daily_pages.report_json, unit, day), for_ever=True)
        yield Published(f"{at}/report.txt", _of(daily_pages.report_text, unit, day))
        if sealed:
            yield Published(f"{at}/report.pdf", _of(daily_pages.report_pdf, unit, day))


def _of(page: Callable[..., Answer], *place: object) -> Callable[[], Answer]:
    return lambda: page(*place)


def _lists(unit: Unit) -> Iterator[Published]:
    for ref, purpose, number in every_list(unit):
        content = _of(pages.status_list, unit, ref, ListPurpose(purpose), number)
        yield Published(f"status/{ref}/{purpose}/{number}", content)


def _schemas(unit: Unit) -> Iterator[Published]:
    for name in Schema:
        yield Published(f"schemas/{name}", _of(pages.schema, unit, name), for_ever=True)
    for context in Context:
        yield Published(f"contexts/{context}", _of(pages.context_file, unit, context), for_ever=True)


def _keys(unit: Unit) -> Iterator[Published]:
    yield Published(".well-known/did.json", _of(pages.did_of_register, unit))
    yield Published(".well-known/jwks.json", _of(pages.jwks, unit))
    yield Published(".well-known/seal-ca.pem", _of(pages.seal_roots, unit))
    yield Published(".well-known/tsa-roots.pem", _of(pages.stamp_roots, unit))
    yield Published(".well-known/seal-ca.crl", _of(pages.revoked_seals, unit))
    for number in range(2, len(PublicKeys(unit.site.settings.data_dir / "keys").anchors()) + 1):
        yield Published(revoked_seals_at(number), _of(pages.revoked_seals_of, unit, number))
    yield Published(".well-known/log.vkey", _of(pages.log_vkey, unit))
    yield Published(".well-known/keys.json", _of(pages.all_keys, unit))
    keys = PublicKeys(unit.site.settings.data_dir / "keys").all(Purpose.CREDENTIAL)
    for ref in sorted({key.owner for key in keys} - {RRN}):
        yield Published(f"bodies/{ref}/did.json", _of(pages.did_of_body, unit, ref))
    for key in keys:
        if key.owner != RRN:
            content = _of(pages.key_of_body, unit, key.owner, key.id)
            yield Published(f"bodies/{key.owner}/keys/{key.id}", content, for_ever=True)


def _tiles(unit: Unit, size: int) -> Iterator[Published]:
    for one in tiles_of(size):
        path = one.path.removeprefix("tile/")
        yield Published(f"log/{one.path}", _of(pages.tile, unit, path), for_ever=one.span.stop % 256 == 0)
