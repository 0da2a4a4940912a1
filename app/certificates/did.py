"""Who is who among the keys: the identifiers and addresses of what is signed, DID documents and the set of keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, urlsplit

from app.certificates import jose
from app.certificates.keys import RRN, PublicKey
from app.certificates.rules import KeyUse

DID_CONTEXT: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")
MEDIA_TYPE: Final = "application/vc+jwt"
TYP: Final = "vc+jwt"
STATEMENT_TYP: Final = "rrn-statement+jws"
"""A signed statement of the register: never to be taken for a credential."""
ENDORSEMENT_TYP: Final = "JWT"
"""An endorsement for badges: Open Badges 3.0 allows no other type."""


class ListPurpose(StrEnum):
    """What a set bit means: gone for good, or not for now."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class Schema(StrEnum):
    """The files that say what a credential of ours may look like. One that was ever published never changes."""

    CERTIFICATE = "certificate-1.json"
    CERTIFICATE_2 = "certificate-2.json"
    """With RRN's credential about the licence behind it, and our own context."""
    STATUS_LIST = "status-list-1.json"
    RRN_STATUS_LIST = "status-list-2.json"
    """The lists of RRN itself."""
    LICENCE = "licence-1.json"
    ENDORSEMENT = "endorsement-1.json"


class Context(StrEnum):
    """The files that say what the words of our credentials mean. One that was ever published never changes."""

    REGISTER = "register-1.jsonld"


@dataclass(frozen=True)
class Addresses:
    """Every address and identifier a credential names, all made from PUBLIC_BASE_URL."""

    base: str

    def did(self, body: str | None = None) -> str:
        """The did:web of RRN's register (`rrn` or none), or of a body by its ref (did:web method specification, section 3)."""
        parts = urlsplit(self.base)
        path = [part for part in parts.path.split("/") if part]
        path += ["bodies", body] if body not in (None, RRN) else []
        return ":".join(
            ["did:web", parts.netloc.replace(":", "%3A"), *(quote(part, safe="") for part in path)]
        )

    def kid(self, key: PublicKey, body: str | None = None) -> str:
        """The key's absolute URL, as the header of a token names it."""
        return f"{self.did(body)}#{key.id}"

    def status_list(self, body: str, purpose: ListPurpose, number: int) -> str:
        """Where a status list is served."""
        return f"{self.base}/status/{body}/{purpose}/{number}"

    def schema(self, name: Schema) -> str:
        """Where a schema is served."""
        return f"{self.base}/schemas/{name}"

    def context(self, name: Context) -> str:
        """Where a context is served."""
        return f"{self.base}/contexts/{name}"

    def licence(self, body: str, version: int) -> str:
        """Where a version of the credential of a body's licence is served."""
        return f"{self.base}/bodies/{body}/licence/{version}/credential.jwt"

    def endorsement(self, number: str, version: int, about: str) -> str:
        """Where the endorsement of the service or of a curriculum on a certificate is served."""
        return f"{self.base}/certificates/{number}/{version}/endorsements/{about}"

    def key(self, body: str, key: PublicKey) -> str:
        """Where a credential key of a body is served alone, for readers that know no DIDs."""
        return f"{self.base}/bodies/{body}/keys/{key.id}"

    def file(self, number: str, version: int, name: str) -> str:
        """Where a file of a certificate's version is served."""
        return f"{self.base}/certificates/{number}/{version}/{name}"


def did_document(did: str, keys: Sequence[PublicKey], ended: Mapping[str, KeyUse]) -> dict[str, Any]:
    """The DID document of RRN or of a body: every key it ever signed credentials with, retired ones included.

    A key that others may know says from when on nothing it signed may be believed (`revoked`, Controlled Identifiers 1.0).
    """
    methods = [_method(did, key, ended.get(key.id)) for key in keys]
    return {
        "@context": list(DID_CONTEXT),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _method(did: str, key: PublicKey, use: KeyUse | None) -> dict[str, Any]:
    method = {
        "id": f"{did}#{key.id}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jose.jwk_of(key),
    }  # fmt: skip
    if use and use.suspect:
        method["revoked"] = use.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return method


def key_set(keys: Sequence[PublicKey]) -> dict[str, Any]:
    """The JWKS of all credential keys (RFC 7517 section 5)."""
    return {"keys": [jose.jwk_of(key) for key in keys]}
