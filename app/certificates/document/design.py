"""A design of the certificate: its texts, colours and fonts, read from its folder and checked against its digests."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

DESIGNS: Final = Path(__file__).resolve().parents[3] / "certificates" / "designs"
FONTS: Final = DESIGNS / "fonts-vendor"
CURRENT: Final = "harbour-2026"
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
    """Read a design and load its fonts, once a process; DesignFault when a part is missing or was changed."""
    path = DESIGNS / design_id / "design.toml"
    if not path.is_file():
        raise DesignFault(f"there is no design {design_id}")
    data = tomllib.loads(path.read_text())
    faces = {role: _face(role, data["fonts"][role]) for role in FACES}
    colours = {name: HexColor(code) for name, code in data["colours"].items()}
    return Design(id=data["id"], language=data["language"], texts=data["texts"], colours=colours, **faces)


def _face(role: str, entry: dict[str, str]) -> Face:
    path = FONTS / entry["file"]
    if not path.is_file():
        raise DesignFault(f"the font {entry['file']} is missing: the build brings it in")
    if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
        raise DesignFault(f"the font {entry['file']} is not the one this design was drawn with")
    font = TTFont(path.stem, str(path))
    pdfmetrics.registerFont(font)
    return Face(path.stem, {chr(code): font.face.charWidths[code] for code in font.face.charToGlyph})
