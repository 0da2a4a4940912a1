"""What a witness signs and what it never signs, whatever is sent, however many ask at once, whenever it is killed."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ledger import tree
from app.ledger.note import Checkpoint, NoteError, open_note, sign_note
from app.witness.watching import PLAIN, SIZE, Forgotten, Witness, make, trust
from tests.witness.make import ORIGIN, Log, asked, witness_of


@pytest.fixture
def log() -> Log:
    return Log(5)


@pytest.fixture
def witness(tmp_path: Path, log: Log) -> Witness:
    return witness_of(tmp_path / "w", log)


def place(witness: Witness) -> Path:
    return next(path for path in witness.folder.iterdir() if path.is_dir())


def remembered(witness: Witness) -> Checkpoint:
    return Checkpoint.parse(open_note((place(witness) / "checkpoint").read_text(), [witness.key]).text)


def test_a_log_that_grows_is_cosigned_again_and_again(witness: Witness, log: Log) -> None:
    old = 0
    for more in (0, 1, 7, 300):
        log.grow(more)
        reply = witness.add_checkpoint(log.request(old))
        assert reply.status == 200
        opened = open_note(log.note() + reply.content, [log.key, witness.key])
        assert opened.signed_by == (log.key, witness.key)
        old = log.size
    assert remembered(witness).size == 313


def test_the_same_checkpoint_may_be_asked_for_again(witness: Witness, log: Log) -> None:
    assert witness.add_checkpoint(log.request(0)).status == 200
    assert witness.add_checkpoint(log.request(5)).status == 200


def test_what_it_signed_last_is_shown_with_both_signatures(witness: Witness, log: Log) -> None:
    assert witness.checkpoint(place_of(log)).status == 404
    witness.add_checkpoint(log.request(0))
    shown = witness.checkpoint(place_of(log))
    assert open_note(shown.content, [log.key, witness.key]).signed_by == (log.key, witness.key)
    assert witness.checkpoint("../witness.key").status == 404


def place_of(log: Log) -> str:
    return hashlib.sha256(log.origin.encode()).hexdigest()


def test_a_smaller_tree_is_never_signed(witness: Witness, log: Log) -> None:
    witness.add_checkpoint(log.request(0))
    for old, size in ((0, 3), (3, 4), (0, 5), (4, 5)):
        reply = witness.add_checkpoint(log.request(old, size))
        assert (reply.status, reply.media, reply.content) == (409, SIZE, "5\n")
    assert witness.add_checkpoint(log.request(5, 3)).status == 400
    assert remembered(witness).size == 5


def test_a_forked_tree_is_never_signed(witness: Witness, log: Log) -> None:
    witness.add_checkpoint(log.request(0))
    forked = Log(5, word="other")
    reply = witness.add_checkpoint(forked.request(5))
    assert (reply.status, reply.media) == (409, PLAIN) and "Another tree of this size" in reply.content
    forked.grow(4)
    assert witness.add_checkpoint(forked.request(5)).status == 422
    log.grow(4)
    mixed = asked(5, tree.consistency(log, 5, 9), forked.note())
    assert witness.add_checkpoint(mixed).status == 422
    assert remembered(witness).root == tree.root(log, 5)


@pytest.mark.parametrize("drop", ["first", "last", "all", "one too many", "changed"])
def test_a_proof_that_is_not_whole_is_refused(witness: Witness, log: Log, drop: str) -> None:
    witness.add_checkpoint(log.request(0))
    log.grow(8)
    proof = tree.consistency(log, 5, 13)
    given_proof = {
        "first": proof[1:], "last": proof[:-1], "all": [], "one too many": [*proof, bytes(32)], "changed": [bytes(32), *proof[1:]],
    }[drop]  # fmt: skip
    assert witness.add_checkpoint(asked(5, given_proof, log.note())).status == 422


def test_a_proof_from_nothing_is_empty(witness: Witness, log: Log) -> None:
    assert witness.add_checkpoint(asked(0, [bytes(32)], log.note())).status == 422
    assert witness.add_checkpoint(asked(0, [], Log(0).note(root=bytes(32)))).status == 422
    assert witness.add_checkpoint(asked(0, [], Log(0).note())).status == 200
    assert witness.add_checkpoint(log.request(0)).status == 200


def test_an_unknown_log_a_stranger_and_a_false_signature(witness: Witness, log: Log) -> None:
    assert witness.add_checkpoint(Log(5, origin="other.example/log").request(0)).status == 404
    assert witness.add_checkpoint(Log(5, seed=2).request(0)).status == 403
    false = sign_note(Checkpoint(ORIGIN, 5, tree.root(log, 5)).text, log.key, Log(seed=2).private.sign)
    assert witness.add_checkpoint(log.request(0, note=false)).status == 403
    assert not any((place / "checkpoint").exists() for place in witness.folder.iterdir() if place.is_dir())


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"old 0\n", b"old 00\n\n", b"old -1\n\n", b"old 0\n!!\n\n", b"old 0\nAAAA\n\n", b"new 0\n\nx\n",
     b"old 0\n\n" + b"x" * 70_000, b"old 99999999999999999999\n\n"],
)  # fmt: skip
def test_what_is_no_request_is_said_so(witness: Witness, log: Log, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400
    if body.endswith(b"\n\n"):
        assert witness.add_checkpoint(body + log.note().encode()).status == 400


def test_more_than_63_hashes_are_refused(witness: Witness, log: Log) -> None:
    assert witness.add_checkpoint(asked(0, [bytes(32)] * 64, log.note())).status == 400


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, 10_000), change=st.integers(1, 255))
def test_no_changed_byte_of_a_request_gets_another_tree_signed(
    witness: Witness, log: Log, at: int, change: int
) -> None:
    body = bytearray(log.request(0))
    body[at % len(body)] ^= change
    if witness.add_checkpoint(bytes(body)).status == 200:
        assert remembered(witness) == Checkpoint(ORIGIN, 5, tree.root(log, 5))


def test_of_many_at_once_only_one_tree_wins(witness: Witness, log: Log) -> None:
    witness.add_checkpoint(log.request(0))
    forks = []
    for number in range(8):
        fork = Log(5)
        fork.grow(number + 1, f"fork {number}")
        forks.append(fork)
    replies: dict[int, int] = {}
    start = threading.Barrier(8)

    def ask(number: int) -> None:
        start.wait()
        replies[number] = Witness(witness.folder).add_checkpoint(forks[number].request(5)).status

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(replies.values()) == [200] + [409] * 7
    winner = next(number for number, status in replies.items() if status == 200)
    assert remembered(witness).root == tree.root(forks[winner], forks[winner].size)


DYING = """
import os, signal, sys
from pathlib import Path
import app.witness.watching as watching
real, when = watching.write_over, sys.argv[2]
def dies(target, content):
    if when == "after":
        real(target, content)
    os.kill(os.getpid(), signal.SIGKILL)
watching.write_over = dies
watching.Witness(Path(sys.argv[1])).add_checkpoint(sys.stdin.buffer.read())
"""


@pytest.mark.parametrize(("when", "kept"), [("before", 5), ("after", 9)])
def test_killed_in_the_middle_it_still_never_signs_another_tree(
    witness: Witness, log: Log, when: str, kept: int
) -> None:
    witness.add_checkpoint(log.request(0))
    log.grow(4)
    command = [sys.executable, "-c", DYING, str(witness.folder), when]
    died = subprocess.run(
        command, input=log.request(5), env={**os.environ, "PYTHONPATH": os.getcwd()}, timeout=60
    )
    assert died.returncode == -signal.SIGKILL
    again = Witness(witness.folder)
    assert remembered(again).size == kept
    fork = Log(5)
    fork.grow(4, "fork")
    assert again.add_checkpoint(fork.request(5)).status == (409 if kept == 9 else 200)
    if kept == 9:
        assert again.add_checkpoint(log.request(9)).status == 200


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\xff\xfe"])
def test_one_that_cannot_read_what_it_signed_signs_nothing(witness: Witness, log: Log, damage: bytes) -> None:
    witness.add_checkpoint(log.request(0))
    (place(witness) / "checkpoint").write_bytes(damage)
    with pytest.raises(Forgotten):
        witness.add_checkpoint(log.request(0))


def test_the_folder_is_made_once_and_its_key_is_its_owners(tmp_path: Path, log: Log) -> None:
    key = make(tmp_path / "w", "witness.example/w1")
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        make(tmp_path / "w", "witness.example/w2")
    with pytest.raises(NoteError, match="of a witness"):
        trust(tmp_path / "w", key.vkey)
    trust(tmp_path / "w", log.key.vkey)
    trust(tmp_path / "w", log.key.vkey)
    assert Witness(tmp_path / "w").logs() == [log.key]
    (tmp_path / "w" / "witness.key").write_text("00" * 32)
    with pytest.raises(Forgotten):
        Witness(tmp_path / "w")
