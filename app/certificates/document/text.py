"""The one way text gets onto paper: cleaned, capped, every glyph present, long words broken, made to fit its place."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from app.certificates.document.design import Face

LONGEST: Final = 1_200
LEADING: Final = 1.28
STEP: Final = 0.5
"""Points by which text is made smaller until it fits."""


class TextFault(ValueError):
    """A text cannot be put on the certificate as it should be. Nothing was issued."""


class MissingGlyph(TextFault):
    """Our fonts cannot draw a character; a box in a name would be a wrong name."""

    def __init__(self, characters: str) -> None:
        named = ", ".join(f"{unicodedata.name(char, 'unnamed')} (U+{ord(char):04X})" for char in characters)
        super().__init__(f"the fonts of the certificate cannot draw: {named}")
        self.characters = characters


class DoesNotFit(TextFault):
    """A text is too long for its place even at its smallest size."""


@dataclass(frozen=True)
class Block:
    """Lines of one face and size, ready to be drawn. Sizes in points."""

    face: Face
    size: float
    lines: tuple[str, ...]
    leading: float

    @property
    def height(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return self.leading * len(self.lines)


def fit(
    text: str,
    face: Face,
    size: float,
    width: float,
    *,
    lines: int = 1,
    smallest: float | None = None,
    leading: float = LEADING,
    balanced: bool = False,
) -> Block:
    """Break the text into at most `lines` lines of `width` points, smaller step by step down to `smallest`.

    `balanced` makes the lines about equally long. MissingGlyph or DoesNotFit when it cannot be done.
    """
    words = _clean(text, face)
    least, now = smallest or size, size
    while True:
        broken = _wrap(words, face, now, width)
        if len(broken) <= lines:
            break
        if now - STEP < least:
            raise DoesNotFit(f"a text of {len(text)} characters does not fit {lines} lines")
        now -= STEP
    if balanced and len(broken) > 1:
        broken = _balance(words, face, now, width)
    return Block(face, now, tuple(broken), now * leading)


def _clean(text: str, face: Face) -> list[str]:
    """The words of the text in NFC; raises when it is too long or holds what cannot be drawn."""
    if len(text) > LONGEST:
        raise DoesNotFit(f"a text of {len(text)} characters is longer than any place for it")
    words = unicodedata.normalize("NFC", text).split()
    missing = sorted({char for word in words for char in word if char not in face.widths})
    if missing:
        raise MissingGlyph("".join(missing))
    return words


def _wrap(words: list[str], face: Face, size: float, width: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if face.width(longer, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, face, size, width)
        lines += full
    return [*lines, line]


def _pieces(word: str, face: Face, size: float, width: float) -> list[str]:
    """A word cut where it must be, after as many characters as fit."""
    pieces = [""]
    for char in word:
        if pieces[-1] and face.width(pieces[-1] + char, size) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _balance(words: list[str], face: Face, size: float, width: float) -> list[str]:
    """The narrowest breaking that needs no more lines, found by halving."""
    count = len(_wrap(words, face, size, width))
    narrow, wide = width / count, width
    while wide - narrow > 1:
        middle = (narrow + wide) / 2
        if len(_wrap(words, face, size, middle)) <= count:
            wide = middle
        else:
            narrow = middle
    return _wrap(words, face, size, wide)
