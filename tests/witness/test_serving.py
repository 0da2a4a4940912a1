"""The witness over HTTP, as C2SP tlog-witness describes it, and its commands."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.ledger.note import NoteKey, open_note
from app.witness import serving as module
from app.witness.__main__ import witness as command
from app.witness.serving import serving
from app.witness.watching import LARGEST_REQUEST, Witness
from tests.witness.make import Log, witness_of


@pytest.fixture
def log() -> Log:
    return Log(5)


@pytest.fixture
def folder(tmp_path: Path, log: Log) -> Path:
    return witness_of(tmp_path / "w", log).folder


@pytest.fixture
def web(folder: Path) -> TestClient:
    return TestClient(serving(Witness(folder)))


def test_it_answers_with_lines_and_kinds_as_the_page_says(web: TestClient, folder: Path, log: Log) -> None:
    done = web.post("/add-checkpoint", content=log.request(0))
    assert (done.status_code, done.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    key = Witness(folder).key
    assert open_note(log.note() + done.text, [key]).signed_by == (key,)
    conflict = web.post("/add-checkpoint", content=log.request(0))
    assert (conflict.status_code, conflict.text) == (409, "5\n")
    assert conflict.headers["content-type"] == "text/x.tlog.size"


def test_what_it_does_not_do_is_refused(
    web: TestClient, folder: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert web.get("/add-checkpoint").status_code == 405
    assert web.get("/").status_code == 404
    assert web.get("/witness.key/checkpoint").status_code == 404
    assert web.post("/add-checkpoint", content=b"x" * (LARGEST_REQUEST + 1)).status_code == 413
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    assert web.post("/add-checkpoint", content=log.request(0)).status_code == 408


def test_one_that_forgot_says_so(web: TestClient, folder: Path, log: Log) -> None:
    web.post("/add-checkpoint", content=log.request(0))
    next(folder.glob("*/checkpoint")).write_text("?")
    answer = web.post("/add-checkpoint", content=log.request(5))
    assert answer.status_code == 503
    assert "signs nothing" in answer.text


def test_the_commands_make_a_witness_and_never_show_a_trace(tmp_path: Path, log: Log) -> None:
    run = CliRunner().invoke
    made = run(command, ["init", str(tmp_path / "n"), "--name", "w.example/1", "--log", log.key.vkey])
    assert made.exit_code == 0
    line = next(one for one in made.output.splitlines() if one.startswith("w.example/1+"))
    assert NoteKey.parse(line.partition("@")[0]) == Witness(tmp_path / "n").key
    for arguments in (
        ["init", str(tmp_path / "n"), "--name", "w.example/1"], ["init", str(tmp_path / "m"), "--name", "a b"],
        ["init", str(tmp_path / "o"), "--name", "w", "--log", "x"], ["trust", str(tmp_path / "n"), "x+y"],
        ["trust", str(tmp_path / "none"), log.key.vkey], ["serve", str(tmp_path / "none")],
    ):  # fmt: skip
        refused = run(command, arguments)
        assert (refused.exit_code, "Traceback" in refused.output) == (2, False), arguments
    assert run(command, ["trust", str(tmp_path / "n"), Log(seed=3).key.vkey]).exit_code == 0
