"""Any sealed paper that is not a certificate: a heading, a name, sections of sentences, page after page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.certificates.document.design import Design, Face
from app.certificates.document.page import (
    BAND,
    INNER,
    MARGIN,
    SEAL_BOX,
    draw_band,
    draw_ground,
    draw_seal_box,
)
from app.certificates.document.paper import HEIGHT, Paper
from app.certificates.document.parts import Attachment, Evidence, Hole
from app.certificates.document.sheet import Leaf
from app.certificates.document.text import LONGEST, Block

LOWEST_OF_FIRST: Final = 104.0
LOWEST: Final = 54.0
HIGHEST: Final[float] = HEIGHT - 54.0
MOST_LINES: Final = 60
UNKNOWN: Final = "?"
"""Stands for a character that our fonts cannot draw; the file inside the paper has it as it is."""


@dataclass(frozen=True)
class Section:
    """A heading (or none) and the sentences under it, each a paragraph."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True)
class PlainPaper:
    """Everything a paper says. `attached` names the file inside it."""

    title: str
    heading: str
    name: str
    lead: str
    author: str
    corner: tuple[str, str]
    sections: Sequence[Section]
    foot: str
    attached: str


def texts_of(said: PlainPaper, design: Design) -> tuple[str, ...]:
    """What the paper shows, as our fonts can."""
    lines = [text for section in said.sections for text in (section.heading, *section.lines)]
    return tuple(
        part
        for text in (said.heading, said.name, said.lead, *lines, said.foot)
        for part in _parts(text, design.text)
    )


def draw_plain(
    said: PlainPaper, design: Design, moment: datetime, attachment: Attachment, reserve: int,
    evidence: Evidence | None = None,
) -> bytes:  # fmt: skip
    """The PDF of a paper, its seal's place of `reserve` bytes still empty. Same arguments, same bytes."""
    moment = moment.astimezone(UTC).replace(microsecond=0)
    paper = Paper(design, said.title, said.lead, said.author, moment)
    leaf = Leaf(paper)
    draw_ground(leaf)
    draw_band(leaf, *said.corner)
    _foot(leaf, said)
    top = HEIGHT - BAND - 36
    top = _put(leaf, "H1", said.heading, "strong", 11.5, "quiet", top)
    top = _put(leaf, "H2", said.name, "display", 24, "deep", top - 2, smallest=12)
    top = _put(leaf, "P", said.lead, "italic", 14, "ink", top - 2)
    for section in said.sections:
        top = _section(leaf, section, top - 12)
    hole = Hole(reserve, design.texts["seal"].format(body=said.author), SEAL_BOX)
    return paper.close((attachment,), hole, evidence)


def _section(leaf: Leaf, section: Section, top: float) -> float:
    if section.heading:
        room = 52.0  # a heading never stands alone at the foot of a page
        top = _put(leaf, "H3", section.heading, "strong", 11.5, "deep", top, room=room) - 2
    for text in section.lines:
        top = _put(leaf, "P", text, "text", 10, "ink", top) - 3
    return top


def _put(
    leaf: Leaf, role: str, text: str, face: str, size: float, colour: str, top: float, *, smallest: float | None = None, room: float = 0
) -> float:  # fmt: skip
    """One paragraph, on the next page when this one has no room for it; returns where it ends."""
    for part in _parts(text, leaf.paper.design.text):
        block = leaf.fit(
            part,
            face,
            size,
            INNER,
            lines=6 if smallest else MOST_LINES,
            smallest=smallest or size,
            leading=1.32,
        )
        top = float(leaf.put(role, block, MARGIN, _place(leaf, block, top, room), colour))
    return top


def _place(leaf: Leaf, block: Block, top: float, room: float) -> float:
    lowest = LOWEST if leaf.paper.page else LOWEST_OF_FIRST
    if top - max(block.height, room) >= lowest:
        return top
    leaf.paper.next_page()
    return HIGHEST


def _foot(leaf: Leaf, said: PlainPaper) -> None:
    for part in _parts(said.foot, leaf.paper.design.text):
        leaf.put("P", leaf.fit(part, "strong", 9.4, INNER, lines=2, smallest=6), MARGIN, 96, "ink")
    draw_seal_box(leaf, said.author)


def _parts(text: str, face: Face) -> Iterator[str]:
    """A text as our fonts can show it, in pieces no longer than a block may be."""
    shown = "".join(char if char.isspace() or char in face.widths else UNKNOWN for char in text)
    part = ""
    for word in (
        long[at : at + LONGEST] for long in shown.split(" ") for at in range(0, len(long) or 1, LONGEST)
    ):
        if part and len(part) + len(word) >= LONGEST:
            yield part
            part = word
        else:
            part = f"{part} {word}".strip()
    if part:
        yield part
