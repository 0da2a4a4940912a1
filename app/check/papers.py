"""What lies on the disk and what was signed: evidence, issued papers, seals, credentials, status lists."""

import base64
import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.certificates import jose
from app.certificates.did import TYP, Addresses
from app.certificates.effects import press
from app.certificates.keys import Purpose
from app.certificates.models import Certificate, CertificateStatus, CertificateVersion, SignedStatusList
from app.check.breach import BATCH, Breach
from app.check.places import issued_folder, public_keys
from app.curricula.models import Document
from app.designs.models import DesignChoice
from app.designs.queries import find
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, fetch
from app.kernel.journal import Delivery
from app.ledger.models import LedgerEntry
from app.organisations.models import Organisation
from app.permissions import Seat

FINAL = ("withdrawn", "terminated", "superseded", "transferred")
LISTS = "app.certificates.effects.issuing.sign_lists"
_NAME = re.compile(r"[0-9a-f]{64}")


def every_piece_of_evidence_is_as_it_was_sent(unit: Unit) -> Iterator[Breach]:
    """Each document's bytes are there and are those that were sent, by digest and by length."""
    asked = select(Document.ref, Document.digest, Document.size).order_by(Document.id)
    for row in unit.db.execute(asked.execution_options(yield_per=BATCH)):
        try:
            size = len(fetch(unit.site.settings, row.digest))
        except NotFound:
            yield Breach(f"document {row.ref}", "its file is gone")
        except Damaged:
            yield Breach(f"document {row.ref}", "its file was changed")
        else:
            if size != row.size:
                yield Breach(f"document {row.ref}", f"has {size} bytes, {row.size} were sent")


def every_stored_file_is_what_its_name_says(unit: Unit) -> Iterator[Breach]:
    """Files are named by what they contain, also those that nothing speaks of any more."""
    folder = unit.site.settings.data_dir / "files"
    if unit.site.settings.files_url or not folder.is_dir():
        return
    for path in sorted(folder.glob("*/*")):
        if _NAME.fullmatch(path.name) and hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            yield Breach(f"stored file {path.name}", "holds something else than its name says")


def every_design_is_there_and_complete(unit: Unit) -> Iterator[Breach]:
    """What certificates were drawn with, and what bodies chose, can still be drawn with."""
    named = select(CertificateVersion.design).union(select(DesignChoice.design))
    for design in sorted(unit.db.scalars(named)):
        try:
            gaps = find(design).gaps
        except NotFound:
            gaps = ("It is not there.",)
        if gaps:
            yield Breach(f"design {design}", f"is named, and nothing can be drawn with it: {' '.join(gaps)}")


def every_issued_paper_is_whole(unit: Unit) -> Iterator[Breach]:
    """Files, row, statement and ledger entry of each published version agree, digest by digest."""
    for row in _published(unit):
        where = f"certificate {row.certificate} version {row.number}"
        digests = {
            "certificate.pdf": row.pdf_digest,
            "credential.jwt": row.credential_digest,
            "statement.json": row.statement_digest,
        }
        for name, digest in digests.items():
            content = _content(unit, row, name)
            if content is None:
                yield Breach(where, f"{name} is gone")
            elif hashlib.sha256(content).hexdigest() != digest:
                yield Breach(where, f"{name} was changed after it was issued")
        if hashlib.sha256(row.statement.encode()).hexdigest() != row.statement_digest:
            yield Breach(where, "its statement was changed after the decision")
        if row.data is None or json.loads(row.data).get("files") != digests:
            yield Breach(where, "the ledger does not tell of these files")


def _published(unit: Unit) -> list[Any]:
    """Every published version with its certificate's number, its body, and the bytes of its ledger entry."""
    asked = (
        select(
            CertificateVersion.number, CertificateVersion.statement, CertificateVersion.pdf_digest, CertificateVersion.credential_digest,
            CertificateVersion.statement_digest, Certificate.number.label("certificate"), Organisation.ref.label("body"), LedgerEntry.data,
        )
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .join(Organisation, Organisation.id == Certificate.body_id)
        .outerjoin(LedgerEntry, LedgerEntry.number == CertificateVersion.ledger_number)
        .where(CertificateVersion.issued_at.is_not(None))
    )  # fmt: skip
    return list(unit.db.execute(asked.order_by(CertificateVersion.id)))


def _content(unit: Unit, row: Any, name: str) -> bytes | None:
    path = issued_folder(unit.site.settings, row.certificate, row.number) / name
    return path.read_bytes() if path.is_file() else None


def nothing_was_issued_beside_the_register(unit: Unit) -> Iterator[Breach]:
    """No folder of papers without a version that was decided."""
    folder = unit.site.settings.issued_dir
    known = select(Certificate.number, CertificateVersion.number).join(
        CertificateVersion, CertificateVersion.certificate_id == Certificate.id
    )
    decided = {(number, str(version)) for number, version in unit.db.execute(known)}
    for path in sorted(folder.glob("*/*")) if folder.is_dir() else ():
        if not path.name.startswith(".") and (path.parent.name, path.name) not in decided:
            yield Breach(f"issued {path.parent.name} version {path.name}", "no decision granted it")


def every_seal_is_genuine(unit: Unit) -> Iterator[Breach]:
    """Each sealed paper verifies under the published roots, covers its whole file, and is of the body that decided."""
    anchors = public_keys(unit.site.settings).anchors()
    for row in _published(unit):
        content = _content(unit, row, "certificate.pdf")
        if content is None:
            continue
        found, said = press().verify_pdf(content, anchors), json.loads(row.statement)
        where = f"certificate {row.certificate} version {row.number}"
        if not found.genuine:
            yield Breach(where, f"its seal does not verify: {found.fault}")
        elif not said["body"]["name"].startswith(found.signer):
            yield Breach(where, f"was sealed by {found.signer}, not by the body that decided")


def every_credential_is_genuine(unit: Unit) -> Iterator[Breach]:
    """Each credential verifies with a published key of the body, and speaks of the very statement."""
    addresses = Addresses(unit.site.settings.public_base_url)
    for row in _published(unit):
        content = _content(unit, row, "credential.jwt")
        if content is not None and (
            fault := _credential_fault(_keys(unit, row.body), row, content, addresses)
        ):
            yield Breach(f"certificate {row.certificate} version {row.number}", fault)


def _keys(unit: Unit, body: str) -> dict[str, Any]:
    addresses = Addresses(unit.site.settings.public_base_url)
    return {
        addresses.kid(key, body): key for key in public_keys(unit.site.settings).all(Purpose.CREDENTIAL, body)
    }


def _credential_fault(keys: dict[str, Any], row: Any, content: bytes, addresses: Addresses) -> str:
    try:
        said = jose.verify(content.decode(), keys, TYP)
        evidence = said["credentialSubject"]["auditableEvidence"]["digestMultibase"]
    except (jose.TokenRefused, UnicodeDecodeError, KeyError) as fault:
        return f"its credential does not verify: {fault}"
    if evidence != jose.digest_multibase(row.statement.encode()) or said["issuer"]["id"] != addresses.did(
        row.body
    ):
        return "its credential speaks of another statement or issuer"
    return ""


def every_status_list_says_what_was_taken_away(unit: Unit) -> Iterator[Breach]:
    """Invariant 5 where machines look: whatever is suspended or over is set in the signed lists, and nothing else is.

    Lists that are just being signed again are left out: the outbox still has them.
    """
    if unit.db.scalar(
        select(Delivery.id).where(Delivery.effect == LISTS, Delivery.done_at.is_(None)).limit(1)
    ):
        return
    entries = _entries(unit)
    asked = select(SignedStatusList.__table__, Organisation.ref).join(
        Organisation, (Organisation.id == SignedStatusList.body_id) & (Organisation.seat == Seat.BODY)
    )
    for row in unit.db.execute(
        asked.order_by(SignedStatusList.body_id, SignedStatusList.purpose, SignedStatusList.number)
    ).all():
        where = f"status list {row.purpose} {row.number} of body {row.ref}"
        try:
            found = _bits(
                jose.verify(row.token, _keys(unit, row.ref), TYP)["credentialSubject"]["encodedList"]
            )
        except jose.TokenRefused as fault:
            yield Breach(where, f"does not verify: {fault}")
            continue
        must, may = entries[row.body_id, row.number, row.purpose]
        yield from (
            Breach(where, f"does not say that {must[at]} is over or suspended")
            for at in sorted(must.keys() - found)
        )
        yield from (
            Breach(where, f"sets entry {at}, for which there is no reason")
            for at in sorted(found - must.keys() - may)
        )


def _bits(encoded: str) -> set[int]:
    """The entries that are set: multibase base64url of gzip, entry 0 leftmost (Bitstring Status List 1.0, section 3.3)."""
    data = encoded.removeprefix("u")
    bits = gzip.decompress(base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)))
    return {
        8 * at + place for at, byte in enumerate(bits) if byte for place in range(8) if byte & 0x80 >> place
    }


def _entries(unit: Unit) -> dict[tuple[int, int, str], tuple[dict[int, str], set[int]]]:
    """For each list the entries that must be set, with the certificate's number, and those that may be.

    Read from the lines themselves: the last line of a whole certificate rules, a suspended curriculum may show.
    """
    whole: dict[int, str] = {}
    parts: dict[int, dict[int, str]] = defaultdict(dict)
    columns = (CertificateStatus.certificate_id, CertificateStatus.item_id, CertificateStatus.status)
    for certificate, item, status in unit.db.execute(select(*columns).order_by(CertificateStatus.id)):
        if item is None:
            whole[certificate] = status.value
        else:
            parts[certificate][item] = status.value
    found: dict[tuple[int, int, str], tuple[dict[int, str], set[int]]] = defaultdict(lambda: ({}, set()))
    rows, latest = _versions(unit)
    for row in rows:
        revoked, suspended = (
            found[row.body_id, row.status_list, purpose] for purpose in ("revocation", "suspension")
        )
        if whole.get(row.id) in FINAL or row.number < latest[row.id]:
            revoked[0][row.status_index] = row.certificate
        if whole.get(row.id) == "suspended":
            suspended[0][row.status_index] = row.certificate
        elif "suspended" in parts[row.id].values():
            suspended[1].add(row.status_index)
    return found


def _versions(unit: Unit) -> tuple[list[Any], dict[int, int]]:
    asked = select(
        Certificate.id, Certificate.number.label("certificate"), CertificateVersion.number, CertificateVersion.body_id,
        CertificateVersion.status_list, CertificateVersion.status_index,
    ).join(CertificateVersion, CertificateVersion.certificate_id == Certificate.id)  # fmt: skip
    rows = list(unit.db.execute(asked.order_by(CertificateVersion.number)))
    return rows, {row.id: row.number for row in rows}
