"""A credential as people paste it: broken over lines by mail, in quotation marks, or something else altogether."""

import base64
import json

import pytest
from fastapi.testclient import TestClient

from app.certificates.rules import Answer
from app.main import create_app
from app.verifier.report import What
from tests.mirror.made import Mirrored
from tests.verifier.test_checking import look


def credential(mirror: Mirrored) -> str:
    return mirror.paper(mirror.good, name="credential.jwt").decode()


def lines(token: str, end: str) -> str:
    return end.join(token[at : at + 76] for at in range(0, len(token), 76))


AROUND = {
    "white space": lambda token: f"  \n\t{token}\r\n\n ",
    "lines": lambda token: lines(token, "\n"),
    "lines as mail breaks them": lambda token: lines(token, "\r\n") + "\r\n",
    "a mark of byte order": lambda token: f"\ufeff{token}",
    "spaces that do not break": lambda token: f"\u00a0{token}\u200b",
    "quotation marks": lambda token: f'"{token}"',
    "quotation marks of word processors": lambda token: f"“{lines(token, chr(10))}”",
}


@pytest.mark.parametrize("how", AROUND)
def test_what_mail_and_word_processors_put_around_a_credential_is_no_part_of_it(
    whole: Mirrored, how: str
) -> None:
    pasted = AROUND[how](credential(whole))
    found = look(whole, pasted.encode())
    assert (found.answer, found.named) == (Answer.CERTIFIED, whole.good)
    with TestClient(create_app(whole.site.settings, whole.clock, {})) as web:
        assert "Yes: it is genuine and counts today" in web.post("/verify", data={"credential": pasted}).text
        sent = web.post("/api/v1/verify", files={"document": ("credential.jwt", pasted.encode())})
    assert sent.json()["answer"] == "certified"


def test_whatever_else_was_changed_stays_changed(whole: Mirrored) -> None:
    token = credential(whole)
    for changed in (
        token[:-1],
        token + "A",
        token.replace(".", ".A", 1),
        token + "==",
        token[:200] + token[201:],
    ):
        assert look(whole, lines(changed, "\n").encode()).answer is Answer.NOT_CERTIFIED


def other(**header: object) -> str:
    part = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{part}.e30.AAAA"


NOT_OURS = {
    "three words": ("a.b.c", "no credential, endorsement or statement of this register"),
    "a page of the web": ("<html>..</html>", "neither a certificate in PDF nor a credential"),
    "a stranger's token": (
        other(alg="HS256", typ="JWT"),
        "no credential, endorsement or statement of this register",
    ),
    "a stranger's credential": (
        other(alg="ES256", typ="vc+jwt", kid="did:web:elsewhere.example#x"),
        "no credential, endorsement or statement of this register",
    ),
    "two sentences": ("This is not. A token. ", "no credential, endorsement or statement of this register"),
}


@pytest.mark.parametrize("how", NOT_OURS)
def test_what_is_nothing_of_ours_is_no_forgery(whole: Mirrored, how: str) -> None:
    content, words = NOT_OURS[how]
    found = look(whole, content.encode())
    assert (found.answer, found.found(What.CREDENTIAL)) == (Answer.CANNOT_TELL, None)
    assert words in found.sentence


def test_a_status_list_is_genuine_and_no_certificate(whole: Mirrored) -> None:
    for path in sorted(whole.folder.glob("status/*/*/1")):
        found = look(whole, path.read_bytes())
        assert found.answer is Answer.CANNOT_TELL
        assert "This is a status list of the register and no certificate" in found.sentence
        changed = path.read_bytes()[:-9] + b"AAAAAAAAA"
        assert look(whole, changed).answer is Answer.NOT_CERTIFIED


def test_a_refusal_and_a_doubt_are_said_once(whole: Mirrored) -> None:
    """The heading says it on the page; the command has no heading."""
    token = credential(whole)
    forged, doubtful = token[:-9] + "AAAAAAAAA", b"\xff\xd8\xff\xe0 a picture"
    assert look(whole, forged.encode()).sentence.startswith("Do not rely on this. The signature")
    with TestClient(create_app(whole.site.settings, whole.clock, {})) as web:
        page = web.post("/verify", data={"credential": forged}).text
        said = web.post("/api/v1/verify", json={"credential": forged}).json()
        unsure = web.post("/verify", files={"document": ("x.jpg", doubtful)}).text
    assert page.count("Do not rely on this paper") >= 1 and "Do not rely on this." not in page
    assert said["sentence"] == f"Do not rely on this. {said['why']}"
    assert "We cannot tell from this" in unsure and "We cannot tell." not in unsure


def test_only_the_register_at_its_own_address_is_no_copy_of_it(whole: Mirrored) -> None:
    anchors = whole.anchors
    assert anchors.asked_at("http://testserver/").is_itself
    for copy in (str(whole.folder), "https://mirror.example", "http://[", "testserver"):
        assert not anchors.asked_at(copy).is_itself
