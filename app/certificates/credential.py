"""The certificate for machines: a W3C Verifiable Credential in the shape of the UNTP Digital Conformity Credential 0.7,
and the status lists it points to."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from app.certificates import jose
from app.certificates.did import TYP, Addresses, ListPurpose, Schema
from app.certificates.keys import SigningKey
from app.certificates.lints import LintPassed
from app.certificates.rules import LIST_LENGTH, ScopeItem, SectionFound, SectionOutcome, Statement
from app.kernel.clock import LONDON

VC_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
UNTP_CONTEXT: Final = "https://vocabulary.uncefact.org/untp/0.7.0/context/"
LIST_VALID: Final = timedelta(days=2)
LIST_TTL: Final = 300_000
"""Milliseconds a reader may keep a list before it looks again."""


@dataclass(frozen=True)
class Place:
    """Where the bits of a certificate's version stand: the number of the body's list, and the entry in it."""

    number: int
    index: int


def credential(statement: Statement, place: Place, addresses: Addresses) -> dict[str, Any]:
    """The credential of a statement, unsigned; `place` is where its bits stand."""
    body, number = statement.body, statement.number
    return {
        "@context": [VC_CONTEXT, UNTP_CONTEXT],
        "type": ["DigitalConformityCredential", "VerifiableCredential"],
        "id": addresses.file(number, statement.version, "credential.jwt"),
        "name": f"Certificate {number}",
        "issuer": {"type": ["CredentialIssuer"], "id": addresses.did(body.ref), "name": body.name},
        "validFrom": _start(statement.starts_on),
        "validUntil": _end(statement.expires_on),
        "credentialSchema": _schema(Schema.CERTIFICATE, addresses),
        "credentialStatus": [_status(body.ref, purpose, place, addresses) for purpose in ListPurpose],
        "credentialSubject": _attestation(statement, addresses),
    }


def sign_credential(
    statement: Statement, unsigned: dict[str, Any], key: SigningKey, addresses: Addresses, token: LintPassed
) -> str:
    """The signed credential (VC-JOSE-COSE); `token` is what linting the statement gave, and is used up."""
    token.redeem(statement.canonical)
    return jose.sign(unsigned, key, addresses.kid(key.public, statement.body.ref), TYP)


def _attestation(statement: Statement, addresses: Addresses) -> dict[str, Any]:
    scheme = f"{addresses.base}/scheme"
    return {
        "type": ["ConformityAttestation"],
        "id": statement.verify_url,
        "name": f"Certification of a training service, {statement.number}",
        "description": statement.sentence,
        "assessorLevel": "3rdParty",
        "assessmentLevel": "scheme-cab",
        "attestationType": "certification",
        "issuedToParty": _holder(statement, addresses),
        "authorisation": _authorisation(statement, addresses),
        "referenceScheme": {"type": ["ConformityScheme"], "id": scheme, "name": "RRN certification scheme"},
        "referenceProfile": {
            "type": ["ConformityProfile"],
            "id": f"{scheme}/standards/{statement.edition.id}",
            "name": statement.edition.title,
        },
        "conformityCertificate": {
            "linkURL": addresses.file(statement.number, statement.version, "certificate.pdf"),
            "linkName": f"Certificate {statement.number} (PDF)",
            "mediaType": "application/pdf",
        },
        "auditableEvidence": {
            "linkURL": addresses.file(statement.number, statement.version, "statement.json"),
            "linkName": "The statement both were made from (RFC 8785 JSON)",
            "mediaType": "application/json",
            "digestMultibase": jose.digest_multibase(statement.canonical),
        },
        "conformityAssessment": [
            _assessment(statement, section, addresses) for section in statement.sections
        ],
    }


def _assessment(statement: Statement, section: SectionFound, addresses: Addresses) -> dict[str, Any]:
    """What was found for one part of the Standards; of one that was not assessed it is not said whether it conforms."""
    told = (
        {}
        if section.outcome is SectionOutcome.NOT_ASSESSED
        else {"conformance": section.outcome is SectionOutcome.CONFORM}
    )
    profile = f"{addresses.base}/scheme/standards/{statement.edition.id}"
    return {
        "type": ["ConformityAssessment"],
        "id": f"{statement.verify_url}#{section.number}",
        "name": section.label,
        "assessmentCriteria": [
            {
                "type": ["Criterion"],
                "id": f"{profile}#{section.number}",
                "name": f"{section.number} {section.label}",
            }
        ],
        "assessmentDate": statement.decision.decided_on.isoformat(),
        "assessedPerformance": [{"score": {"code": section.outcome.value.replace("_", "-")}}],
        "assessedProduct": [_product(item, addresses) for item in statement.scope],
        "assessedOrganisation": _holder(statement, addresses),
        "conformityTopic": [
            {
                "type": ["ConformityTopic"],
                "id": f"{addresses.base}/scheme#training",
                "name": "training-quality",
            }
        ],
        **told,
    }


def _product(item: ScopeItem, addresses: Addresses) -> dict[str, Any]:
    """The curriculum that was examined, this version of it."""
    product = {
        "type": ["Product"],
        "id": f"{addresses.base}/register/curricula/{item.ref}",
        "name": item.title,
        "modelNumber": str(item.version),
    }
    return {"product": product, "idVerifiedByCAB": True}


def _holder(statement: Statement, addresses: Addresses) -> dict[str, Any]:
    holder = statement.holder
    return {
        "type": ["Party"],
        "id": f"{addresses.base}/register/services/{holder.ref}",
        "name": holder.name,
        "registeredId": holder.ref,
    }


def _authorisation(statement: Statement, addresses: Addresses) -> list[dict[str, Any]]:
    """The chain above the body: RRN licenses it, UKAS accredits it."""
    rrn = {"type": ["Party"], "id": addresses.did(), "name": "Restraint Reduction Network"}
    ukas = {"type": ["Party"], "id": "https://www.ukas.com", "name": "United Kingdom Accreditation Service"}
    licence = f"Licensed to certify against the {statement.edition.title}, licence {statement.body.licence}"
    accreditation = f"Accredited to ISO/IEC 17065, number {statement.body.ukas_number}"
    return [
        {"type": ["Endorsement"], "name": licence, "issuingAuthority": rrn},
        {"type": ["Endorsement"], "name": accreditation, "issuingAuthority": ukas},
    ]


def _status(body: str, purpose: ListPurpose, place: Place, addresses: Addresses) -> dict[str, str]:
    """One entry of `credentialStatus`; the index is a string (Bitstring Status List 1.0 section 2.1)."""
    address = addresses.status_list(body, purpose, place.number)
    return {
        "id": f"{address}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose.value,
        "statusListIndex": str(place.index),
        "statusListCredential": address,
    }


def status_list(
    body: str,
    purpose: ListPurpose,
    number: int,
    indexes: Iterable[int],
    moment: datetime,
    addresses: Addresses,
) -> dict[str, Any]:
    """A body's status list with the bits at `indexes` set, unsigned; IndexError for one outside the list."""
    address = addresses.status_list(body, purpose, number)
    return {
        "@context": [VC_CONTEXT],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "id": address,
        "issuer": addresses.did(body),
        "validFrom": _instant(moment),
        "validUntil": _instant(moment + LIST_VALID),
        "credentialSchema": _schema(Schema.STATUS_LIST, addresses),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose.value,
            "encodedList": encode_bits(indexes),
            "ttl": LIST_TTL,
        },
    }


def sign_status_list(unsigned: dict[str, Any], body: str, key: SigningKey, addresses: Addresses) -> str:
    """The signed list, as `/status/{body}/{purpose}/{n}` serves it."""
    return jose.sign(unsigned, key, addresses.kid(key.public, body), TYP)


def encode_bits(indexes: Iterable[int]) -> str:
    """131,072 bits with those set, entry 0 leftmost, as multibase of gzip (Bitstring Status List 1.0 section 3.3)."""
    bits = bytearray(LIST_LENGTH // 8)
    for index in indexes:
        if not 0 <= index < LIST_LENGTH:
            raise IndexError(f"a status list has no entry {index}")
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + jose.encode(gzip.compress(bytes(bits), 6, mtime=0))


def _schema(name: Schema, addresses: Addresses) -> dict[str, str]:
    return {"id": addresses.schema(name), "type": "JsonSchema"}


def _start(day: date) -> str:
    return _instant(datetime.combine(day, time.min, LONDON))


def _end(day: date) -> str:
    """The last second of that day in London."""
    return _instant(datetime.combine(day, time(23, 59, 59), LONDON))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
