"""A status list as somebody reads it who has the specification (Bitstring Status List 1.0) and none of our code."""

import base64
import json
import zlib
from typing import Any


def payload(token: str) -> dict[str, Any]:
    """What stands in a token; its signature is not looked at here."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def bit(token: str, index: int) -> bool:
    """Section 3.2: expand `encodedList`, and take the entry at the index, counted from the left from 0."""
    packed = payload(token)["credentialSubject"]["encodedList"]
    assert packed[0] == "u"  # multibase: base64url without padding
    data = zlib.decompress(base64.urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)), wbits=31)
    assert len(data) * 8 >= 131_072  # the least a list may have, so that nobody is found in a small crowd
    return f"{data[index // 8]:08b}"[index % 8] == "1"


def set_bits(token: str) -> set[int]:
    """Every entry that is set."""
    packed = payload(token)["credentialSubject"]["encodedList"]
    data = zlib.decompress(base64.urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)), wbits=31)
    whole = "".join(f"{byte:08b}" for byte in data)
    return {index for index, value in enumerate(whole) if value == "1"}
