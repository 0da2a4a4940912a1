"""PDF/A-1b, as another program judges it: all of it holds but the claim, which we do not print (rules page).

The attachment that every issued certificate carries is what PDF/A-1 forbids, so the drawing without it is looked at.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.certificates.document import draw, draw_plain, load_design
from app.certificates.document.parts import Attachment, Evidence
from app.certificates.document.plain import PlainPaper, Section
from app.certificates.lints import LintPassed, rule
from app.certificates.seal import RESERVE, STAMPED, seal
from app.designs.rules import DEFAULT
from tests.certificates.paper import (
    NOW,
    POLISH,
    SHORT,
    UKRAINIAN,
    VIETNAMESE,
    WELSH,
    Ceremony,
    a_statement,
    drawn,
)

JAVA = Path("/usr/share/java")
JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "jaxb-api", "javax.activation")
CLAIM = {"7.11"}
"""The claim itself (pdfaid in the metadata) is missing, on purpose."""
ATTACHED = {"1.2.9", "1.4.7"}
"""There is a file inside."""

needs_preflight = pytest.mark.skipif(
    not (shutil.which("java") and all((JAVA / f"{name}.jar").exists() for name in JARS)),
    reason="Preflight (java; libpdfbox2-java, libjaxb-api-java, libactivation-java) is not installed: NOBODY LOOKED FOR PDF/A",
)


def faults(folder: Path, pdf: bytes) -> set[str]:
    """The codes of what Apache PDFBox Preflight finds wrong, by its own list of error codes."""
    path = folder / "looked-at.pdf"
    path.write_bytes(pdf)
    jars = ":".join(str(JAVA / f"{name}.jar") for name in JARS)
    main = "org.apache.pdfbox.preflight.Validator_A1b"
    told = subprocess.run(["java", "-cp", jars, main, path], capture_output=True, text=True, check=False)
    assert "a valid PDF/A-1b file" in told.stdout, told.stdout + told.stderr
    return set(re.findall(r"^([\d.]+) : ", told.stdout, re.MULTILINE))


def bare(name: str = SHORT, curricula: int = 3, evidence: Evidence | None = None) -> bytes:
    """A certificate as it is drawn, without its attachment."""
    said = a_statement(name, curricula)
    return draw(said, load_design(said.design), NOW, (), STAMPED if evidence else RESERVE, evidence)


@needs_preflight
@pytest.mark.parametrize("name", [SHORT, WELSH, POLISH, VIETNAMESE, UKRAINIAN])
def test_a_certificate_lacks_nothing_of_pdf_a_1b_but_the_claim(
    name: str, ceremony: Ceremony, tmp_path: Path
) -> None:
    pdf = bare(name)
    assert faults(tmp_path, seal(pdf, LintPassed(pdf, rule._MINT), ceremony.seal)) == CLAIM


@needs_preflight
def test_so_do_a_long_list_and_a_paper_with_the_data_to_believe_it_later(
    ceremony: Ceremony, tmp_path: Path
) -> None:
    assert faults(tmp_path, bare(curricula=40)) == CLAIM
    certificate = ceremony.seal.public.certificate
    assert certificate
    der = certificate.tbs_certificate_bytes
    assert faults(tmp_path, bare(evidence=Evidence((der,), (der,)))) == CLAIM


@needs_preflight
def test_the_file_inside_is_all_that_stands_between_an_issued_paper_and_pdf_a_1b(tmp_path: Path) -> None:
    """And the mutant of the tests above: what is wrong is found."""
    assert faults(tmp_path, drawn(a_statement())) == CLAIM | ATTACHED
    said = PlainPaper(
        title="Decision", heading="Decision", name="Łódź", lead="Granted.", author="Northgate Certification",
        corner=("Case", "NGC-C-0001"), sections=[Section("Reasons", ["All is met."])], foot="No certificate.", attached="paper.jwt",
    )  # fmt: skip
    inside = Attachment("paper.jwt", "application/jose", b"a.b.c", "Data", "The same for programs")
    assert faults(tmp_path, draw_plain(said, load_design(DEFAULT), NOW, inside, RESERVE)) == CLAIM | ATTACHED
