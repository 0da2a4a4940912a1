"""Legal notes: dated sentences per nation and setting with their source; never a legal position."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import Field, HttpUrl, model_validator

from app.standards.rules.documents import Data, Sentence, Text
from app.standards.rules.scope import Circumstance, Nation, Setting


class LegalNote(Data):
    """One note. `dated` is the date as its source gives it; `since` is the first day it is shown for."""

    settings: tuple[Setting, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    text: Sentence
    dated: Text
    since: date
    until: date | None = None
    noted_on: date
    source: Text
    address: HttpUrl | None = None

    @model_validator(mode="after")
    def _has_a_place_and_dates_in_order(self) -> Self:
        if not self.settings and not self.circumstances:
            raise ValueError("a note names neither a setting nor a circumstance")
        if self.until and self.until < self.since:
            raise ValueError("a note ends before it begins")
        return self


class LegalNotes(Data):
    """One file: the notes of one nation."""

    nation: Nation
    notes: tuple[LegalNote, ...] = Field(min_length=1)


def notes_for(
    files: Iterable[LegalNotes], nation: Nation, place: Setting | Circumstance, day: date
) -> list[LegalNote]:
    """The notes to show for a nation and a setting (or circumstance) on a civil day, oldest first.

    An empty list means that nothing is noted here, never that nothing is required.
    """
    found = [
        note
        for file in files
        if file.nation is nation
        for note in file.notes
        if place in (*note.settings, *note.circumstances)
        if note.since <= day and (note.until is None or day <= note.until)
    ]
    return sorted(found, key=lambda note: note.since)
