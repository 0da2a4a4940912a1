"""The certification mark: who may use it, the words that go with it, and its geometry. It is ours, never RRN's logo."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import escape

from app.certificates.rules import Status, StatusOn
from app.kernel.words import _, in_words


class FileKind(StrEnum):
    """The kinds of file a mark is made as."""

    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True)
class Badge:
    """What a badge says: two lines and a tone."""

    tone: str
    first: str
    second: str


INK: Final = "#103f3c"
LINE: Final = "#8a5300"
PAPER: Final = "#ffffff"
RING: Final = (60.0, 60.0, 44.0, 7.0)
"""Centre, radius and stroke of the ring, on a canvas of 420 by 120."""
WAVE: Final = (
    (36.0, 64.0),
    (45.0, 52.0),
    (52.0, 52.0),
    (60.0, 64.0),
    (68.0, 76.0),
    (75.0, 76.0),
    (84.0, 64.0),
)
"""The steady line in the ring: two cubic curves, each with a start, two handles and an end."""
WIDTH: Final = 420
HEIGHT: Final = 120


def badge_of(seen: StatusOn | None, number: str, expires: str) -> Badge:
    """What the live badge of a number says. It never says more than the weakest curriculum under it."""
    if seen is None or not seen.published or seen.status is None:
        return Badge("unknown", _("Unknown number"), _("Ask the register"))
    if seen.status is Status.SUSPENDED or (seen.status.gives_rights and not seen.certified):
        return Badge("pause", _("Suspended"), _("{number}: not certified just now").format(number=number))
    if seen.status.gives_rights and len(seen.certified) < len(seen.items):
        said = _("{good} of {all} curricula").format(good=len(seen.certified), all=len(seen.items))
        return Badge("partly", _("Certified in part"), f"{number}: {said}")
    if seen.status.gives_rights:
        return Badge("yes", _("Certified until {day}").format(day=expires), number)
    word = {
        Status.EXPIRED: _("Expired"), Status.WITHDRAWN: _("Withdrawn"), Status.TERMINATED: _("Ended"), Status.SUPERSEDED: _("Replaced"),
        Status.TRANSFERRED: _("Transferred"),
    }[seen.status]  # fmt: skip
    return Badge("no", word, _("{number}: not certified").format(number=number))


BADGE_COLOURS: Final = {
    "yes": ("#1c6b3c", "#e4f1e6"), "partly": ("#8a5300", "#fdf0d8"), "pause": ("#8a5300", "#fdf0d8"), "no": ("#8c2f2b", "#f9e7e4"),
    "unknown": ("#44546a", "#e8ecf2"),
}  # fmt: skip
SHAPES: Final = {
    "yes": '<path d="M20 35l8 8 15-17" fill="none" stroke="{0}" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>',
    "partly": '<circle cx="32" cy="34" r="12" fill="none" stroke="{0}" stroke-width="4"/><path d="M32 22a12 12 0 0 1 0 24z" fill="{0}"/>',
    "pause": '<path d="M22 22h7v24h-7zM35 22h7v24h-7z" fill="{0}"/>',
    "no": '<path d="M21 23h22v22H21z" fill="{0}"/>',
    "unknown": '<path d="M24 28c0-5 3.500-7.500 8-7.500s8 3 8 7c0 6-8 6-8 11.500" fill="none" stroke="{0}" stroke-width="5" stroke-linecap="round"/><circle cx="32" cy="46" r="3" fill="{0}"/>',
}
"""The shape that belongs to each tone, so that colour is never alone."""


def badge_svg(badge: Badge) -> bytes:
    """The badge as a drawing with a light ground of its own, so that it can be read on any page, light or dark."""
    ink, ground = BADGE_COLOURS[badge.tone]
    title = escape(f"{badge.first}. {badge.second}. {_('Certified Training Register')}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="340" height="68" viewBox="0 0 340 68" role="img" aria-labelledby="t"><title id="t">{title}</title>'
        f'<rect x="1" y="1" width="338" height="66" rx="6" fill="{ground}" stroke="{ink}" stroke-width="2"/>{SHAPES[badge.tone].format(ink)}'
        f'<g fill="{ink}" font-family="Atkinson Hyperlegible Next, system-ui, sans-serif"><text x="60" y="31" font-size="18" font-weight="700">{escape(badge.first)}</text>'
        f'<text x="60" y="53" font-size="14">{escape(badge.second)}</text></g></svg>'
    ).encode()


def mark_svg(number: str, body: str, made_for: str, file_id: str) -> bytes:
    """The mark of one holder: a ring with a steady line, the claim, the number, and the id of this very file."""
    x, y, radius, stroke = RING
    (ax, ay), *rest = WAVE
    handles = " ".join(f"{px:g} {py:g}" for px, py in rest)
    about = escape(
        _("Certified training. Certificate {number}, certified by {body}, made for {holder}.").format(
            number=number, body=body, holder=made_for
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t"><title id="t">{about}</title>'
        f"<desc>{escape(file_id)}</desc>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/><circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="{INK}" stroke-width="{stroke:g}"/>'
        f'<path d="M{ax:g} {ay:g}C{handles}" fill="none" stroke="{LINE}" stroke-width="7" stroke-linecap="round"/>'
        f'<g fill="{INK}" font-family="Source Sans 3, sans-serif"><text x="122" y="50" font-size="30" font-weight="700">{escape(_("Certified training"))}</text>'
        f'<text x="122" y="77" font-size="18">{escape(_("RRN Training Standards, certificate {number}").format(number=number))}</text>'
        f'<text x="122" y="101" font-size="14">{escape(_("Certified by {body}").format(body=body))}</text>'
        f'<text x="{WIDTH - 8}" y="{HEIGHT - 6}" font-size="8" text-anchor="end">{escape(file_id)}</text></g></svg>'
    ).encode()


def authority_sentence(
    name: str, number: str, seen: StatusOn, expires: str, in_order: bool, *, day: str = ""
) -> str:
    """May this holder use the mark, and why, in one sentence; of another day than today, which is then named, only what was so on it."""
    if not seen.certified and not seen.since:
        said = _(
            "{name} is not certified under certificate {number} on this day, so it may not show the mark."
        )
    elif not seen.certified:
        said = _(
            "{name} has not been certified under certificate {number} since {since}, so it may not show the mark."
        )
    elif not in_order:
        said = _(
            "The certification body of {name} is neither licensed nor accredited on this day, so the mark may not be shown."
        )
    elif day:
        said = _(
            "On {day} {name} might show the mark with number {number}, for {good} of the {all} curricula on its certificate."
        )
    elif len(seen.certified) < len(seen.items):
        said = _(
            "{name} may show the mark with number {number} beside {good} of its {all} curricula only, until {expires}."
        )
    else:
        said = _(
            "{name} may show the mark with number {number} until {expires}, for the curricula on its certificate."
        )
    return said.format(
        name=name, number=number, since=in_words(seen.since) if seen.since else "", day=day, good=len(seen.certified),
        all=len(seen.items), expires=expires,
    )  # fmt: skip
