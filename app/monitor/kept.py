"""A checkpoint that somebody kept (a file, a saved letter, a printed report typed off), held against the log of today."""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy

from app.ledger.note import Checkpoint, NoteError, NoteKey, open_note
from app.monitor.hashing import Rows

_NOTE = re.compile(
    r"^(?P<origin>\S+)\n(?P<rest>(?:0|[1-9][0-9]{0,18})\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n(?:\u2014 \S+ [A-Za-z0-9+/=]+\n)+)", re.MULTILINE
)  # fmt: skip
_MARGIN = re.compile(r"^[ >\t|]+", re.MULTILINE)
LARGEST = 4 * 1024 * 1024


class NoCheckpoint(Exception):
    """There is none in the file, or none that a known key signed; a sentence."""


def found_in(content: bytes, keys: Sequence[NoteKey]) -> Checkpoint:
    """The checkpoint in a file: alone, inside a report, or inside a letter. Raises NoCheckpoint."""
    if len(content) > LARGEST:
        raise NoCheckpoint("The file is larger than any report, so it was not looked at.")
    fault = "there is no checkpoint of this log in the file"
    for text in _texts(content):
        for found in _NOTE.finditer(text):
            if found["origin"] != keys[0].name:
                continue
            try:
                return Checkpoint.parse(open_note(f"{found['origin']}\n{found['rest']}", keys).text)
            except NoteError as error:
                fault = f"the checkpoint in the file is not one that this log signed: {error}"
    raise NoCheckpoint(f"Nothing can be said of it: {fault}.")


def _texts(content: bytes) -> list[str]:
    """The file as text, and what a letter holds: with and without the marks that quoting puts in the margin."""
    letter = message_from_bytes(content, policy=policy.default)
    body = letter.get_body(("plain",)) if letter.get("Subject") else None
    plain = content.decode(errors="replace") if body is None else str(body.get_content())
    text = plain.replace("\r\n", "\n") + "\n"
    return [text, _MARGIN.sub("", text)]


def verdict(kept: Checkpoint, today: Checkpoint, leaves: Sequence[bytes]) -> tuple[bool, str]:
    """Whether the log of today begins with the log of the kept checkpoint, and the sentence."""
    if kept.size > today.size:
        return False, (
            f"The log was cut short: the checkpoint that was kept has {kept.size} entries, and today's log has {today.size}."
        )
    if Rows(leaves[: kept.size]).root(kept.size) != kept.root:
        return False, (
            f"The log was made anew: its first {kept.size} entries are other ones than the log signed in the checkpoint that was kept."
        )
    more = today.size - kept.size
    return (
        True,
        f"The checkpoint that was kept ({kept.size} entries) is the beginning of today's log, which has {more} more.",
    )
