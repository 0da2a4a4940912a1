"""A mirror of what is published: the same bytes at the same paths, broken off and taken up again, usable by anybody's tools."""

import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.__main__ import rrn
from app.certificates.rules import Answer
from app.kernel.database import Site
from app.kernel.errors import NotFound
from app.main import create_app
from app.mirror.writing import export
from app.verifier.checking import checked
from tests.mirror.made import Mirrored


def nothing(_done: int, _all: int) -> None:
    """Nobody looks at the bar."""


def paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_file_is_what_the_register_serves_at_its_path(whole: Mirrored) -> None:
    with TestClient(create_app(whole.site.settings, whole.clock)) as web:
        for path in paths(whole.folder):
            where = path.relative_to(whole.folder).as_posix()
            answer = web.get(f"/{where}")
            if (
                "/endorsements/" in where and whole.good not in where
            ):  # badges hold it; nobody is given it any more
                assert answer.status_code == 422 or answer.content == path.read_bytes(), where
                continue
            assert (answer.status_code, answer.content == path.read_bytes()) == (200, True), where


def test_signed_statements_and_licences_are_in_it_and_verify_offline(mirror: Mirrored) -> None:
    found = {
        kind: list(mirror.folder.glob(kind))
        for kind in ("statements/*/statement.*", "bodies/*/licence/*/credential.jwt")
    }
    assert [len(files) for files in found.values()] == [3, 1]
    for path in (one for files in found.values() for one in files if one.suffix in (".pdf", ".jwt")):
        answer = checked(path.read_bytes(), mirror.anchors, mirror.published, mirror.clock())
        stated = path.parts[-3] == "statements"
        assert answer.answer is (Answer.WAS_CERTIFIED if stated else Answer.CERTIFIED), (path, answer)
        assert (answer.about is not None) is stated
    contexts = mirror.folder / "contexts" / "register-1.jsonld"
    assert b"http://testserver/contexts/register-1.jsonld#licenceNumber" in contexts.read_bytes()


def test_again_it_writes_nothing_and_broken_off_it_writes_the_rest(mirror: Mirrored) -> None:
    assert export(mirror.site, mirror.folder, nothing) == (0, [])
    gone = [mirror.folder / "log/checkpoint", next(mirror.folder.glob("certificates/*/1/certificate.pdf"))]
    kept = [path.read_bytes() for path in gone]
    for path in gone:
        path.unlink()
    assert export(mirror.site, mirror.folder, nothing) == (2, [])
    assert [path.read_bytes() for path in gone] == kept


def test_a_paper_that_was_damaged_in_the_mirror_is_put_right(mirror: Mirrored) -> None:
    paper = next(mirror.folder.glob("certificates/*/1/certificate.pdf"))
    kept = paper.read_bytes()
    paper.write_bytes(b"x" * len(kept))
    assert export(mirror.site, mirror.folder, nothing) == (1, [])
    assert paper.read_bytes() == kept


def test_a_paper_that_is_damaged_in_the_register_is_named_and_the_rest_is_written(
    mirror: Mirrored, tmp_path: Path
) -> None:
    issued = mirror.site.settings.issued_dir / mirror.good / "1" / "certificate.pdf"
    kept = issued.read_bytes()
    try:
        issued.write_bytes(kept[:-1])
        written, faults = export(mirror.site, tmp_path / "other", nothing)
    finally:
        issued.write_bytes(kept)
    assert faults == [f"certificates/{mirror.good}/1/certificate.pdf: it is not what was published."]
    assert written == len(paths(mirror.folder)) - 1


def test_broken_off_anywhere_no_half_file_and_no_early_checkpoint_is_left(
    mirror: Mirrored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0
    real = os.replace

    def breaks(part: str, target: Path) -> None:
        nonlocal count
        count += 1
        if count == 7:
            raise OSError("no space left")
        real(part, target)

    monkeypatch.setattr(os, "replace", breaks)
    with pytest.raises(OSError, match="no space"):
        export(mirror.site, tmp_path / "m", nothing)
    assert len(paths(tmp_path / "m")) == 6
    assert not (tmp_path / "m/log/checkpoint").exists()
    monkeypatch.undo()
    export(mirror.site, tmp_path / "m", nothing)
    assert {p.relative_to(tmp_path / "m"): p.read_bytes() for p in paths(tmp_path / "m")} == {
        p.relative_to(mirror.folder): p.read_bytes() for p in paths(mirror.folder)
    }


def test_a_log_without_a_checkpoint_cannot_be_mirrored_and_says_so(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no signed checkpoint yet"):
        export(site, tmp_path / "m", nothing)


def test_the_command_writes_a_mirror_or_says_why_not(
    mirror: Mirrored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = mirror.site.settings
    monkeypatch.setenv("RRN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("RRN_DATABASE_URL", settings.database)
    monkeypatch.setenv("RRN_PUBLIC_BASE_URL", "http://testserver")
    done = CliRunner().invoke(rrn, ["export", "log", str(tmp_path / "m")])
    assert (done.exit_code, len(paths(tmp_path / "m"))) == (0, len(paths(mirror.folder))), done.output
    again = CliRunner().invoke(rrn, ["export", "log", str(tmp_path / "m")])
    assert "0 files" in again.output
    (tmp_path / "file").write_text("x")
    refused = CliRunner().invoke(rrn, ["export", "log", str(tmp_path / "file")])
    assert (refused.exit_code, "Traceback" in refused.output) == (2, False)
