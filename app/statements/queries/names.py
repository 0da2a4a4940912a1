"""What an organisation was called on a day, as known at a moment: from its first name and the renamings in the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, select

from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, in_words
from app.ledger.models import Redaction
from app.ledger.rules import RedactionState
from app.organisations.models import Organisation, OrganisationName


@dataclass(frozen=True)
class Called:
    """A name on a day, and the names before it, oldest first."""

    ref: str
    name: str
    formerly: tuple[str, ...]


def names_of(unit: Unit, ids: Iterable[int], on: date, known_at: datetime) -> dict[int, Called]:
    """The names of some organisations. The table of names is written over by a renaming; the journal is not."""
    some = sorted(set(ids))
    spans = _first_names(unit, some)
    for row in unit.db.execute(_renamings(some, known_at)):
        names = spans[row.subject_id][1]
        if row.done_on is not None:  # the entry that told of the old name was redacted
            names[-1] = (names[-1][0], _("Redacted on {day}.").format(day=in_words(row.done_on)))
        names.append((date.fromisoformat(row.data["from_on"]), row.data["name"]))
    return {id: _called(ref, names, on) for id, (ref, names) in spans.items()}


def _first_names(unit: Unit, ids: list[int]) -> dict[int, tuple[str, list[tuple[date, str]]]]:
    rows = (
        select(Organisation.id, Organisation.ref, OrganisationName.from_on, OrganisationName.name)
        .join(OrganisationName, OrganisationName.organisation_id == Organisation.id)
        .where(Organisation.id.in_(ids))
        .order_by(OrganisationName.from_on.desc())
    )
    return {row.id: (row.ref, [(row.from_on, row.name)]) for row in unit.db.execute(rows)}


def _renamings(ids: list[int], known_at: datetime) -> Select[Any]:
    redacted = and_(
        Redaction.subject_ref == Organisation.ref,
        Redaction.told_at == Event.at,
        Redaction.status == RedactionState.DONE,
    )
    return (
        select(Event.subject_id, Event.data, Redaction.done_on)
        .join(Organisation, Organisation.id == Event.subject_id)
        .outerjoin(Redaction, redacted)
        .where(
            Event.subject == Organisation.__tablename__,
            Event.subject_id.in_(ids),
            Event.kind == "organisation.renamed",
            Event.at <= known_at,
        )
        .order_by(Event.id)
    )


def _called(ref: str, names: list[tuple[date, str]], on: date) -> Called:
    then = [name for from_on, name in names if from_on <= on] or [names[0][1]]
    return Called(ref, then[-1], tuple(then[:-1]))
