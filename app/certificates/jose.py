"""The one place that touches python-jose: ES256 tokens signed with a key whose curve was looked at, verified strictly.

python-jose by itself accepts a forged token when asked without an algorithm and with a key in the wrong shape. Here
every choice is ours: one algorithm, one key found by `kid` among those we hold, one type, one spelling.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jws
from jose.backends import ECKey
from jose.exceptions import JOSEError

from app.certificates.keys import KeyFault, PublicKey, SigningKey

ALGORITHM: Final = "ES256"
MAX_TOKEN: Final = 512 * 1024
HEADERS: Final = frozenset({"alg", "kid", "typ", "cty"})


class TokenRefused(ValueError):
    """The token is not one of ours as we write them; the message says why, without repeating any of it."""


class _PortKey(ECKey):  # type: ignore[misc]
    """An ES256 key of python-jose that has the signing done by whoever holds the private key."""

    def __init__(self, key: SigningKey) -> None:
        super().__init__(p256(key.public.public_key), ALGORITHM)
        self._port = key

    def sign(self, msg: bytes) -> bytes:
        """The signature of RFC 7518 section 3.4: both numbers, 32 bytes each."""
        return bytes(self._der_to_raw(self._port.sign(msg)))


def p256(key: object) -> ec.EllipticCurvePublicKey:
    """The key, if it is a P-256 one; TokenRefused otherwise, because python-jose does not look at the curve."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TokenRefused("the key is not on the curve P-256")
    return key


def sign(payload: Mapping[str, Any], key: SigningKey, kid: str, typ: str, cty: str | None = "vc") -> str:
    """A compact JWS over the canonical JSON (RFC 8785) of the payload. ECDSA is random: no two calls agree. Raises KeyFault."""
    headers = {"alg": ALGORITHM, "kid": kid, "typ": typ, **({"cty": cty} if cty else {})}
    try:
        return str(
            jws.sign(rfc8785.dumps(dict(payload)), _PortKey(key), headers=headers, algorithm=ALGORITHM)
        )
    except JOSEError as fault:  # the library hides what the holder of the key said
        raise fault.__context__ if isinstance(fault.__context__, KeyFault) else fault from None


def kid_of(token: str) -> str:
    """The key the token names, believed by nobody yet; TokenRefused when its header is not one of ours."""
    return str(_header(_parts(token)[0])["kid"])


def typ_of(token: str) -> str:
    """What the token says it is, believed by nobody yet; TokenRefused when its header is not one of ours."""
    return _header(_parts(token)[0])["typ"]


def verify(token: str, keys: Mapping[str, PublicKey], typ: str) -> dict[str, Any]:
    """The payload of a token signed by the key of ours that it names; TokenRefused for everything else."""
    head, body, signature = _parts(token)
    header = _header(head)
    if header["typ"] != typ:
        raise TokenRefused("the token is of another type")
    if header["kid"] not in keys:
        raise TokenRefused("the key of the token is not one we know")
    if len(decode(signature)) != 64:
        raise TokenRefused("the signature of the token has not 64 bytes")
    decode(body)
    key = ECKey(p256(keys[header["kid"]].public_key), ALGORITHM)
    try:
        payload = jws.verify(token, key, algorithms=[ALGORITHM])
    except JOSEError as fault:
        raise TokenRefused("the signature of the token is false") from fault
    return _object(payload)


def jwk_of(key: PublicKey) -> dict[str, str]:
    """The public key as a JWK (RFC 7517) for `jwks.json` and DID documents; its `kid` is its RFC 7638 thumbprint."""
    members = ECKey(p256(key.public_key), ALGORITHM).to_dict()
    return {
        **{name: str(members[name]) for name in ("kty", "crv", "x", "y", "alg")},
        "use": "sig",
        "kid": key.id,
    }


def _parts(token: str) -> list[str]:
    parts = token.split(".") if len(token) <= MAX_TOKEN else []
    if len(parts) != 3 or not all(parts):
        raise TokenRefused("this is not a signed token of three parts")
    return parts


def _header(head: str) -> dict[str, str]:
    header = _object(decode(head))
    if not {"alg", "kid", "typ"} <= header.keys() <= HEADERS or not all(
        isinstance(v, str) for v in header.values()
    ):
        raise TokenRefused("the header of the token says less or more than ours do")
    if header["alg"] != ALGORITHM:
        raise TokenRefused("the token is signed in a way we do not use")
    return header


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise TokenRefused("a part of the token is not plain JSON") from fault
    if not isinstance(found, dict):
        raise TokenRefused("a part of the token is not a JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may take different ones of two equal names, so there may not be two."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def decode(part: str) -> bytes:
    """Base64url without padding in its one spelling (RFC 7515 section 2)."""
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise TokenRefused("a part of the token is not base64url") from fault
    if encode(data) != part:
        raise TokenRefused("a part of the token is not base64url in its one spelling")
    return data


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest_multibase(data: bytes) -> str:
    """The SHA-256 of a file as credentials write it: base64url multibase of a multihash."""
    return multibase(hashlib.sha256(data).digest())


def multibase(sha256: bytes) -> str:
    """A SHA-256 that is known already, written so."""
    return "u" + encode(b"\x12\x20" + sha256)
