"""Reads a QR code from its modules by ISO/IEC 18004, so that the drawn code is checked by other means than made it."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final

Matrix = Sequence[Sequence[bool]]

MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
"""Table 10: a module is turned over where its mask holds (row i, column j)."""

FORMAT_MASK: Final = 0b101010000010010
LEVEL_M: Final = 0
BYTE_MODE: Final = 4
BLOCKS: Final = {
    1: (16,), 2: (28,), 3: (44,), 4: (32, 32), 5: (43, 43), 6: (27, 27, 27, 27), 7: (31, 31, 31, 31),
    8: (38, 38, 39, 39), 9: (36, 36, 36, 37, 37), 10: (43, 43, 43, 43, 44),
}  # fmt: skip
"""Data bytes of each block at level M, by version (table 9)."""

ALIGNMENT: Final = {
    1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34),
    7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50),
}  # fmt: skip
"""Centres of the alignment patterns (annex E)."""


class Unreadable(ValueError):
    """The modules are not a QR code as ours are: version 1 to 10, level M, bytes."""


def read(matrix: Matrix) -> str:
    """The text of a QR code, taken from its data bytes as they stand, without correcting any error."""
    size = len(matrix)
    version, rest = divmod(size - 17, 4)
    if rest or version not in BLOCKS or any(len(row) != size for row in matrix):
        raise Unreadable("the code has no size a QR code of ours can have")
    mask = MASKS[_mask(matrix)]
    bits = [matrix[i][j] != mask(i, j) for i, j in _data_places(version)]
    data = _deinterleave(_bytes(bits), BLOCKS[version])
    return _segment(data, 16 if version > 9 else 8)


def _mask(matrix: Matrix) -> int:
    """The mask's number from the format information beside the first finder (clause 7.9)."""
    places = [*((8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)), *((i, 8) for i in (7, 5, 4, 3, 2, 1, 0))]
    value = int("".join("01"[matrix[i][j]] for i, j in places), 2) ^ FORMAT_MASK
    if value >> 13 != LEVEL_M:
        raise Unreadable("the code is not of error correction level M")
    return value >> 10 & 7


@lru_cache(maxsize=10)
def _data_places(version: int) -> tuple[tuple[int, int], ...]:
    """Row and column of each module that holds data, in its order: the same for all codes of a version."""
    size = 17 + 4 * version
    return tuple(place for place in _way(size) if not _is_function(*place, size, version))


def _way(size: int) -> Iterator[tuple[int, int]]:
    """The order of modules: pairs of columns from the right, up and down in turn, around the timing column."""
    columns = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        for i in rows:
            yield i, right
            yield i, right - 1


def _is_function(i: int, j: int, size: int, version: int) -> bool:
    """Whether a module belongs to finders, timing, alignment, format or version information, not to the data."""
    if i == 6 or j == 6 or (i < 9 and (j < 9 or j >= size - 8)) or (i >= size - 8 and j < 9):
        return True
    if version >= 7 and ((i < 6 and j >= size - 11) or (j < 6 and i >= size - 11)):
        return True
    centres, last = ALIGNMENT[version], size - 7
    corners = {(6, 6), (6, last), (last, 6)}
    return any(abs(i - a) <= 2 and abs(j - b) <= 2 for a in centres for b in centres if (a, b) not in corners)


def _bytes(bits: list[bool]) -> bytes:
    whole = len(bits) // 8
    return bytes(int("".join("01"[bit] for bit in bits[8 * n : 8 * n + 8]), 2) for n in range(whole))


def _deinterleave(data: bytes, lengths: tuple[int, ...]) -> bytes:
    """The blocks' data bytes in order; they are laid down one byte of each block in turn (clause 7.6)."""
    blocks: list[list[int]] = [[] for _ in lengths]
    stream = iter(data)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(stream))
    return bytes(byte for block in blocks for byte in block)


def _segment(data: bytes, count_bits: int) -> str:
    """The one segment of bytes, which the terminator (or the end) must follow."""
    bits = "".join(f"{byte:08b}" for byte in data)
    start = 4 + count_bits
    length = int(bits[4:start], 2)
    end = start + 8 * length
    if int(bits[:4], 2) != BYTE_MODE or end > len(bits) or bits[end : end + 4].strip("0"):
        raise Unreadable("the code does not hold one text of bytes")
    content = bytes(int(bits[at : at + 8], 2) for at in range(start, end, 8))
    try:
        return content.decode()
    except UnicodeDecodeError as fault:
        raise Unreadable("the code does not hold text") from fault
