"""The roots that a published log had, worked out from its tiles: whether one state of it is the beginning of another."""

from app.ledger.note import Checkpoint
from app.ledger.tiles import WIDTH, Tile
from app.ledger.tree import HASH_BYTES, node_hash, root
from app.verifier.anchors import Published, had

HEIGHT = WIDTH.bit_length() - 1


class Missing(Exception):
    """A tile could not be had, is not whole, or is of another log."""


def begins_with(newest: Checkpoint, size: int, digest: bytes, published: Published) -> bool:
    """Whether the log of the newest checkpoint had that root when it had so many entries. Raises Missing."""
    if size == newest.size:
        return digest == newest.root
    if size > newest.size:
        raise Missing
    nodes = _FromTiles(newest.size, published)
    if root(nodes, newest.size) != newest.root:
        raise Missing
    return root(nodes, size) == digest


class _FromTiles:
    """The hashes of a published log of that size (the `Nodes` of app.ledger.tree, to read)."""

    def __init__(self, size: int, published: Published) -> None:
        self.size, self.published = size, published
        self.seen: dict[str, bytes | None] = {}

    def get(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree: folded from the row of hashes that a tile holds."""
        row, within = divmod(level, HEIGHT)
        number, start = divmod(index << within, WIDTH)
        content = self._tile(Tile(row, number, min(WIDTH, (self.size >> (HEIGHT * row)) - number * WIDTH)))
        places = range(start * HASH_BYTES, (start + (1 << within)) * HASH_BYTES, HASH_BYTES)
        hashes = [content[at : at + HASH_BYTES] for at in places]
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def put(self, level: int, index: int, digest: bytes) -> None:
        """Nothing is put into what others published."""
        raise TypeError("tiles are read only")

    def _tile(self, tile: Tile) -> bytes:
        path = f"log/{tile.path}"
        if path not in self.seen:
            self.seen[path] = had(self.published, path)
        content = self.seen[path]
        if content is None or len(content) != tile.width * HASH_BYTES:
            raise Missing
        return content
