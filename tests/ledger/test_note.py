"""Signed notes, checkpoints, cosignatures and offline proofs, as the C2SP pages describe them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.ledger import note, tree
from app.ledger.note import Checkpoint, InclusionProof, NoteError, NoteKey

ORIGIN = note.origin_of("register.example")


def key_of(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public(number: int, name: str = ORIGIN, kind: int = note.ED25519) -> NoteKey:
    return NoteKey(name, key_of(number).public_key().public_bytes_raw(), kind)


LOG, OTHER = public(1), public(2)
WITNESS = public(3, "witness.example/w1", note.COSIGNATURE)
TEXT = Checkpoint(ORIGIN, 20, tree.leaf_hash(b"x")).text
SIGNED = note.sign_note(TEXT, LOG, key_of(1).sign)


def test_a_note_signed_by_somebody_elses_software_verifies() -> None:
    key = NoteKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\n"
    text += "then you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    assert note.open_note(f"{text}\n\u2014 PeterNeumann {line}\n", [key]).signed_by == (key,)


def test_a_checkpoint_is_three_lines_under_the_name_of_the_log() -> None:
    assert TEXT.splitlines()[:2] == ["register.example/log", "20"]
    opened = note.open_note(SIGNED, [LOG])
    assert opened.signed_by == (LOG,)
    assert Checkpoint.parse(opened.text) == Checkpoint(ORIGIN, 20, tree.leaf_hash(b"x"))


def test_a_verifier_key_reads_back_and_a_wrong_id_is_refused() -> None:
    assert NoteKey.parse(LOG.vkey) == LOG
    name, _, rest = LOG.vkey.split("+", 2)
    with pytest.raises(NoteError, match="does not fit"):
        NoteKey.parse(f"{name}+00000000+{rest}")


@pytest.mark.parametrize("vkey", ["", "a+b", "a b+00000000+AQ==", "log+00000000+!!", "log+00000000+"])
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        NoteKey.parse(vkey)


@given(st.integers(0, len(SIGNED.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_signed_checkpoint_can_be_changed(at: int, change: int) -> None:
    data = bytearray(SIGNED.encode())
    data[at] ^= change
    with pytest.raises((NoteError, UnicodeDecodeError)):
        note.open_note(data.decode(), [LOG])


def test_a_line_of_an_unknown_key_is_passed_over() -> None:
    both = note.add_signature(SIGNED, OTHER, key_of(2).sign)
    assert note.open_note(both, [LOG]).signed_by == (LOG,)
    assert note.open_note(both, [OTHER]).signed_by == (OTHER,)
    assert note.open_note(both, [LOG, OTHER]).signed_by == (LOG, OTHER)


def test_a_false_line_of_a_known_key_spoils_the_note() -> None:
    both = note.add_signature(SIGNED, OTHER, key_of(4).sign)
    with pytest.raises(NoteError, match="is false"):
        note.open_note(both, [LOG, OTHER])


def test_a_note_that_only_strangers_signed_is_refused() -> None:
    with pytest.raises(NoteError, match="nobody we trust"):
        note.open_note(SIGNED, [OTHER])


def test_a_witness_says_when_it_looked() -> None:
    seen = note.add_cosignature(SIGNED, WITNESS, key_of(3).sign, 1_795_000_000)
    assert note.open_note(seen, [LOG, WITNESS]).signed_by == (LOG, WITNESS)
    backdated = seen.splitlines(keepends=True)
    data = bytearray(base64.b64decode(backdated[-1].split()[-1]))
    data[11] ^= 1
    backdated[-1] = f"\u2014 {WITNESS.name} {base64.b64encode(data).decode()}\n"
    with pytest.raises(NoteError, match="is false"):
        note.open_note("".join(backdated), [LOG, WITNESS])


def test_a_plain_signature_is_no_cosignature() -> None:
    as_plain = public(3, WITNESS.name)
    with pytest.raises(NoteError, match="is false"):
        note.open_note(note.add_signature(SIGNED, WITNESS, key_of(3).sign), [LOG, WITNESS])
    assert as_plain.id != WITNESS.id


@pytest.mark.parametrize("text", ["no end", "tab\there\n", "\ud800\n", "nul\0\n"])
def test_a_text_that_could_not_be_read_back_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        note.sign_note(text, LOG, key_of(1).sign)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", f"{ORIGIN}\n01\nAAAA\n", f"{ORIGIN}\n1\nAAAA\n", f"{ORIGIN}\n-1\n{'A' * 43}=\n",
     "\n1\nAAAA\n", f"{ORIGIN}\n1\n{'A' * 42}B=\n", f"{ORIGIN}\n1\n{'A' * 43}=\n\nmore\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_a_checkpoint_may_carry_extension_lines() -> None:
    made = Checkpoint(ORIGIN, 1, bytes(32), ("one", "two"))
    assert Checkpoint.parse(made.text) == made


class Shelf(dict[tuple[int, int], bytes]):
    """Nodes in memory."""

    def get(self, level: int, index: int) -> bytes:  # type: ignore[override]
        return self[level, index]

    def put(self, level: int, index: int, digest: bytes) -> None:
        self[level, index] = digest


def proof_of(index: int, size: int) -> InclusionProof:
    shelf = Shelf()
    for number in range(size):
        tree.append(shelf, number, tree.leaf_hash(b"%d" % number))
    text = Checkpoint(ORIGIN, size, tree.root(shelf, size)).text
    return InclusionProof(
        index, tuple(tree.inclusion(shelf, index, size)), note.sign_note(text, LOG, key_of(1).sign)
    )


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (6, 7), (3, 11)])
def test_one_file_and_the_key_of_the_log_show_offline_that_an_entry_is_in_it(index: int, size: int) -> None:
    text = proof_of(index, size).text
    assert text.startswith(f"c2sp.org/tlog-proof@v1\nindex {index}\n")
    assert InclusionProof.parse(text).verify(tree.leaf_hash(b"%d" % index), [LOG]).size == size


def test_extra_data_in_a_proof_is_passed_over() -> None:
    text = proof_of(3, 11).text.replace("index", "extra AAAA\nindex", 1)
    assert InclusionProof.parse(text) == proof_of(3, 11)


def test_a_proof_shows_nothing_about_another_entry() -> None:
    with pytest.raises(NoteError, match="not in the log"):
        proof_of(3, 11).verify(tree.leaf_hash(b"4"), [LOG])


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex 01\n\nx"])
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        InclusionProof.parse(text)
