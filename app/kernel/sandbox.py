"""Files from outside are opened only in a child of ours that can do nothing else (rules page, 10)."""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from app.kernel.errors import TooSoon
from app.kernel.fields import View
from app.kernel.words import _

WALL_SECONDS = 10.0
WAIT_SECONDS = 20.0
_CHILD = Path(__file__).with_name("looking.py")
_LONGEST_ANSWER = 4096
_places = threading.BoundedSemaphore(2)
"""Two files at a time: a child may take 512 MiB."""


class Unfit(ValueError):
    """The file is not one we take; the text is a clause for a sentence."""


class Seen(View):
    """What the child saw: the kind by content, pages of a PDF, pixels of a picture."""

    kind: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def look(content: bytes) -> Seen:
    """Open the bytes in a child with 5 s of CPU, 512 MiB, no network and a folder of its own.

    Call it outside a transaction: it takes up to a second, at worst 10. Raises Unfit, or TooSoon when too many wait.
    """
    answer = ask_child(_CHILD, content, _LONGEST_ANSWER)
    if problem := answer.get("problem"):
        raise Unfit(_sentence(str(problem)))
    return Seen.model_validate(answer)


def ask_child(
    script: Path, content: bytes, longest: int, places: threading.BoundedSemaphore = _places
) -> dict[str, Any]:
    """One line of JSON, of at most `longest` bytes, from a child that was sent the content. Raises TooSoon when too many wait."""
    if not places.acquire(timeout=WAIT_SECONDS):
        raise TooSoon(
            _("Many files are being checked just now. Nothing was saved: send it again in a minute."), 60
        )
    try:
        return _answer(script, content, longest)
    finally:
        places.release()


def _answer(script: Path, content: bytes, longest: int) -> dict[str, Any]:
    """The child's answer; a child that died, hung or babbled has met a file we do not take."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile() as sent,
        tempfile.TemporaryFile() as said,
    ):
        sent.write(content)
        sent.seek(0)
        try:
            subprocess.run(
                [sys.executable, "-I", "-B", str(script)], stdin=sent, stdout=said, stderr=subprocess.DEVNULL,
                cwd=folder, env={}, timeout=WALL_SECONDS, check=True, close_fds=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"problem": "too_large_inside"}
        except subprocess.CalledProcessError:
            return {"problem": "broken"}
        said.seek(0)
        return _read(said.read(longest))


def _read(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:
        return {"problem": "broken"}
    return answer if isinstance(answer, dict) else {"problem": "broken"}


def _sentence(problem: str) -> str:
    return {
        "broken": _("the file is damaged or is not what its name says"),
        "encrypted": _("the file is locked with a password; send it without one"),
        "encrypted_or_old_office": _(
            "the file is locked with a password or of an old Office kind; save it as .docx, .xlsx or PDF without a password"
        ),
        "active": _(
            "the file contains something that runs or fetches by itself (macros, scripts, attachments or outside parts); save it as a plain PDF"
        ),
        "too_large_inside": _("the file unpacks to more than we take"),
    }.get(problem, _("only PDF, PNG, JPEG, Word (.docx) and Excel (.xlsx) files are taken"))
