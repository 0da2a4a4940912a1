"""The files of the log as programs are given them: text or bytes, and a sentence in plain text when there is none."""

import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from app.certificates.effects import sign_log_again
from app.kernel.database import Site
from app.ledger.note import COSIGNATURE, NEVER, NoteKey, cosigned
from app.main import create_app
from tests.ledger.test_log import filled

TEXT = "text/plain; charset=utf-8"


def ask(site: Site, path: str) -> tuple[int, str, str]:
    with TestClient(create_app(site.settings, site.clock)) as web:
        answer = web.get(path)
    return answer.status_code, answer.headers["content-type"], answer.text


def test_an_empty_log_says_in_plain_text_that_it_has_no_checkpoint_yet(site: Site) -> None:
    status, media, said = ask(site, "/log/checkpoint")
    assert (status, media) == (404, TEXT)
    assert said.startswith("The log has no signed checkpoint yet.") and said.endswith("\n")


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/0/000.p/4", "/log/tile/0/000.p/300", "/log/tile/entries/001", "/log/tile/junk", "/log/tile/",
        "/log/statements/" + "0" * 64 + ".tlog-proof", "/log/statements/x.tlog-proof",
        "/log/papers/" + "0" * 64 + ".tlog-proof", "/log/papers/x.tlog-proof",
    ],
)  # fmt: skip
def test_what_the_log_does_not_have_is_said_in_plain_text(site: Site, path: str) -> None:
    filled(site, 3)
    sign_log_again(site)
    assert ask(site, "/log/checkpoint")[:2] == (200, TEXT)
    assert ask(site, "/log/tile/0/000.p/3")[:2] == (200, "application/octet-stream")
    status, media, said = ask(site, path)
    assert (status, media) == (404, TEXT) and said.count("\n") == 1 and "<" not in said


def test_a_cosignature_of_a_time_that_never_comes_is_none() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    key = NoteKey("witness.example/w1", private.public_key().public_bytes_raw(), COSIGNATURE)
    for seconds, stands in ((NEVER - 1, True), (NEVER, False)):
        signature = struct.pack(">Q", seconds) + private.sign(cosigned("text\n", seconds))
        assert key.verifies("text\n", signature) is stands
    assert not key.verifies("text\n", b"short")
