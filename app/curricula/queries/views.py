"""What the pages of curricula show, already narrowed to the actor."""

from datetime import date, datetime
from typing import Literal

from app.curricula.rules import Position, VersionStatus
from app.kernel.casework import Casework
from app.kernel.fields import View
from app.standards.rules import InterventionType, Level, Nation, Population, Setting

TONES = {
    VersionStatus.DRAFT: "plain",
    VersionStatus.SUBMITTED: "unknown",
    VersionStatus.IN_EVALUATION: "unknown",
    VersionStatus.CERTIFIED: "yes",
    VersionStatus.SUPERSEDED: "plain",
    VersionStatus.WITHDRAWN: "no",
}
"""The tone in which each status is shown, always beside its word."""


class TechniqueView(View):
    """One technique, for people of the provider, its body and RRN only."""

    ref: str
    version: int
    name: str
    position: Position
    restrictiveness: Level
    rationale: str
    risk_assessment: str
    elevated_risks: str
    medical_review_on: date | None
    high_risk: bool


class ModuleView(View):
    """One module with its techniques."""

    ref: str
    version: int
    position: int
    title: str
    level: Level
    minutes: int
    mandatory: bool
    lived_experience: bool
    outcomes: list[str]
    assessment: str
    techniques: list[TechniqueView]


class LevelView(View):
    """The modules of one strategy level and the minutes taught at it."""

    level: Level
    minutes: int
    modules: list[ModuleView]


class CoverageLine(View):
    """One requirement that applies, and what the version says about it."""

    number: str
    label: str
    meaning: str
    provisional: bool
    state: Literal["covered", "not_covered", "hole"]
    modules: list[str]
    where: str


class DocumentLine(View):
    """A document in a list."""

    ref: str
    title: str
    name: str
    kind: str
    size: int
    pages: int | None
    digest: str
    uploaded_by: str
    at: datetime


class GapView(View):
    """Something that is missing, and where it is put right."""

    sentence: str
    href: str


class NextAction(View):
    """The one thing to do next."""

    sentence: str
    href: str
    button: str
    mine: bool = True


class VersionLine(View):
    """A version in a list."""

    ref: str
    number: int
    status: VersionStatus
    tone: str
    title: str
    submitted_at: datetime | None
    changed_at: datetime


class VersionView(Casework):
    """All about one version."""

    number: int
    tone: str
    title: str
    summary: str
    edition: str
    edition_title: str
    curriculum_ref: str
    organisation_ref: str
    organisation_name: str
    nations: list[Nation]
    settings: list[Setting]
    populations: list[Population]
    interventions: list[InterventionType]
    lived_experience: str
    ratio: int | None
    ratio_reason: str
    ratio_warning: str
    minutes: int
    levels: list[LevelView]
    coverage: list[CoverageLine]
    holes: list[str]
    documents: list[DocumentLine]
    gaps: list[GapView]
    next: NextAction | None
    may_write: bool
    submitted_at: datetime | None
    content_digest: str | None


class CurriculumView(View):
    """One curriculum: its versions, and the newest of them in full."""

    ref: str
    version: int
    title: str
    organisation_ref: str
    organisation_name: str
    versions: list[VersionLine]
    current: VersionView
    may_start: bool


class CurriculumLine(View):
    """A curriculum in a list, with its newest version."""

    ref: str
    title: str
    organisation_name: str
    number: int
    status: VersionStatus
    tone: str
    changed_at: datetime


class CurriculumList(View):
    """The curricula an actor may know of."""

    q: str
    items: list[CurriculumLine]
    next: str | None
    may_open: bool


class DocumentView(View):
    """One document as a row, for any area that shows evidence."""

    ref: str
    title: str
    name: str
    kind: str
    size: int
    pages: int | None
    digest: str
    organisation_name: str
    subject: str
    uploaded_by: str
    at: datetime
