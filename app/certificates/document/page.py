"""The first page of a certificate, from the band at its top to the seal line at its foot."""

from datetime import date
from functools import lru_cache
from math import pi, sin
from typing import Final

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName

from app.certificates.document import table
from app.certificates.document.paper import HEIGHT, WIDTH, alternative
from app.certificates.document.qr import modules, runs
from app.certificates.document.sheet import Leaf, Sheet, Ways
from app.certificates.document.text import Block
from app.kernel.words import in_words

MARGIN: Final = 54.0
INNER: Final = WIDTH - 2 * MARGIN
BAND: Final = 84.0
QR_SIZE: Final = 96.0
FOOT: Final = 58.0
SEAL_BOX: Final = (MARGIN - 6, 26.0, WIDTH - MARGIN + 6, 26.0 + 38.0)
LOWER: Final = 250.0
"""Where the facts and the QR code begin; the curricula end above it."""

NAME_SIZES: Final[Ways] = ((38, 27, 2), (28, 22, 3), (24, 17, 4), (17, 11, 6))
ABOUT_SIZES: Final[Ways] = ((10.5, 8.5, 2), (8.5, 6.5, 3))
FACT_SIZES: Final[Ways] = ((10, 7.5, 2), (7.5, 5.5, 7))
SEAL_SIZES: Final[Ways] = ((10, 6, 1), (6, 5, 2))

DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def draw_first_page(sheet: Sheet) -> int:
    """Draw the page; returns how many curricula stand on it."""
    draw_ground(sheet)
    draw_band(sheet, sheet.say("number"), sheet.statement.number)
    top = draw_holder(sheet, HEIGHT - BAND - 40)
    shown = table.draw_scope(sheet, top - 20, LOWER + 14, MARGIN, INNER)
    draw_facts(sheet)
    draw_check(sheet)
    draw_seal_line(sheet)
    return shown


def draw_ground(sheet: Leaf) -> None:
    """Quiet steady lines behind the lower half, as on paper that is meant to be kept, and a frame."""
    canvas, colours = sheet.paper.canvas, sheet.paper.design.colours
    with sheet.paper.artifact():
        canvas.setStrokeColor(colours["sand"])
        canvas.setLineWidth(0.6)
        canvas._code.append(_steady_lines())
        canvas.setStrokeColor(colours["line"])
        canvas.setLineWidth(0.8)
        canvas.rect(22, 16, WIDTH - 44, HEIGHT - BAND - 32, stroke=1, fill=0)


@lru_cache(maxsize=1)
def _steady_lines() -> str:
    """The operators of the lines, the same on every certificate and so made once."""
    return "\n".join(_steady_line(66 + n * 8.4, 1.0 + 9.0 * sin(pi * n / 21), 0.55 * n) for n in range(22))


def _steady_line(y: float, height: float, shift: float) -> str:
    """One wave from edge to edge of the frame, flat at both ends, as smooth curves between points on it."""
    left, span, steps = 22.0, WIDTH - 44, 20
    parts = [step / steps for step in range(-1, steps + 2)]
    points = [(left + p * span, y + height * sin(2 * pi * 2.5 * p + shift) * sin(pi * p)) for p in parts]
    text = "{:.1f} {:.1f} m".format(*points[1])
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(
        points, points[1:], points[2:], points[3:], strict=False
    ):
        first, second = (bx + (cx - ax) / 6, by + (cy - ay) / 6), (cx - (dx - bx) / 6, cy - (dy - by) / 6)
        text += " {:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f} c".format(*first, *second, cx, cy)
    return f"{text} S"


def draw_band(sheet: Leaf, corner: str, value: str) -> None:
    """The deep band: our mark, the name of the register, and at its right a label with its value."""
    canvas, colours = sheet.paper.canvas, sheet.paper.design.colours
    with sheet.paper.artifact():
        canvas.setFillColor(colours["deep"])
        canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
        canvas.setFillColor(colours["accent"])
        canvas.rect(0, HEIGHT - BAND - 3, WIDTH, 3, stroke=0, fill=1)
        draw_mark(sheet, MARGIN + 19, HEIGHT - BAND / 2, 19, "paper")
    middle = HEIGHT - BAND / 2
    sheet.put("P", sheet.fit(sheet.say("register"), "strong", 17, 260), MARGIN + 52, middle + 19, "paper")
    sheet.put("P", sheet.fit(sheet.say("scheme"), "text", 11.5, 260), MARGIN + 52, middle - 2.5, "light")
    right = WIDTH - MARGIN
    number = sheet.fit(value, "strong", 17, 180)
    label = sheet.fit(corner, "text", 11.5, 180)
    sheet.put("P", label, right, middle + 17, "light", right=True)
    sheet.put("P", number, right, middle + 1.5, "paper", right=True)


def draw_mark(sheet: Leaf, x: float, y: float, radius: float, ring: str) -> None:
    """The software's own mark, a steady line inside a ring, around (x, y)."""
    canvas, colours, unit = sheet.paper.canvas, sheet.paper.design.colours, radius / 16.5
    canvas.setLineWidth(3 * unit)
    canvas.setStrokeColor(colours[ring])
    canvas.circle(x, y, radius - 1.5 * unit, stroke=1, fill=0)
    canvas.setStrokeColor(colours["accent"])
    canvas.setLineWidth(3.4 * unit)
    canvas.setLineCap(1)
    path = canvas.beginPath()
    path.moveTo(x - 9 * unit, y - 1.5 * unit)
    path.curveTo(x - 5.6 * unit, y + 3.1 * unit, x - 3 * unit, y + 3.1 * unit, x, y - 1.5 * unit)
    path.curveTo(x + 3 * unit, y - 6.1 * unit, x + 5.6 * unit, y - 6.1 * unit, x + 9 * unit, y - 1.5 * unit)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineCap(0)


def draw_holder(sheet: Sheet, top: float) -> float:
    """What this is, whose it is and what it means; returns where the text ends."""
    statement = sheet.statement
    top = sheet.put("H1", sheet.fit(sheet.say("certificate"), "strong", 11.5, INNER), MARGIN, top, "quiet")
    top = sheet.put("P", sheet.fit(sheet.say("opening"), "italic", 17, INNER), MARGIN, top - 2, "ink")
    name = fit_name(sheet)
    top = sheet.put("H2", name, MARGIN, top - 4, "deep")
    about = sheet.say(statement.holder.route)
    if statement.holder.address:
        about = f"{statement.holder.address} · {about}"
    top = sheet.put("P", sheet.fit_first(about, "text", INNER, ABOUT_SIZES), MARGIN, top - 5, "quiet")
    with sheet.paper.artifact():
        sheet.paper.canvas.setFillColor(sheet.paper.design.colours["accent"])
        sheet.paper.canvas.rect(MARGIN, top - 14, 44, 3, stroke=0, fill=1)
    sentence = sheet.fit(statement.sentence, "text", 13, INNER, lines=5, smallest=10.5, leading=1.34)
    return sheet.put("P", sentence, MARGIN, top - 25, "ink")


def fit_name(sheet: Sheet) -> Block:
    """The holder's name, the largest words on the page, on more lines of smaller letters the longer it is."""
    name = sheet.statement.holder.name
    return sheet.fit_first(name, "display", INNER, NAME_SIZES, leading=1.12, balanced=True)


def draw_facts(sheet: Sheet) -> None:
    """The dates, the body and what gave it the right, one line each, left of the QR code."""
    label_width, x, top = 82.0, MARGIN, LOWER
    width = INNER - QR_SIZE - 34 - label_width
    for label, text in facts(sheet):
        value = sheet.fit_first(text, "text", width, FACT_SIZES, leading=1.22)
        with sheet.paper.group("P"):
            sheet.put("Span", sheet.fit(label, "strong", 10, label_width), x, top, "quiet")
            top = sheet.put("Span", value, x + label_width, top) - 3.2


def facts(sheet: Sheet) -> list[tuple[str, str]]:
    """What ISO/IEC 17065 clause 7.7.1 asks a certificate to say beside holder and scope, label and words."""
    said, body = sheet.statement, sheet.statement.body
    by = f"{body.name}, {body.address}" if body.address else body.name
    affiliates = sheet.say("affiliates_some", count=f"{said.affiliates:,}")
    lines = [
        (
            sheet.say("valid"),
            sheet.say("valid_dates", first=_day(said.starts_on), last=_day(said.expires_on)),
        ),
        (sheet.say("granted"), _day(said.granted_on)),
        (sheet.say("body"), f"{by}; {sheet.say('accredited', ukas=body.ukas_number)}"),
        (
            sheet.say("decided"),
            sheet.say("decided_on", ref=said.decision.ref, date=_day(said.decision.decided_on)),
        ),
        (sheet.say("edition"), said.edition.title),
        (sheet.say("affiliates"), affiliates if said.affiliates else sheet.say("affiliates_none")),
    ]
    if said.former_identifiers:
        lines.append((sheet.say("former"), ", ".join(said.former_identifiers[:4])))
    return lines


def _day(day: date) -> str:
    """A date that is not broken at the end of a line."""
    return in_words(day).replace(" ", "\u00a0")


def draw_check(sheet: Sheet) -> None:
    """The QR code, the number in words and figures under it, and where to look today."""
    x, y = WIDTH - MARGIN - QR_SIZE, LOWER - QR_SIZE - 2
    draw_qr(sheet, x, y, QR_SIZE)
    number = sheet.fit(sheet.statement.number, "strong", 11.5, QR_SIZE + 20)
    top = sheet.put("P", number, x + QR_SIZE, y - 5, "ink", right=True)
    words = spell(sheet.statement.number)
    spelt = sheet.fit(words, "text", 8, QR_SIZE + 26, lines=2, smallest=6.5, leading=1.15, balanced=True)
    sheet.put("P", spelt, x + QR_SIZE, top - 1, "quiet", right=True)


def spell(number: str) -> str:
    """A number as one says it: `NGC-000217-H` becomes "N G C, zero zero zero two one seven, H"."""
    return ", ".join(
        " ".join(DIGITS[int(char)] if char.isdigit() else char for char in part) for part in number.split("-")
    )


def draw_qr(sheet: Sheet, x: float, y: float, size: float) -> None:
    """The code with its quiet zone of four modules on white, its left bottom corner at (x, y)."""
    canvas, url = sheet.paper.canvas, sheet.statement.verify_url
    matrix = modules(url)
    side = size / len(matrix)
    box = PDFArray([x, y, x + size, y + size])
    layout = PDFDictionary({"O": PDFName("Layout"), "BBox": box, "Placement": PDFName("Block")})
    with sheet.paper.artifact():
        canvas.setFillColorRGB(1, 1, 1)
        canvas.rect(x - 4 * side, y - 4 * side, size + 8 * side, size + 8 * side, stroke=0, fill=1)
    with sheet.paper.tagged("Figure", Alt=alternative(sheet.say("qr", url=url)), A=layout):
        canvas.saveState()
        canvas.setFillColorRGB(0, 0, 0)
        canvas.transform(side, 0, 0, side, x, y)  # from here on a module is one wide and one high
        canvas._code += [
            f"{run.column} {len(matrix) - 1 - run.row} {run.length} 1 re" for run in runs(matrix)
        ]
        canvas._code.append("f")
        canvas.restoreState()


def draw_seal_line(sheet: Sheet) -> None:
    """What the certificate does not say, where to check it today, and who sealed it."""
    said = sheet.statement
    check = f"{sheet.say('out_of_date')} {said.verify_url}"
    top = sheet.put(
        "P", sheet.fit(sheet.say("not_meant"), "text", 8.6, INNER, lines=2, smallest=7.5), MARGIN, 96, "quiet"
    )
    sheet.put("P", sheet.fit(check, "strong", 9.4, INNER, lines=2, smallest=7.5), MARGIN, top - 1, "ink")
    draw_seal_box(sheet, said.body.name)


def draw_seal_box(sheet: Leaf, sealer: str) -> None:
    """The box that the seal belongs to, and whose it is."""
    left, bottom, right, upper = SEAL_BOX
    canvas, colours = sheet.paper.canvas, sheet.paper.design.colours
    with sheet.paper.artifact():
        canvas.setFillColor(colours["sand"])
        canvas.roundRect(left, bottom, right - left, upper - bottom, 4, stroke=0, fill=1)
        draw_mark(sheet, left + 21, (bottom + upper) / 2, 12, "deep")
    width = right - left - 60
    sealed = sheet.fit_first(sheet.say("seal", body=sealer), "strong", width, SEAL_SIZES)
    top = sheet.put("P", sealed, left + 44, upper - 6, "deep")
    sheet.put("P", sheet.fit(sheet.say("seal_note"), "text", 8.6, width, smallest=7), left + 44, top, "ink")
