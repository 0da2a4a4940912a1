"""What every part of a page is given: the paper and the fonts and words of its design; a certificate's its statement too."""

from contextlib import suppress
from dataclasses import dataclass

from app.certificates.document.design import Face
from app.certificates.document.paper import Paper
from app.certificates.document.text import Block, DoesNotFit, fit
from app.certificates.rules import Statement

Ways = tuple[tuple[float, float, int], ...]
"""Largest and smallest size in points, and how many lines, tried one after the other."""


@dataclass(frozen=True)
class Leaf:
    """What every part of any page needs: the paper, and the fonts and words of the design."""

    paper: Paper

    def say(self, text: str, **places: object) -> str:
        """A text of the design with its places filled in."""
        return self.paper.design.texts[text].format(**places)

    def fit(self, text: str, face: str, size: float, width: float, **options: float | bool) -> Block:
        """A text in one of the design's faces (see `text.fit`, which all text goes through)."""
        chosen: Face = getattr(self.paper.design, face)
        return fit(text, chosen, size, width, **options)  # type: ignore[arg-type]

    def fit_first(self, text: str, face: str, width: float, ways: Ways, **options: float | bool) -> Block:
        """The text in the first of these ways that it fits; DoesNotFit when it fits in none."""
        for size, smallest, lines in ways[:-1]:
            with suppress(DoesNotFit):
                return self.fit(text, face, size, width, lines=lines, smallest=smallest, **options)
        size, smallest, lines = ways[-1]
        return self.fit(text, face, size, width, lines=lines, smallest=smallest, **options)

    def put(
        self, role: str, block: Block, x: float, top: float, colour: str = "ink", *, right: bool = False
    ) -> float:
        """Draw and tag a block; returns where its bottom is."""
        with self.paper.tagged(role):
            return self.paper.write(block, x, top, self.paper.design.colours[colour], right=right)


@dataclass(frozen=True)
class Sheet(Leaf):
    """A page of a certificate: it knows the statement as well."""

    statement: Statement
