"""Status lists: what has ended or is suspended, one bit a credential (Bitstring Status List 1.0)."""

import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from app.certificates import jose
from app.certificates.credential.parts import VC_CONTEXT, instant, schema
from app.certificates.did import TYP, Addresses, ListPurpose, Schema
from app.certificates.keys import RRN, SigningKey
from app.certificates.rules import LIST_LENGTH

LIST_VALID: Final = timedelta(days=2)
LIST_TTL: Final = 300_000
"""Milliseconds a reader may keep a list before it looks again."""


def status_list(
    body: str,
    purpose: ListPurpose,
    number: int,
    indexes: Iterable[int],
    moment: datetime,
    addresses: Addresses,
) -> dict[str, Any]:
    """The status list of a body, or of RRN, with the bits at `indexes` set, unsigned; IndexError for one outside the list."""
    address = addresses.status_list(body, purpose, number)
    return {
        "@context": [VC_CONTEXT],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "id": address,
        "issuer": addresses.did(body),
        "validFrom": instant(moment),
        "validUntil": instant(moment + LIST_VALID),
        "credentialSchema": schema(Schema.RRN_STATUS_LIST if body == RRN else Schema.STATUS_LIST, addresses),
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
