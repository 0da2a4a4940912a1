"""Looking at the log: whether the publication of these very files stands in it, and who outside has seen that."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from app.kernel.words import _, plural
from app.ledger.note import Checkpoint, InclusionProof, NoteError, open_note
from app.ledger.rules import Entry, EntryKind, proof_at
from app.ledger.tiles import WIDTH, Tile, decode_entries
from app.ledger.tree import leaf_hash
from app.verifier.anchors import Anchors, Published, had
from app.verifier.report import Checked, Found, What


class NotLogged(Exception):
    """What the log says is not what it should; the message is a sentence."""


class Unseen(Exception):
    """The log could not be looked at; the message is a sentence."""


def look_at_log(
    digests: Mapping[str, str], folder: str, anchors: Anchors, published: Published
) -> tuple[list[Checked], datetime | None]:
    """Whether an entry names these files by these digests, and stands under a checkpoint that the log signed; and since when."""
    try:
        seen, note, entry = _proved(digests, folder, anchors, published)
    except NotLogged as fault:
        return [Checked(What.LOG, Found.NO, str(fault))], None
    except Unseen as fault:
        return [Checked(What.LOG, Found.CANNOT_TELL, str(fault))], None
    said = _("Its publication stands in the register’s log of {size} entries, and the log is signed.")
    told = [Checked(What.LOG, Found.YES, said.format(size=seen.size)), _witnessed(note, anchors)]
    return told, entry.recorded_at


def _proved(
    digests: Mapping[str, str], folder: str, anchors: Anchors, published: Published
) -> tuple[Checkpoint, str, Entry]:
    text = had(published, f"{folder}/proof.tlog-proof")
    if text is None:
        raise Unseen(_("The proof that it stands in the register’s log could not be had."))
    seen, note, said = _proven(text, _needed(published, "log/checkpoint"), anchors, published)
    if seen.origin != anchors.origin:
        raise NotLogged(_("The proof is of another log than this register’s."))
    if said.kind is not EntryKind.CERTIFICATE_PUBLISHED or any(
        said.files.get(name) != digest for name, digest in digests.items()
    ):
        raise NotLogged(_("The register’s log tells of other files: this one was never published."))
    return seen, note, said


def told_at(kind: EntryKind, digest: str, anchors: Anchors, published: Published) -> datetime | None:
    """Since when the log tells of what has this digest; None when it does not, or not yet.

    Raises NotLogged for a false proof, and Unseen when the log could not be had.
    """
    note, text = _needed(published, "log/checkpoint"), had(published, proof_at(kind, digest))
    if text is None:
        return None
    seen, _note, entry = _proven(text, note, anchors, published)
    if (seen.origin, entry.kind, entry.subject) != (anchors.origin, kind, digest):
        raise NotLogged(_("The proof that it stands in the register’s log is of something else."))
    return entry.recorded_at


def _proven(
    text: bytes, note: bytes, anchors: Anchors, published: Published
) -> tuple[Checkpoint, str, Entry]:
    """What a proof shows: a checkpoint that the log signed, as text as well, and the entry under it. Raises NotLogged, Unseen."""
    try:
        proof = InclusionProof.parse(text.decode())
        entry = entry_at(proof.index, checkpoint_of(note, anchors).size, published)
        seen = proof.verify(leaf_hash(entry), anchors.log_keys)
        return seen, proof.checkpoint, Entry.model_validate_json(entry)
    except (NoteError, ValidationError, UnicodeDecodeError, ValueError) as fault:
        raise NotLogged(_("The proof that it stands in the register’s log is false.")) from fault


def checkpoint_of(note: bytes, anchors: Anchors) -> Checkpoint:
    """The checkpoint of a note that the log itself signed, under its own name. Raises NoteError."""
    opened = open_note(note.decode(errors="replace"), anchors.log_keys)
    found = Checkpoint.parse(opened.text)
    if found.origin != anchors.origin:
        raise NoteError("the checkpoint is of another log")
    return found


def entry_at(number: int, size: int, published: Published) -> bytes:
    """The bytes of one entry of a log of that size. Raises Unseen, or ValueError when the log does not hold it."""
    if not 0 <= number < size:
        raise ValueError("the log has no such entry")
    index = number // WIDTH
    width = min(WIDTH, size - index * WIDTH)
    bundle = had(published, f"log/{Tile(None, index, width).path}")
    if bundle is None:
        raise Unseen(_("The entry of the register’s log could not be had."))
    entries = decode_entries(bundle)
    if len(entries) != width:
        raise ValueError("the bundle is not whole")
    return entries[number - index * WIDTH]


def _needed(published: Published, path: str) -> bytes:
    content = had(published, path)
    if content is None:
        raise Unseen(_("The register’s log could not be had."))
    return content


def _witnessed(note: str, anchors: Anchors) -> Checked:
    """Whether the witnesses asked for have all cosigned; without any named, that nobody was asked is said."""
    if not anchors.witnesses:
        sentence = _("No outside witness was named, so nobody but the register itself vouches for the log.")
        return Checked(What.WITNESSES, Found.ASIDE, sentence)
    try:
        signed = set(open_note(note, anchors.witnesses).signed_by)
    except NoteError:
        signed = set()
    if missing := [key.name for key in anchors.witnesses if key not in signed]:
        sentence = _("{names} has not cosigned this state of the log.").format(names=", ".join(missing))
        return Checked(What.WITNESSES, Found.CANNOT_TELL if anchors.all_of_them else Found.ASIDE, sentence)
    sentence = plural(
        "{count} outside witness has cosigned the log.",
        "{count} outside witnesses have cosigned the log.",
        len(signed),
    )
    return Checked(What.WITNESSES, Found.YES, sentence)
