"""The log as files: addresses and contents of tiles, and the root rebuilt from them alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger import tiles, tree
from app.ledger.tiles import Tile


class Shelf(dict[tuple[int, int], bytes]):
    """Nodes in memory."""

    def get(self, level: int, index: int) -> bytes:  # type: ignore[override]
        return self[level, index]

    def put(self, level: int, index: int, digest: bytes) -> None:
        self[level, index] = digest


def grown(count: int) -> Shelf:
    shelf = Shelf()
    for number in range(count):
        tree.append(shelf, number, tree.leaf_hash(b"%d" % number))
    return shelf


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(2, 3, 17), "tile/2/003.p/17"),
        (Tile(None, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_a_tile_has_the_address_the_specification_gives_it(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/300", "tile/entries/000.p/999",
        "tile/0/000.p/07", "tile/0/001/002", "tile/data/000", "tile/0/../000", "tile/0/000/",
        "tile/0/\u0660\u0660\u0660",
        "tile/0/" + "x001/" * 40 + "000", "tile/0/000\n",
    ],
)  # fmt: skip
def test_what_is_not_exactly_an_address_of_a_tile_names_none(path: str) -> None:
    assert tiles.parse_path(path) is None


@given(st.none() | st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))
def test_every_address_reads_back(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse_path(tile.path) == tile


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_specifications_example() -> None:
    served = [tile for tile in tiles.tiles_of(70_000) if tile.level is not None]
    assert sum(tile.level == 0 and tile.width == 256 for tile in served) == 273
    assert [tile for tile in served if tile.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert Tile(1, 0) in served


def test_a_tile_is_only_in_a_tree_that_has_filled_it() -> None:
    assert Tile(0, 1, 44).is_in(300)
    assert not Tile(0, 1, 45).is_in(300)
    assert Tile(1, 0, 1).is_in(300)
    assert not Tile(1, 0, 2).is_in(300)
    assert not Tile(None, 2, 1).is_in(300)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_a_stranger_with_the_tiles_alone_rebuilds_the_root(size: int) -> None:
    shelf = grown(size)
    served = {
        tile.path: tiles.encode_tile(shelf, tile) for tile in tiles.tiles_of(size) if tile.level is not None
    }
    assert all(len(data) % 32 == 0 and data for data in served.values())
    leaves = b"".join(served[tile.path] for tile in tiles.tiles_of(size) if tile.level == 0)
    rebuilt = Shelf()
    for number in range(size):
        tree.append(rebuilt, number, leaves[32 * number : 32 * number + 32])
    assert tree.root(rebuilt, size) == tree.root(shelf, size)
    for tile in tiles.tiles_of(size):
        if tile.level:
            assert served[tile.path] == tiles.encode_tile(rebuilt, tile)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert tiles.decode_entries(tiles.encode_entries(entries)) == entries


def test_a_bundle_cut_anywhere_is_refused_or_shorter_by_whole_entries() -> None:
    bundle = tiles.encode_entries([b"one", b"twenty-two"])
    for cut in range(1, len(bundle)):
        if cut == 5:
            assert tiles.decode_entries(bundle[:cut]) == [b"one"]
        else:
            with pytest.raises(ValueError, match="the bundle ends"):
                tiles.decode_entries(bundle[:cut])


def test_an_entry_of_more_than_two_bytes_length_does_not_fit_a_bundle() -> None:
    with pytest.raises(ValueError, match="too long"):
        tiles.encode_entries([b"x" * 65_536])
