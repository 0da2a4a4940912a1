"""Programs of others believe all that the register signs, with the keys it publishes, and nothing that was changed.

PyJWT and npm's jose: neither shares code with python-jose, with which the register signs, nor with the other.
"""

import base64
import gzip
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient

from app.kernel.database import Site, reading
from app.main import create_app
from app.statements.queries import find_statement
from tests.certificates.make import World, change, issue, make_world, refs, work
from tests.certificates.strangers import payload
from tests.conftest import SetClock
from tests.foreign.readers import lists_by_bitstring, published_as, tokens_by_jose
from tests.statements.make import ask

KINDS = ("certificate", "licence", "endorsement", "body's list", "RRN's list", "statement")


@dataclass(frozen=True)
class Signed:
    """One token of each kind, each with the key that the register publishes under the name in its header."""

    tokens: dict[str, str]
    keys: dict[str, dict[str, Any]]


@pytest.fixture
def signed(site: Site, clock: SetClock) -> Signed:
    world, client = make_world(site), TestClient(create_app(site.settings, clock))
    number = issue(world)
    change(world, number, "reduce", curricula=refs(site, number)[:1])
    work(site)
    clock.now += timedelta(days=1)
    tokens = {
        "certificate": text(client, f"/certificates/{number}/2/credential.jwt"),
        "licence": text(client, f"/bodies/{world.body.ref}/licence/credential.jwt"),
        "statement": statement(world, client, number),
    }
    tokens["endorsement"] = text(
        client, f"/certificates/{number}/endorsements/{world.manager.organisation_ref}"
    )
    tokens["body's list"] = listed(client, tokens["certificate"])
    tokens["RRN's list"] = listed(client, tokens["licence"])
    return Signed(tokens, {kind: published_key(client, token) for kind, token in tokens.items()})


def text(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def statement(world: World, client: TestClient, number: str) -> str:
    work(world.site)
    ref = ask(world.site, number)
    work(world.site)
    with reading(world.site) as unit:
        return text(client, f"/statements/{find_statement(unit, ref).ref}/statement.jwt")


def listed(client: TestClient, token: str) -> str:
    return text(
        client,
        payload(token)["credentialStatus"][0]["statusListCredential"].removeprefix("http://testserver"),
    )


def published_key(client: TestClient, token: str) -> dict[str, Any]:
    """As the specifications say: through the DID document for a DID, from the address itself otherwise."""
    kid = named(token)
    if kid.startswith("http"):
        found: dict[str, Any] = client.get(kid.removeprefix("http://testserver")).json()
        return found
    did = kid.partition("#")[0].split(":")
    path = "/".join(did[3:]) if len(did) > 3 else ".well-known"
    methods = client.get(f"/{path}/did.json").json()["verificationMethod"]
    (key,) = [one["publicKeyJwk"] for one in methods if one["id"] == kid]
    return dict(key)


def named(token: str) -> str:
    """The key that a token's header names."""
    return str(jwt.get_unverified_header(token)["kid"])


def forged(token: str) -> str:
    """The same with another name in it."""
    head, body, signature = token.split(".")
    said = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(b"testserver", b"testservar")
    return ".".join((head, base64.urlsafe_b64encode(said).rstrip(b"=").decode(), signature))


def believed(token: str, jwk: dict[str, Any]) -> dict[str, Any]:
    """What PyJWT says stands in a token; its dates are those of the test's clock, so they are not looked at."""
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_sub": True}
    return jwt.decode(token, jwt.PyJWK(jwk), algorithms=["ES256"], options=options)


def test_pyjwt_believes_what_was_signed_and_nothing_that_was_changed(signed: Signed) -> None:
    for kind in KINDS:
        token, key = signed.tokens[kind], signed.keys[kind]
        assert believed(token, key)["issuer"], kind
        with pytest.raises(jwt.InvalidSignatureError):
            believed(forged(token), key)
        other = next(one for one in signed.keys.values() if one["x"] != key["x"])
        with pytest.raises(jwt.InvalidSignatureError):
            believed(token, other)


def test_jose_believes_what_was_signed_and_nothing_that_was_changed(signed: Signed, clock: SetClock) -> None:
    """It is given every key there is, and finds the right one by the name in the header."""
    keys = {named(signed.tokens[kind]): key for kind, key in signed.keys.items()}
    changed = [forged(signed.tokens[kind]) for kind in KINDS]
    answers = tokens_by_jose(
        [*(signed.tokens[kind] for kind in KINDS), *changed], published_as(keys), clock.now
    )
    for kind, said in zip(KINDS, answers, strict=False):
        assert said.get("payload") == payload(signed.tokens[kind]), (kind, said)
        assert said["header"]["alg"] == "ES256"
    assert answers[len(KINDS) :] == [{"refused": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}] * len(KINDS)


def test_a_foreign_decoder_finds_the_same_entries_set(signed: Signed) -> None:
    lists = [signed.tokens[kind] for kind in KINDS if kind.endswith("list")]
    found = lists_by_bitstring(payload(token)["credentialSubject"] for token in lists)
    for token, said in zip(lists, found, strict=True):
        assert said["length"] == 131_072
        assert set(said["set"]) == with_gzip_alone(token)


def with_gzip_alone(token: str) -> set[int]:
    """The entries of a list with nothing but base64 and gzip (Bitstring Status List 1.0, section 3.3)."""
    part = payload(token)["credentialSubject"]["encodedList"][1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert len(bits) == 131_072 // 8
    whole = int.from_bytes(bits, "big")
    return {at for at in range(131_072) if whole >> (131_071 - at) & 1}


def test_of_a_reduced_certificate_the_first_version_is_set_and_nothing_else(signed: Signed) -> None:
    assert len(with_gzip_alone(signed.tokens["body's list"])) == 1
    assert with_gzip_alone(signed.tokens["RRN's list"]) == set()
