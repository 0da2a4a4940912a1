"""The Merkle tree against a second, naive implementation of RFC 6962 written from its definitions."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger import tree

sizes = st.integers(min_value=1, max_value=70)


class Shelf:
    """Nodes in memory, put once and never again, as the database holds them."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        return self.kept[level, index]

    def put(self, level: int, index: int, digest: bytes) -> None:
        assert (level, index) not in self.kept, "a hash of the log was written twice"
        self.kept[level, index] = digest


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def grown(count: int) -> Shelf:
    shelf = Shelf()
    for number, entry in enumerate(entries(count)):
        assert tree.append(shelf, number, tree.leaf_hash(entry)) == number + 1
    return shelf


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*naive_proof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree.root(Shelf(), 0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(sizes)
def test_every_earlier_root_can_still_be_made(count: int) -> None:
    shelf = grown(count)
    for size in range(count + 1):
        assert tree.root(shelf, size) == naive_root(entries(size))


@given(sizes)
def test_every_entry_has_the_path_of_the_definition_and_it_verifies(count: int) -> None:
    shelf, known = grown(count), tree.root(grown(count), count)
    for index, entry in enumerate(entries(count)):
        path = tree.inclusion(shelf, index, count)
        assert path == naive_path(index, entries(count))
        assert tree.verify_inclusion(tree.leaf_hash(entry), index, count, path, known)


@given(sizes)
def test_every_earlier_tree_is_shown_to_be_a_beginning(count: int) -> None:
    shelf = grown(count)
    for old in range(count + 1):
        proof = tree.consistency(shelf, old, count)
        assert proof == (naive_proof(old, entries(count), True) if old else [])
        assert tree.verify_consistency(old, count, proof, tree.root(shelf, old), tree.root(shelf, count))


@given(sizes, st.data())
def test_a_path_with_one_changed_bit_shows_nothing(count: int, data: st.DataObject) -> None:
    shelf = grown(count)
    index = data.draw(st.integers(0, count - 1))
    path = tree.inclusion(shelf, index, count)
    pieces = [tree.leaf_hash(entries(count)[index]), *path]
    spoilt = data.draw(st.integers(0, len(pieces) - 1))
    pieces[spoilt] = flipped(pieces[spoilt], data.draw(st.integers(0, 255)))
    assert not tree.verify_inclusion(pieces[0], index, count, pieces[1:], tree.root(shelf, count))


@given(st.integers(2, 70), st.data())
def test_a_consistency_proof_with_one_changed_bit_shows_nothing(count: int, data: st.DataObject) -> None:
    shelf = grown(count)
    old = data.draw(st.integers(1, count - 1))
    proof = tree.consistency(shelf, old, count)
    spoilt = data.draw(st.integers(0, len(proof) - 1))
    proof[spoilt] = flipped(proof[spoilt], data.draw(st.integers(0, 255)))
    assert not tree.verify_consistency(old, count, proof, tree.root(shelf, old), tree.root(shelf, count))


@given(st.integers(2, 70), st.data())
def test_proofs_that_are_too_short_or_too_long_show_nothing(count: int, data: st.DataObject) -> None:
    shelf, known = grown(count), tree.root(grown(count), count)
    index = data.draw(st.integers(0, count - 1))
    leaf, path = tree.leaf_hash(entries(count)[index]), tree.inclusion(shelf, index, count)
    assert not tree.verify_inclusion(leaf, index, count, path[:-1], known)
    assert not tree.verify_inclusion(leaf, index, count, [*path, known], known)
    old = data.draw(st.integers(1, count - 1))
    proof = tree.consistency(shelf, old, count)
    assert not tree.verify_consistency(old, count, proof[:-1], tree.root(shelf, old), known)
    assert not tree.verify_consistency(old, count, [*proof, known], tree.root(shelf, old), known)


def test_a_rewritten_history_cannot_be_shown_to_be_consistent() -> None:
    honest, forged = grown(7), Shelf()
    for number in range(12):
        tree.append(forged, number, tree.leaf_hash(f"entry {number or 'changed'}".encode()))
    proof = tree.consistency(forged, 7, 12)
    assert not tree.verify_consistency(7, 12, proof, tree.root(honest, 7), tree.root(forged, 12))


def test_an_entry_cannot_be_passed_off_as_an_inner_node() -> None:
    shelf = grown(2)
    inner = tree.leaf_hash(entries(2)[0]) + tree.leaf_hash(entries(2)[1])
    assert tree.leaf_hash(inner) != tree.root(shelf, 2)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_there_is_no_path_for_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion(grown(5), index, size)


def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one() -> None:
    with pytest.raises(ValueError, match="cannot be the beginning"):
        tree.consistency(grown(5), 5, 4)


def flipped(digest: bytes, bit: int) -> bytes:
    changed = bytearray(digest)
    changed[bit >> 3] ^= 1 << (bit & 7)
    return bytes(changed)
