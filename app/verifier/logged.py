"""Looking at the log: whether the publication of these very files stands in it, and who outside has seen that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from app.kernel.words import _, plural
from app.ledger.note import Checkpoint, InclusionProof, NoteError, open_note, text_of
from app.ledger.rules import Entry, EntryKind, proof_at
from app.ledger.tiles import WIDTH, Tile, decode_entries
from app.ledger.tree import leaf_hash
from app.verifier.anchors import Anchors, Published, had
from app.verifier.report import Checked, Found, What
from app.verifier.roots import Missing, begins_with


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
    found = _entry(f"{folder}/proof.tlog-proof", anchors, published)
    said = found.entry
    if said.kind is not EntryKind.CERTIFICATE_PUBLISHED or any(
        said.files.get(name) != digest for name, digest in digests.items()
    ):
        raise NotLogged(_("The register’s log tells of other files: this one was never published."))
    _one_story(found, published)
    return found.seen, found.note, said


@dataclass(frozen=True)
class _Proved:
    """An entry, the checkpoint it is proven under with its note, and the newest one there is."""

    entry: Entry
    seen: Checkpoint
    note: str
    newest: Checkpoint


def _entry(path: str, anchors: Anchors, published: Published) -> _Proved:
    """The entry that a published proof leads to. Raises NotLogged, Unseen."""
    text = had(published, path)
    if text is None:
        raise Unseen(_("The proof that it stands in the register’s log could not be had."))
    try:
        proof = InclusionProof.parse(text.decode())
        Checkpoint.parse(text_of(proof.checkpoint))
    except ValueError as fault:
        raise Unseen(_("The proof that it stands in the register’s log could not be read.")) from fault
    newest = newest_of(anchors, published)
    entry = entry_at(proof.index, newest.size, published)
    try:
        seen = proof.verify(leaf_hash(entry), anchors.log_keys)
        said = Entry.model_validate_json(entry)
    except (NoteError, ValidationError) as fault:
        raise NotLogged(_("The proof that it stands in the register’s log is false.")) from fault
    if seen.origin != anchors.origin:
        raise NotLogged(_("The proof is of another log than this register’s."))
    return _Proved(said, seen, proof.checkpoint, newest)


def _one_story(found: _Proved, published: Published) -> None:
    """Whether the log as it is grew out of the one that the proof is of: whoever has its key could sign two."""
    try:
        if not begins_with(found.newest, found.seen.size, found.seen.root, published):
            raise NotLogged(_("The register’s log tells two stories: what it is now did not grow out of what the proof is of."))  # fmt: skip
    except Missing as fault:
        said = _("Whether the register’s log grew out of the one that the proof is of could not be seen.")
        raise Unseen(said) from fault


def told_at(kind: EntryKind, digest: str, anchors: Anchors, published: Published) -> datetime | None:
    """Since when the log tells of what has this digest; None when it does not, or not yet.

    Raises NotLogged for a false proof, and Unseen when the log could not be had.
    """
    newest_of(anchors, published)
    path = proof_at(kind, digest)
    if had(published, path) is None:
        return None
    found = _entry(path, anchors, published)
    if (found.entry.kind, found.entry.subject) != (kind, digest):
        raise NotLogged(_("The proof that it stands in the register’s log is of something else."))
    _one_story(found, published)
    return found.entry.recorded_at


def newest_of(anchors: Anchors, published: Published) -> Checkpoint:
    """The newest checkpoint, which the log itself signed under its own name. Raises Unseen, NotLogged."""
    note = had(published, "log/checkpoint")
    if note is None:
        raise Unseen(_("The register’s log could not be had."))
    try:
        text = note.decode()
        Checkpoint.parse(text_of(text))
    except ValueError as fault:
        raise Unseen(_("The newest checkpoint of the register’s log could not be read.")) from fault
    try:
        found = Checkpoint.parse(open_note(text, anchors.log_keys).text)
    except NoteError as fault:
        raise NotLogged(_("The checkpoint of the register’s log is not signed by it.")) from fault
    if found.origin != anchors.origin:
        raise NotLogged(_("The checkpoint of the register’s log is not signed by it."))
    return found


def entry_at(number: int, size: int, published: Published) -> bytes:
    """The bytes of one entry of a log of that size. Raises Unseen."""
    if number >= size:
        raise Unseen(_("The register’s log could not be had as far as the paper’s entry."))
    index = number // WIDTH
    width = min(WIDTH, size - index * WIDTH)
    bundle = had(published, f"log/{Tile(None, index, width).path}")
    if bundle is None:
        raise Unseen(_("The entry of the register’s log could not be had."))
    try:
        entries = decode_entries(bundle)
    except ValueError:
        entries = []
    if len(entries) != width:
        raise Unseen(_("The entry of the register’s log could not be read."))
    return entries[number - index * WIDTH]


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
