"""When a design of the certificate is complete: what ISO/IEC 17065 clause 7.7.1 and the scheme ask to be said, and legible colours."""

import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from app.kernel.fields import Form, Ref

DEFAULT: Final = "harbour-2026"
"""The design of bodies that chose none, and of every paper that is not a certificate."""
_CLAUSE: Final = "ISO/IEC 17065:2012 clause 7.7.1"
_SCHEME: Final = "rules of the scheme"

TEXTS: Final[Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]]] = {
    "who certifies": (f"{_CLAUSE} a", {"body": (), "accredited": ("ukas",)}),
    "when certification was granted": (f"{_CLAUSE} b", {"granted": (), "decided": (), "decided_on": ("ref", "date")}),
    "whose training it is": (f"{_CLAUSE} c", {"opening": (), "in_house": (), "commercial": ()}),
    "what is certified": (
        f"{_CLAUSE} d",
        {
            "curriculum": (), "for_whom": (), "where": (), "version": ("version",), "more": ("count",), "list_heading": ("count", "number"),
            "edition": (), "affiliates": (), "affiliates_none": (), "affiliates_some": ("count",),
        },
    ),
    "until when it counts": (f"{_CLAUSE} e", {"valid": (), "valid_dates": ("first", "last")}),
    "what the scheme wants said": (
        _SCHEME,
        {
            "register": (), "scheme": (), "certificate": (), "number": (), "former": (), "not_meant": (), "out_of_date": (), "in_words": ("words",),
            "seal": ("body",), "seal_note": (), "page": ("page", "pages"), "title": ("number", "holder"), "subject": ("edition", "body"), "qr": ("url",),
        },
    ),
}  # fmt: skip
"""Every text a design has, by what it is there for: where that is asked, and the places that are filled in."""

COLOURS: Final = ("ink", "quiet", "deep", "light", "accent", "line", "sand", "paper")
LEGIBLE: Final = (("ink", "paper"), ("quiet", "paper"), ("deep", "paper"), ("ink", "sand"), ("quiet", "sand"), ("light", "deep"))  # fmt: skip
"""What is written in which colour on which."""
CONTRAST: Final = 4.5
"""The least a text may stand out from what is behind it (WCAG 2.2, 1.4.3)."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class FontFile(BaseModel):
    """A font by its file and the digest of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.ttf$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Fonts(BaseModel):
    """The four fonts a certificate is set in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    display: FontFile
    italic: FontFile
    text: FontFile
    strong: FontFile


class DesignFile(BaseModel):
    """A design as its file says it. Whether it is complete is another question: see `gaps`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*-[0-9]{4}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}-[A-Z]{2}$")]
    bodies: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")], ...] = ()
    """The codes of the certification bodies that may use it; nothing means every one."""
    fonts: Fonts
    colours: Mapping[str, Colour]
    texts: Mapping[str, str]

    def is_for(self, code: str) -> bool:
        """Whether the body of that code may use it."""
        return not self.bodies or code in self.bodies


class ChooseDesign(Form):
    """A certification body says what its certificates are to look like from now on."""

    design: Annotated[Ref, Field(title="Design", description="Only complete ones are offered.", json_schema_extra={"kind": "select"})]  # fmt: skip


def gaps(design: DesignFile) -> tuple[str, ...]:
    """Why nothing may be drawn with it, a sentence each; nothing when it is complete."""
    return (*_said(design.texts), *_coloured(design.colours))


def _said(texts: Mapping[str, str]) -> Iterator[str]:
    known = {name for _source, wanted in TEXTS.values() for name in wanted}
    for purpose, (source, wanted) in TEXTS.items():
        for name, places in wanted.items():
            text = texts.get(name, "").strip()
            if not text:
                yield f"It does not say {purpose} ({source}): the text “{name}” is missing."
            elif _places(text) != sorted(places):
                yield f"It does not say {purpose} ({source}): the text “{name}” has other places to fill in than {', '.join(places) or 'none'}."
    yield from (f"Nothing on a certificate is called “{name}”." for name in sorted(texts.keys() - known))


def _places(text: str) -> list[str] | None:
    try:
        return sorted(name for _before, name, _how, _turned in Formatter().parse(text) if name is not None)
    except ValueError:
        return None


def _coloured(colours: Mapping[str, str]) -> Iterator[str]:
    if missing := [name for name in COLOURS if name not in colours]:
        yield f"It has no colour called {', '.join(missing)}."
        return
    for text, ground in LEGIBLE:
        if (found := contrast(colours[text], colours[ground])) < CONTRAST:
            yield (
                f"What is written in the colour “{text}” on “{ground}” cannot be read well: the contrast is {found:.1f}, and has to be {CONTRAST}."
            )


def contrast(one: str, other: str) -> float:
    """How much two colours (`#rrggbb`) stand out from each other, 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def plain_fault(error: Mapping[str, Any]) -> str:
    """A fault that Pydantic found in a file, with its place."""
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}." if where else f"{error['msg']}."
