"""What a curriculum version contains, as one plain value: the thing that is frozen, hashed and judged."""

import hashlib
from datetime import date
from enum import StrEnum

import rfc8785

from app.kernel.fields import View
from app.standards.rules import InterventionType, Level, Nation, Population, Setting

RESTRICTIVE = frozenset({Level.TERTIARY_RESTRICTIVE_INTERMEDIATE, Level.TERTIARY_RESTRICTIVE_ADVANCED})
"""Strategy levels that teach holding somebody against their will."""
PHYSICAL = RESTRICTIVE | {Level.TERTIARY_NON_RESTRICTIVE}
"""Strategy levels in which a physical technique may stand at all."""


class Position(StrEnum):
    """How the person stands, sits or lies while a technique is used; some carry more risk than others."""

    STANDING = "standing"
    SEATED = "seated"
    KNEELING = "kneeling"
    ON_THE_SIDE = "on_the_side"
    FACE_UP = "face_up"
    FACE_DOWN = "face_down"
    MOVING = "moving"
    OTHER = "other"


class Answer(StrEnum):
    """What the provider says about one requirement of the Standards."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"


class TechniqueContent(View):
    """One physical skill. Never public in any part."""

    name: str
    position: Position
    restrictiveness: Level
    rationale: str
    risk_assessment: str
    elevated_risks: str
    medical_review_on: date | None
    high_risk: bool


class ModuleContent(View):
    """One block of teaching, with its techniques in the order in which they are taught."""

    title: str
    level: Level
    minutes: int
    mandatory: bool
    lived_experience: bool
    outcomes: str
    assessment: str
    techniques: tuple[TechniqueContent, ...] = ()


class CoverageContent(View):
    """Where one requirement is met: module positions counted from 1, and words; or why it is not met."""

    requirement: str
    answer: Answer
    modules: tuple[int, ...]
    where: str


class DocumentContent(View):
    """A document by its digest: another file of the same title is another content."""

    title: str
    kind: str
    digest: str


class Content(View):
    """Everything about a version that an assessor judges, and nothing else: no ids, no dates of ours."""

    title: str
    summary: str
    edition: str
    nations: tuple[Nation, ...]
    settings: tuple[Setting, ...]
    populations: tuple[Population, ...]
    interventions: tuple[InterventionType, ...]
    ratio: int | None
    ratio_reason: str
    lived_experience: str
    modules: tuple[ModuleContent, ...]
    coverage: tuple[CoverageContent, ...]
    documents: tuple[DocumentContent, ...]

    @property
    def levels(self) -> frozenset[Level]:
        """The strategy levels taught in it."""
        return frozenset(module.level for module in self.modules)

    @property
    def minutes(self) -> int:
        """Minutes of teaching in all."""
        return sum(module.minutes for module in self.modules)


def canonical(content: Content) -> str:
    """The content as canonical JSON (RFC 8785): the same content always gives the same text."""
    return rfc8785.dumps(content.model_dump(mode="json")).decode()


def digest_of(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
