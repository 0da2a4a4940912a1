"""A tagged PDF drawn page by page: reportlab underneath, with structure, metadata and the hole for the seal hung on it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import TimeStamp
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas

from app.certificates.document.colour import srgb_profile
from app.certificates.document.design import Design
from app.certificates.document.parts import (
    Attachment,
    Evidence,
    Hole,
    Stream,
    attach,
    lay_evidence,
    lay_hole,
    metadata,
)
from app.certificates.document.text import Block

WIDTH, HEIGHT = A4
ASCENT: Final = 0.95
"""Where the base line lies below the top of a line, as a part of the size."""


@dataclass
class Tag:
    """An element of the structure tree: a role, and below it other elements or pieces of marked content."""

    role: str
    attributes: dict[str, Any] = field(default_factory=dict)
    below: "list[Tag | tuple[int, int]]" = field(default_factory=list)
    """Other elements, or (page, number of the marked content on it), both from 0."""


class _Element(pdfdoc.PDFObject):  # type: ignore[misc]
    """An element of the structure tree (ISO 32000-1 table 323). A page has a hundred; a dictionary of reportlab's takes ten times as long."""

    def __init__(self, tag: Tag, parent: Any) -> None:
        self.tag, self.parent = tag, parent
        self.kids: list[Any] = []
        self.page: Any = None

    def format(self, document: Any) -> bytes:
        kids = b" ".join(b"%d" % kid if isinstance(kid, int) else kid.format(document) for kid in self.kids)
        attributes = {"Pg": self.page, **self.tag.attributes} if self.page else self.tag.attributes
        more = b"".join(
            b" /%s %s" % (name.encode(), pdfdoc.format(value, document)) for name, value in attributes.items()
        )
        parts = (self.tag.role.encode(), self.parent.format(document), kids, more)
        return b"<< /Type /StructElem /S /%s /P %s /K [%s]%s >>" % parts


class _Mended(pdfdoc.PDFStream):  # type: ignore[misc]
    """A stream whose `endstream` stands on a line of its own, as ISO 19005-1 section 6.1.7 asks; reportlab leaves it out.

    Base 85, which reportlab puts around pages for old mail gateways, is left out: it costs a quarter in size and time.
    """

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        filters: list[Any] = self.filters or []
        self.filters: Any = [each for each in filters if each is not pdfdoc.PDFBase85Encode]
        return bytes(super().format(document)).removesuffix(b"endstream\n") + b"\nendstream\n"


class _Document(pdfdoc.PDFDocument):  # type: ignore[misc]
    """reportlab's document, every stream of which is a mended one. Others in the process keep theirs.

    The widths of a font's characters are put into words here: reportlab rounds each of some hundred by itself.
    """

    def Reference(self, obj: Any, name: str | None = None) -> Any:
        if type(obj) is pdfdoc.PDFStream:
            obj.__class__ = _Mended
        if type(obj) is pdfdoc.PDFTrueTypeFont and isinstance(obj.Widths, PDFArray):
            obj.Widths = "[{}]".format(" ".join(f"{width:g}" for width in obj.Widths.sequence))
        return super().Reference(obj, name)


class _Canvas(Canvas):  # type: ignore[misc]
    def __init__(self, buffer: io.BytesIO, design: Design, moment: datetime) -> None:
        options = {"pageCompression": 1, "pdfVersion": (1, 7), "lang": design.language, "invariant": 1}
        super().__init__(buffer, pagesize=A4, initialFontName=design.text.name, **options)
        self._doc = _Document(compression=1, pdfVersion=(1, 7), lang=design.language, invariant=1)
        self._doc._timeStamp = _stamp(moment)
        self.init_graphics_state()
        self._make_preamble()


class Paper:
    """The document while it is being drawn. Points, from the bottom left, as PDF counts."""

    def __init__(self, design: Design, title: str, subject: str, author: str, moment: datetime) -> None:
        self.design, self.moment, self.title, self.subject = design, moment, title, subject
        self._buffer = io.BytesIO()
        self.canvas = _Canvas(self._buffer, design, moment)
        self.canvas.setTitle(title)
        self.canvas.setSubject(subject)
        self.canvas.setAuthor(author)
        self.canvas.setCreator(design.texts["register"])
        self.canvas.setProducer("ReportLab")
        self.canvas.setKeywords(design.texts["register"])
        self._root = Tag("Document")
        self._open = [self._root]
        self._counts = [0]

    @property
    def page(self) -> int:
        """The number of the page being drawn, from 0."""
        return len(self._counts) - 1

    @contextmanager
    def group(self, role: str) -> Iterator[None]:
        """Everything tagged inside stands below one element, such as a Table or a TR."""
        tag = Tag(role)
        self._open[-1].below.append(tag)
        self._open.append(tag)
        yield
        self._open.pop()

    @contextmanager
    def tagged(self, role: str, **attributes: Any) -> Iterator[None]:
        """What is drawn inside is one piece of marked content under an element of that role."""
        number = self._counts[-1]
        self._counts[-1] += 1
        self._open[-1].below.append(Tag(role, attributes, [(self.page, number)]))
        self.canvas._code.append(f"/{role} <</MCID {number}>> BDC")
        yield
        self.canvas._code.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside means nothing and is passed over by a screen reader."""
        self.canvas._code.append("/Artifact BMC")
        yield
        self.canvas._code.append("EMC")

    def write(self, block: Block, x: float, top: float, colour: Color, *, right: bool = False) -> float:
        """Draw a block of text with its top at `top`, its left (or right) edge at x; returns where its bottom is."""
        self.canvas.setFillColor(colour)
        self.canvas.setFont(block.face.name, block.size)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        for number, line in enumerate(block.lines):
            draw(x, top - block.size * ASCENT - number * block.leading, line)
        return top - block.height

    def next_page(self) -> None:
        """End this page and begin another."""
        self.canvas.showPage()
        self._counts.append(0)

    def close(
        self, attachments: tuple[Attachment, ...], hole: Hole | None, evidence: Evidence | None = None
    ) -> bytes:
        """End the document and give its bytes: the same for the same drawing, whenever it is done."""
        document, catalog = self.canvas._doc, self.canvas._doc.Catalog
        self.canvas.showPage()
        self._lay_structure(document, catalog)
        catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
        catalog.Metadata = metadata(
            self.title, self.subject, self.canvas._doc.info, self.moment, self.design.language
        )
        extra = {"OutputIntents": _output_intents(document)} | attach(document, attachments, self.moment)
        if hole:
            extra |= lay_hole(document, hole, self.moment)
        if evidence:
            extra |= lay_evidence(document, evidence)
        _extend(catalog, extra)
        self.canvas.save()
        return self._buffer.getvalue()

    def _lay_structure(self, document: Any, catalog: Any) -> None:
        parents: list[list[Any]] = [[None] * count for count in self._counts]
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        reference = document.Reference(root, "StructRoot")
        root.dict["K"] = PDFArray([self._lay_tag(document, self._root, reference, parents)])
        numbers = [item for page, kids in enumerate(parents) for item in (page, PDFArray(kids))]
        root.dict["ParentTree"] = PDFDictionary({"Nums": PDFArray(numbers)})
        root.dict["ParentTreeNextKey"] = len(parents)
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        for page in range(len(parents)):
            _extend(document.idToObject[f"Page{page + 1}"], {"StructParents": page, "Tabs": PDFName("S")})

    def _lay_tag(self, document: Any, tag: Tag, parent: Any, parents: list[list[Any]]) -> Any:
        element = _Element(tag, parent)
        reference, kids = document.Reference(element), element.kids
        for item in tag.below:
            if isinstance(item, Tag):
                kids.append(self._lay_tag(document, item, reference, parents))
                continue
            page, number = item
            parents[page][number] = reference
            element.page = PDFObjectReference(f"Page{page + 1}")
            kids.append(number)
        return reference


def alternative(text: str) -> PDFString:
    """The words a screen reader says in place of a figure."""
    return PDFString(text)


def _extend(thing: Any, entries: dict[str, Any]) -> None:
    """Give one catalogue or page of ours entries that reportlab does not know of."""
    for name, value in entries.items():
        setattr(thing, name, value)
    thing.__NoDefault__ = [*thing.__NoDefault__, *entries]


def _output_intents(document: Any) -> PDFArray:
    profile = document.Reference(Stream({"N": 3}, srgb_profile()), "icc")
    intent = {
        "Type": PDFName("OutputIntent"),
        "S": PDFName("GTS_PDFA1"),
        "OutputConditionIdentifier": PDFString("sRGB"),
        "Info": PDFString("sRGB"),
        "DestOutputProfile": profile,
    }
    return PDFArray([PDFDictionary(intent)])


def _stamp(moment: datetime) -> TimeStamp:
    """reportlab's own time, set to the moment of issue in UTC."""
    stamp = TimeStamp(1)
    stamp.t, stamp.lt = moment.timestamp(), moment.timetuple()
    stamp.YMDhms = tuple(moment.timetuple())[:6]
    return stamp
