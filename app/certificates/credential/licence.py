"""RRN's licence to a certification body, for machines: signed by RRN, about the body that signs certificates.

A licence is no attestation of conformity, so it has a type of its own; its members are those of UNTP where there are such.
"""

from typing import Any

from app.certificates import jose
from app.certificates.credential.parts import (
    UNTP_CONTEXT,
    VC_CONTEXT,
    Place,
    instant,
    schema,
    statuses,
    ukas,
)
from app.certificates.did import TYP, Addresses, Context, Schema
from app.certificates.keys import RRN, SigningKey
from app.certificates.rules import LicenceSaid
from app.kernel.clock import first_moment, last_second


def licence_credential(said: LicenceSaid, place: Place, addresses: Addresses) -> dict[str, Any]:
    """The credential of a licence, unsigned; `place` is where its bits stand in RRN's own lists."""
    return {
        "@context": [VC_CONTEXT, UNTP_CONTEXT, addresses.context(Context.REGISTER)],
        "type": ["CertificationLicenceCredential", "VerifiableCredential"],
        "id": addresses.licence(said.body.ref, said.version),
        "name": f"Licence of {said.body.name}",
        "issuer": {"type": ["CredentialIssuer"], "id": addresses.did(), "name": said.licensor},
        "validFrom": instant(first_moment(said.from_on)),
        "validUntil": instant(last_second(said.to_on)),
        "credentialSchema": schema(Schema.LICENCE, addresses),
        "credentialStatus": statuses(RRN, place, addresses),
        "credentialSubject": _licence(said, addresses),
    }


def _licence(said: LicenceSaid, addresses: Addresses) -> dict[str, Any]:
    body, scheme = said.body, f"{addresses.base}/scheme"
    return {
        "type": ["CertificationLicence"],
        "id": f"{addresses.base}/register/bodies/{body.ref}#{said.licence}",
        "name": f"Licence to certify training services, {said.licence}",
        "licenceNumber": said.licence,
        "issuedToParty": {
            "type": ["Party"],
            "id": addresses.did(body.ref),
            "name": body.name,
            "registeredId": body.ref,
        },
        "authorisation": [_accreditation(said)],
        "referenceScheme": {"type": ["ConformityScheme"], "id": scheme, "name": "RRN certification scheme"},
        "referenceProfile": [
            {"type": ["ConformityProfile"], "id": f"{scheme}/standards/{one.id}", "name": one.title}
            for one in said.editions
        ],
    }


def _accreditation(said: LicenceSaid) -> dict[str, Any]:
    """What UKAS accredited the body for: the licence stands as long as this does."""
    held = said.accreditation
    return {
        "type": ["Endorsement"],
        "name": f"Accredited to ISO/IEC 17065, number {held.ukas_number}",
        "issuingAuthority": ukas(),
        "accreditationNumber": held.ukas_number,
        "accreditationScope": held.scope,
        "accreditedFrom": held.from_on.isoformat(),
        **({"accreditedUntil": held.to_on.isoformat()} if held.to_on else {}),
    }


def sign_licence(unsigned: dict[str, Any], key: SigningKey, addresses: Addresses) -> str:
    """The signed credential (VC-JOSE-COSE), by RRN."""
    return jose.sign(unsigned, key, addresses.kid(key.public), TYP)
