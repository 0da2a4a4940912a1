"""Writing a mirror: each file whole or not at all, what is there already left alone, so that it may be broken off and run again."""

from collections.abc import Callable
from pathlib import Path

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, digest, write_over
from app.mirror.contents import Published, everything


def export(site: Site, folder: Path, progress: Callable[[int, int], None]) -> tuple[int, list[str]]:
    """Bring a folder to what is published now, in one look at the database.

    How many files were written, and a sentence for each that could not be had. Raises NotFound without a checkpoint, OSError.
    """
    written, faults = 0, list[str]()
    with reading(site, SYSTEM) as unit:
        files = everything(unit)
        for count, one in enumerate(files, 1):
            progress(count, len(files))
            try:
                written += _write(folder / one.path, one)
            except (NotFound, Damaged) as fault:
                faults.append(
                    f"{one.path}: {getattr(fault, 'detail', None) or 'it is not what was published.'}"
                )
    return written, faults


def _write(target: Path, one: Published) -> bool:
    """Write one file unless the same bytes stand there."""
    there = target.is_file()
    if there and (one.for_ever or (one.digest and digest(target.read_bytes()) == one.digest)):
        return False
    content = one.content().content
    if there and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    write_over(target, content)
    return True
