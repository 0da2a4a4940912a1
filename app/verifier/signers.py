"""The key behind a signature, as the register publishes it: there, not there, or not to be seen."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from app.certificates.jose import decode
from app.certificates.keys import PublicKey, Purpose, thumbprint
from app.kernel.words import _
from app.verifier.anchors import DID_OF_RRN, Anchors, Published, Unreadable, had, moment
from app.verifier.report import Found

BEGUN, ENDS = datetime(1990, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class NoKey(Exception):
    """There is no key to check a signature with; the message is a sentence."""

    def __init__(self, found: Found, sentence: str) -> None:
        super().__init__(sentence)
        self.found = found
        """Whether that is a no, or leaves it open."""


@dataclass(frozen=True)
class Signer:
    """A key by its id, and from when on nothing it signed may be believed."""

    key: PublicKey
    revoked: datetime | None


def signer_of(kid: str, path: str, anchors: Anchors, published: Published) -> Signer:
    """The key of that id in the DID document at a path. Raises NoKey.

    | the document                                   | that is      |
    |------------------------------------------------|--------------|
    | cannot be had                                  | no answer    |
    | cannot be read                                 | no answer    |
    | has no such key, and is a copy                 | no answer    |
    | has no such key, and is the register's own     | a no         |

    The register lists every key there ever was. A copy of it lists those there were when it was copied, and the paper may be newer.
    """
    whose = _("RRN") if path == DID_OF_RRN else _("the certification body")
    document = had(published, path)
    if document is None:
        said = _("The keys of {whose} could not be had, so the signature could not be checked.")
        raise NoKey(Found.CANNOT_TELL, said.format(whose=whose))
    try:
        found = signer_in(document, kid)
    except Unreadable as fault:
        said = _("The keys of {whose} could not be read, so the signature could not be checked.")
        raise NoKey(Found.CANNOT_TELL, said.format(whose=whose)) from fault
    if found:
        return found
    if anchors.is_itself:
        said = _("It is signed with a key that {whose} never had: it was changed or forged.")
        raise NoKey(Found.NO, said.format(whose=whose))
    said = _(
        "The key it is signed with is not in this copy of the register, which may be older than the paper. Ask the register itself."
    )
    raise NoKey(Found.CANNOT_TELL, said)


def signer_in(document: bytes, kid: str) -> Signer | None:
    """The key of that id in a DID document, None when it names none. Raises Unreadable when it is no such document."""
    did, _hash, name = kid.partition("#")
    try:
        said = json.loads(document)
        found = [one for one in said["verificationMethod"] if one["id"] == kid]
        if said["id"] != did or len(found) > 1 or any(one["controller"] != did for one in found):
            raise Unreadable
        key = _public_key(found[0]["publicKeyJwk"]) if found else None
        revoked = moment(found[0]["revoked"]) if found and found[0].get("revoked") is not None else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        raise Unreadable from fault
    if key is None:
        return None
    if thumbprint(key) != name:
        raise Unreadable
    return Signer(PublicKey(name, Purpose.CREDENTIAL, did, key, BEGUN, BEGUN, ENDS), revoked)


def _public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError("another kind of key")
    x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
