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


def test_a_log_that_was_cut_shorter_than_the_paper_does_not_hold_it(log: Log) -> None:
    rewrite(log.mirror, "log/checkpoint", lambda _old: log.note(1, bytes(32)).encode())
    found = look(log.mirror, log.mirror.paper(log.mirror.reduced, 2))
    assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)
