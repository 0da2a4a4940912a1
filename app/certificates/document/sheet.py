"""What every part of a page is given: the paper and the fonts and words of its design; a certificate's its statement too."""

from dataclasses import dataclass

from app.certificates.document.design import Face
from app.certificates.document.paper import Paper
from app.certificates.document.text import Block, fit
from app.certificates.rules import Statement


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
