"""A mirror, and nothing else: what is said of papers that are genuine, over, replaced, forged, or not papers at all."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner, Result

from app.certificates.rules import Answer
from app.ledger.note import COSIGNATURE, NoteKey, add_cosignature
from app.verifier.__main__ import verify
from app.verifier.anchors import Anchors, Published, Untrusted, anchors_from
from app.verifier.checking import checked, checked_number
from app.verifier.opening import open_pdf
from app.verifier.report import Found, Report, What
from app.verifier.source import folder
from app.verifier.tokens import LIST_BYTES, unpack
from tests.mirror.made import Mirrored

PROGRAM = Typer()
PROGRAM.command()(verify)


def look(mirror: Mirrored, paper: bytes, published: Published | None = None) -> Report:
    return checked(paper, mirror.anchors, published or mirror.published, mirror.clock(), open_pdf)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(PROGRAM, list(arguments))


@pytest.mark.parametrize("name", ["certificate.pdf", "credential.jwt"])
def test_a_genuine_paper_is_certified_and_every_look_is_told(whole: Mirrored, name: str) -> None:
    found = look(whole, whole.paper(whole.good, name=name))
    assert found.answer is Answer.CERTIFIED
    assert "Harbour Lane Training is certified until" in found.sentence and whole.good in found.sentence
    looked_at = [item.what for item in found.items]
    sealed = [What.SEAL, What.WHOLE_FILE] if name.endswith("pdf") else []
    assert looked_at == [*sealed, What.CREDENTIAL, What.STATEMENT, What.LOG, What.WITNESSES, What.KEYS, What.BEGUN, What.EXPIRY, What.REVOCATION, What.SUSPENSION]  # fmt: skip
    assert {item.found for item in found.items} == {Found.YES, Found.ASIDE}
    assert found.found(What.WITNESSES) is Found.ASIDE


def test_what_is_over_was_certified_and_says_why(whole: Mirrored) -> None:
    suspended = look(whole, whole.paper(whole.suspended))
    assert (suspended.answer, suspended.found(What.SUSPENSION)) == (Answer.WAS_CERTIFIED, Found.NO)
    assert "suspended" in suspended.sentence
    withdrawn = look(whole, whole.paper(whole.withdrawn))
    assert (withdrawn.answer, withdrawn.found(What.REVOCATION)) == (Answer.WAS_CERTIFIED, Found.NO)
    replaced = look(whole, whole.paper(whole.reduced))
    assert (replaced.answer, replaced.found(What.REVOCATION)) == (Answer.WAS_CERTIFIED, Found.NO)
    newest = look(whole, whole.paper(whole.reduced, 2))
    assert newest.answer is Answer.CERTIFIED and "1 curriculum" in newest.sentence


def test_a_number_is_answered_by_its_newest_paper(whole: Mirrored) -> None:
    def answer(typed: str) -> Report:
        return checked_number(typed, whole.anchors, whole.published, whole.clock(), open_pdf)

    assert answer(whole.reduced.lower().replace("-", " ")).answer is Answer.CERTIFIED
    assert answer(whole.suspended).answer is Answer.WAS_CERTIFIED
    wrong = whole.good[:-1] + ("A" if whole.good[-1] != "A" else "B")
    for typed, words in (
        (wrong, "last character"),
        ("hello", "neither a file"),
        ("NGC-000217-M", "Ask the register"),
    ):
        assert answer(typed).answer is Answer.CANNOT_TELL
        assert words in answer(typed).sentence


def test_time_alone_changes_the_answer(whole: Mirrored) -> None:
    paper = whole.paper(whole.good)
    late = checked(paper, whole.anchors, whole.published, whole.clock() + timedelta(days=3))
    assert late.answer is Answer.CANNOT_TELL and "a newer one is needed" in late.sentence
    expired = checked(paper, whole.anchors, whole.published, whole.clock() + timedelta(days=1200))
    assert expired.found(What.EXPIRY) is Found.NO
    early = checked(paper, whole.anchors, whole.published, whole.clock() - timedelta(days=2))
    assert early.found(What.BEGUN) is Found.NO


def zeroed(pdf: bytes) -> bytes:
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[:start] + b"0" * (end - start) + pdf[end:]


FORGED: dict[str, Callable[[bytes], bytes]] = {
    "added at the end": lambda pdf: pdf + b"\n%%EOF\n",
    "a byte of the page": lambda pdf: pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:],
    "cut short": lambda pdf: pdf[:-200],
    "another word": lambda pdf: pdf.replace(b"/Title", b"/Titel", 1),
    "the seal of zeros": zeroed,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_paper_that_was_changed_is_not_certified(whole: Mirrored, how: str) -> None:
    forged = FORGED[how](whole.paper(whole.good))
    assert forged != whole.paper(whole.good)
    found = look(whole, forged)
    assert (found.answer, found.sentence.startswith("Do not rely on this.")) == (Answer.NOT_CERTIFIED, True)


@pytest.mark.parametrize(
    "junk",
    [b"", b"\0" * 10_000, b"%PDF-", b"%PDF-1.7\n" + b"[" * 50_000, b"a.b.c", b"..", b"e30.e30.e30", "żółw".encode(), b"\xff\xd8\xff\xe0 jpeg",
     b"{" * 5000, b"a" * 600_000 + b"..", b"%PDF-1.7 /ByteRange [0000000000 0000000009 0000000012 0000000003]<3082>", b"eyJhbGciOiJub25lIn0.e30."],
)  # fmt: skip
def test_junk_is_answered_in_words(whole: Mirrored, junk: bytes) -> None:
    found = look(whole, junk)
    assert found.answer in (Answer.CANNOT_TELL, Answer.NOT_CERTIFIED)
    assert found.sentence.endswith(".")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    at=st.integers(0, 10**6),
    change=st.integers(1, 255),
    which=st.sampled_from(["certificate.pdf", "credential.jwt"]),
)
def test_no_changed_byte_is_certified(whole: Mirrored, at: int, change: int, which: str) -> None:
    paper = bytearray(whole.paper(whole.good, name=which))
    paper[at % len(paper)] ^= change
    found = look(whole, bytes(paper))
    assert found.answer is not Answer.CERTIFIED


def test_a_credential_signed_by_another_key_is_refused(whole: Mirrored) -> None:
    head, body, signature = whole.paper(whole.good, name="credential.jwt").decode().split(".")
    other = whole.paper(whole.suspended, name="credential.jwt").decode().split(".")
    for parts in ([head, other[1], signature], [head, body, other[2]]):
        found = look(whole, ".".join(parts).encode())
        assert (found.answer, found.found(What.CREDENTIAL)) == (Answer.NOT_CERTIFIED, Found.NO)
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    for changed in (
        {"alg": "none"},
        {"alg": "HS256"},
        {"kid": "did:web:elsewhere#x"},
        {"typ": "jwt"},
        {"crit": ["b64"]},
    ):
        made = base64.urlsafe_b64encode(json.dumps(header | changed).encode()).rstrip(b"=").decode()
        assert look(whole, f"{made}.{body}.{signature}".encode()).answer is Answer.NOT_CERTIFIED


def rewrite(mirror: Mirrored, path: str, change: object) -> None:
    target = mirror.folder / path
    target.write_bytes(change(target.read_bytes()))  # type: ignore[operator]


def place(mirror: Mirrored, number: str, name: str) -> str:
    return f"certificates/{number}/1/{name}"


def body_of(mirror: Mirrored) -> str:
    return next((mirror.folder / "bodies").iterdir()).name


def test_what_is_missing_makes_it_uncertain_and_never_a_yes(mirror: Mirrored) -> None:
    body = body_of(mirror)
    for path, what in (
        (place(mirror, mirror.good, "statement.json"), What.STATEMENT), (place(mirror, mirror.good, "proof.tlog-proof"), What.LOG),
        (f"status/{body}/revocation/1", What.REVOCATION), (f"status/{body}/suspension/1", What.SUSPENSION),
        (f"bodies/{body}/did.json", What.CREDENTIAL), ("log/checkpoint", What.LOG),
    ):  # fmt: skip
        target = mirror.folder / path
        kept = target.read_bytes()
        target.unlink()
        found = look(mirror, mirror.paper(mirror.good))
        assert (found.answer, found.found(what)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL), path
        target.write_bytes(kept)
    assert look(mirror, mirror.paper(mirror.good)).answer is Answer.CERTIFIED


def test_swapped_and_edited_files_of_a_mirror_are_seen(mirror: Mirrored) -> None:
    body, good, other = body_of(mirror), mirror.good, mirror.suspended
    swaps = (
        (f"status/{body}/revocation/1", f"status/{body}/suspension/1", What.REVOCATION, Answer.CANNOT_TELL),
        (place(mirror, good, "statement.json"), place(mirror, other, "statement.json"), What.STATEMENT, Answer.NOT_CERTIFIED),
        (place(mirror, good, "proof.tlog-proof"), place(mirror, other, "proof.tlog-proof"), What.LOG, Answer.NOT_CERTIFIED),
    )  # fmt: skip
    for path, by, what, answer in swaps:
        target = mirror.folder / path
        kept = target.read_bytes()
        target.write_bytes((mirror.folder / by).read_bytes())
        found = look(mirror, mirror.paper(good))
        assert (found.answer, found.found(what) in (Found.NO, Found.CANNOT_TELL)) == (answer, True), path
        target.write_bytes(kept)


def test_an_entry_or_a_checkpoint_that_was_edited_is_seen(mirror: Mirrored) -> None:
    bundle = next((mirror.folder / "log/tile/entries").rglob("*.p/*"))
    kept = bundle.read_bytes()
    bundle.write_bytes(kept.replace(b"certificate.published", b"certificate.publishex"))
    found = look(mirror, mirror.paper(mirror.good))
    assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)
    bundle.write_bytes(kept)
    rewrite(mirror, "log/checkpoint", lambda note: note.replace(b"testserver/log\n", b"otherplace/log\n", 1))
    assert look(mirror, mirror.paper(mirror.good)).found(What.LOG) is Found.NO


def test_a_stale_list_is_not_believed(mirror: Mirrored) -> None:
    found = checked(
        mirror.paper(mirror.good),
        mirror.anchors,
        mirror.published,
        mirror.clock() + timedelta(days=2, hours=1),
    )
    assert (found.answer, found.found(What.REVOCATION)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)


def test_witnesses_that_are_asked_for_must_have_cosigned(mirror: Mirrored) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    witness = NoteKey("witness.example/w1", private.public_key().public_bytes_raw(), COSIGNATURE)
    trusted = anchors_from(mirror.published, [witness.vkey])

    def witnessed(anchors: Anchors) -> Report:
        return checked(mirror.paper(mirror.good), anchors, mirror.published, mirror.clock())

    alone = witnessed(trusted)
    assert alone.answer is Answer.CANNOT_TELL and "witness.example/w1 has not cosigned" in alone.sentence
    path = place(mirror, mirror.good, "proof.tlog-proof")

    def cosign(proof: bytes) -> bytes:
        head, blank, note = proof.decode().partition("\n\n")
        return (head + blank + add_cosignature(note, witness, private.sign, 1_800_000_000)).encode()

    rewrite(mirror, path, cosign)
    together = witnessed(trusted)
    assert together.answer is Answer.CERTIFIED and together.found(What.WITNESSES) is Found.YES
    assert witnessed(mirror.anchors).answer is Answer.CERTIFIED


def test_another_registers_anchors_do_not_trust_this_one(mirror: Mirrored) -> None:
    (mirror.folder / ".well-known/seal-ca.pem").unlink()
    with pytest.raises(Untrusted, match="seal-ca"):
        anchors_from(mirror.published)
    (mirror.folder / ".well-known/seal-ca.pem").write_text("junk")
    with pytest.raises(Untrusted):
        anchors_from(mirror.published)
    with pytest.raises(Untrusted):
        anchors_from(folder(mirror.folder / "log"))


@pytest.mark.parametrize(
    "path", ["../register.db", "/etc/passwd", "a/../../b", "", "a//b", "log/\0", "x" * 600, "a\\..\\b"]
)
def test_a_path_from_a_paper_never_leads_out_of_the_mirror(whole: Mirrored, path: str) -> None:
    assert whole.published(path) is None


def test_a_list_never_unpacks_to_more_than_a_list() -> None:
    def packed(data: bytes) -> str:
        return "u" + base64.urlsafe_b64encode(gzip.compress(data)).rstrip(b"=").decode()

    assert unpack(packed(bytes(LIST_BYTES))) == bytes(LIST_BYTES)
    for wrong in (packed(bytes(50_000_000)), packed(bytes(5)), packed(b"")[:-4], "x", "u!!", "uAAAA"):
        with pytest.raises((ValueError, zlib.error)):
            unpack(wrong)


def test_the_command_prints_each_look_and_its_code_is_zero_only_for_certified(
    mirror: Mirrored, tmp_path: Path
) -> None:
    against = ["--against", str(mirror.folder)]
    (tmp_path / "good.pdf").write_bytes(mirror.paper(mirror.good))
    good = run(str(tmp_path / "good.pdf"), *against)
    assert good.exit_code == 0, good.output
    assert good.output.splitlines()[-1].startswith("certified: Harbour Lane Training is certified until")
    assert "The seal covers the whole file" in good.output and "believing  root " in good.output
    assert run(mirror.good, *against).exit_code == 0
    assert run(mirror.suspended, *against).exit_code == 1
    (tmp_path / "bad.pdf").write_bytes(mirror.paper(mirror.good) + b"x")
    assert run(str(tmp_path / "bad.pdf"), *against).exit_code == 1
    (tmp_path / "junk").write_bytes(b"\xff" * 100)
    for arguments in (
        [str(tmp_path / "junk"), *against], ["", *against], ["nonsense", *against], ["a\0b", *against], [str(tmp_path), *against],
        [mirror.good, "--against", str(tmp_path)], [mirror.good, "--against", "https://127.0.0.1/"], [mirror.good, "--against", "gopher://x"],
        [mirror.good, *against, "--witness", "x"], ["x" * 5000, *against],
    ):  # fmt: skip
        said = run(*arguments)
        assert said.exit_code == 2, (arguments, said.output)
        assert "cannot_tell" in said.output and "Traceback" not in said.output
