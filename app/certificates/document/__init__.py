"""The certificate on paper: drawn from its statement alone, the same bytes every time, with room for the seal."""

from datetime import UTC, datetime

from app.certificates.document.design import Design, load_design
from app.certificates.document.page import INNER, MARGIN, SEAL_BOX, draw_first_page
from app.certificates.document.paper import Paper
from app.certificates.document.parts import Attachment, Evidence, Hole
from app.certificates.document.plain import PlainPaper, Section, draw_plain, texts_of
from app.certificates.document.sheet import Sheet
from app.certificates.document.table import draw_list
from app.certificates.rules import Statement

__all__ = [
    "Attachment",
    "Design",
    "Evidence",
    "PlainPaper",
    "Section",
    "draw",
    "draw_plain",
    "load_design",
    "texts_of",
]


def draw(
    statement: Statement, design: Design, moment: datetime, attachments: tuple[Attachment, ...], reserve: int | None,
    evidence: Evidence | None = None,
) -> bytes:  # fmt: skip
    """The PDF of a statement, its seal's place of `reserve` bytes still empty (None: no place). Same arguments, same bytes.

    `moment` is when it is issued and goes into the file as its date. ValueError when the statement names another
    design; TextFault when a text cannot be drawn as it should be.
    """
    if statement.design != design.id:
        raise ValueError(f"the statement is to be drawn with the design {statement.design}")
    texts, body, moment = design.texts, statement.body.name, moment.astimezone(UTC).replace(microsecond=0)
    title = texts["title"].format(number=statement.number, holder=statement.holder.name)
    subject = texts["subject"].format(edition=statement.edition.title, body=body)
    paper = Paper(design, title, subject, body, moment)
    sheet = Sheet(paper, statement)
    if draw_first_page(sheet) < len(statement.scope):
        draw_list(sheet, MARGIN, INNER)
    hole = None if reserve is None else Hole(reserve, texts["seal"].format(body=body), SEAL_BOX)
    return paper.close(attachments, hole, evidence)
