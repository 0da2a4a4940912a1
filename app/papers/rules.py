"""What a sealed paper says: frozen as canonical JSON, which is drawn, signed and sealed as it stands."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from app.kernel.words import _

FORMAT: Final = "rrn-paper-1"
TYP: Final = "rrn-paper+jws"
"""The token inside such a paper: never to be taken for a credential or for a statement of the register."""
ATTACHED: Final = "paper.jwt"


class PaperKind(StrEnum):
    """What a paper is."""

    REPORT = "report"
    """Of one evaluation, sealed by the certification body."""
    DECISION = "decision"
    """On certification, sealed by the certification body."""
    LICENCE = "licence"
    """Of a certification body, sealed by RRN."""
    DAY = "day"
    """The report of one day, sealed by RRN."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Issuer(_Frozen):
    """Who says it and seals it."""

    id: str
    """Their identifier (did:web)."""
    name: str


class Part(_Frozen):
    """A heading, or none, and what stands under it."""

    heading: str
    lines: tuple[str, ...]


class Said(_Frozen):
    """Everything one paper says, in the words that are drawn. `about` is the reference of what it is about."""

    format: str = FORMAT
    kind: PaperKind
    issuer: Issuer
    about: str
    address: str
    """The page it belongs to; most are for those alone who may read it."""
    title: str
    heading: str
    name: str
    lead: str
    corner: tuple[str, str]
    parts: tuple[Part, ...]
    foot: str


def checking(author: str) -> Part:
    """How whoever holds the paper can see that it is genuine."""
    return Part(
        heading=_("How this can be checked"),
        lines=(
            _(
                "The seal of {author} is in this file and covers all of it, with the same words for programs ({name})."
            ).format(author=author, name=ATTACHED),
            _(
                "A reader that shows signatures shows the seal. The register’s page for checking papers reads it too."
            ),
        ),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """Words that somebody typed, a paragraph each."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
