"""Keys that count no more, and logs that tell two stories: what a paper is worth then."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.certificates.effects import OWNER
from app.certificates.keys import RRN, Purpose
from app.certificates.keys.authority import Revoked, revocation_list
from app.certificates.keys.store import KeyStore
from app.certificates.rules import Answer
from app.ledger.note import Checkpoint, InclusionProof, NoteKey, open_note, sign_note
from app.ledger.tiles import Tile, decode_entries
from app.ledger.tree import leaf_hash, node_hash
from app.settings import Settings
from app.verifier.report import Found, Report, What
from tests.mirror.made import Mirrored
from tests.verifier.test_checking import look, place, rewrite

CRL = ".well-known/seal-ca.crl"


def revoke(
    mirror: Mirrored, since: datetime, signed_at: datetime | None = None, folder: Path | None = None
) -> None:
    """Write a list on which every seal is revoked, signed by the root, or by a stranger's of the same name."""
    ours = KeyStore(mirror.site.settings)
    lines = [Revoked(key.certificate, since, True) for key in ours.all(Purpose.SEAL) if key.certificate]
    store = KeyStore(Settings(data_dir=folder, public_base_url="http://testserver")) if folder else ours
    root = (
        store.ensure_root(OWNER, mirror.clock())
        if folder
        else ours.signing(Purpose.ROOT, RRN, mirror.clock())
    )
    content = revocation_list(root, lines, 2**50, signed_at or mirror.clock())
    (mirror.folder / CRL).write_bytes(content)


def keys(mirror: Mirrored, name: str = "certificate.pdf") -> tuple[Answer, Found | None, str]:
    found = look(mirror, mirror.paper(mirror.good, name=name))
    return found.answer, found.found(What.KEYS), found.sentence


def test_paper_made_after_others_may_have_known_the_key_is_in_doubt_and_older_paper_stands(
    mirror: Mirrored,
) -> None:
    revoke(mirror, mirror.clock() - timedelta(days=1))
    answer, found, sentence = keys(mirror)
    assert (answer, found) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "a key that counts no more since" in sentence
    assert keys(mirror, "credential.jwt")[0] is Answer.CERTIFIED, "the seal is no affair of the credential"
    revoke(mirror, mirror.clock() + timedelta(minutes=1))
    assert keys(mirror)[:2] == (Answer.CERTIFIED, Found.YES)


def test_a_list_of_revoked_seals_that_is_missing_old_or_a_strangers_leaves_it_open(
    mirror: Mirrored, tmp_path: Path
) -> None:
    later = mirror.clock() + timedelta(minutes=1)
    revoke(mirror, later, signed_at=mirror.clock() - timedelta(days=8))
    assert keys(mirror)[:2] == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "too old" in keys(mirror)[2]
    revoke(mirror, later, folder=tmp_path / "stranger")
    assert "not a true one" in keys(mirror)[2]
    (mirror.folder / CRL).write_bytes(b"junk")
    assert "not a true one" in keys(mirror)[2]
    (mirror.folder / CRL).unlink()
    assert "could not be had" in keys(mirror)[2]
    assert keys(mirror, "credential.jwt")[0] is Answer.CERTIFIED


def test_a_credential_key_that_others_may_know_puts_what_it_signed_since_in_doubt(mirror: Mirrored) -> None:
    document = next((mirror.folder / "bodies").rglob("did.json"))
    path = document.relative_to(mirror.folder).as_posix()

    def revoked(since: datetime) -> None:
        said = json.loads(document.read_bytes())
        for one in said["verificationMethod"]:
            one["revoked"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        rewrite(mirror, path, lambda _old: json.dumps(said).encode())

    revoked(mirror.clock() - timedelta(days=1))
    assert keys(mirror, "credential.jwt")[:2] == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    revoked(mirror.clock() + timedelta(days=1))
    assert keys(mirror, "credential.jwt")[0] is Answer.CERTIFIED


@pytest.fixture
def log(mirror: Mirrored) -> "Log":
    return Log(mirror)


class Log:
    """The log's own key in bad hands: it signs whatever it is told."""

    def __init__(self, mirror: Mirrored) -> None:
        self.mirror = mirror
        self.key = KeyStore(mirror.site.settings).signing(Purpose.LOG, RRN, mirror.clock())
        (self.name,) = mirror.anchors.log_keys
        note = (mirror.folder / "log/checkpoint").read_text()
        self.true = Checkpoint.parse(open_note(note, [self.name]).text)

    @property
    def index(self) -> int:
        """Where the good certificate stands in it."""
        path = place(self.mirror, self.mirror.good, "proof.tlog-proof")
        return InclusionProof.parse((self.mirror.folder / path).read_text()).index

    def note(self, size: int, root: bytes, origin: str = "") -> str:
        name = NoteKey(origin, self.name.public) if origin else self.name
        return sign_note(Checkpoint(name.name, size, root).text, name, self.key.sign)

    def proves(self, note: str) -> Report:
        path = place(self.mirror, self.mirror.good, "proof.tlog-proof")
        proof = InclusionProof.parse((self.mirror.folder / path).read_text())
        rewrite(self.mirror, path, lambda _old: InclusionProof(proof.index, proof.path, note).text.encode())
        return look(self.mirror, self.mirror.paper(self.mirror.good))


def test_a_forked_log_or_one_of_another_name_proves_nothing(log: Log) -> None:
    assert log.proves(log.note(log.true.size, log.true.root)).answer is Answer.CERTIFIED
    for note in (
        log.note(log.true.size, bytes(32)),
        log.note(log.true.size // 2, log.true.root),
        log.note(log.true.size, log.true.root, "otherplace/log"),
    ):
        found = log.proves(note)
        assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)


def test_a_log_that_ends_before_the_paper_leaves_it_open(log: Log) -> None:
    rewrite(log.mirror, "log/checkpoint", lambda _old: log.note(1, bytes(32)).encode())
    found = look(log.mirror, log.mirror.paper(log.mirror.reduced, 2))
    assert (found.answer, found.found(What.LOG)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "could not be had as far as the paper’s entry" in found.sentence


def newest(log: Log, note: str) -> Report:
    rewrite(log.mirror, "log/checkpoint", lambda _old: note.encode())
    return look(log.mirror, log.mirror.paper(log.mirror.good))


def test_a_newest_checkpoint_over_another_root_is_a_fork(log: Log) -> None:
    """The log's own key signed both: what the paper's proof is of, and what is shown as the log."""
    assert newest(log, log.note(log.true.size, log.true.root)).answer is Answer.CERTIFIED
    found = newest(log, log.note(log.true.size, bytes(32)))
    assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)
    assert "tells two stories" in found.sentence


def leaves_of(log: Log, size: int) -> list[bytes]:
    """The hashes of the first so many entries."""
    bundle = (log.mirror.folder / f"log/{Tile(None, 0, log.true.size).path}").read_bytes()
    return [leaf_hash(entry) for entry in decode_entries(bundle)[:size]]


def proven_at(log: Log, size: int, note: str) -> Report:
    """The paper with a proof of an earlier state of the log."""
    path, leaves = place(log.mirror, log.mirror.good, "proof.tlog-proof"), leaves_of(log, size)
    proof = InclusionProof(log.index, path_of(leaves, log.index), note)
    rewrite(log.mirror, path, lambda _old: proof.text.encode())
    return look(log.mirror, log.mirror.paper(log.mirror.good))


def path_of(leaves: list[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path, by the definition (RFC 6962, section 2.1.1)."""
    if len(leaves) == 1:
        return ()
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:middle], leaves[middle:]
    if index < middle:
        return (*path_of(left, index), tree_of(right))
    return (*path_of(right, index - middle), tree_of(left))


def tree_of(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_of(leaves[:middle]), tree_of(leaves[middle:]))


def test_a_proof_of_an_earlier_log_counts_when_the_log_grew_out_of_it(log: Log) -> None:
    size = log.true.size - 1
    true = tree_of(leaves_of(log, size))
    assert proven_at(log, size, log.note(size, true)).answer is Answer.CERTIFIED
    (tile,) = (log.mirror.folder / "log/tile/0").rglob("*.p/*")
    kept = tile.read_bytes()
    for content in (b"", kept[:-5]):
        tile.write_bytes(content)
        found = proven_at(log, size, log.note(size, true))
        assert (found.answer, found.found(What.LOG)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
        assert "grew out of the one that the proof is of could not be seen" in found.sentence


def test_a_log_that_did_not_grow_out_of_the_proven_one_is_a_fork(log: Log) -> None:
    """Its checkpoint and its tiles fit each other, and so do the paper's proof and its checkpoint."""
    size = log.true.size - 1
    others = leaves_of(log, size + 1)
    others[0 if log.index else 1] = bytes(32)
    rewrite(log.mirror, f"log/{Tile(0, 0, size + 1).path}", lambda _old: b"".join(others))
    note = log.note(size + 1, tree_of(others))
    rewrite(log.mirror, "log/checkpoint", lambda _old: note.encode())
    found = proven_at(log, size, log.note(size, tree_of(leaves_of(log, size))))
    assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)
    assert "tells two stories" in found.sentence
    rewrite(log.mirror, "log/checkpoint", lambda _old: log.note(size + 1, bytes(32)).encode())
    found = look(log.mirror, log.mirror.paper(log.mirror.good))
    assert found.answer is Answer.CANNOT_TELL, "the tiles are not those of the checkpoint"
