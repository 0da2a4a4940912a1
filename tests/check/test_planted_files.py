"""Each fault that somebody with the disk in hand could plant is found; and the command that looks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app.__main__ import rrn
from tests.check.world import Clean

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    """A file with other bytes, put back afterwards."""
    before, mode = path.read_bytes(), path.stat().st_mode
    path.chmod(0o600)
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)
        path.chmod(mode)


@contextmanager
def gone(path: Path) -> Iterator[None]:
    """A file that is not there, put back afterwards."""
    aside = path.with_suffix(".aside")
    path.rename(aside)
    try:
        yield
    finally:
        aside.rename(path)


def stored(clean: Clean) -> Path:
    """The file of the document that the world knows."""
    with clean.site.engine.connect() as connection:
        asked = text("SELECT digest FROM document WHERE ref = :ref")
        digest = str(connection.execute(asked, {"ref": clean.document}).scalar_one())
    return clean.site.settings.data_dir / "files" / digest[:2] / digest


def test_a_changed_piece_of_evidence_is_found_twice_over(clean: Clean) -> None:
    with changed(stored(clean), b"something else"):
        assert [one.what for one in clean.look("every piece of evidence")] == ["its file was changed"]
        assert [one.what for one in clean.look("every stored file")] == [
            "holds something else than its name says"
        ]


def test_a_lost_piece_of_evidence_is_found(clean: Clean) -> None:
    with gone(stored(clean)):
        assert [one.what for one in clean.look("every piece of evidence")] == ["its file is gone"]


@pytest.mark.parametrize("name", ["certificate.pdf", "credential.jwt", "statement.json"])
def test_a_changed_or_lost_paper_is_found(clean: Clean, name: str) -> None:
    path = clean.paper / name
    with changed(path, path.read_bytes() + b" "):
        assert f"{name} was changed after it was issued" in [
            one.what for one in clean.look("every issued paper")
        ]
    with gone(path):
        assert f"{name} is gone" in [one.what for one in clean.look("every issued paper")]


def test_a_seal_over_changed_words_is_found(clean: Clean) -> None:
    pdf = clean.paper / "certificate.pdf"
    with changed(pdf, pdf.read_bytes() + b"\n% and more"):
        assert "its seal does not verify" in clean.look("every seal")[0].what


def test_a_seal_that_cannot_be_read_has_no_time_stamp_that_counts(clean: Clean) -> None:
    """What happens to real stamps stands in tests/verifier/test_stamps.py."""
    pdf = clean.paper / "certificate.pdf"
    with changed(pdf, pdf.read_bytes().replace(b"/Contents <3082", b"/Contents <3083")):
        assert "a time stamp that is false" in clean.look("every time stamp")[0].what


def test_an_archive_copy_of_something_else_is_found(clean: Clean) -> None:
    copy, issued = clean.paper / "certificate-archive.pdf", (clean.paper / "certificate.pdf").read_bytes()
    for content, said in (
        (issued[1:], "does not begin with the paper that was issued"),
        (issued + b"and more", "its time stamp cannot be read"),
    ):
        copy.write_bytes(content)
        try:
            assert said in clean.look("every archive copy")[0].what
        finally:
            copy.unlink()


def test_a_key_that_was_exchanged_is_found(clean: Clean) -> None:
    folder = clean.site.settings.data_dir / "keys"
    root = next(path for path in folder.glob("*.json") if '"root"' in path.read_text())
    with changed(root, root.read_bytes().replace(b'"root"', b'"seal"')):
        assert "cannot be believed" in clean.look("every key is what")[0].what
        assert run(clean).exit_code == 1
    with gone(root):
        assert "no certificate that leads to our root" in clean.look("every key is what")[0].what


def test_a_paper_that_nobody_decided_on_is_found(clean: Clean) -> None:
    stray = clean.paper.parent / "9"
    stray.mkdir()
    try:
        assert [one.what for one in clean.look("nothing was issued beside")] == ["no decision granted it"]
    finally:
        stray.rmdir()


def test_damage_too_deep_to_read_is_a_breach_and_the_walk_goes_on(
    clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    with changed(clean.paper / "credential.jwt", b"\xff\xfe"):
        assert "does not verify" in clean.look("every credential")[0].what
    keys = clean.site.settings.data_dir / "keys"
    first = sorted(keys.glob("*.json"))[0]
    with changed(first, b"not a key"):
        assert run(clean).exit_code == 1


def run(clean: Clean) -> Result:
    settings = clean.site.settings
    given = {
        "RRN_DATA_DIR": str(settings.data_dir), "RRN_DATABASE_URL": settings.database_url, "RRN_SECRET_KEY": settings.secret_key,
        "RRN_PUBLIC_BASE_URL": settings.public_base_url,
    }  # fmt: skip
    return CliRunner().invoke(rrn, ["check"], env={**os.environ, **given})


def test_the_command_says_nothing_is_wrong_or_one_line_for_each_breach(clean: Clean) -> None:
    good = run(clean)
    assert good.exit_code == 0 and "Nothing is wrong" in good.stdout, good.stdout
    with gone(stored(clean)):
        bad = run(clean)
    assert bad.exit_code == 1
    assert [line for line in bad.stdout.splitlines() if line] == [
        f"every piece of evidence is as it was sent: document {clean.document} its file is gone"
    ]


@pytest.mark.parametrize("command", [["check"], ["export", "log", "mirror"], ["index"]])
def test_each_command_says_what_to_do_when_there_is_no_register_yet(
    command: list[str], tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "app", *command], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={**os.environ, "RRN_DATA_DIR": str(tmp_path), "RRN_DATABASE_URL": "", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    said = " ".join(result.stdout.split())
    assert result.returncode == 2 and "run rrn migrate first" in said, (said, result.stderr)
    assert "Traceback" not in result.stdout + result.stderr
