"""The certificate for machines: a W3C Verifiable Credential in the shape of the UNTP Digital Conformity Credential 0.7."""

from typing import Any, Final

from app.certificates import jose
from app.certificates.credential.parts import (
    UNTP_CONTEXT,
    VC_CONTEXT,
    Place,
    instant,
    rrn,
    schema,
    statuses,
    ukas,
)
from app.certificates.did import MEDIA_TYPE, TYP, Addresses, Context, Schema
from app.certificates.keys import SigningKey
from app.certificates.lints import LintPassed
from app.certificates.rules import ScopeItem, SectionFound, SectionOutcome, Statement
from app.kernel.clock import first_moment, last_second

_SCHEMAS: Final = {1: Schema.CERTIFICATE, 2: Schema.CERTIFICATE_2}
"""The shape of a credential goes with the form of its statement, so that a paper made again looks like the first."""


def _contexts(form: int, addresses: Addresses) -> list[str]:
    """Since form 2 with a context of ours for the two types that no other context defines."""
    return [VC_CONTEXT, UNTP_CONTEXT, *([addresses.context(Context.REGISTER)] if form > 1 else [])]


def credential(statement: Statement, place: Place, addresses: Addresses) -> dict[str, Any]:
    """The credential of a statement, unsigned; `place` is where its bits stand."""
    body, number = statement.body, statement.number
    return {
        "@context": _contexts(statement.form, addresses),
        "type": ["DigitalConformityCredential", "VerifiableCredential"],
        "id": addresses.file(number, statement.version, "credential.jwt"),
        "name": f"Certificate {number}",
        "issuer": {"type": ["CredentialIssuer"], "id": addresses.did(body.ref), "name": body.name},
        "validFrom": instant(first_moment(statement.starts_on)),
        "validUntil": instant(last_second(statement.expires_on)),
        "credentialSchema": schema(_SCHEMAS[statement.form], addresses),
        "credentialStatus": statuses(body.ref, place, addresses),
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
    licence = f"Licensed to certify against the {statement.edition.title}, licence {statement.body.licence}"
    accreditation = f"Accredited to ISO/IEC 17065, number {statement.body.ukas_number}"
    return [
        {
            "type": ["Endorsement"],
            "name": licence,
            "issuingAuthority": rrn(addresses, "Restraint Reduction Network"),
            **_licence_evidence(statement),
        },
        {"type": ["Endorsement"], "name": accreditation, "issuingAuthority": ukas()},
    ]


def _licence_evidence(statement: Statement) -> dict[str, Any]:
    """RRN's credential about the licence, by address and digest, where the statement names one."""
    named = statement.licence_credential
    if named is None:
        return {}
    return {
        "endorsementEvidence": {
            "linkURL": named.address,
            "linkName": f"Licence of {statement.body.name} (credential)",
            "mediaType": MEDIA_TYPE,
            "digestMultibase": jose.multibase(bytes.fromhex(named.digest)),
        }
    }
