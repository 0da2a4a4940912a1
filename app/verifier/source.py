"""Where published files are had from: a mirrored folder, or a register that is asked over https."""

from pathlib import Path
from typing import Final

from app.kernel.fetching import Unreachable, fetch
from app.verifier.anchors import Published, is_plain

LARGEST: Final = 20 * 1024 * 1024


def source(where: str) -> Published:
    """The published files at an address or in a folder. Raises Unreachable when it is neither."""
    if where.startswith(("http://", "https://")):
        return web(where)
    if Path(where).is_dir():
        return folder(Path(where))
    raise Unreachable("there is no such folder, and it is no web address")


def folder(root: Path) -> Published:
    """The files of a mirror that `rrn export log` made."""

    def published(path: str) -> bytes | None:
        target = root / path
        if not is_plain(path) or not target.is_file():
            return None
        try:
            if target.stat().st_size > LARGEST:
                raise Unreachable("a file of the mirror is too large")
            return target.read_bytes()
        except OSError as fault:
            raise Unreachable(f"a file of the mirror cannot be read ({type(fault).__name__})") from fault

    return published


def web(base: str) -> Published:
    """The files a register serves. This machine may be asked: whoever runs the program named the address."""

    def published(path: str) -> bytes | None:
        if not is_plain(path.partition("?")[0]):
            return None
        answer = fetch(f"{base.rstrip('/')}/{path}", this_machine=True, largest=LARGEST, seconds=30)
        if answer.status in (404, 410):
            return None
        if answer.status != 200:
            raise Unreachable(f"the register answered {answer.status}")
        return answer.content

    return published
