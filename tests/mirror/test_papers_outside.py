"""The papers of a mirror opened by software that shares no line with ours: qpdf, MuPDF and OpenSSL (pdfsig: tests/certificates)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mirror.made import Mirrored

RANGE = re.compile(rb"/ByteRange\s*\[\s*0+ (\d+) (\d+) (\d+)\s*\]")
NO_COLOURS = "warning: ICC support is not available\n"
"""How Debian builds MuPDF."""


def papers(mirror: Mirrored) -> list[Path]:
    """Every certificate and every signed statement there is."""
    found = sorted(mirror.folder.rglob("*.pdf"))
    assert len(found) == 6, found
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def need(tool: str, package: str) -> None:
    if not shutil.which(tool):
        pytest.skip(f"{tool} ({package}) is not on this machine: ONE PROGRAM LESS HAS LOOKED AT THE PAPERS")


def in_two(paper: Path, folder: Path) -> tuple[Path, Path]:
    """The seal, and the bytes it is over, cut out as the table of the signature says."""
    data = paper.read_bytes()
    found = RANGE.search(data)
    assert found
    ends, goes_on, length = map(int, found.groups())
    assert goes_on + length == len(data)
    seal, content = folder / "seal.der", folder / "content"
    seal.write_bytes(bytes.fromhex(data[ends:goes_on].strip(b"<>").decode()))
    content.write_bytes(data[:ends] + data[goes_on:])
    return seal, content


def test_qpdf_finds_no_fault_in_any_paper(whole: Mirrored) -> None:
    need("qpdf", "qpdf")
    for paper in papers(whole):
        done = run("qpdf", "--check", paper)
        assert done.returncode == 0, done
        assert "No syntax or stream encoding errors found" in done.stdout


def test_mupdf_reads_every_page_and_finds_it_unchanged_since_the_seal(
    whole: Mirrored, tmp_path: Path
) -> None:
    """It trusts the roots of Adobe alone, so whose seal it is it cannot say."""
    need("mutool", "mupdf-tools")
    changed = tmp_path / "changed.pdf"
    for paper in papers(whole):
        drawn = run("mutool", "draw", "-q", "-r", "20", "-o", tmp_path / "page-%d.png", paper)
        said = drawn.stderr.replace(NO_COLOURS, "")  # and whatever it had to mend
        assert (drawn.returncode, said) == (0, "")
        assert run("mutool", "sign", "-v", paper).stdout.endswith(
            "The document is unchanged since signing.\n"
        )
        changed.write_bytes(paper.read_bytes().replace(b"/Lang (en-GB)", b"/Lang (cy-GB)"))
        assert "unchanged" not in run("mutool", "sign", "-v", changed).stdout


def test_openssl_believes_each_seal_as_cades_with_the_published_root_alone(
    whole: Mirrored, tmp_path: Path
) -> None:
    need("openssl", "openssl")
    root = whole.folder / ".well-known/seal-ca.pem"
    for paper in papers(whole):
        seal, content = in_two(paper, tmp_path)
        asked = (
            "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", seal, "-content", content, "-CAfile", root, "-out",
            tmp_path / "believed",
        )  # fmt: skip
        done = run(*asked)
        assert (done.returncode, done.stderr) == (0, "CAdES Verification successful\n")
        assert (tmp_path / "believed").read_bytes() == content.read_bytes()
        content.write_bytes(content.read_bytes().replace(b"/Lang (en-GB)", b"/Lang (cy-GB)"))
        assert run(*asked).returncode != 0
