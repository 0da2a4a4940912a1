"""The words a drawn page shows, read from its operators and the fonts' own tables: what a reader could select and copy."""

import re
from typing import Any, Final

from pypdf import PageObject

_PIECE: Final = re.compile(rb"/(\S+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) Tj", re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_CHARACTER: Final = re.compile(rb"^<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>$", re.MULTILINE)
_NAMED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def shown_text(page: PageObject) -> str:
    """All text of a page in the order it is drawn, without the spaces between words and lines."""
    resources: Any = page["/Resources"]
    tables = {name: _table(font.get_object()) for name, font in resources["/Font"].items()}
    contents = page.get_contents()
    table: dict[int, str] = {}
    text: list[str] = []
    for font, string in _PIECE.findall(b"" if contents is None else contents.get_data()):
        if font:
            table = tables.get("/" + font.decode("latin-1"), {})
        text += (table.get(code, "\ufffd") for code in _ESCAPE.sub(_plain, string))
    return "".join("".join(text).split())


def _table(font: Any) -> dict[int, str]:
    """Code to character, from the font's ToUnicode table (ISO 32000-1 section 9.10.3)."""
    if "/ToUnicode" not in font:
        return {}
    table = font["/ToUnicode"].get_data().partition(b"beginbfchar")[2]
    pairs = _CHARACTER.findall(table)
    return {int(code, 16): bytes.fromhex(value.decode()).decode("utf-16-be") for code, value in pairs}


def _plain(escape: re.Match[bytes]) -> bytes:
    """The byte an escape in a string stands for (ISO 32000-1 table 3)."""
    code = escape[1]
    return bytes([int(code, 8) & 255]) if code[:1].isdigit() else _NAMED.get(code, code)
