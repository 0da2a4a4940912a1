"""What editions and rule packs share: a name, dates in order, text that is never empty."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# One line of text that neither begins nor ends with a blank.
ONE_LINE = r"^[^\s\x00-\x1f](?:[^\x00-\x1f]*[^\s\x00-\x1f])?$"

Text = Annotated[str, StringConstraints(min_length=1, max_length=600, pattern=ONE_LINE)]
Sentence = Annotated[str, StringConstraints(max_length=600, pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*\.$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", max_length=60)]
Month = Annotated[str, StringConstraints(pattern=r"^(?:19|20)\d\d-(?:0[1-9]|1[0-2])$")]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]


class State(StrEnum):
    """The life of an edition or rule pack."""

    DRAFT = "draft"
    CONSULTED = "consulted"
    PUBLISHED = "published"
    TRANSITION = "transition"
    RETIRED = "retired"


class Data(BaseModel):
    """A frozen piece of a data file; a field it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Data):
    """One data file. A published file never changes, so its end is written in the file that replaces it."""

    id: Key
    title: Text
    state: State
    published_on: date
    in_force_from: date
    replaces: Key | None = None
    transition_until: date | None = None
    digest: str = Field(default="", description="SHA-256 of the file in hex, set on loading.")

    @model_validator(mode="after")
    def _says_its_own_life_plainly(self) -> Self:
        if self.state in (State.TRANSITION, State.RETIRED):
            raise ValueError(
                "a file says draft, consulted or published; the file that replaces it says its end"
            )
        if self.in_force_from < self.published_on:
            raise ValueError("it comes into force before it is published")
        if (self.replaces is None) != (self.transition_until is None):
            raise ValueError("replaces and transition_until are given together or not at all")
        if self.transition_until and self.transition_until < self.in_force_from:
            raise ValueError("the transition ends before this file comes into force")
        return self


def state_on(document: Document, others: Iterable[Document], day: date) -> State:
    """The state on a civil day, given all files of its kind: a successor starts the transition."""
    if document.state is not State.PUBLISHED or day < document.published_on:
        return State.DRAFT if document.state is State.DRAFT else State.CONSULTED
    for other in others:
        replaced = other.replaces == document.id and other.state is State.PUBLISHED
        if replaced and other.transition_until and other.in_force_from <= day:
            return State.TRANSITION if day <= other.transition_until else State.RETIRED
    return State.PUBLISHED
