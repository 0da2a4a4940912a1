"""The tree over hashes of entries, built anew row by row: what a monitor trusts instead of the register's own hashes."""

from collections.abc import Sequence

from app.ledger.tree import EMPTY_ROOT, node_hash, root


class Rows:
    """The hashes of all complete subtrees (the `Nodes` of app.ledger.tree, to read)."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.rows: list[Sequence[bytes]] = [leaves]
        while len(self.rows[-1]) > 1:
            below = self.rows[-1]
            self.rows.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])

    def get(self, level: int, index: int) -> bytes:
        """The hash at that place."""
        return self.rows[level][index]

    def put(self, level: int, index: int, digest: bytes) -> None:
        """Nothing is ever put into what was derived."""
        raise TypeError("rows are derived from their leaves")

    def root(self, size: int) -> bytes:
        """The root over the first entries."""
        return root(self, size) if size else EMPTY_ROOT
