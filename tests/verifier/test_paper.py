"""A paper that somebody was sent, on the page and in the interface for programs: genuine, over, replaced, forged, or no paper at all."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from app.certificates.jose import decode
from app.main import create_app
from app.web.limits import Rate
from tests.mirror.made import Mirrored
from tests.verifier.forging import BOMBS, CREDENTIALS, NO_SEAL, NOT_PAPER, PAPERS, Forge, parts, signed
from tests.verifier.test_checking import run

FAST = {"paper": Rate(1000, 1000), "look_up": Rate(1000, 1000)}


@pytest.fixture(scope="module")
def web(whole: Mirrored) -> Iterator[TestClient]:
    with TestClient(create_app(whole.site.settings, whole.clock, FAST)) as client:
        yield client


def ask(web: TestClient, paper: bytes, name: str = "certificate.pdf", **more: str) -> dict[str, Any]:
    answer = web.post("/api/v1/verify", files={"document": (name, paper)}, data=more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def page(web: TestClient, paper: bytes, name: str = "certificate.pdf") -> str:
    answer = web.post("/verify", files={"document": (name, paper)})
    assert answer.status_code == 200, answer.text
    return answer.text


def looked(found: dict[str, Any]) -> dict[str, str]:
    return {one["what"]: one["found"] for one in found["checks"]}


def test_a_genuine_pdf_is_a_yes_with_each_look_and_the_registers_own_answer(
    web: TestClient, whole: Mirrored
) -> None:
    found = ask(web, whole.paper(whole.good), on="2020-01-01")
    assert (found["answer"], found["number"], found["version"], found["genuine"]) == (
        "certified",
        whole.good,
        1,
        True,
    )
    looks = looked(found)
    assert looks.pop("witnesses") == "aside"
    assert set(looks.values()) == {"yes"}
    assert set(looks) == {
        "seal",
        "whole_file",
        "credential",
        "statement",
        "log",
        "keys",
        "begun",
        "expiry",
        "revocation",
        "suspension",
        "body",
    }
    assert (found["today"]["answer"], found["on_that_day"]["answer"]) == ("certified", "cannot_tell")
    text = page(web, whole.paper(whole.good))
    assert "Yes: it is genuine and counts today" in text and f"/verify/{whole.good}" in text


def test_a_credential_may_be_pasted_or_uploaded(web: TestClient, whole: Mirrored) -> None:
    token = whole.paper(whole.good, name="credential.jwt")
    assert ask(web, token, "credential.jwt")["answer"] == "certified"
    pasted = web.post("/api/v1/verify", json={"credential": f" {token.decode()}\n"})
    assert (pasted.status_code, pasted.json()["answer"]) == (200, "certified")
    shown = web.post("/verify", data={"credential": token.decode()})
    assert "Yes: it is genuine" in shown.text


def test_what_is_over_says_so_and_leads_to_the_newest(web: TestClient, whole: Mirrored) -> None:
    replaced = ask(web, whole.paper(whole.reduced))
    assert (replaced["answer"], replaced["genuine"]) == ("was_certified", True)
    assert "Version 2 took the place of this one, version 1" in replaced["sentence"]
    newest = f"/certificates/{whole.reduced}/2/certificate.pdf"
    assert replaced["newest"] == newest
    assert newest in page(web, whole.paper(whole.reduced))
    suspended = ask(web, whole.paper(whole.suspended))
    assert (suspended["answer"], suspended["title"]) == (
        "was_certified",
        "It is genuine, but not in force just now",
    )
    assert suspended["today"]["status"] == "suspended"
    withdrawn = ask(web, whole.paper(whole.withdrawn))
    assert (withdrawn["answer"], withdrawn["newest"]) == ("was_certified", "")
    assert withdrawn["title"] == "It was genuine, and does not count any more"


@pytest.mark.parametrize("how", [*PAPERS, *CREDENTIALS])
def test_a_forgery_is_no_yes_anywhere_and_the_register_still_speaks_of_the_number(
    web: TestClient, whole: Mirrored, tmp_path: Path, how: str
) -> None:
    forge: Forge
    forge, words = (PAPERS | CREDENTIALS)[how]
    forged = forge(whole, tmp_path)
    answer = "cannot_tell" if how == "a key that is not there" else "not_certified"
    found = ask(web, forged)
    assert (found["answer"], found["genuine"]) == (answer, False)
    assert words in found["sentence"] and found["advice"]
    assert found["number"] == whole.good and found["today"]["answer"] == "certified"
    text = page(web, forged)
    assert (
        words in text
        and f"/report?number={whole.good}" in text
        and "says nothing about whether the paper is true" in text
    )
    (tmp_path / "forged").write_bytes(forged)
    told = run(str(tmp_path / "forged"), "--against", str(whole.folder))
    assert told.output.splitlines()[-1].startswith(f"{answer}: ") and words in told.output
    assert told.exit_code == (2 if answer == "cannot_tell" else 1)


def test_a_key_that_a_body_never_had_is_a_no_of_the_register_and_a_doubt_of_a_copy(
    web: TestClient, whole: Mirrored, tmp_path: Path
) -> None:
    """The register lists every key there ever was; a mirror may be older than the key."""
    header, body, signature = parts(whole)
    kid = header["kid"][:-4] + "AAAA"
    forged = signed(header | {"kid": kid}, body, lambda _data: decode(signature))
    found = ask(web, forged, "credential.jwt")
    assert (found["answer"], found["genuine"]) == ("not_certified", False)
    assert "signed with a key that the certification body never had" in found["why"]
    (tmp_path / "forged").write_bytes(forged)
    told = run(str(tmp_path / "forged"), "--against", str(whole.folder))
    assert (told.exit_code, "is not in this copy of the register" in told.output) == (2, True)


def test_a_statement_ends_the_command_with_no_zero(whole: Mirrored) -> None:
    """It is about the day it was made, of a certificate that stands: what was so is still no sign of what is."""
    for path in whole.folder.glob("statements/*/statement.*"):
        if path.suffix in (".pdf", ".jwt"):
            told = run(str(path), "--against", str(whole.folder))
            assert (told.exit_code, "was_certified: A genuine statement of the register about" in told.output) == (1, True)  # fmt: skip


@pytest.mark.parametrize("how", BOMBS)
def test_a_file_that_is_meant_to_hurt_is_given_up_in_time(web: TestClient, how: str) -> None:
    began = time.monotonic()
    found = ask(web, BOMBS[how]())
    assert time.monotonic() - began < 20
    assert found["answer"] in ("cannot_tell", "not_certified")
    assert "could not be opened safely" in found["sentence"] or "cannot be read" in found["sentence"]


@pytest.mark.parametrize("how", [*NO_SEAL, *NOT_PAPER])
def test_what_has_no_seal_is_neither_a_yes_nor_a_no(
    web: TestClient, whole: Mirrored, tmp_path: Path, how: str
) -> None:
    content, words = NOT_PAPER[how] if how in NOT_PAPER else (NO_SEAL[how](), "There is no seal in this PDF.")
    found = ask(web, content)
    assert (found["answer"], found["number"], found["today"]) == ("cannot_tell", "", None)
    assert words in found["sentence"] and "Type the number" in found["advice"]
    assert words in page(web, content) and "We cannot tell from this" in page(web, content)
    (tmp_path / "paper").write_bytes(content)
    told = run(str(tmp_path / "paper"), "--against", str(whole.folder))
    assert (told.exit_code, words in told.output) == (2, True)


def test_nothing_or_too_much_is_refused_in_words_and_what_was_pasted_stays(
    web: TestClient, whole: Mirrored
) -> None:
    for sent in ({}, {"credential": " "}):
        refused = web.post("/api/v1/verify", json=sent)
        assert (refused.status_code, "Choose a file" in refused.text) == (422, True)
    both = web.post("/verify", data={"credential": "a.b.c"}, files={"document": ("x.pdf", b"%PDF-")})
    assert (both.status_code, "one of the two" in both.text, "a.b.c" in both.text) == (422, True, True)
    empty = web.post("/verify", files={"document": ("x.pdf", b"")})
    assert (empty.status_code, "the file is empty" in empty.text) == (422, True)
    large = web.post("/api/v1/verify", files={"document": ("x.pdf", bytes(11 * 1024 * 1024))})
    assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
    assert web.get("/verify/paper").status_code == 200


def test_it_is_asked_without_a_word_being_written(web: TestClient, whole: Mirrored) -> None:
    def files() -> dict[Path, bytes]:
        place = whole.site.settings.data_dir
        return {
            path: path.read_bytes()
            for path in place.rglob("*")
            if path.is_file() and "register.db" not in path.name
        }

    before = files()
    with whole.site.engine.connect() as connection:
        changes = connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one()
        page(web, whole.paper(whole.good))
        assert connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one() == changes
    assert files() == before


def test_who_asks_too_often_waits(whole: Mirrored) -> None:
    with TestClient(create_app(whole.site.settings, whole.clock, {"paper": Rate(0.001, 2)})) as client:
        said = [client.post("/api/v1/verify", json={"credential": "a.b.c"}).status_code for _ in range(3)]
    assert said == [200, 200, 429]


def test_a_register_that_cannot_be_read_says_so_and_is_no_answer(
    web: TestClient, whole: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, OSError("the database is gone"))

    monkeypatch.setattr("app.registry.pages.queries.paper_view", gone)
    said = web.post("/api/v1/verify", json={"credential": "a.b.c"})
    assert (said.status_code, said.json()["answer"]) == (503, "cannot_tell")
    assert "we cannot tell" in said.json()["detail"]


def test_a_web_process_loads_nothing_that_reads_pdf() -> None:
    asked = "import sys, app.main; print({'pyhanko', 'pypdf', 'reportlab'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
