"""The curricula as a table: as many as fit on the first page, and all of them on pages of their own when they do not."""

from dataclasses import dataclass, replace
from typing import Final

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName

from app.certificates.document.paper import HEIGHT, WIDTH
from app.certificates.document.sheet import Sheet, Ways
from app.certificates.document.text import Block
from app.certificates.rules import ScopeItem, printed

COLUMNS: Final = (0.46, 0.27, 0.27)
GAP: Final = 14.0
HEAD: Final = 19.0
PADDING: Final = 4.0
TIGHT: Final = 2.0
FEW: Final = 3
"""So many curricula stand on the first page whatever their titles (lints.document holds it)."""
MORE: Final = 16.0
MOST_AIR: Final = 5.0
LIST_HEAD: Final = 130.0
TITLE_SIZES: Final[Ways] = ((10.5, 7, 3), (6.5, 5.5, 6))


@dataclass(frozen=True)
class Row:
    """One curriculum, broken into lines: title, version, for whom, where."""

    title: Block
    version: Block
    people: Block
    places: Block
    padding: float = PADDING

    @property
    def height(self) -> float:
        """In points, with the room above and below."""
        tallest = max(self.title.height + self.version.height, self.people.height, self.places.height)
        return tallest + 2 * self.padding


def row_of(sheet: Sheet, item: ScopeItem, width: float, *, tight: bool = False) -> Row:
    """Break one curriculum into the columns of a table of that width; `tight` where there is hardly room for it."""
    first, second, third = (part * width - GAP for part in COLUMNS)
    version = sheet.say("version", version=item.version)
    if item.interventions:
        version = f"{version} · {printed(item.interventions).lower()}"
    places = [printed(item.settings), ", ".join(word.replace("_", " ").title() for word in item.nations)]
    return Row(
        sheet.fit_first(item.title, "strong", first, TITLE_SIZES[1:] if tight else TITLE_SIZES, leading=1.18),
        sheet.fit(version, "text", 6.5 if tight else 8.4, first, lines=3, smallest=6.5, leading=1.2),
        sheet.fit(printed(item.populations) or "–", "text", 9, second, lines=4, smallest=6.5, leading=1.2),
        sheet.fit(
            "; ".join(filter(None, places)) or "–", "text", 9, third, lines=4, smallest=6.5, leading=1.2
        ),
        padding=TIGHT if tight else PADDING,
    )


def draw_scope(sheet: Sheet, top: float, bottom: float, x: float, width: float) -> int:
    """Draw the table between two heights; returns how many curricula found room."""
    rows, room = [row_of(sheet, item, width) for item in sheet.statement.scope], top - HEAD - bottom
    if len(rows) <= FEW and sum(row.height for row in rows) > room:
        rows = [row_of(sheet, item, width, tight=True) for item in sheet.statement.scope]
    shown = how_many(rows, room)
    with sheet.paper.group("Table"):
        top = draw_rows(sheet, airy(rows[:shown], room), top, x, width)
    if shown < len(rows):
        more = sheet.say("more", count=f"{len(rows) - shown:,}")
        sheet.put("P", sheet.fit(more, "italic", 10.5, width), x, top - 2, "ink")
    return shown


def how_many(rows: list[Row], room: float) -> int:
    """How many rows fit, leaving a line for the words that there are more of them."""
    if sum(row.height for row in rows) <= room:
        return len(rows)
    room, count = room - MORE, 0
    while room >= rows[count].height:
        room -= rows[count].height
        count += 1
    return count


def airy(rows: list[Row], room: float) -> list[Row]:
    """The rows with more room around them where there is some to spare."""
    spare = (room - sum(row.height for row in rows) - MORE) / (2 * len(rows)) if rows else 0.0
    return [replace(row, padding=row.padding + min(MOST_AIR, max(0.0, spare))) for row in rows]


def draw_list(sheet: Sheet, x: float, width: float) -> int:
    """All curricula on pages of their own, after the first; returns how many pages that took."""
    rows = [row_of(sheet, item, width) for item in sheet.statement.scope]
    pages = split(rows, HEIGHT - LIST_HEAD - HEAD - 60)
    for number, part in enumerate(pages, start=2):
        sheet.paper.next_page()
        top = draw_list_head(sheet, number, len(pages) + 1, x, width)
        with sheet.paper.group("Table"):
            draw_rows(sheet, part, top, x, width)
    return len(pages)


def split(rows: list[Row], room: float) -> list[list[Row]]:
    """The rows page by page."""
    pages: list[list[Row]] = [[]]
    left = room
    for row in rows:
        if row.height > left:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= row.height
    return pages


def draw_list_head(sheet: Sheet, page: int, pages: int, x: float, width: float) -> float:
    """Heading, holder and page number of a list page; returns where the table begins."""
    colours = sheet.paper.design.colours
    with sheet.paper.artifact():
        sheet.paper.canvas.setFillColor(colours["deep"])
        sheet.paper.canvas.rect(0, HEIGHT - 26, WIDTH, 26, stroke=0, fill=1)
        sheet.paper.canvas.setFillColor(colours["accent"])
        sheet.paper.canvas.rect(0, HEIGHT - 29, WIDTH, 3, stroke=0, fill=1)
    said = sheet.statement
    heading = sheet.say("list_heading", count=f"{len(said.scope):,}", number=said.number)
    top = sheet.put("H2", sheet.fit(heading, "display", 17, width, smallest=12), x, HEIGHT - 50, "deep")
    sheet.put(
        "P", sheet.fit(said.holder.name, "text", 10.5, width, lines=3, smallest=8.5), x, top - 2, "quiet"
    )
    label = sheet.fit(sheet.say("page", page=page, pages=pages), "text", 9, 100)
    sheet.put("P", label, x + width, 40, "quiet", right=True)
    return float(HEIGHT - LIST_HEAD)


def draw_rows(sheet: Sheet, rows: list[Row], top: float, x: float, width: float) -> float:
    """The head of a table and its rows; returns where they end."""
    draw_head(sheet, top, x, width)
    top -= HEAD
    for row in rows:
        draw_row(sheet, row, top, x, width)
        top -= row.height
        with sheet.paper.artifact():
            sheet.paper.canvas.setStrokeColor(sheet.paper.design.colours["line"])
            sheet.paper.canvas.setLineWidth(0.5)
            sheet.paper.canvas.line(x, top, x + width, top)
    return top


def draw_head(sheet: Sheet, top: float, x: float, width: float) -> None:
    """The row of headings on sand."""
    with sheet.paper.artifact():
        sheet.paper.canvas.setFillColor(sheet.paper.design.colours["sand"])
        sheet.paper.canvas.rect(x - 6, top - HEAD, width + 12, HEAD, stroke=0, fill=1)
    scope = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName("Column")})
    with sheet.paper.group("TR"):
        for place, text in zip(places(x, width), ("curriculum", "for_whom", "where"), strict=True):
            block = sheet.fit(sheet.say(text), "strong", 9, 150)
            with sheet.paper.tagged("TH", A=scope):
                sheet.paper.write(block, place, top - 3.5, sheet.paper.design.colours["quiet"])


def draw_row(sheet: Sheet, row: Row, top: float, x: float, width: float) -> None:
    """One curriculum."""
    first, second, third = places(x, width)
    ink, quiet = sheet.paper.design.colours["ink"], sheet.paper.design.colours["quiet"]
    with sheet.paper.group("TR"):
        with sheet.paper.tagged("TD"):
            below = sheet.paper.write(row.title, first, top - row.padding, ink)
            sheet.paper.write(row.version, first, below, quiet)
        with sheet.paper.tagged("TD"):
            sheet.paper.write(row.people, second, top - row.padding, ink)
        with sheet.paper.tagged("TD"):
            sheet.paper.write(row.places, third, top - row.padding, ink)


def places(x: float, width: float) -> tuple[float, float, float]:
    """The left edges of the three columns."""
    return x, x + COLUMNS[0] * width, x + (COLUMNS[0] + COLUMNS[1]) * width
