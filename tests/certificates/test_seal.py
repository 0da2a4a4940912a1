"""The seal: genuine papers are told as genuine, by us and by others, and nothing else is."""

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from app.certificates.keys import KeyFault
from app.certificates.lints import Drawn, LintPassed, TokenSpent, inspect_document, rule
from app.certificates.seal import SealFault, seal
from app.certificates.verify import SealCheck, verify_pdf
from tests.certificates.paper import NOW, VIETNAMESE, Ceremony, a_statement, drawn

TOKEN = b"a.credential.jwt"


@pytest.fixture(scope="module")
def sealed(ceremony: Ceremony) -> bytes:
    return ceremony.issue(a_statement())[0]


def passed(pdf: bytes) -> LintPassed:
    return inspect_document(Drawn(pdf, a_statement(), TOKEN))


def test_a_sealed_certificate_is_genuine_and_says_who_sealed_it_when(
    sealed: bytes, ceremony: Ceremony
) -> None:
    found = verify_pdf(sealed, [ceremony.anchor])
    certificate = ceremony.seal.public.certificate
    assert certificate
    serial = f"{certificate.serial_number:x}"
    assert found == SealCheck(True, True, True, "Northgate Certification", "NTRGB-01234567", NOW, "", serial)
    assert found.genuine


def test_sealing_changes_nothing_but_the_place_of_the_seal(sealed: bytes, ceremony: Ceremony) -> None:
    empty, _ = re.subn(rb"(/Contents <)[0-9a-f]+", lambda m: m[1] + b"0" * (len(m[0]) - 11), sealed)
    empty, _ = re.subn(rb"/ByteRange \[[\d ]+\]", b"/ByteRange [" + b" ".join([b"0" * 10] * 4) + b"]", empty)
    (credential,) = PdfReader(BytesIO(sealed)).attachments["credential.jwt"]
    assert empty == drawn(a_statement(), credential)


def test_a_long_list_is_sealed_as_well(ceremony: Ceremony) -> None:
    pdf, _ = ceremony.issue(a_statement(VIETNAMESE, 40))
    assert verify_pdf(pdf, [ceremony.anchor]).genuine


def test_a_strangers_seal_with_our_bodys_name_is_not_trusted(strangers: Ceremony, ceremony: Ceremony) -> None:
    pdf, _ = strangers.issue(a_statement())
    found = verify_pdf(pdf, [ceremony.anchor])
    assert (found.intact, found.trusted, found.genuine) == (True, False, False)
    assert found.signer == "Northgate Certification"
    assert "not made by a body that RRN has licensed" in found.fault


def test_without_any_root_nothing_is_trusted(sealed: bytes) -> None:
    assert not verify_pdf(sealed, []).genuine


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_byte_of_what_is_sealed_can_be_changed(
    sealed: bytes, ceremony: Ceremony, data: st.DataObject
) -> None:
    start, end = (int(n) for n in re.findall(rb"/ByteRange \[0000000000 (\d+) (\d+)", sealed)[0])
    at = data.draw(st.integers(0, start) | st.integers(end - 1, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    assert not verify_pdf(bytes(changed), [ceremony.anchor]).genuine, at


def test_a_change_in_the_seal_itself_is_refused_or_changes_nothing_that_is_told(
    sealed: bytes, ceremony: Ceremony
) -> None:
    """A CMS container has a few bytes nobody signs, such as its version number; they say nothing about the paper."""
    start, end = (int(n) for n in re.findall(rb"/ByteRange \[0000000000 (\d+) (\d+)", sealed)[0])
    genuine, let_pass = verify_pdf(sealed, [ceremony.anchor]), 0
    for at in range(start, end, 3):
        changed = bytearray(sealed)
        changed[at] = ord("0") + (changed[at] == ord("0"))
        found = verify_pdf(bytes(changed), [ceremony.anchor])
        let_pass += found.genuine
        assert not found.genuine or found == genuine, at - start
    assert let_pass < 40


def test_a_later_revision_is_refused_however_it_was_added(sealed: bytes, ceremony: Ceremony) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.root["/Extra"] = writer.root["/Lang"]
    writer.update_root()  # type: ignore[no-untyped-call]
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    found = verify_pdf(out.getvalue(), [ceremony.anchor])
    assert not found.genuine
    assert found.fault == "The seal does not cover the whole file: something was added or taken away."


@pytest.mark.parametrize("junk", [b"\n", b" ", b"%", b"junk", b"\nstartxref\n9\n%%EOF\n"])
def test_anything_after_the_end_is_refused(sealed: bytes, ceremony: Ceremony, junk: bytes) -> None:
    assert not verify_pdf(sealed + junk, [ceremony.anchor]).genuine


def test_a_file_that_was_opened_and_saved_again_is_refused(sealed: bytes, ceremony: Ceremony) -> None:
    writer, out = PdfWriter(clone_from=BytesIO(sealed)), BytesIO()
    writer.write(out)
    assert not verify_pdf(out.getvalue(), [ceremony.anchor]).genuine


def test_a_seal_that_leaves_out_more_than_itself_is_refused(sealed: bytes, ceremony: Ceremony) -> None:
    start = int(re.findall(rb"/ByteRange \[0000000000 (\d+)", sealed)[0])
    wider = sealed.replace(b"[0000000000 %010d " % start, b"[0000000000 %010d " % (start - 60))
    assert wider != sealed
    assert verify_pdf(wider, [ceremony.anchor]).fault == "The seal leaves out more of the file than itself."


def test_an_unsealed_drawing_is_not_genuine(ceremony: Ceremony) -> None:
    assert not verify_pdf(drawn(a_statement()), [ceremony.anchor]).genuine


@pytest.mark.parametrize(
    "rubbish", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"GIF89a", b"%PDF-" + b"\xff" * 5000]
)
def test_rubbish_is_answered_and_never_raises(rubbish: bytes, ceremony: Ceremony) -> None:
    assert not verify_pdf(rubbish, [ceremony.anchor]).genuine
    assert verify_pdf(rubbish, [ceremony.anchor]).fault


@given(st.binary(max_size=400), st.integers(0, 6000))
@settings(max_examples=60, deadline=None)
def test_a_file_with_rubbish_in_the_middle_is_answered(
    sealed: bytes, ceremony: Ceremony, rubbish: bytes, at: int
) -> None:
    changed = sealed[:at] + rubbish + sealed[at + len(rubbish) :]
    assert changed == sealed or not verify_pdf(changed, [ceremony.anchor]).genuine


def test_a_seal_outlives_the_certificate_it_was_made_with(sealed: bytes, ceremony: Ceremony) -> None:
    """The chain is looked at as of the moment of sealing; today is long after 2025 plus its five minutes."""
    assert verify_pdf(sealed, [ceremony.anchor]).sealed_at == NOW


def test_nothing_is_sealed_without_the_rules_having_looked(ceremony: Ceremony) -> None:
    pdf = drawn(a_statement())
    with pytest.raises(TokenSpent):
        seal(pdf, passed(drawn(a_statement(affiliates=3))), ceremony.seal)
    token = passed(pdf)
    seal(pdf, token, ceremony.seal)
    with pytest.raises(TokenSpent):
        seal(pdf, token, ceremony.seal)


def test_a_place_too_small_for_the_seal_is_an_error_and_not_a_cut_off_seal(ceremony: Ceremony) -> None:
    small = re.sub(rb"(/Contents <0{100})0+>", rb"\1>", drawn(a_statement()))
    token = LintPassed(small, rule._MINT)
    with pytest.raises(SealFault, match="more than were kept free"):
        seal(small, token, ceremony.seal)


def test_a_key_without_a_certificate_seals_nothing(ceremony: Ceremony) -> None:
    pdf = drawn(a_statement())
    with pytest.raises(KeyFault, match="without a certificate"):
        seal(pdf, passed(pdf), ceremony.credential)


def test_what_is_pieced_together_is_the_one_spelling_of_a_signature_and_never_twice_the_same(
    ceremony: Ceremony,
) -> None:
    seals = set()
    for curricula in range(1, 21):
        hole = re.findall(rb"/Contents <([0-9a-f]+)>", ceremony.issue(a_statement(curricula=curricula))[0])[0]
        length = 4 + int(hole[4:8], 16)
        made = bytes.fromhex(hole.decode())[:length]
        again = cms.ContentInfo.load(made, strict=True)
        assert again.dump(force=True) == made
        names = {one["type"].native for one in again["content"]["signer_infos"][0]["signed_attrs"]}
        assert names == {"content_type", "message_digest", "signing_certificate_v2"}
        seals.add(made)
    assert len(seals) == 20
    assert (
        len({len(one) for one in seals}) > 1
    )  # an ECDSA signature has 70 to 72 bytes, and lengths above it follow


@pytest.mark.skipif(
    not (shutil.which("pdfsig") and shutil.which("certutil")),
    reason="pdfsig or certutil (poppler-utils, libnss3-tools) is not installed: NO FOREIGN SOFTWARE LOOKED AT THE SEAL",
)
@pytest.mark.parametrize("curricula", [3, 30])
def test_foreign_software_says_valid_trusted_and_total_document_signed(
    curricula: int, ceremony: Ceremony, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_bytes(ceremony.anchor.public_bytes(Encoding.PEM))
    (tmp_path / "sealed.pdf").write_bytes(ceremony.issue(a_statement(curricula=curricula))[0])
    (tmp_path / "nss").mkdir()
    run(tmp_path, "certutil", "-N", "-d", "sql:nss", "--empty-password")
    run(tmp_path, "certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "C,C,C", "-i", "root.pem")
    said = run(tmp_path, "pdfsig", "-nssdir", "sql:nss", "sealed.pdf")
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
