"""A design of the certificate: its texts, colours and fonts, read from its folder and checked against its digests."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.designs.queries import FOLDER, find
from app.designs.rules import FontFile
from app.kernel.errors import NotFound

FONTS: Final = FOLDER / "fonts-vendor"
FACES: Final = ("display", "italic", "text", "strong")


class DesignFault(Exception):
    """A design is missing or not the one certificates were drawn with. Nothing was issued."""


@dataclass(frozen=True)
class Face:
    """One embedded font: the name reportlab knows it by, and the characters it can draw."""

    name: str
    widths: Mapping[str, float]
    """Of each character it has, in thousandths of the size."""

    def width(self, text: str, size: float) -> float:
        """The width of a line in points at that size in points; KeyError for a character it has not."""
        return sum(map(self.widths.__getitem__, text)) * size / 1000


@dataclass(frozen=True)
class Design:
    """What one design is made of. The id stands in the statement, so an old certificate is always redrawn the same."""

    id: str
    language: str
    texts: dict[str, str]
    colours: dict[str, Color]
    display: Face
    italic: Face
    text: Face
    strong: Face


@lru_cache(maxsize=16)
def load_design(design_id: str) -> Design:
    """Read a design and load its fonts, once a process; DesignFault when it is incomplete or a font was changed."""
    try:
        found = find(design_id)
    except NotFound as fault:
        raise DesignFault(f"there is no design {design_id}") from fault
    if found.file is None or found.gaps:
        raise DesignFault(f"the design {design_id} is incomplete: {' '.join(found.gaps)}")
    said = found.file
    faces = {role: _face(getattr(said.fonts, role)) for role in FACES}
    colours = {name: HexColor(code) for name, code in said.colours.items()}
    return Design(id=said.id, language=said.language, texts=dict(said.texts), colours=colours, **faces)


def _face(wanted: FontFile) -> Face:
    path = FONTS / wanted.file
    if not path.is_file():
        raise DesignFault(f"the font {wanted.file} is missing: the build brings it in")
    if hashlib.sha256(path.read_bytes()).hexdigest() != wanted.sha256:
        raise DesignFault(f"the font {wanted.file} is not the one this design was drawn with")
    font = TTFont(path.stem, str(path))
    pdfmetrics.registerFont(font)
    return Face(path.stem, {chr(code): font.face.charWidths[code] for code in font.face.charToGlyph})
