"""What the drawn file itself has to be, looked at with another library than drew it."""

import re
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import StreamObject

from app.certificates.lints import qr
from app.certificates.lints.rule import Rules
from app.certificates.lints.shown import shown_text
from app.certificates.lints.subject import Drawn, Laid
from app.kernel.words import in_words

FIRST = Rules[Drawn]()
"""What must hold before the others can look inside at all."""

RULES = Rules[Drawn]()

PAPER = Rules[Any]()
"""What any other sealed paper has to be."""

A4: Final = (595, 842)
FEW: Final = 3
"""So many curricula always fit one page, whatever their titles."""

ACTIVE: Final = (
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/OpenAction",
    b"/AA",
    b"/RichMedia",
    b"/XFA",
    b"/URI",
    b"/GoToR",
)
_RUN = re.compile(r"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re")
_TURN = re.compile(r"(\S+) (\S+) (\S+) (\S+) \S+ \S+ cm")
_FIGURE = re.compile(r"/Figure <</MCID \d+>> BDC(.*?)EMC", re.DOTALL)


@lru_cache(maxsize=4)
def _opened(pdf: bytes) -> PdfReader:
    """The file, parsed once for all rules on it."""
    return PdfReader(BytesIO(pdf), strict=True)


@FIRST.rule("Rules page, 29: one revision")
@PAPER.rule("Rules page, 29: one revision")
def the_file_is_one_revision(drawn: Drawn | Laid) -> str | None:
    if drawn.pdf.count(b"%%EOF") != 1 or drawn.pdf.count(b"startxref") != 1:
        return "The file has more than one revision, or none."
    if not drawn.pdf.rstrip(b"\r\n").endswith(b"%%EOF"):
        return "Something follows the end of the file."
    return None


@FIRST.rule("ISO 32000-1 section 7.5")
@PAPER.rule("ISO 32000-1 section 7.5")
def the_file_can_be_read(drawn: Drawn | Laid) -> str | None:
    try:
        _opened(drawn.pdf)
    except PdfReadError:
        return "The file is not a whole PDF."
    return None


@RULES.rule("Look page: certificate on paper, A4 portrait")
def every_page_is_a4_and_a_short_list_is_on_one(drawn: Drawn) -> str | None:
    pages = _opened(drawn.pdf).pages
    if any((round(page.mediabox.width), round(page.mediabox.height)) != A4 for page in pages):
        return "A page is not A4."
    if len(drawn.statement.scope) <= FEW and len(pages) != 1:
        return "The certificate takes more than its one page."
    return None


@RULES.rule("Rules page, 15: our embedded fonts")
@PAPER.rule("Rules page, 15: our embedded fonts")
def every_font_is_embedded(drawn: Drawn | Laid) -> str | None:
    for page in _opened(drawn.pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            if "/FontFile2" not in font.get_object().get("/FontDescriptor", {}):
                return "A font is not embedded, so other machines would draw other letters."
    return None


@RULES.rule("ISO 32000-1 sections 14.3.3, 14.7 and 14.9.2; WCAG 2.2 criteria 2.4.2 and 3.1.1")
def title_language_and_structure_are_there(drawn: Drawn) -> str | None:
    reader = _opened(drawn.pdf)
    catalog: Any = reader.trailer["/Root"]
    title = reader.metadata.title if reader.metadata else ""
    if (
        drawn.statement.number not in (title or "")
        or not catalog.get("/Lang")
        or "/StructTreeRoot" not in catalog
    ):
        return "The file has no title with the number, no language or no structure."
    return None


@RULES.rule("Rules page: no PDF/A or PDF/UA claim is printed")
@PAPER.rule("Rules page: no PDF/A or PDF/UA claim is printed")
def it_claims_no_conformance_nobody_tested(drawn: Drawn | Laid) -> str | None:
    if b"pdfaid" in drawn.pdf or b"pdfuaid" in drawn.pdf:
        return "The file says it conforms to PDF/A or PDF/UA."
    return None


@RULES.rule("ISO 32000-1 section 12.6: a certificate does nothing by itself")
@PAPER.rule("ISO 32000-1 section 12.6: a certificate does nothing by itself")
def nothing_in_it_is_active(drawn: Drawn | Laid) -> str | None:
    plain = re.sub(rb"stream\r?\n.*?endstream", b"", drawn.pdf, flags=re.DOTALL)
    found = [name.decode() for name in ACTIVE if re.search(re.escape(name) + rb"\b", plain)]
    return f"The file holds {', '.join(found)}." if found else None


@RULES.rule("Contract: QR on paper; ISO/IEC 18004")
def the_qr_code_leads_to_the_register(drawn: Drawn) -> str | None:
    try:
        text = qr.read(_drawn_modules(_opened(drawn.pdf).pages[0].get_contents()))
    except qr.Unreadable:
        return "The QR code cannot be read."
    return None if text == drawn.statement.verify_url else "The QR code leads to another address."


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.1: what it says is there to be read")
def the_first_page_shows_what_the_statement_says(drawn: Drawn) -> str | None:
    said = drawn.statement
    shown = shown_text(_opened(drawn.pdf).pages[0])
    wanted = [said.number, said.holder.name, said.body.name, said.body.ukas_number, said.decision.ref]
    wanted += [said.edition.title, said.sentence, said.verify_url, said.scope[0].title]
    wanted += [in_words(day) for day in (said.granted_on, said.starts_on, said.expires_on)]
    missing = [text for text in wanted if "".join(text.split()) not in shown]
    return f"The page does not show {len(missing)} of what the statement says." if missing else None


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.2: the place for the seal; ETSI EN 319 142-1")
@PAPER.rule("ISO/IEC 17065:2012 clause 7.7.2: the place for the seal; ETSI EN 319 142-1")
def there_is_one_empty_place_for_the_seal(drawn: Drawn | Laid) -> str | None:
    holes = re.findall(rb"/Contents <(0+)>", drawn.pdf)
    if len(holes) != 1 or drawn.pdf.count(b"/ByteRange") != 1:
        return "The file has no place for the seal, or more than one."
    if b"/SubFilter /ETSI.CAdES.detached" not in drawn.pdf or b"/TransformMethod /DocMDP" not in drawn.pdf:
        return "The place for the seal is of another kind."
    return None


@RULES.rule("Contract: the PDF embeds the credential")
def it_carries_its_own_credential_and_nothing_else(drawn: Drawn) -> str | None:
    attached = _opened(drawn.pdf).attachments
    if dict(attached) != {"credential.jwt": [drawn.credential]}:
        return "The file does not carry exactly its own credential."
    return None


@PAPER.rule("Look page: paper, A4 portrait; WCAG 2.2 criteria 2.4.2 and 3.1.1")
def the_paper_is_a4_with_its_title_language_and_structure(laid: Laid) -> str | None:
    reader = _opened(laid.pdf)
    catalog: Any = reader.trailer["/Root"]
    sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages}
    title = reader.metadata.title if reader.metadata else ""
    if sizes != {A4} or title != laid.title or not catalog.get("/Lang") or "/StructTreeRoot" not in catalog:
        return "A page is not A4, or the file has not its title, its language or its structure."
    return None


@PAPER.rule("What a paper says is there to be read")
def the_paper_shows_what_it_says(laid: Laid) -> str | None:
    shown = "".join(shown_text(page) for page in _opened(laid.pdf).pages)
    missing = [text for text in laid.shown if "".join(text.split()) not in shown]
    return f"The paper does not show {len(missing)} of its texts." if missing else None


@PAPER.rule("Contract: the paper embeds the same for programs")
def the_paper_carries_its_own_file_and_nothing_else(laid: Laid) -> str | None:
    if dict(_opened(laid.pdf).attachments) != {laid.name: [laid.attached]}:
        return "The paper does not carry exactly its own file."
    return None


def _upright(turn: tuple[str, ...]) -> bool:
    """Whether a change of coordinates (ISO 32000-1 section 8.3.4) only makes larger and moves."""
    wide, turned, leaning, high = map(float, turn)
    return wide == high > 0 and turned == leaning == 0


def _drawn_modules(contents: StreamObject | Any) -> qr.Matrix:
    """The modules of the one figure on the page, measured from its rectangles."""
    figures = _FIGURE.findall(contents.get_data().decode("latin-1"))
    if any(not _upright(turn) for figure in figures for turn in _TURN.findall(figure)):
        raise qr.Unreadable("the code is turned, mirrored or stretched")
    boxes = [tuple(map(float, run)) for run in _RUN.findall(figures[0])] if len(figures) == 1 else []
    if not boxes:
        raise qr.Unreadable("there is no figure on the page")
    side = boxes[0][3]
    left, top = min(box[0] for box in boxes), max(box[1] + box[3] for box in boxes)
    size = round((top - min(box[1] for box in boxes)) / side)
    matrix = [[False] * size for _ in range(size)]
    for x, y, width, height in boxes:
        row, column = round((top - y - height) / side), round((x - left) / side)
        for place in range(column, column + round(width / side)):
            if not (0 <= row < size and 0 <= place < size):
                raise qr.Unreadable("a module lies outside the code")
            matrix[row][place] = True
    return matrix
