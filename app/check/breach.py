"""What the walk finds: one sentence about one thing that is not as it must be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.kernel.database import Unit


@dataclass(frozen=True)
class Breach:
    """Something that is not as it must be: where it stands in the database or on the disk, and what is wrong with it."""

    where: str
    what: str


Walk = Callable[[Unit], Iterator[Breach]]
"""Looks at everything of one kind and names each thing that is wrong; it reads and never mends."""
BATCH = 2000
"""Rows fetched at a time, so that a large register is walked in little memory."""
