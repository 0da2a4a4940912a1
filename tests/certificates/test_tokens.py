"""Signed tokens: what we sign verifies elsewhere, and nothing that was not signed by us verifies here."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jws
from joserfc.jwk import ECKey

from app.certificates import jose
from app.certificates.jose import TokenRefused
from app.certificates.keys import PublicKey
from tests.certificates.paper import Ceremony

KID = "did:web:register.example:bodies:org_northgate#key"
PAYLOAD = {"name": "Harbour Lane Training", "n": 1}


@pytest.fixture
def token(ceremony: Ceremony) -> str:
    return jose.sign(PAYLOAD, ceremony.credential, KID, "vc+jwt")


@pytest.fixture
def known(ceremony: Ceremony) -> dict[str, PublicKey]:
    return {KID: ceremony.credential.public}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_another_library_verifies_what_we_sign(token: str, ceremony: Ceremony) -> None:
    members = jose.jwk_of(ceremony.credential.public)
    opened = jws.deserialize_compact(token, ECKey.import_key(dict(members)), algorithms=["ES256"])
    assert json.loads(opened.payload or b"") == PAYLOAD
    assert opened.protected == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": KID}
    assert members["kid"] == ECKey.import_key(dict(members)).thumbprint()


def test_we_verify_what_we_sign(token: str, known: dict[str, PublicKey]) -> None:
    assert jose.verify(token, known, "vc+jwt") == PAYLOAD
    assert jose.kid_of(token) == KID


def test_a_token_of_another_type_or_unknown_key_is_refused(token: str, known: dict[str, PublicKey]) -> None:
    with pytest.raises(TokenRefused, match="another type"):
        jose.verify(token, known, "at+jwt")
    with pytest.raises(TokenRefused, match="not one we know"):
        jose.verify(token, {}, "vc+jwt")


def test_a_strangers_token_under_our_key_id_is_refused(
    strangers: Ceremony, known: dict[str, PublicKey]
) -> None:
    with pytest.raises(TokenRefused, match="is false"):
        jose.verify(jose.sign(PAYLOAD, strangers.credential, KID, "vc+jwt"), known, "vc+jwt")


def test_no_character_of_a_token_can_be_changed(token: str, known: dict[str, PublicKey]) -> None:
    for at, char in enumerate(token):
        for other in set("AQgw_.= é") - {char}:
            with pytest.raises(TokenRefused):
                jose.verify(token[:at] + other + token[at + 1 :], known, "vc+jwt")


def forged(header: Any, ceremony: Ceremony, payload: bytes = b'{"name":"x"}') -> str:
    """A token with a header of the forger's choosing, signed with our own key, so that only the header is wrong."""
    head = b64(header if isinstance(header, bytes) else json.dumps(header).encode())
    message = f"{head}.{b64(payload)}"
    key = jose._PortKey(ceremony.credential)
    return f"{message}.{b64(key.sign(message.encode()))}"


GOOD = {"alg": "ES256", "typ": "vc+jwt", "kid": KID}


def test_the_forgers_bench_itself_works(ceremony: Ceremony, known: dict[str, PublicKey]) -> None:
    assert jose.verify(forged(GOOD, ceremony), known, "vc+jwt") == {"name": "x"}


@pytest.mark.parametrize(
    "header",
    [
        GOOD | {"alg": "none"}, GOOD | {"alg": "HS256"}, GOOD | {"alg": "ES384"}, GOOD | {"alg": ["ES256"]},
        GOOD | {"crit": ["exp"]}, GOOD | {"jwk": {}}, GOOD | {"x5u": "https://evil.example"}, GOOD | {"b64": False},
        {"alg": "ES256", "typ": "vc+jwt"}, {"typ": "vc+jwt", "kid": KID}, [], "text", 7,
        b'{"alg":"none","alg":"ES256","typ":"vc+jwt","kid":"k"}', b'{"alg":"ES256"', b"\xff\xfe", b"[" * 900,
    ],
)  # fmt: skip
def test_a_header_that_is_not_ours_is_refused(
    header: Any, ceremony: Ceremony, known: dict[str, PublicKey]
) -> None:
    with pytest.raises(TokenRefused):
        jose.verify(forged(header, ceremony), known, "vc+jwt")


@pytest.mark.parametrize(
    "payload", [b'{"a":1,"a":2}', b"[]", b"1", b"NaN", b'{"a":NaN}', b"\xff", b'{"a":' * 900]
)
def test_a_payload_that_two_readers_could_read_differently_is_refused(
    payload: bytes, ceremony: Ceremony, known: dict[str, PublicKey]
) -> None:
    with pytest.raises(TokenRefused):
        jose.verify(forged(GOOD, ceremony, payload), known, "vc+jwt")


def test_the_public_key_taken_as_a_shared_secret_opens_nothing(
    ceremony: Ceremony, known: dict[str, PublicKey]
) -> None:
    """The forgery python-jose accepts when it is asked without an algorithm and with a key in DER."""
    der = ceremony.credential.public.public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    message = f"{b64(json.dumps(GOOD | {'alg': 'HS256'}).encode())}.{b64(b'{}')}"
    made = f"{message}.{b64(hmac.new(der, message.encode(), hashlib.sha256).digest())}"
    with pytest.raises(TokenRefused):
        jose.verify(made, known, "vc+jwt")


def test_a_key_on_another_curve_signs_and_verifies_nothing(ceremony: Ceremony, token: str) -> None:
    with pytest.raises(TokenRefused, match="P-256"):
        jose.sign(PAYLOAD, ceremony.root, KID, "vc+jwt")
    with pytest.raises(TokenRefused, match="P-256"):
        jose.verify(token, {KID: ceremony.root.public}, "vc+jwt")


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "..", "a..c", "x" * 600_000])
def test_what_has_not_three_parts_is_no_token(text: str, known: dict[str, PublicKey]) -> None:
    with pytest.raises(TokenRefused):
        jose.verify(text, known, "vc+jwt")
