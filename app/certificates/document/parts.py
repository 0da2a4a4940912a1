"""The parts of a PDF that reportlab does not make: metadata, attached files, and the hole the seal goes into."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObject,
    PDFObjectReference,
    PDFString,
)

FIELD: Final = "Seal"
CONTENTS: Final = b"/Contents <"
RANGE: Final = b"/ByteRange [0000000000 0000000000 0000000000 0000000000]"


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF. `relationship` is one of ISO 32000-2 table 43, such as Data."""

    name: str
    media_type: str
    content: bytes
    relationship: str
    description: str


@dataclass(frozen=True)
class Hole:
    """Room for a signature of so many bytes, and the box on the first page (left, bottom, right, top) that shows it."""

    size: int
    reason: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Evidence:
    """What somebody needs to believe the seal and its time stamp when nobody answers any more.

    Certificates, lists of revoked ones, and answers of responders about single ones (RFC 6960), all in DER.
    """

    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    answers: tuple[bytes, ...] = ()


class Stream(PDFObject):  # type: ignore[misc]
    """A stream with exactly these entries; compressed unless readers should find it as plain text."""

    __RefOnly__ = 1

    def __init__(self, entries: dict[str, Any], data: bytes, *, compressed: bool = True) -> None:
        self.entries, self.data, self.compressed = entries, data, compressed

    def format(self, document: Any) -> bytes:
        data = zlib.compress(self.data, 6) if self.compressed else self.data
        entries = {**self.entries, "Length": len(data)}
        if self.compressed:
            entries["Filter"] = PDFName("FlateDecode")
        return bytes(PDFDictionary(entries).format(document)) + b"\nstream\n" + data + b"\nendstream"


class _Signature(PDFObject):  # type: ignore[misc]
    """The signature dictionary (ISO 32000-1 table 252), its variable places as wide as they will ever be.

    It certifies the document and allows no change at all afterwards (DocMDP, P 1).
    """

    __RefOnly__ = 1

    def __init__(self, hole: Hole, moment: datetime) -> None:
        self.hole, self.moment = hole, moment

    def format(self, document: Any) -> bytes:
        reason = bytes(PDFString(self.hole.reason).format(document))
        return (
            b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ("
            + pdf_date(self.moment).encode()
            + b") /Reason "
            + reason
            + b" /Reference [<< /Type /SigRef /TransformMethod /DocMDP"
            + b" /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>] "
            + RANGE
            + b" "
            + CONTENTS
            + b"0" * (2 * self.hole.size)
            + b"> >>"
        )


def pdf_date(moment: datetime) -> str:
    """A moment in UTC as PDF writes it (ISO 32000-1 section 7.9.4)."""
    return moment.strftime("D:%Y%m%d%H%M%S+00'00'")


def metadata(title: str, subject: str, info: Any, moment: datetime, language: str) -> Stream:
    """The XMP packet. It claims no conformance to PDF/A or PDF/UA, which this file has not been tested for."""
    when = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{_alternatives(title)}</dc:title><dc:description>{_alternatives(subject)}</dc:description>"
        f"<dc:creator><rdf:Seq><rdf:li>{escape(info.author)}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>"
        f"<xmp:CreatorTool>{escape(info.creator)}</xmp:CreatorTool></rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f"<pdf:Producer>{escape(info.producer)}</pdf:Producer><pdf:Keywords>{escape(info.keywords)}</pdf:Keywords></rdf:Description>"
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    )
    return Stream({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}, text.encode(), compressed=False)


def _alternatives(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'


def attach(document: Any, attachments: tuple[Attachment, ...], moment: datetime) -> dict[str, Any]:
    """The catalogue's entries for associated files (ISO 32000-2 section 14.13)."""
    if not attachments:
        return {}
    named: list[Any] = []
    for item in sorted(attachments, key=lambda item: item.name):
        named += [PDFString(item.name), document.Reference(_file(document, item, moment))]
    names = PDFDictionary({"EmbeddedFiles": PDFDictionary({"Names": PDFArray(named)})})
    return {"Names": names, "AF": PDFArray(named[1::2])}


def _file(document: Any, item: Attachment, moment: datetime) -> PDFDictionary:
    params = PDFDictionary({"Size": len(item.content), "ModDate": PDFString(pdf_date(moment))})
    kind = item.media_type.replace("/", "#2F").replace("+", "#2B")
    entries = {"Type": PDFName("EmbeddedFile"), "Subtype": f"/{kind}", "Params": params}
    content = document.Reference(Stream(entries, item.content))
    return PDFDictionary(
        {
            "Type": PDFName("Filespec"),
            "F": PDFString(item.name),
            "UF": PDFString(item.name),
            "AFRelationship": PDFName(item.relationship),
            "Desc": PDFString(item.description),
            "EF": PDFDictionary({"F": content, "UF": content}),
        }
    )


def lay_hole(document: Any, hole: Hole, moment: datetime) -> dict[str, Any]:
    """Put the empty signature and its field into the file; the catalogue's entries for them.

    The whole file, seal included, is one revision: nothing is appended when it is sealed.
    """
    left, bottom, right, top = hole.box
    look = Stream(
        {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "BBox": PDFArray([0, 0, right - left, top - bottom]),
        },
        b"",
        compressed=False,
    )
    signature = document.Reference(_Signature(hole, moment), "SealSignature")
    widget = {
        "Type": PDFName("Annot"),
        "Subtype": PDFName("Widget"),
        "FT": PDFName("Sig"),
        "T": PDFString(FIELD),
        "TU": PDFString(hole.reason),
        "F": 132,  # printed, locked
        "Rect": PDFArray([left, bottom, right, top]),
        "V": signature,
        "P": PDFObjectReference("Page1"),
        "AP": PDFDictionary({"N": document.Reference(look, "SealLook")}),
    }
    reference = document.Reference(PDFDictionary(widget), "SealField")
    document.idToObject["Page1"].Annots = [reference]
    form = PDFDictionary({"Fields": PDFArray([reference]), "SigFlags": 3})
    return {"AcroForm": form, "Perms": PDFDictionary({"DocMDP": signature})}


def lay_evidence(document: Any, evidence: Evidence) -> dict[str, Any]:
    """The document security store (ISO 32000-2 section 12.8.4.3), in the revision that is sealed; the catalogue's entries for it.

    PDF 1.7 has to say that it is used (EN 319 142-1 section 5.4.2.2).
    """

    def streams(contents: tuple[bytes, ...]) -> PDFArray:
        return PDFArray([document.Reference(Stream({}, one)) for one in contents])

    store = {
        "Type": PDFName("DSS"),
        "Certs": streams(evidence.certificates),
        "CRLs": streams(evidence.lists),
        **({"OCSPs": streams(evidence.answers)} if evidence.answers else {}),
    }
    level = PDFDictionary({"BaseVersion": PDFName("1.7"), "ExtensionLevel": 5})
    return {
        "DSS": document.Reference(PDFDictionary(store)),
        "Extensions": PDFDictionary({"ESIC": level}),
    }
