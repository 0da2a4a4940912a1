"""Programs of others look at the PDFs that the running register made, at each level: without a stamp, with one, for the archive.

mutool, qpdf, pdfsig and openssl: none of them shares code with pyHanko, with which the register seals, nor with each other.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.certificates.effects.archiving import archive
from app.certificates.keys import PublicKeys
from app.certificates.stamp.judging import store_in, tokens_in
from app.certificates.verify import seal_of
from app.kernel.clock import system_clock
from app.kernel.database import connect
from tests.certificates.make import issue, make_world
from tests.certificates.stamping import Tsa, make_tsa, running
from tests.certificates.test_archive import copy_of
from tests.certificates.test_issuing import file
from tests.conftest import SetClock
from tests.databases import Databases

LEVELS = ("B-B", "B-LT", "B-LTA")


@dataclass(frozen=True)
class Made:
    """The folder with one file of each level, and the roots of the seals (as they were made twice) and of the stamps."""

    folder: Path
    roots: dict[str, x509.Certificate]
    tsa: Tsa

    def pdf(self, level: str) -> Path:
        return self.folder / f"{level}.pdf"


@pytest.fixture(scope="module")
def made(prepared: Databases, tmp_path_factory: pytest.TempPathFactory) -> Made:
    place, clock = tmp_path_factory.mktemp("levels"), SetClock(system_clock() - timedelta(hours=1))
    tsa, found, roots = make_tsa(clock.now, "list"), dict[str, bytes](), dict[str, x509.Certificate]()
    with running(tsa):
        tsa.set_right(clock.now)
        for stamped in (False, True):
            inside = place / f"stamped-{stamped}"
            inside.mkdir()
            with prepared.copy(inside) as settings:
                url, believed = (tsa.url, tsa.roots(place)) if stamped else ("", None)
                site = connect(replace(settings, tsa_url=url, tsa_roots=believed), clock)
                number = issue(make_world(site))
                (root,) = PublicKeys(site.settings.data_dir / "keys").anchors()
                found["B-LT" if stamped else "B-B"] = file(site, number, "certificate.pdf")
                roots["B-LT" if stamped else "B-B"] = root
                if stamped:
                    assert [one.fault for one in archive(site, timedelta(0))] == [""]
                    found["B-LTA"], roots["B-LTA"] = copy_of(site, number), root
                site.engine.dispose()
    for level, content in found.items():
        (place / f"{level}.pdf").write_bytes(content)
    return Made(place, roots, tsa)


def run(folder: Path, *command: str | Path) -> str:
    """All that a program says; the test is skipped, in words, where it is missing."""
    name = str(command[0])
    if shutil.which(name) is None:
        pytest.skip(f"NOT RUN: {name} is not installed, so it has not looked at the PDFs")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return f"{done.stdout}{done.stderr}\nended with {done.returncode}"


def changed(made: Made, level: str) -> Path:
    """The same with one letter of the title changed."""
    content, path = made.pdf(level).read_bytes(), made.folder / "changed.pdf"
    path.write_bytes(content.replace(b"/Title (C", b"/Title (K", 1))
    return path


@pytest.mark.parametrize("level", LEVELS)
def test_qpdf_finds_nothing_wrong_with_the_file(made: Made, level: str) -> None:
    said = run(made.folder, "qpdf", "--check", made.pdf(level))
    assert "No syntax or stream encoding errors found" in said and said.endswith("ended with 0")


@pytest.mark.parametrize("level", LEVELS)
def test_mutool_finds_the_seal_valid_and_what_was_changed(made: Made, level: str) -> None:
    """It knows no roots of ours and no document time stamps: an archive copy is a certificate with something behind it."""
    said = run(made.folder, "mutool", "sign", "-v", made.pdf(level))
    assert "cn=Northgate Certification (seal), o=Northgate Certification" in said
    whole = "The document is unchanged since signing."
    assert ("The signature is valid but there have been edits since" if level == "B-LTA" else whole) in said
    assert "Signature invalidated by change" in run(made.folder, "mutool", "sign", "-v", changed(made, level))


@pytest.mark.parametrize("level", LEVELS)
def test_pdfsig_finds_the_seal_valid_and_trusted_and_the_whole_file_covered(made: Made, level: str) -> None:
    nss = made.folder / f"nss-{level}"
    nss.mkdir()
    root = written(nss / "root.pem", made.roots[level].public_bytes(Encoding.PEM))
    run(made.folder, "certutil", "-N", "-d", f"sql:{nss}", "--empty-password")
    run(made.folder, "certutil", "-A", "-d", f"sql:{nss}", "-n", "root", "-t", "C,C,C", "-i", root)
    said = run(made.folder, "pdfsig", "-nssdir", f"sql:{nss}", made.pdf(level))
    seal, _, behind = said.partition("Signature #2")
    assert "ETSI.CAdES.detached" in seal
    assert "Signature is Valid" in seal and "Certificate is Trusted" in seal
    newest = behind if level == "B-LTA" else seal
    assert "- Total document signed" in newest, "by the stamp of the archive, where there is one"
    assert "Digest Mismatch" in run(made.folder, "pdfsig", "-nssdir", f"sql:{nss}", changed(made, level))


@pytest.mark.parametrize("level", LEVELS)
def test_openssl_finds_the_seal_a_true_cades_signature_of_a_body_that_was_not_revoked(
    made: Made, level: str
) -> None:
    """`-cades` looks at the certificate named in what is signed; `-crl_check` demands a list, and there is only the file's own."""
    pdf = made.pdf(level).read_bytes()
    seal = cms.ContentInfo({"content_type": "signed_data", "content": seal_of(pdf)}).dump()
    covered = covered_by(pdf, 0)
    assert "CAdES Verification successful" in cades(made, level, seal, covered)
    assert "CAdES Verification failure" in cades(made, level, seal, covered + b" ")
    assert "CAdES Verification failure" in cades(made, "B-LT" if level == "B-B" else "B-B", seal, covered)
    with_lists = "successful" if level != "B-B" else "failure"
    assert f"CAdES Verification {with_lists}" in cades(made, level, seal, covered, "-crl_check")


def cades(made: Made, level: str, seal: bytes, covered: bytes, *more: str) -> str:
    """What openssl says of a seal, with the root of that level and the lists in the file of that level."""
    place = made.folder
    files = {"seal.der": seal, "covered": covered, "roots.pem": known(made, level, made.roots[level])}
    for name, content in files.items():
        written(place / name, content)
    asked = ("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal.der")
    given = ("-content", "covered", "-CAfile", "roots.pem", "-purpose", "any", "-out", "/dev/null")
    return run(place, *asked, *given, *more)


@pytest.mark.parametrize(("level", "where"), [("B-LT", "seal"), ("B-LTA", "seal"), ("B-LTA", "archive")])
def test_openssl_finds_each_time_stamp_true_and_its_authority_not_revoked(
    made: Made, level: str, where: str
) -> None:
    pdf = made.pdf(level).read_bytes()
    if where == "seal":
        signer = seal_of(pdf)["signer_infos"][0]
        token, data = tokens_in(signer)[0].dump(), signer["signature"].native
    else:
        (start, _end), data = hole(pdf, 1), covered_by(pdf, 1)
        token = cms.ContentInfo.load(bytes.fromhex(pdf[start + 1 : pdf.index(b">", start)].decode())).dump()
    assert "Verification: OK" in stamped_by(made, level, token, data)
    assert "Verification: OK" in stamped_by(made, level, token, data, "-crl_check")
    assert "Verification: FAILED" in stamped_by(made, level, token, data + b" ")
    assert "Verification: FAILED" in stamped_by(made, "B-B", token, data), (
        "the root of seals vouches for no stamp"
    )


def stamped_by(made: Made, level: str, token: bytes, data: bytes, *more: str) -> str:
    root = made.roots["B-B"] if level == "B-B" else made.tsa.root
    for name, content in {"token": token, "data": data, "tsa.pem": known(made, level, root)}.items():
        written(made.folder / name, content)
    asked = ("openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "data", "-CAfile", "tsa.pem")
    return run(made.folder, *asked, *more)


def known(made: Made, level: str, root: x509.Certificate) -> bytes:
    """A root and the lists that lie in the file of that level, in PEM."""
    lists = store_in(made.pdf(level).read_bytes()).lists
    pem = [x509.load_der_x509_crl(one).public_bytes(Encoding.PEM) for one in lists]
    return b"".join([root.public_bytes(Encoding.PEM), *pem])


def hole(pdf: bytes, number: int) -> tuple[int, int]:
    """Where the signature of that number leaves the file out."""
    start, end = list(re.finditer(rb"/ByteRange ?\[ ?\d+ (\d+) (\d+) \d+", pdf))[number].groups()
    return int(start), int(end)


def covered_by(pdf: bytes, number: int) -> bytes:
    start, end = hole(pdf, number)
    ends = list(re.finditer(rb"/ByteRange ?\[ ?\d+ \d+ \d+ (\d+)", pdf))[number][1]
    return pdf[:start] + pdf[end : end + int(ends)]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
