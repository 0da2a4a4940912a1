"""Mirrors that are old, cut, or written by somebody who means ill: a doubt is never a no, a yes needs everything, and nothing breaks."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.certificates import jose
from app.certificates.did import TYP
from app.certificates.effects import key_store
from app.certificates.keys import Purpose
from app.certificates.rules import Answer
from app.verifier.anchors import Untrusted, anchors_from
from app.verifier.checking import checked
from app.verifier.opening import open_pdf
from app.verifier.report import Found, Report, What
from app.verifier.shut_in import OpenedPdf, Roots
from tests.mirror.made import Mirrored
from tests.verifier.test_checking import body_of, look, place, run
from tests.verifier.test_licences import licence, said

DID, CHECKPOINT = "bodies/{body}/did.json", "log/checkpoint"
NEEDED = {
    DID: What.CREDENTIAL,
    CHECKPOINT: What.LOG,
    "certificates/{number}/1/proof.tlog-proof": What.LOG,
    "certificates/{number}/1/statement.json": What.STATEMENT,
    ".well-known/keys.json": What.KEYS,
}
"""Files of a mirror, and what cannot be looked at without them."""
CUT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _content: b"",
    "junk": lambda _content: b"\0\xffjunk",
    "cut": lambda content: content[: len(content) // 2],
    "nested": lambda _content: b"[" * 200_000,
}


@pytest.mark.parametrize("how", CUT)
@pytest.mark.parametrize("path", NEEDED)
def test_a_file_of_the_copy_that_cannot_be_read_is_a_doubt(mirror: Mirrored, path: str, how: str) -> None:
    target = mirror.folder / path.format(body=body_of(mirror), number=mirror.good)
    target.write_bytes(CUT[how](target.read_bytes()))
    found = look(mirror, mirror.paper(mirror.good))
    assert (found.answer, found.found(NEEDED[path])) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "could not be read" in found.sentence
    told = run(
        str(mirror.folder / place(mirror, mirror.good, "certificate.pdf")), "--against", str(mirror.folder)
    )
    assert (told.exit_code, "could not be read" in told.output) == (2, True)


def test_a_bundle_of_entries_that_was_cut_is_a_doubt(mirror: Mirrored) -> None:
    (bundle,) = (mirror.folder / "log/tile/entries").rglob("*.p/*")
    bundle.write_bytes(bundle.read_bytes()[:-10])
    found = look(mirror, mirror.paper(mirror.good))
    assert (found.answer, "could not be read" in found.sentence) == (Answer.CANNOT_TELL, True)


def methods(mirror: Mirrored, change: Callable[[dict[str, Any]], object]) -> None:
    target = mirror.folder / DID.format(body=body_of(mirror))
    document = json.loads(target.read_bytes())
    for one in document["verificationMethod"]:
        change(one)
    target.write_text(json.dumps(document))


@pytest.mark.parametrize("when", [5, True, [], "nonsense", "2024-01-01T00:00:00", "2024-01-01", "0001-01-01T00:00:00+14:00"])  # fmt: skip
def test_a_day_of_revocation_that_is_none_is_a_doubt(mirror: Mirrored, when: object) -> None:
    methods(mirror, lambda one: one.update(revoked=when))
    found = look(mirror, mirror.paper(mirror.good))
    assert (found.answer, found.found(What.CREDENTIAL)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)


def test_a_copy_from_before_a_new_key_cannot_tell_and_the_register_itself_can(mirror: Mirrored) -> None:
    """A copy lists the keys there were when it was made; the register lists every key there ever was."""
    target = mirror.folder / DID.format(body=body_of(mirror))
    document = json.loads(target.read_bytes())
    target.write_text(json.dumps(document | {"verificationMethod": []}))
    paper = mirror.paper(mirror.good)
    copy = look(mirror, paper)
    assert (copy.answer, copy.found(What.CREDENTIAL)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "is not in this copy of the register, which may be older than the paper" in copy.sentence
    itself = checked(
        paper, mirror.anchors.asked_at("http://testserver"), mirror.published, mirror.clock(), open_pdf
    )
    assert (itself.answer, itself.found(What.CREDENTIAL)) == (Answer.NOT_CERTIFIED, Found.NO)
    assert "with a key that the certification body never had" in itself.sentence


def test_a_licence_behind_a_certificate_that_cannot_be_read_is_a_doubt(mirror: Mirrored) -> None:
    (path,) = mirror.folder.glob("bodies/*/licence/1/credential.jwt")
    number = naming_a_licence(mirror)
    for content in (b"", b"junk", licence(mirror)[:-20]):
        kept = path.read_bytes()
        path.write_bytes(content)
        found = look(mirror, mirror.paper(number))
        assert found.found(What.LICENCE) is Found.CANNOT_TELL, content
        path.write_bytes(kept)


def naming_a_licence(mirror: Mirrored) -> str:
    return next(
        number
        for number in (mirror.good, mirror.suspended, mirror.withdrawn, mirror.reduced)
        if b"licence_credential" in mirror.paper(number, name="statement.json")
        and json.loads(mirror.paper(number, name="statement.json"))["licence_credential"]
    )


def test_addresses_in_what_a_body_signed_lead_nowhere_else(mirror: Mirrored) -> None:
    """A body that went astray may sign any address; none of them is asked of the register unless it is one of its own."""
    payload = said(mirror.paper(mirror.good, name="credential.jwt"))
    body = body_of(mirror)
    key = key_store(mirror.site.settings).signing(Purpose.CREDENTIAL, body, mirror.clock())
    asked: list[str] = []

    def published(path: str) -> bytes | None:
        asked.append(path)
        return mirror.published(path)

    for path in ("certificates/\0/1/statement.json", "certificates/X/99999999999999999999/statement.json", "../x/statement.json"):  # fmt: skip
        payload["credentialSubject"]["auditableEvidence"]["linkURL"] = f"http://testserver/{path}"
        token = jose.sign(payload, key, f"did:web:testserver:bodies:{body}#{key.public.id}", TYP)
        found = checked(token.encode(), mirror.anchors, published, mirror.clock())
        assert (found.answer, found.found(What.STATEMENT)) == (Answer.NOT_CERTIFIED, Found.NO)
    assert set(asked) == {f"bodies/{body}/did.json"}


WRONG: tuple[object, ...] = (None, 0, -1, 10**400, 1.5, "", "x", [], {}, [[]], True, {"a": 1}, "0001-01-01T00:00:00+14:00")  # fmt: skip


def spoilt(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """The same file with a bit turned, cut, added to, or, when it is JSON, with a value of another kind."""
    for _ in range(12):
        at = chance.randrange(len(content))
        yield content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        yield content[:at]
    yield from (b"", b"[" * 100_000, content + b"x", content * 2, b"\xff\xfe" + content)
    try:
        parsed = json.loads(content)
    except ValueError:
        return
    for _ in range(40):
        yield json.dumps(with_another(parsed, chance)).encode()


def with_another(value: Any, chance: random.Random) -> Any:
    """The value with one value somewhere in it replaced."""
    if isinstance(value, dict | list) and value and chance.random() < 0.9:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        place = chance.choice(places)
        copy = value.copy()
        copy[place] = with_another(value[place], chance)
        return copy
    return chance.choice(WRONG)


def opened_once(mirror: Mirrored) -> Callable[[bytes, Roots, Roots], OpenedPdf]:
    seen = open_pdf(mirror.paper(mirror.good), mirror.anchors.roots)
    return lambda _pdf, _roots, _stamps: seen


def papers_of(mirror: Mirrored) -> dict[str, bytes]:
    number = mirror.good
    return {
        "certificate": mirror.paper(number),
        "credential": mirror.paper(number, name="credential.jwt"),
        "licence": licence(mirror),
        "endorsement": next((mirror.folder / f"certificates/{number}/1/endorsements").iterdir()).read_bytes(),
        "statement": next(mirror.folder.glob("statements/*/statement.jwt")).read_bytes(),
    }


@pytest.mark.parametrize("kind", ["certificate", "credential", "licence", "endorsement", "statement"])
def test_no_spoilt_file_of_a_mirror_breaks_anything_or_makes_a_better_answer(
    whole: Mirrored, kind: str
) -> None:
    paper, opener, chance = papers_of(whole)[kind], opened_once(whole), random.Random(7)
    read: dict[str, bytes] = {}

    def recorded(path: str) -> bytes | None:
        content = whole.published(path)
        if content is not None:
            read[path] = content
        return content

    best = checked(paper, whole.anchors, recorded, whole.clock(), opener)
    for path, content in read.items():
        for spoiled in spoilt(content, chance):
            found = judged(whole, paper, opener, {path: spoiled})
            assert found.answer in (best.answer, Answer.CANNOT_TELL, Answer.NOT_CERTIFIED), (path, spoiled)
            assert found.answer is not best.answer or json_or_same(path, spoiled, content), (path, spoiled)


def judged(mirror: Mirrored, paper: bytes, opener: Any, changed: dict[str, bytes]) -> Report:
    return checked(
        paper, mirror.anchors, lambda path: changed.get(path, mirror.published(path)), mirror.clock(), opener
    )


def json_or_same(path: str, spoiled: bytes, content: bytes) -> bool:
    """Only a list of keys may change in places nobody asks about, and a bundle in entries of others."""
    return (
        (Path(path).suffix == ".json" and "statement" not in path)
        or "tile/entries" in path
        or spoiled == content
    )


@pytest.mark.parametrize(
    "path", [".well-known/seal-ca.pem", ".well-known/log.vkey", ".well-known/tsa-roots.pem"]
)
def test_anchors_that_are_spoilt_are_none(mirror: Mirrored, path: str) -> None:
    (mirror.folder / path).write_bytes(b"junk")
    with pytest.raises(Untrusted):
        anchors_from(mirror.published)
    told = run(mirror.good, "--against", str(mirror.folder))
    assert (told.exit_code, "Traceback" in told.output) == (2, False)
