"""Forged tokens and lists, one fault each, signed with the body's own key wherever a forger could not: refused in the right sentence."""

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from app.certificates import jose
from app.certificates.did import TYP
from app.certificates.keys import PublicKey, Purpose, SigningKey
from app.certificates.keys.store import KeyStore
from app.certificates.rules import Answer
from app.verifier.anchors import Unreadable
from app.verifier.checking import checked
from app.verifier.report import Found, Report, What
from app.verifier.signers import signer_in
from tests.certificates import strangers
from tests.mirror.made import Mirrored

B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
FALSE = "The signature of the credential is false: it was changed or forged."
NEVER_HAD = "It is signed with a key that {} never had: it was changed or forged."
NOT_OURS = "The credential is not one as this register makes them."


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Forger:
    """Has a genuine credential, everything that is published, and the body's key."""

    def __init__(self, mirror: Mirrored) -> None:
        self.mirror = mirror
        self.token = mirror.paper(mirror.good, name="credential.jwt").decode()
        self.head, self.body, self.signature = self.token.split(".")
        self.header: dict[str, str] = json.loads(base64.urlsafe_b64decode(self.head + "=="))
        self.owner = self.header["kid"].rpartition("#")[0].rpartition(":")[2]
        self.document = (mirror.folder / f"bodies/{self.owner}/did.json").read_bytes()
        self.key: SigningKey = KeyStore(mirror.site.settings).signing(
            Purpose.CREDENTIAL, self.owner, mirror.clock()
        )

    @property
    def known(self) -> dict[str, PublicKey]:
        signer = signer_in(self.document, self.header["kid"])
        assert signer
        return {self.header["kid"]: signer.key}

    def signed(self, header: object, body: bytes | None = None) -> str:
        """A token with a true signature of the body over whatever it says."""
        head = b64(header if isinstance(header, bytes) else json.dumps(header).encode())
        message = f"{head}.{b64(body) if body is not None else self.body}"
        return f"{message}.{b64(jose._PortKey(self.key).sign(message.encode()))}"

    def shared_secret(self, secret: bytes) -> str:
        message = f"{b64(json.dumps(self.header | {'alg': 'HS256'}).encode())}.{self.body}"
        return f"{message}.{b64(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"

    def public(self, encoding: serialization.Encoding) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public.public_key.public_bytes(encoding, form)

    def p384(self) -> str:
        """A true signature of a P-384 key over a header that says ES256."""
        message = f"{self.head}.{self.body}"
        der = ec.generate_private_key(ec.SECP384R1()).sign(message.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return f"{message}.{b64(r.to_bytes(48, 'big') + s.to_bytes(48, 'big'))}"

    def respelt(self, part: str) -> str:
        """The same bytes in another spelling: the bits nobody reads are set."""
        at = B64.index(part[-1])
        return part[:-1] + B64[at + 1]

    def twice(self) -> bytes:
        """The payload with a name in it twice, the second one false."""
        said = base64.urlsafe_b64decode(self.body + "=" * (-len(self.body) % 4))
        return b'{"name":"Certificate of somebody else",' + said[1:]


@pytest.fixture(scope="module")
def forger(whole: Mirrored) -> Forger:
    return Forger(whole)


def test_the_forgers_tools_work(forger: Forger) -> None:
    genuine = forger.signed(forger.header)
    assert jose.verify(genuine, forger.known, TYP)["name"] == f"Certificate {forger.mirror.good}"
    assert look(forger.mirror, genuine).found(What.CREDENTIAL) is Found.YES
    assert base64.urlsafe_b64decode(forger.respelt(forger.signature) + "==") == base64.urlsafe_b64decode(
        forger.signature + "=="
    )


FORGED: dict[str, tuple[Callable[[Forger], str], str, str]] = {
    "HS256 with the public key in PEM": (lambda f: f.shared_secret(f.public(serialization.Encoding.PEM)), "signed in a way we do not use", NOT_OURS),
    "HS256 with the public key in DER": (lambda f: f.shared_secret(f.public(serialization.Encoding.DER)), "signed in a way we do not use", NOT_OURS),
    "none, unsigned": (lambda f: f"{b64(json.dumps(f.header | {'alg': 'none'}).encode())}.{f.body}.", "not a signed token of three parts", NOT_OURS),
    "none, signed": (lambda f: f.signed(f.header | {"alg": "none"}), "signed in a way we do not use", NOT_OURS),
    "ES384 by name": (lambda f: f.signed(f.header | {"alg": "ES384"}), "signed in a way we do not use", NOT_OURS),
    "crit": (lambda f: f.signed(f.header | {"crit": ["exp"]}), "less or more than ours do", NOT_OURS),
    "a key of its own": (lambda f: f.signed(f.header | {"jwk": {}}), "less or more than ours do", NOT_OURS),
    "a header twice": (lambda f: f.signed(b'{"alg":"none",' + json.dumps(f.header).encode()[1:]), "not plain JSON", NOT_OURS),
    "kid of nobody in this document": (lambda f: f.signed(f.header | {"kid": f.header["kid"][:-4] + "AAAA"}), "not one we know", NEVER_HAD.format("the certification body")),
    "kid of RRN": (lambda f: f.signed(f.header | {"kid": "did:web:testserver#x"}), "not one we know", NEVER_HAD.format("RRN")),
    "kid elsewhere": (lambda f: f.signed(f.header | {"kid": "did:web:evil.example:bodies:x#y"}), "not one we know", "signed by somebody who is not in this register"),
    "kid that nobody can write": (lambda f: f.signed(f.header | {"kid": "did:web:testserver:bodies:\ud800x#a"}), "not one we know", "signed by somebody who is not in this register"),
    "kid that leads elsewhere": (lambda f: f.signed(f.header | {"kid": "did:web:testserver:bodies:..%2f..#a"}), "not one we know", "signed by somebody who is not in this register"),
    "another type": (lambda f: f.signed(f.header | {"typ": "jwt"}), "of another type", FALSE),
    "P-384 as ES256": (Forger.p384, "has not 64 bytes", FALSE),
    "DER instead of two numbers": (lambda f: f"{f.head}.{f.body}.{b64(f.key.sign(f'{f.head}.{f.body}'.encode()))}", "has not 64 bytes", FALSE),
    "the same signature spelt otherwise": (lambda f: f"{f.head}.{f.body}.{f.respelt(f.signature)}", "in its one spelling", FALSE),
    "padded": (lambda f: f"{f.head}.{f.body}.{f.signature}==", "base64url", FALSE),
    "the ordinary base64": (lambda f: f"{f.head}.{f.body}.{'+/' + f.signature[2:]}", "base64url", FALSE),
    "a name twice": (lambda f: f.signed(f.header, f.twice()), "not plain JSON", FALSE),
    "another word": (lambda f: f"{f.head}.{b64(f.twice())}.{f.signature}", "is false", FALSE),
    "zeros for a signature": (lambda f: f"{f.head}.{f.body}.{b64(bytes(64))}", "is false", FALSE),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_credential_is_refused_in_the_right_sentence(forger: Forger, how: str) -> None:
    forge, why, told = FORGED[how]
    token = forge(forger)
    with pytest.raises(jose.TokenRefused, match=why):
        jose.verify(token, forger.known, TYP)
    found = look(forger.mirror, token, is_itself=True)
    assert (found.answer, found.sentence) == (Answer.NOT_CERTIFIED, f"Do not rely on this. {found.why}")
    assert told in found.why
    if "never had" not in told:
        assert look(forger.mirror, token) == found, "a copy of the register says the same"


def test_a_document_that_offers_a_key_on_another_curve_offers_none(forger: Forger) -> None:
    said = json.loads(forger.document)
    numbers = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    x, y = (b64(one.to_bytes(48, "big")) for one in (numbers.x, numbers.y))
    said["verificationMethod"][0]["publicKeyJwk"] |= {"crv": "P-384", "x": x, "y": y}
    with pytest.raises(Unreadable):
        signer_in(json.dumps(said).encode(), forger.header["kid"])


def look(mirror: Mirrored, token: str, *, is_itself: bool = False) -> Report:
    anchors = replace(mirror.anchors, is_itself=is_itself)
    return checked(token.encode(), anchors, mirror.published, mirror.clock())


def a_list(forger: Forger, purpose: str = "suspension") -> dict[str, Any]:
    return strangers.payload((forger.mirror.folder / f"status/{forger.owner}/{purpose}/1").read_text())


def packed(data: bytes) -> str:
    return "u" + b64(gzip.compress(data, mtime=0))


def other_subject(made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return made | {"credentialSubject": made["credentialSubject"] | changes}


def clipped(made: dict[str, Any], size: int) -> dict[str, Any]:
    return other_subject(made, encodedList=packed(bytes(size)))


def stale(made: dict[str, Any]) -> dict[str, Any]:
    long_ago = datetime(2025, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    return made | {"validFrom": "2024-12-30T00:00:00Z", "validUntil": long_ago}


LISTS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "a list with one byte too few": (lambda made: clipped(made, 16_383), "the list is not a true one"),
    "a list with one byte too many": (lambda made: clipped(made, 16_385), "the list is not a true one"),
    "an empty list": (lambda made: clipped(made, 0), "the list is not a true one"),
    "a bomb": (lambda made: clipped(made, 60_000_000), "the list is not a true one"),
    "not gzip": (lambda made: other_subject(made, encodedList="uAAAA"), "the list is not a true one"),
    "another base": (lambda made: other_subject(made, encodedList="z" + made["credentialSubject"]["encodedList"][1:]), "the list is not a true one"),
    "signs nobody reads": (lambda made: other_subject(made, encodedList="u!" + made["credentialSubject"]["encodedList"][1:]), "the list is not a true one"),
    "padded": (lambda made: other_subject(made, encodedList=made["credentialSubject"]["encodedList"] + "=="), "the list is not a true one"),
    "the other purpose, inside": (lambda made: other_subject(made, statusPurpose="revocation"), "the list is another one"),
    "the other purpose, by its name": (lambda made: made | {"id": made["id"].replace("suspension", "revocation")}, "the list is another one"),
    "the next list": (lambda made: made | {"id": made["id"][:-1] + "2"}, "the list is another one"),
    "of another body, signed by this one": (lambda made: made | {"issuer": made["issuer"] + "x"}, "the list is another one"),
    "stale": (stale, "the list counted until 1 January 2025, and a newer one is needed"),
    "from the future": (lambda made: made | {"validFrom": "2999-01-01T00:00:00Z", "validUntil": "2999-01-03T00:00:00Z"}, "a newer one is needed"),
    "without an end": (lambda made: {name: value for name, value in made.items() if name != "validUntil"}, "the list is not a true one"),
}  # fmt: skip


@pytest.mark.parametrize("how", LISTS)
def test_a_list_that_is_not_the_right_one_answers_nothing(mirror: Mirrored, how: str) -> None:
    change, why = LISTS[how]
    forger = Forger(mirror)
    made = change(a_list(forger))
    put(forger, forger.signed(forger.header, json.dumps(made).encode()))
    found = look(mirror, forger.token)
    assert (found.answer, found.found(What.SUSPENSION)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert found.sentence == f"We cannot tell. Whether it is suspended could not be seen: {why}." or (
        why in found.sentence and how == "from the future"
    )


def put(forger: Forger, token: str) -> None:
    (forger.mirror.folder / f"status/{forger.owner}/suspension/1").write_text(token)


def test_the_same_list_signed_anew_is_believed(mirror: Mirrored) -> None:
    forger = Forger(mirror)
    put(forger, forger.signed(forger.header, json.dumps(a_list(forger)).encode()))
    assert look(mirror, forger.token).answer is Answer.CERTIFIED


def test_lists_swapped_between_purposes_answer_nothing(mirror: Mirrored) -> None:
    forger = Forger(mirror)
    put(forger, (mirror.folder / f"status/{forger.owner}/revocation/1").read_text())
    found = look(mirror, forger.token)
    assert found.sentence.endswith("could not be seen: the list is another one.")


def test_the_true_list_of_another_body_answers_nothing(mirror: Mirrored) -> None:
    """It is signed by a body of this register with a published key, and says that nothing is suspended."""
    forger, other = Forger(mirror), "b0d1000002"
    key = KeyStore(mirror.site.settings).ensure(Purpose.CREDENTIAL, other, mirror.clock())
    did = forger.header["kid"].partition("#")[0].replace(forger.owner, other)
    kid = f"{did}#{key.public.id}"
    document = {
        "id": did,
        "verificationMethod": [{"id": kid, "controller": did, "publicKeyJwk": jose.jwk_of(key.public)}],
    }
    (mirror.folder / f"bodies/{other}").mkdir()
    (mirror.folder / f"bodies/{other}/did.json").write_text(json.dumps(document))
    made = json.loads(json.dumps(a_list(forger)).replace(forger.owner, other))
    assert signer_in(json.dumps(document).encode(), kid)
    put(forger, jose.sign(made, key, kid, TYP))
    assert look(mirror, forger.token).sentence.endswith("could not be seen: the list is not a true one.")


@pytest.mark.parametrize(
    "how", ["HS256 with the public key in PEM", "none, signed", "crit", "P-384 as ES256"]
)
def test_a_forged_list_answers_nothing(mirror: Mirrored, how: str) -> None:
    forger = Forger(mirror)
    token = forger.token
    forger.body = b64(json.dumps(a_list(forger)).encode())
    put(forger, FORGED[how][0](forger))
    assert look(mirror, token).sentence.endswith("could not be seen: the list is not a true one.")
