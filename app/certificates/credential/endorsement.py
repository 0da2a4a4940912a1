"""What a provider embeds in learners' badges: the body's word that the service or a curriculum is certified.

An Open Badges 3.0 EndorsementCredential as a VC-JWT (Open Badges 3.0, section 8.2): type `JWT`, the claims iss, jti, nbf,
exp and sub beside the members of the credential, and a key that is found under an http address. The envelope of
our certificates (VC-JOSE-COSE) forbids just that, so these are tokens of their own.
"""

from typing import Any, Final

from app.certificates import jose
from app.certificates.credential.parts import VC_CONTEXT, Place, instant, schema, statuses
from app.certificates.did import ENDORSEMENT_TYP, Addresses, Schema
from app.certificates.keys import SigningKey
from app.certificates.rules import Endorsed, Statement
from app.kernel.clock import first_moment, last_second
from app.kernel.words import in_words

OB_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def endorsement(said: Statement, about: Endorsed, place: Place, addresses: Addresses) -> dict[str, Any]:
    """The claims of an endorsement, unsigned. It has the certificate's own place in the status lists, and ends with it."""
    body, number = said.body, said.number
    begins, ends = first_moment(said.starts_on), last_second(said.expires_on)
    id = addresses.endorsement(number, said.version, about.ref)
    issuer = addresses.did(body.ref)
    subject = f"{addresses.base}/register/{about.kind}/{about.ref}"
    comment = (
        f"{about.name} is certified against the {said.edition.title} until {in_words(said.expires_on)}, "
        f"certificate {number}. Whether that is still so stands at {said.verify_url}."
    )
    return {
        "@context": [VC_CONTEXT, OB_CONTEXT],
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "id": id,
        "name": f"Endorsement of {about.name}",
        "issuer": {"type": ["Profile"], "id": issuer, "name": body.name},
        "validFrom": instant(begins),
        "validUntil": instant(ends),
        "credentialSchema": [schema(Schema.ENDORSEMENT, addresses)],
        "credentialStatus": statuses(body.ref, place, addresses),
        "credentialSubject": {"type": ["EndorsementSubject"], "id": subject, "endorsementComment": comment},
        "iss": issuer,
        "jti": id,
        "sub": subject,
        "nbf": int(begins.timestamp()),
        "exp": int(ends.timestamp()),
    }


def sign_endorsement(claims: dict[str, Any], body: str, key: SigningKey, addresses: Addresses) -> str:
    """The signed endorsement; its header says no more than Open Badges 3.0 allows."""
    return jose.sign(claims, key, addresses.key(body, key.public), ENDORSEMENT_TYP, cty=None)
