"""The script in `certificates/README.md`: openssl, pdfsig and jq, nothing of ours, no network, against a mirror."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mirror.made import Mirrored
from tests.verifier.forging import PAPERS, with_the_public_key

README = Path(__file__).parents[2] / "certificates/README.md"
NEEDED = ("bash", "openssl", "pdfsig", "jq", "gzip", "od")
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"one of {', '.join(NEEDED)} is not on this machine"
)


def by_hand(mirror: Mirrored, number: str, version: int = 1) -> tuple[int, str]:
    """Every block of the page, run as one script where no address can be asked."""
    script = "\n".join(re.findall(r"^```bash\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE))
    asked = {"mirror": str(mirror.folder), "number": number, "version": str(version)}
    done = subprocess.run(
        ["bash", "-c", script], env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **asked},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def put(mirror: Mirrored, name: str, content: bytes) -> None:
    (mirror.folder / "certificates" / mirror.good / "1" / name).write_bytes(content)


def swap(mirror: Mirrored, path: str, old: bytes, new: bytes) -> None:
    """Change one thing in a published file."""
    place = mirror.folder / path
    content = place.read_bytes()
    assert old in content
    place.write_bytes(content.replace(old, new, 1))


def test_what_stands_holds(whole: Mirrored) -> None:
    for number, version in ((whole.good, 1), (whole.reduced, 2)):
        code, said = by_hand(whole, number, version)
        assert code == 0, said
        assert f"Certificate {number}" in said
        assert said.endswith("everything holds\n")


def test_what_does_not_stand_is_found_in_its_list(whole: Mirrored) -> None:
    for number, purpose in (
        (whole.suspended, "suspension"),
        (whole.withdrawn, "revocation"),
        (whole.reduced, "revocation"),
    ):
        assert by_hand(whole, number)[1].endswith(f"NO: the certificate is in the list of {purpose}\n")


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("a later revision", "something was added after the seal"),
        ("saved anew", "the seal is broken"),
        ("junk after the end", "something was added after the seal"),
        ("a word changed", "the seal is broken"),
        ("the credential of another", "the log knows another certificate.pdf"),
        ("a stranger's seal", "the seal is a stranger's"),
    ],
)
def test_a_forged_paper_is_caught(mirror: Mirrored, tmp_path: Path, how: str, found: str) -> None:
    put(mirror, "certificate.pdf", PAPERS[how][0](mirror, tmp_path))
    code, said = by_hand(mirror, mirror.good)
    assert (code, said.splitlines()[-1]) == (1, f"NO: {found}")


PLANTED: dict[str, tuple[Callable[[Mirrored], None], str]] = {
    "the public key as a shared secret": (
        lambda it: put(it, "credential.jwt", with_the_public_key(it, it.folder)), "is not signed as it has to be",
    ),
    "the credential of another certificate": (
        lambda it: put(it, "credential.jwt", it.paper(it.reduced, 2, "credential.jwt")), "the credential is of another certificate",
    ),
    "one letter of the signature": (
        lambda it: put(it, "credential.jwt", it.paper(it.good, name="credential.jwt")[:-12] + b"AAAAAAAAAAAA"), "is false",
    ),
    "another statement": (
        lambda it: put(it, "statement.json", it.paper(it.good, name="statement.json") + b" "), "the log knows another statement.json",
    ),
    "an entry edited": (lambda it: swap(it, bundle_of(it), b'"certificate.published"', b'"certificate.withdrawn"'), "the entry is not in the log"),
    "a path with another step": (
        lambda it: put(it, "proof.tlog-proof", other_step(it.paper(it.good, name="proof.tlog-proof"))), "the entry is not in the log",
    ),
    "a checkpoint of another size": (
        lambda it: put(it, "proof.tlog-proof", it.paper(it.good, name="proof.tlog-proof").replace(b"/log\n", b"/log\n1", 1)), "the checkpoint is not one that the log signed",
    ),
}  # fmt: skip


def bundle_of(mirror: Mirrored) -> str:
    found = next(path for path in mirror.folder.glob("log/tile/entries/000*/**/*") if path.is_file())
    return str(found.relative_to(mirror.folder))


def other_step(proof: bytes) -> bytes:
    lines = proof.split(b"\n")
    lines[2] = b"A" * 43 + b"="
    return b"\n".join(lines)


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_is_caught(mirror: Mirrored, what: str) -> None:
    plant, found = PLANTED[what]
    plant(mirror)
    code, said = by_hand(mirror, mirror.good)
    assert code == 1, said
    assert found in said.splitlines()[-1]


def test_without_its_list_nothing_is_said_to_hold(mirror: Mirrored) -> None:
    for path in mirror.folder.glob("status/*/suspension/1"):
        path.unlink()
    code, said = by_hand(mirror, mirror.good)
    assert code != 0
    assert "everything holds" not in said
