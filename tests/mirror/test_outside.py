"""The log read by somebody else's software: the Go project's packages for transparent logs, as Debian ships them."""

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.ledger import tree
from app.ledger.note import COSIGNATURE, NoteKey, add_cosignature
from tests.mirror.made import Mirrored
from tests.monitor.test_watching import Served, edited, swapped

PACKAGES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
SOURCE = Path(__file__).parent / "outside" / "check.go"

pytestmark = pytest.mark.skipif(
    not shutil.which("go") or not PACKAGES.is_dir(),
    reason="Go or its package golang.org/x/mod (golang-go, golang-golang-x-mod-dev) is not on this machine",
)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    surroundings = {
        "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache"), "GOFLAGS": "", "CGO_ENABLED": "0",
    }  # fmt: skip
    built = subprocess.run(
        ["go", "build", "-o", str(folder / "check"), str(SOURCE)],
        env=os.environ | surroundings, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder / "check"


def run(program: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


@pytest.fixture
def log(tmp_path: Path) -> Served:
    """Entries enough for full and partial tiles on two levels, and proofs of consistency between many sizes."""
    made = Served(tmp_path / "served", 600)
    made.write()
    lines = []
    for old, new in [
        (1, 2),
        (1, 600),
        (255, 256),
        (256, 257),
        (256, 600),
        (300, 511),
        (512, 600),
        (599, 600),
        (7, 8),
        (6, 600),
    ]:
        roots = [base64.b64encode(tree.root(made, size)).decode() for size in (old, new)]
        proof = [base64.b64encode(digest).decode() for digest in tree.consistency(made, old, new)]
        lines.append(" ".join([str(old), str(new), *roots, *proof]))
    (made.place / "consistency").write_text("\n".join(lines))
    return made


def test_our_tree_tiles_and_proofs_are_those_of_the_go_project(program: Path, log: Served) -> None:
    assert run(program, str(log.place)) == (0, "600 entries, 0 proofs, 10 pairs\n")


def test_a_real_mirror_with_its_proofs_of_certificates(program: Path, mirror: Mirrored) -> None:
    code, said = run(program, str(mirror.folder))
    assert code == 0, said
    assert int(said.split()[2]) == 5


def test_a_witness_line_is_what_the_page_of_c2sp_says(program: Path, log: Served) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    witness = NoteKey("witness.example/w1", private.public_key().public_bytes_raw(), COSIGNATURE)
    log.write(add_cosignature(log.note(), witness, private.sign, 1_800_000_000))
    assert run(program, str(log.place), witness.vkey)[0] == 0
    log.write()
    assert run(program, str(log.place), witness.vkey) == (1, "the cosignature: false\n")


def test_it_finds_what_we_plant(program: Path, log: Served) -> None:
    for change in (edited(17), swapped("0/000", "0/001"), swapped("entries/000", "entries/001")):
        change(log)
        assert run(program, str(log.place))[0] == 1
        log.write()
    (log.place / "consistency").write_text(
        (log.place / "consistency").read_text().replace("599 600 ", "598 600 ")
    )
    assert run(program, str(log.place))[1].startswith("consistency of 598 and 600")
