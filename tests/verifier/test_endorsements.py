"""Endorsements that somebody took out of a badge: judged from a mirror, genuine, over, changed, swapped, or of a doubtful key."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.certificates.effects import key_store
from app.certificates.effects.worker import press
from app.certificates.keys import Purpose
from app.certificates.rules import Answer
from app.verifier.anchors import Published
from app.verifier.checking import checked
from app.verifier.report import Found, Report, What
from tests.mirror.made import Mirrored


def tokens(mirror: Mirrored, number: str, version: int = 1) -> list[str]:
    place = mirror.folder / "certificates" / number / str(version) / "endorsements"
    return [path.read_text() for path in sorted(place.iterdir())]


def look(mirror: Mirrored, token: str, published: Published | None = None) -> Report:
    return checked(token.encode(), mirror.anchors, published or mirror.published, mirror.clock())


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_a_genuine_endorsement_is_certified_and_says_that_it_is_no_certificate(whole: Mirrored) -> None:
    for token in tokens(whole, whole.good):
        found = look(whole, token)
        assert found.answer is Answer.CERTIFIED, found
        assert found.sentence.startswith("An endorsement of “")
        assert (
            "It is no certificate and says nothing of any learner. Harbour Lane Training is certified until"
            in found.sentence
        )
        assert found.found(What.LOG) is Found.YES
    assert len(tokens(whole, whole.good)) == 3


def test_one_of_a_certificate_that_is_over_suspended_or_replaced_was_certified(whole: Mirrored) -> None:
    for number, what in (
        (whole.suspended, What.SUSPENSION),
        (whole.withdrawn, What.REVOCATION),
        (whole.reduced, What.REVOCATION),
    ):
        found = look(whole, tokens(whole, number)[0])
        assert (found.answer, found.found(what)) == (Answer.WAS_CERTIFIED, Found.NO)


def signed(mirror: Mirrored, said: dict[str, Any], kid: str = "") -> str:
    """Anything, signed with the body's own key, as a body that went astray might."""
    body = said["issuer"]["id"].rpartition(":")[2] if not kid else kid.split("/")[-3]
    store = key_store(mirror.site.settings)
    key = store.signing(Purpose.CREDENTIAL, body, mirror.clock())
    return str(
        press().jose.sign(said, key, f"http://testserver/bodies/{body}/keys/{key.public.id}", "JWT", cty=None)
    )


FORGERIES: dict[str, Callable[[Mirrored, dict[str, Any]], dict[str, Any]]] = {
    "another subject": lambda m, said: said | {"sub": said["sub"] + "x", "credentialSubject": {"id": said["sub"] + "x"}},
    "two subjects": lambda m, said: said | {"sub": said["sub"] + "x"},
    "a certificate of somebody else": lambda m, said: said | {"id": (other := said["id"].replace(m.good, m.suspended)), "jti": other},
    "another version": lambda m, said: said | {"id": (other := said["id"].replace("/1/", "/01/")), "jti": other},
    "somewhere else": lambda m, said: said | {"id": "https://elsewhere.example/x", "jti": "https://elsewhere.example/x"},
    "another issuer": lambda m, said: said | {"iss": said["iss"] + "x"},
    "less": lambda m, said: {name: value for name, value in said.items() if name != "sub"},
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_a_body_signed_that_is_not_what_its_certificate_says_is_a_no(
    whole: Mirrored, forgery: str
) -> None:
    token = signed(whole, FORGERIES[forgery](whole, claims(tokens(whole, whole.good)[0])))
    found = look(whole, token)
    assert found.answer is Answer.NOT_CERTIFIED, found


def test_a_changed_one_is_a_no_and_one_of_a_stranger_too(whole: Mirrored) -> None:
    head, body, signature = tokens(whole, whole.good)[0].split(".")
    changed = ".".join([head, body[:-8] + ("A" if body[-8] != "A" else "B") + body[-7:], signature])
    assert look(whole, changed).answer is Answer.NOT_CERTIFIED
    swapped = ".".join([head, tokens(whole, whole.suspended)[0].split(".")[1], signature])
    assert look(whole, swapped).answer is Answer.NOT_CERTIFIED


@pytest.mark.parametrize(
    ("gone", "what"),
    [("did.json", What.CREDENTIAL), ("statement.json", What.STATEMENT), ("proof.tlog-proof", What.LOG), ("suspension", What.SUSPENSION)],
)  # fmt: skip
def test_what_cannot_be_had_leaves_the_answer_open(whole: Mirrored, gone: str, what: What) -> None:
    def published(path: str) -> bytes | None:
        return None if gone in path else whole.published(path)

    found = look(whole, tokens(whole, whole.good)[0], published)
    assert (found.answer, found.found(what)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)


def test_one_whose_key_others_may_know_is_in_doubt(whole: Mirrored) -> None:
    def published(path: str) -> bytes | None:
        content = whole.published(path)
        if content is None or not path.endswith("did.json"):
            return content
        said = json.loads(content)
        for one in said["verificationMethod"]:
            one["revoked"] = (whole.clock() + timedelta(days=1)).isoformat()
        return json.dumps(said).encode()

    found = look(whole, tokens(whole, whole.good)[0], published)
    assert (found.answer, found.found(What.KEYS)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
