"""What all our credentials share: contexts, places in a status list, schemas, moments."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.certificates.did import Addresses, ListPurpose, Schema

VC_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
UNTP_CONTEXT: Final = "https://vocabulary.uncefact.org/untp/0.7.0/context/"


@dataclass(frozen=True)
class Place:
    """Where the bits of a credential stand: the number of its issuer's list, and the entry in it."""

    number: int
    index: int


def statuses(issuer: str, place: Place, addresses: Addresses) -> list[dict[str, str]]:
    """`credentialStatus`: whether it has ended, and whether it is suspended."""
    return [_status(issuer, purpose, place, addresses) for purpose in ListPurpose]


def _status(issuer: str, purpose: ListPurpose, place: Place, addresses: Addresses) -> dict[str, str]:
    """One entry of `credentialStatus`; the index is a string (Bitstring Status List 1.0 section 2.1)."""
    address = addresses.status_list(issuer, purpose, place.number)
    return {
        "id": f"{address}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose.value,
        "statusListIndex": str(place.index),
        "statusListCredential": address,
    }


def schema(name: Schema, addresses: Addresses) -> dict[str, str]:
    """`credentialSchema`: where it is said what the credential may look like."""
    return {"id": addresses.schema(name), "type": "JsonSchema"}


def rrn(addresses: Addresses, name: str) -> dict[str, Any]:
    """RRN as the one that licenses."""
    return {"type": ["Party"], "id": addresses.did(), "name": name}


def ukas() -> dict[str, Any]:
    """UKAS as the one that accredits."""
    name = "United Kingdom Accreditation Service"
    return {"type": ["Party"], "id": "https://www.ukas.com", "name": name}


def instant(moment: datetime) -> str:
    """A moment as credentials write it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
