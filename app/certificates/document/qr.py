"""The QR code of a certificate: the modules for its address, and where the dark ones lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

MASK: Final = 2
"""The pattern laid over the code, by its number in ISO/IEC 18004 table 10. Choosing the one with the fewest marks against it costs 3 ms
and every reader reads all eight; that this one is read on paper is tried with hundreds of numbers."""


@dataclass(frozen=True)
class Run:
    """Dark modules side by side in one row, counted in modules from the top left."""

    row: int
    column: int
    length: int


def modules(url: str) -> tuple[tuple[bool, ...], ...]:
    """The modules, true where dark, without the quiet zone; error correction M, the smallest version that holds them."""
    made = segno.make(
        url, error="m", boost_error=False, micro=False, mode="byte", encoding="utf-8", mask=MASK
    )
    return tuple(tuple(bool(cell) for cell in row) for row in made.matrix)


def runs(matrix: tuple[tuple[bool, ...], ...]) -> Iterator[Run]:
    """The dark modules of each row as runs: a third of the drawing operators, and no hairlines between modules."""
    for row, cells in enumerate(matrix):
        column = 0
        for dark, group in groupby(cells):
            length = sum(1 for _ in group)
            if dark:
                yield Run(row, column, length)
            column += length
