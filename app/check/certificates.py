"""Certificates: each from a decision and inside it, numbered once for ever, told to the public as it was agreed."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.cases.models import Case, Decision, ScopeItem
from app.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateItem,
    CertificateStatus,
    CertificateVersion,
)
from app.check.breach import BATCH, Breach
from app.curricula.models import Curriculum, CurriculumVersion
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry, LedgerTold
from app.licences.models import AccreditationStatus, LicenceStatus
from app.organisations.models import Organisation

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SAID = frozenset(
    {
        "number", "version", "holder", "body", "edition", "rule_pack", "decision", "granted_on", "starts_on", "expires_on", "scope",
        "sections", "affiliates", "sentence", "verify_url", "design", "former_identifiers", "previous_version", "form", "licence_credential",
    }
)  # fmt: skip
"""What the agreement declares public of a certificate (agreement text, duties of the body); nothing else may be told."""


def every_certificate_rests_on_a_decision(unit: Unit) -> Iterator[Breach]:
    """Invariant 3: a decision that grants, of that case, not after the certificate, and for no less than it names."""
    asked = (
        select(
            Certificate.id, Certificate.number, Certificate.granted_on, Certificate.starts_on, Certificate.expires_on,
            Certificate.holder_id, Certificate.body_id, Certificate.case_ref, Decision.step, Decision.on.label("decided_on"),
            Decision.case_id, Case.ref, Case.client_id, Case.body_id.label("deciding"),
        )
        .outerjoin(Decision, Decision.ref == Certificate.decision_ref)
        .outerjoin(Case, Case.id == Decision.case_id)
    )  # fmt: skip
    for row in unit.db.execute(asked.order_by(Certificate.id)).all():
        for fault in _decision_faults(unit, row):
            yield Breach(f"certificate {row.number}", fault)


def _decision_faults(unit: Unit, row: Any) -> Iterator[str]:
    if row.step != "grant":
        yield "was granted by no decision"
        return
    if row.granted_on < row.decided_on or not row.granted_on <= row.starts_on < row.expires_on:
        yield "begins before it was decided on, or ends before it begins"
    if (row.case_ref, row.holder_id, row.body_id) != (row.ref, row.client_id, row.deciding):
        yield "names another case, holder or certification body than its decision"
    granted = select(ScopeItem.version_id).where(
        ScopeItem.case_id == row.case_id, ScopeItem.outcome == "granted"
    )
    beyond = (
        select(CertificateItem.title)
        .where(
            CertificateItem.certificate_id == row.id, CertificateItem.curriculum_version_id.not_in(granted)
        )
        .order_by(CertificateItem.id)
    )
    for title in unit.db.scalars(beyond):
        yield f"covers “{title}”, which was not granted"


def every_statement_says_what_was_decided(unit: Unit) -> Iterator[Breach]:
    """Invariant 3 for the words: the frozen statement of each version agrees with the certificate and its curricula."""
    asked = select(CertificateVersion.number, CertificateVersion.statement, Certificate).join(
        Certificate, Certificate.id == CertificateVersion.certificate_id
    )
    contents = {id: dict(rows) for id, rows in _contents(unit).items()}
    for version, statement, certificate in unit.db.execute(asked.order_by(CertificateVersion.id)).all():
        said = json.loads(statement)
        where = f"certificate {certificate.number} version {version}"
        facts = (
            certificate.number,
            version,
            certificate.granted_on.isoformat(),
            certificate.starts_on.isoformat(),
            certificate.expires_on.isoformat(),
        )
        if (
            tuple(said.get(name) for name in ("number", "version", "granted_on", "starts_on", "expires_on"))
            != facts
        ):
            yield Breach(where, "states another number, version or term than the register holds")
        stated = {item["ref"]: item["content_hash"] for item in said.get("scope", [])}
        if not stated.items() <= contents.get(certificate.id, {}).items():
            yield Breach(where, "names curricula, or contents of them, that are not on the certificate")


def _contents(unit: Unit) -> dict[int, list[tuple[str, str]]]:
    asked = (
        select(CertificateItem.certificate_id, Curriculum.ref, CurriculumVersion.content_digest)
        .join(CurriculumVersion, CurriculumVersion.id == CertificateItem.curriculum_version_id)
        .join(Curriculum, Curriculum.id == CertificateItem.curriculum_id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for certificate, ref, digest in unit.db.execute(asked):
        found.setdefault(certificate, []).append((ref, digest or ""))
    return found


def every_number_is_used_once_and_resolves(unit: Unit) -> Iterator[Breach]:
    """Invariant 10: numbers count from 1 for each body, each with its check character, and none has been lost."""
    codes = dict(unit.db.execute(select(Organisation.id, Organisation.code)).all())
    serials: dict[int, list[int]] = {}
    for number, body in unit.db.execute(select(Certificate.number, Certificate.body_id)):
        code, serial, check = number.rsplit("-", 2)
        serials.setdefault(body, []).append(int(serial))
        if code != codes.get(body) or check != _check(code + serial):
            yield Breach(
                f"certificate {number}",
                "has a number that is not of its body, or whose check character is wrong",
            )
    for body, last in unit.db.execute(select(CertificateCounter.body_id, CertificateCounter.last)).all():
        found = serials.pop(body, [])
        for lost in sorted(set(range(1, last + 1)) ^ set(found)):
            yield Breach(
                f"certificate {codes.get(body)}-{lost:06d}", "was given out and is gone, or was never counted"
            )
    for body in serials:
        yield Breach(f"numbers of {codes.get(body)}", "were given out and nobody counts them")


def _check(text: str) -> str:
    """The check character (ISO 7064 MOD 37,36), by the definition: the running product plus it leaves 1."""
    product = 36
    for character in text:
        product = ((product + ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return next(one for at, one in enumerate(ALPHABET) if (product + at) % 36 == 1)


def nothing_private_was_told(unit: Unit) -> Iterator[Breach]:
    """Invariant 6: no private reason in what the public was told, and no more of a certificate than was agreed."""
    private = _private_words(unit)
    asked = select(LedgerTold.number, LedgerTold.told, LedgerEntry.kind, LedgerEntry.subject_ref).join(
        LedgerEntry, LedgerEntry.number == LedgerTold.number
    )
    for row in unit.db.execute(asked.order_by(LedgerTold.number).execution_options(yield_per=BATCH)):
        where = f"ledger entry {row.number}"
        if row.kind == "certificate.published" and not row.told.keys() <= SAID:
            yield Breach(where, f"tells more than was agreed: {', '.join(sorted(row.told.keys() - SAID))}")
        if _strings(row.told) & private:
            yield Breach(where, "tells the public a private reason")


def _private_words(unit: Unit) -> set[str]:
    """Every private reason that is not also the public text of its change."""
    found: set[str] = set()
    for table in (CertificateStatus, LicenceStatus, AccreditationStatus):
        asked = select(table.private_text).where(
            table.private_text != "", table.private_text != table.public_text
        )
        found |= set(unit.db.scalars(asked))
    return found


def _strings(told: Any) -> set[str]:
    if isinstance(told, str):
        return {told}
    parts = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return {text for part in parts for text in _strings(part)}
