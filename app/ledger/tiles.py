"""The tree as files: tiles of 256 hashes and bundles of 256 entries, at the addresses of C2SP tlog-tiles."""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.ledger.rules import MAX_ENTRY_BYTES
from app.ledger.tree import Nodes

WIDTH: Final = 256
HEIGHT: Final = 8
MAX_PATH: Final = 120

_ADDRESS = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True)
class Tile:
    """One tile of hashes, or one bundle of entries where `level` is None.

    `width` counts what is in it, 1 to 256.
    """

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The address below the log's prefix: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`."""
        row = "entries" if self.level is None else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{row}/{_index_path(self.index)}{part}"

    @property
    def span(self) -> range:
        """The places of its hashes in their row, or the numbers of its entries."""
        return range(self.index * WIDTH, self.index * WIDTH + self.width)

    def is_in(self, size: int) -> bool:
        """Whether a tree of `size` entries already fills everything this tile names."""
        return self.span.stop <= size >> HEIGHT * (self.level or 0)


def parse_path(path: str) -> Tile | None:
    """The tile an address names, or None when it names none.

    One spelling only, so that a kept answer has one address.
    """
    found = _ADDRESS.fullmatch(path) if len(path) <= MAX_PATH else None
    if found is None:
        return None
    row, digits, width = found.groups()
    tile = Tile(None if row == "entries" else int(row), int(re.sub("[x/]", "", digits)), int(width or WIDTH))
    return tile if tile.width <= WIDTH and tile.path == path else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile and bundle a log of `size` entries serves, full ones and the partial one at the end of each
    row."""
    yield from _row(None, size)
    level = 0
    while count := size >> HEIGHT * level:
        yield from _row(level, count)
        level += 1


def encode_tile(nodes: Nodes, tile: Tile) -> bytes:
    """The bytes of a tile: its hashes one after the other.

    The caller looks first whether `tile.is_in(size)`.
    """
    level = HEIGHT * (tile.level or 0)
    return b"".join(nodes.get(level, place) for place in tile.span)


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes, big end first; ValueError above 65,535 bytes an
    entry."""
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise ValueError("an entry of the log is too long for a bundle")
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def decode_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError when it ends in the middle of one."""
    entries, at = [], 0
    while at < len(bundle):
        if at + 2 > len(bundle):
            raise ValueError("the bundle ends inside the length of an entry")
        (length,) = struct.unpack_from(">H", bundle, at)
        at += 2 + length
        if at > len(bundle):
            raise ValueError("the bundle ends inside an entry")
        entries.append(bundle[at - length : at])
    return entries


def _row(level: int | None, count: int) -> Iterator[Tile]:
    full, rest = divmod(count, WIDTH)
    yield from (Tile(level, index) for index in range(full))
    if rest:
        yield Tile(level, full, rest)


def _index_path(index: int) -> str:
    """1234067 becomes `x001/x234/067` (C2SP tlog-tiles, "Merkle Tree")."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    return "/".join(reversed(parts))
