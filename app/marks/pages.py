"""Pages of the mark: the public answer, the holder's page with logo files, and the live badge."""

from typing import Annotated

from app.kernel.database import Unit
from app.kernel.fields import MaybeDay, Optional, Ref
from app.kernel.words import _
from app.marks import commands, queries
from app.marks.commands import NewLogo
from app.marks.queries import MarksView, MarkView
from app.marks.rules import FileKind, badge_svg
from app.permissions import Permission as P
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area, Ask

area = Area("marks")

MEDIA = {FileKind.SVG: "image/svg+xml", FileKind.PNG: "image/png"}
Given = Annotated[Ref | None, Optional]


@area.page("/marks", "marks/index.html", may=P.MARK_READ)
def index(unit: Unit) -> MarksView:
    """The mark today, for those who hold it or look after it."""
    return queries.marks_view(unit)


@area.page("/marks/{organisation}", "marks/show.html", may=PUBLIC)
def show(unit: Unit, organisation: Ref, on: MaybeDay = None) -> MarkView:
    """May this organisation use the mark on this day, and why?"""
    return queries.mark_view(unit, organisation, on)


def ask_logo(unit: Unit, number: Ref) -> Ask:
    """The form that makes a logo file."""
    certificate = queries.find_certificate(unit, number)
    return Ask(
        title=_("A logo file for {number}").format(number=certificate.number), submit=_("Make the file"), back="/marks",
        lead=_("Each file carries an id of its own, so that it can be traced back to you. It may be shown only while the certificate is in force."),
        choices={"kind": [("svg", _("SVG, for websites and printers")), ("png", _("PNG, for letters and slides"))]},
    )  # fmt: skip


@area.action("/marks/{number}/logo", then=index, may=P.MARK_DOWNLOAD, ask=ask_logo)
def make_logo(unit: Unit, number: Ref, form: NewLogo) -> None:
    """Make a logo file for the holder."""
    commands.make_logo(unit, queries.find_certificate(unit, number), form)


@area.file("/marks/{number}/logo.svg", may=P.MARK_DOWNLOAD)
def logo_svg(unit: Unit, number: Ref, file: Given = None) -> Answer:
    """A logo file as a drawing."""
    return _handed_out(unit, number, FileKind.SVG, file)


@area.file("/marks/{number}/logo.png", may=P.MARK_DOWNLOAD)
def logo_png(unit: Unit, number: Ref, file: Given = None) -> Answer:
    """A logo file in pixels."""
    return _handed_out(unit, number, FileKind.PNG, file)


def _handed_out(unit: Unit, number: str, kind: FileKind, ref: str | None) -> Answer:
    certificate = queries.find_certificate(unit, number)
    commands.check_authority(unit, certificate)
    file = queries.find_file(unit, certificate, ref or "", kind)
    content = commands.drawn(unit, certificate, file)
    return Answer(content, MEDIA[kind], name=f"certified-training-{certificate.number}.{kind.value}")


@area.file("/badge/{number}.svg", may=PUBLIC)
def badge(unit: Unit, number: str) -> Answer:
    """The live badge: what the register says of a number just now."""
    return Answer(
        badge_svg(queries.badge_view(unit, number)),
        "image/svg+xml",
        headers={"Cache-Control": "public, no-cache"},
    )
