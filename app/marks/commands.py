"""Making a logo file for a holder: one row for each, so that a file seen somewhere leads back to whom it was made for."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Annotated

from PIL import Image, ImageDraw, ImageFont
from pydantic import Field

from app.certificates.models import Certificate
from app.kernel.database import Unit, new_ref
from app.kernel.errors import Refused
from app.kernel.fields import Form
from app.kernel.journal import record
from app.kernel.words import _
from app.marks import queries
from app.marks.models import LogoFile
from app.marks.rules import HEIGHT, INK, LINE, PAPER, RING, WAVE, WIDTH, FileKind, mark_svg
from app.organisations.queries import organisation
from app.permissions import Permission

FONTS = Path(__file__).resolve().parents[2] / "certificates" / "designs" / "fonts-vendor"
SCALE = 4
"""Pixels of the PNG for one unit of the drawing."""
STEPS = 48
"""Points along one curve of the line."""


class NewLogo(Form):
    """Which kind of file is wanted."""

    kind: Annotated[FileKind, Field(title="Kind of file")]


def make_logo(unit: Unit, certificate: Certificate, form: NewLogo) -> LogoFile:
    """A file of its own for the holder. Raises Refused, with the reason, the moment the right to the mark does not live."""
    unit.actor.require(Permission.MARK_DOWNLOAD)
    check_authority(unit, certificate)
    file = LogoFile(
        certificate_id=certificate.id, made_for_id=certificate.holder_id, made_by=unit.actor.id, kind=form.kind, at=unit.now,
        ref=new_ref(), digest="",
    )  # fmt: skip
    file.digest = hashlib.sha256(drawn(unit, certificate, file)).hexdigest()
    unit.db.add(file)
    unit.db.flush()
    record(
        unit, "mark.file_made", file, certificate=certificate.number, file=form.kind.value, digest=file.digest
    )
    return file


def check_authority(unit: Unit, certificate: Certificate) -> None:
    """Raise Refused when the holder may not use the mark today."""
    if reason := queries.authority_refusal(unit, certificate):
        raise Refused(_("{reason} Nothing was made or handed out.").format(reason=reason))


def drawn(unit: Unit, certificate: Certificate, file: LogoFile) -> bytes:
    """The file's bytes: drawn anew each time, the same bytes for the same row."""
    holder, body = (
        organisation(unit, certificate.holder_id).name,
        organisation(unit, certificate.body_id).name,
    )
    if file.kind is FileKind.SVG:
        return mark_svg(certificate.number, body, holder, file.ref)
    return mark_png(certificate.number, body, file.ref)


def mark_png(number: str, body: str, file_id: str) -> bytes:
    """The same drawing in pixels, four to a unit, with an embedded font's own shapes."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    pen = ImageDraw.Draw(image)
    x, y, radius, stroke = RING
    outer, inner = radius + stroke / 2, radius - stroke / 2
    pen.ellipse([_px(x - outer), _px(y - outer), _px(x + outer), _px(y + outer)], fill=INK)
    pen.ellipse([_px(x - inner), _px(y - inner), _px(x + inner), _px(y + inner)], fill=PAPER)
    for px, py in _curve():
        pen.ellipse([_px(px - 3.5), _px(py - 3.5), _px(px + 3.5), _px(py + 3.5)], fill=LINE)
    _write(pen, (122, 50), _("Certified training"), 30, "SemiBold", "ls")
    _write(
        pen,
        (122, 77),
        _("RRN Training Standards, certificate {number}").format(number=number),
        18,
        "Regular",
        "ls",
    )
    _write(pen, (122, 101), _("Certified by {body}").format(body=body), 14, "Regular", "ls")
    _write(pen, (WIDTH - 8, HEIGHT - 6), file_id, 8, "Regular", "rs")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _px(units: float) -> int:
    return round(units * SCALE)


def _curve() -> list[tuple[float, float]]:
    """Points along the two cubic curves of the steady line."""
    points = []
    for first in (0, 3):
        a, b, c, d = WAVE[first : first + 4]
        for step in range(STEPS + 1):
            t = step / STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            points.append(
                tuple(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            )
    return [(x, y) for x, y in points]


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, weight: str, anchor: str
) -> None:
    """One line of text, made smaller until it fits."""
    room = _px(WIDTH - at[0] - 8) if anchor == "ls" else _px(WIDTH)
    height = size * SCALE
    font = ImageFont.truetype(str(FONTS / f"SourceSans3-{weight}.ttf"), height)
    while font.getlength(text) > room and height > 2 * SCALE:
        height -= 1
        font = ImageFont.truetype(str(FONTS / f"SourceSans3-{weight}.ttf"), height)
    pen.text((_px(at[0]), _px(at[1])), text, fill=INK, font=font, anchor=anchor)
