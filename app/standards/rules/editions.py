"""An edition of the Standards: the tree of requirements in our own labels, and what applies to whom."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from app.standards.rules.documents import Data, Document, Key, Month, Sentence, Text
from app.standards.rules.scope import Circumstance, Level, Population, Route

Number = Annotated[str, StringConstraints(pattern=r"^[1-9]\d?(?:\.[1-9]\d?){0,2}$")]


class Requirement(Data):
    """One line of the tree, at most three levels deep. An empty applicability list means: applies to all."""

    number: Number
    label: Text
    meaning: Sentence
    provisional: bool = False
    unsure_of: tuple[Literal["number", "topic"], ...] = ()
    routes: tuple[Route, ...] = ()
    populations: tuple[Population, ...] = ()
    levels: tuple[Level, ...] = ()
    official_wording: None = Field(
        default=None,
        description="A slot for a licensed standards manager; no file may fill it.",
    )

    @field_validator("official_wording", mode="before")
    @classmethod
    def _is_never_shipped(cls, wording: object) -> None:
        if wording is not None:
            raise ValueError("the official wording is copyright and may not stand in a data file")

    @model_validator(mode="after")
    def _says_what_is_unsure(self) -> Self:
        if self.provisional != bool(self.unsure_of):
            raise ValueError(f"requirement {self.number}: provisional goes together with unsure_of")
        return self

    @property
    def parent(self) -> str | None:
        """The number one level up, or None at the top."""
        return self.number.rpartition(".")[0] or None

    @property
    def position(self) -> tuple[int, ...]:
        """The number as integers, so that 2.10 comes after 2.9."""
        return tuple(int(part) for part in self.number.split("."))

    def applies_to(
        self, route: Route, populations: Collection[Population], levels: Collection[Level]
    ) -> bool:
        """Whether this line concerns such a curriculum; one shared population or level is enough."""
        return (
            (not self.routes or route in self.routes)
            and (not self.populations or not set(self.populations).isdisjoint(populations))
            and (not self.levels or not set(self.levels).isdisjoint(levels))
        )


class Appendix(Data):
    """An appendix for some people or some way of working; versioned apart from the tree, by month."""

    key: Key
    label: Text
    meaning: Sentence
    version: Month
    populations: tuple[Population, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()

    @model_validator(mode="after")
    def _belongs_to_somebody(self) -> Self:
        if not self.populations and not self.circumstances:
            raise ValueError(f"appendix {self.key} names neither a population nor a circumstance")
        return self


class Update(Data):
    """What was changed apart from the main text, and in which month."""

    month: Month
    text: Sentence


class Edition(Document):
    """A whole edition; the file keeps the order of the numbers."""

    first_edition_on: date
    copyright_notice: Sentence
    changed: tuple[Number, ...] = ()
    requirements: tuple[Requirement, ...] = Field(min_length=1)
    appendices: tuple[Appendix, ...] = ()
    updates: tuple[Update, ...] = ()

    @model_validator(mode="after")
    def _is_one_ordered_tree(self) -> Self:
        numbers = [line.number for line in self.requirements]
        _refuse_repeats("requirement", numbers)
        _refuse_repeats("appendix", [appendix.key for appendix in self.appendices])
        for line in self.requirements:
            if line.parent and line.parent not in numbers:
                raise ValueError(f"requirement {line.number} has no parent {line.parent}")
        positions = [line.position for line in self.requirements]
        if positions != sorted(positions):
            raise ValueError("the requirements do not stand in the order of their numbers")
        if unknown := sorted(set(self.changed) - set(numbers)):
            raise ValueError(f"changed names requirements that do not exist: {', '.join(unknown)}")
        if self.published_on < self.first_edition_on:
            raise ValueError("it is published before the first edition")
        return self

    def children(self, number: str | None) -> tuple[Requirement, ...]:
        """The lines directly under a number; None asks for the top of the tree."""
        return tuple(line for line in self.requirements if line.parent == number)

    def leaves(self) -> tuple[Requirement, ...]:
        """The lines with nothing under them: those that get a result in an audit."""
        parents = {line.parent for line in self.requirements}
        return tuple(line for line in self.requirements if line.number not in parents)


def applicable(
    edition: Edition, route: Route, populations: Collection[Population], levels: Collection[Level]
) -> list[Requirement]:
    """The requirements that need a result (or a reasoned not-applicable), in order of number."""
    return [line for line in edition.leaves() if line.applies_to(route, populations, levels)]


def applicable_appendices(
    edition: Edition, populations: Collection[Population], circumstances: Collection[Circumstance]
) -> list[Appendix]:
    """The appendices that concern these people or these ways of working."""
    return [
        appendix
        for appendix in edition.appendices
        if not set(appendix.populations).isdisjoint(populations)
        or not set(appendix.circumstances).isdisjoint(circumstances)
    ]


def _refuse_repeats(kind: str, names: list[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{kind} {name} stands there more than once")
