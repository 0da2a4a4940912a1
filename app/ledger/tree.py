"""The append-only Merkle tree of RFC 6962: roots, inclusion and consistency proofs, and their verification.

Only the hashes of complete subtrees are stored, addressed by (level, index): level k, index i covers the
entries from
i * 2^k up to (i + 1) * 2^k. They never change, so a database can hold them under a rule that forbids updates.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
HASH_BYTES: Final = 32


class Nodes(Protocol):
    """Where the hashes of complete subtrees are kept."""

    def get(self, level: int, index: int) -> bytes:
        """The 32 bytes at that place; KeyError (or the store's own error) when nothing was put there."""

    def put(self, level: int, index: int, digest: bytes) -> None:
        """Keep 32 bytes at a place where nothing was before."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry (RFC 6962 section 2.1: the byte 0 and the entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962 section 2.1: the byte 1 and both children)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(nodes: Nodes, size: int, leaf: bytes) -> int:
    """Put a leaf hash at the end of a tree of `size` leaves and complete the subtrees it fills; returns the
    new size."""
    level, index, digest = 0, size, leaf
    nodes.put(level, index, digest)
    while index & 1:
        digest = node_hash(nodes.get(level, index - 1), digest)
        level, index = level + 1, index >> 1
        nodes.put(level, index, digest)
    return size + 1


def root(nodes: Nodes, size: int) -> bytes:
    """The root hash of the first `size` entries; of none, the hash of nothing."""
    return _range_hash(nodes, 0, size) if size else EMPTY_ROOT


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The audit path of entry `index` in the tree of `size`, leaf's sibling first (RFC 6962 section 2.1.1).

    ValueError when there is no such entry.
    """
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not in a tree of {size}")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_hash(nodes, middle, high))
            high = middle
        else:
            path.append(_range_hash(nodes, low, middle))
            low = middle
    return path[::-1]


def consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` entries is the beginning of the tree of `new` (RFC 6962 section
    2.1.2).

    Empty when nothing has to be shown (an empty or an equal tree); ValueError when `old` is larger than
    `new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} cannot be the beginning of a tree of {new}")
    if old in (0, new):
        return []
    low, high, path, whole = 0, new, [], True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range_hash(nodes, middle, high))
            high = middle
        else:
            path.append(_range_hash(nodes, low, middle))
            low, whole = middle, False
    return ([] if whole else [_range_hash(nodes, low, high)]) + path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the path leads from that leaf hash, at that place, to that root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, expected, *path]):
        return False
    first, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            digest = node_hash(sibling, digest)
            first, last = _skip_lonely(first, last)
        else:
            digest = node_hash(digest, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and digest == expected


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the path shows that the old root is a beginning of the new one (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= new or not _are_hashes([old_root, new_root, *path]):
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    return _climb(old, new, path, old_root) == (old_root, new_root)


def _climb(old: int, new: int, path: Sequence[bytes], old_root: bytes) -> tuple[bytes, bytes] | None:
    """Both roots as the path makes them, or None when the path is too short or too long."""
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return None
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    earlier = later = steps[0]
    for digest in steps[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            earlier, later = node_hash(digest, earlier), node_hash(digest, later)
            first, last = _skip_lonely(first, last)
        else:
            later = node_hash(later, digest)
        first, last = first >> 1, last >> 1
    return (earlier, later) if last == 0 else None


def _skip_lonely(first: int, last: int) -> tuple[int, int]:
    """Levels where the node is the last of its row and has no sibling add nothing to the path."""
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (RFC 6962: k < n <= 2k)."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(nodes: Nodes, low: int, high: int) -> bytes:
    """The hash over the entries [low, high), where `low` is a boundary the tree splits at."""
    count = high - low
    level = count.bit_length() - 1
    if count == 1 << level:
        return nodes.get(level, low >> level)
    return node_hash(nodes.get(level, low >> level), _range_hash(nodes, low + (1 << level), high))


def _are_hashes(digests: Iterable[bytes]) -> bool:
    return all(len(digest) == HASH_BYTES for digest in digests)
