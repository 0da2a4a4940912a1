"""The same forgeries in front of other people's libraries: whoever uses one of them as its manual says is not taken in either."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from joserfc import errors, jws
from joserfc.jwk import ECKey

from tests.foreign.readers import published_as, tokens_by_jose
from tests.mirror.made import Mirrored
from tests.verifier.test_forged import FORGED, Forger

Keys = dict[str, dict[str, Any]]
ALGORITHM, UNDERSTOOD, KEY, SIGNATURE = (
    "ERR_JOSE_ALG_NOT_ALLOWED", "ERR_JOSE_NOT_SUPPORTED", "ERR_JWKS_NO_MATCHING_KEY", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
)  # fmt: skip
FOR_ALL = {
    "HS256 with the public key in PEM": ALGORITHM,
    "HS256 with the public key in DER": ALGORITHM,
    "none, unsigned": ALGORITHM,
    "none, signed": ALGORITHM,
    "ES384 by name": ALGORITHM,
    "crit": UNDERSTOOD,
    "kid of nobody in this document": KEY,
    "kid of RRN": KEY,
    "kid elsewhere": KEY,
    "P-384 as ES256": SIGNATURE,
    "DER instead of two numbers": SIGNATURE,
    "another word": SIGNATURE,
    "zeros for a signature": SIGNATURE,
}
"""What every reader refuses, and what jose says of it. The other forgeries are another spelling of the same, or for the reader's user to see."""


@pytest.fixture(scope="module")
def forger(whole: Mirrored) -> Forger:
    return Forger(whole)


@pytest.fixture(scope="module")
def keys(forger: Forger) -> Keys:
    """Each published key of the body under its name, as a reader finds them in the DID document."""
    return {one["id"]: one["publicKeyJwk"] for one in json.loads(forger.document)["verificationMethod"]}


def by_pyjwt(token: str, keys: Keys) -> Any:
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"])


def by_joserfc(token: str, keys: Keys) -> Any:
    key = keys[str(jws.extract_compact(token.encode()).headers()["kid"])]
    return json.loads(
        jws.deserialize_compact(token, ECKey.import_key(key), algorithms=["ES256"]).payload or b""
    )


REFUSED = (jwt.InvalidTokenError, errors.JoseError, KeyError, ValueError)


@pytest.mark.parametrize("read", [by_pyjwt, by_joserfc])
def test_python_libraries_of_others_refuse_each_forgery(
    read: Callable[[str, Keys], Any], forger: Forger, keys: Keys
) -> None:
    assert read(forger.token, keys)["name"] == f"Certificate {forger.mirror.good}"
    for how in FOR_ALL:
        with pytest.raises(REFUSED):
            print(how, read(FORGED[how][0](forger), keys))


def test_jose_refuses_each_forgery(forger: Forger, keys: Keys) -> None:
    forged = [FORGED[how][0](forger) for how in FOR_ALL]
    genuine, *answers = tokens_by_jose([forger.token, *forged], published_as(keys), forger.mirror.clock())
    assert genuine["payload"]["name"] == f"Certificate {forger.mirror.good}"
    assert dict(zip(FOR_ALL, answers, strict=True)) == {how: {"refused": why} for how, why in FOR_ALL.items()}
