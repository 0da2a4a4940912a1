"""Which papers there are of something, and their files; whose they are to read is the caller's to know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from app.kernel import files
from app.kernel.database import Unit
from app.kernel.errors import NotFound, TooSoon
from app.kernel.fields import View
from app.kernel.journal import Event
from app.kernel.words import _
from app.ledger.queries import untold
from app.ledger.rules import EntryKind, proof_at
from app.papers.models import Paper
from app.papers.rules import PaperKind, Said

AGAIN_SECONDS: Final = 30


class PaperFileView(View):
    """The file of a paper, once it is there, and where the log tells of it."""

    ref: str
    sealed_at: datetime | None
    entry: int | None
    """The entry of the log that tells of it; none for some minutes, and for the report of a day."""
    proof: str
    """Where the proof of that entry is; empty while there is none."""


class FormerPaperView(PaperFileView):
    """A paper that another took the place of, because others may have known a key that made it."""


class SealedPaperView(PaperFileView):
    """A paper on the page it belongs to: being made, waiting for something, or ready to be saved."""

    about: str
    title: str
    ordered_at: datetime
    held: str
    """Why it waits, in a sentence; empty when it does not."""
    former: list[FormerPaperView]
    """The papers with the same words that it took the place of, newest first."""


def replaced_by(unit: Unit, row: Paper) -> Paper | None:
    """The paper that took the place of this one."""
    return unit.db.scalar(select(Paper).where(Paper.replaces_id == row.id))


def ordered_by(unit: Unit, event: Event) -> Paper | None:
    """The paper that this event ordered."""
    return unit.db.scalar(select(Paper).where(Paper.event_id == event.id))


def papers_of(unit: Unit, kind: PaperKind, subject_id: int) -> list[SealedPaperView]:
    """The papers of one kind on one page, newest first, each with those it took the place of; the caller has checked whose page it is."""
    asked = select(Paper).where(Paper.kind == kind, Paper.subject_id == subject_id).order_by(Paper.id.desc())
    rows = unit.db.scalars(asked).all()
    by_id, replaced = {row.id: row for row in rows}, {row.replaces_id for row in rows}
    return [
        SealedPaperView(
            **_logged(row), about=row.about, title=said_in(row).title, ordered_at=row.ordered_at, held=row.held,
            former=_former(row, by_id),
        )
        for row in rows if row.id not in replaced
    ]  # fmt: skip


def _former(row: Paper, by_id: dict[int, Paper]) -> list[FormerPaperView]:
    found = []
    while row.replaces_id:
        row = by_id[row.replaces_id]
        found.append(FormerPaperView(**_logged(row)))
    return found


def _logged(row: Paper) -> dict[str, Any]:
    proof = "" if row.entry is None else f"/{proof_at(EntryKind.PAPER_SEALED, row.pdf_digest or '')}"
    return {"ref": row.ref, "sealed_at": row.sealed_at, "entry": row.entry, "proof": proof}


def said_in(row: Paper) -> Said:
    """What a paper says."""
    return Said.model_validate_json(row.content)


def pdf_of(unit: Unit, kind: PaperKind, subject_id: int, ref: str) -> bytes:
    """The sealed PDF of a paper on that page; the caller has checked whose page it is.

    Raises NotFound for a paper of another page, and TooSoon while it is being made.
    """
    row = unit.db.scalar(
        select(Paper).where(Paper.ref == ref, Paper.kind == kind, Paper.subject_id == subject_id)
    )
    if row is None:
        raise NotFound(_("There is no paper of that reference here."))
    if row.sealed_at is None:
        why = row.held or _("It is being made.")
        raise TooSoon(
            _("The paper is not there yet. {why} Ask again later: it comes by itself.").format(why=why),
            AGAIN_SECONDS,
        )
    return files.fetch(unit.site.settings, row.pdf_digest or "")


def sealed_of(unit: Unit, kind: PaperKind) -> set[int]:
    """The subjects of one kind whose paper is there."""
    asked = select(Paper.subject_id).where(Paper.kind == kind, Paper.sealed_at.is_not(None))
    return set(unit.db.scalars(asked))


def waiting(unit: Unit) -> Sequence[tuple[int, str]]:
    """The papers without files, oldest first: id, and whose keys seal it."""
    asked = select(Paper.id, Paper.owner).where(Paper.sealed_at.is_(None)).order_by(Paper.id)
    return [(row.id, row.owner) for row in unit.db.execute(asked)]


def untold_papers(unit: Unit) -> list[Paper]:
    """Sealed papers of which the log has yet to tell. The report of a day is none of them: what it says follows from the log."""
    return untold(unit, Paper, Paper.kind != PaperKind.DAY)
