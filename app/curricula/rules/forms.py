"""What the pages of a curriculum ask for."""

from typing import Annotated, Final

from pydantic import Field, JsonValue

from app.curricula.rules.content import Answer, Position
from app.kernel.fields import Day, Form, Line, Prose, Ref, StepForm, Words
from app.standards.rules import InterventionType, Level, Nation, Population, Setting

MOST_MINUTES = 60 * 200
NEEDED: Final[dict[str, JsonValue]] = {"needed": True}
"""May be saved empty, but is missed when the version is submitted."""

Title = Annotated[
    Line,
    Field(
        title="Title", description="As it will stand on a certificate. Example: Safe Holding: intermediate."
    ),
]
Summary = Annotated[
    Prose, Field(title="In a few sentences, what is it?", json_schema_extra={"rows": 4, **NEEDED})
]
Nations = Annotated[
    list[Nation],
    Field(title="In which nations will it be taught?", max_length=len(Nation), json_schema_extra=NEEDED),
]
Settings = Annotated[
    list[Setting],
    Field(title="For staff of which services?", max_length=len(Setting), json_schema_extra=NEEDED),
]
Populations = Annotated[
    list[Population],
    Field(title="Whom do the trained staff support?", max_length=len(Population), json_schema_extra=NEEDED),
]
Interventions = Annotated[
    list[InterventionType],
    Field(
        title="Which kinds of restrictive intervention does it speak of?",
        description="Choose all that are taught or discussed.", max_length=len(InterventionType),
    ),
]  # fmt: skip


class OpenCurriculum(Form):
    """A new curriculum, whose first version is a draft."""

    title: Title
    summary: Summary = ""
    nations: Nations = Field(default_factory=list)
    settings: Settings = Field(default_factory=list)
    populations: Populations = Field(default_factory=list)


class CurriculumDetails(StepForm):
    """What a version says about itself as a whole."""

    title: Title
    summary: Summary = ""
    nations: Nations = Field(default_factory=list)
    settings: Settings = Field(default_factory=list)
    populations: Populations = Field(default_factory=list)
    interventions: Interventions = Field(default_factory=list)
    lived_experience: Annotated[
        Prose,
        Field(
            title="How do people with lived experience take part?",
            description="Who speaks or writes, when, and how you look after them. It has to come before any technique is taught.",
            json_schema_extra=NEEDED,
        ),
    ] = ""
    ratio: Annotated[
        Annotated[int, Field(ge=1, le=100)] | None,
        Field(title="Participants for one trainer", description="Write 12 for one trainer to twelve people."),
    ] = None
    ratio_reason: Annotated[
        Prose,
        Field(title="Why is this number safe?", description="Your judgement of the risk, in your own words."),
    ] = ""


class ModuleForm(Form):
    """One block of teaching."""

    title: Annotated[Line, Field(title="Title of the module")]
    level: Annotated[Level, Field(title="Strategy level")]
    minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES, title="Minutes of teaching")]
    mandatory: Annotated[bool, Field(title="Everybody takes this module")] = False
    lived_experience: Annotated[bool, Field(title="People with lived experience speak in this module")] = (
        False
    )
    outcomes: Annotated[
        Words, Field(title="What can people do afterwards?", description="One outcome a line.")
    ]
    assessment: Annotated[Prose, Field(title="How do you find out that they can?")] = ""


class ModuleChange(ModuleForm, StepForm):
    """The same, for a module that stands there already."""

    position: Annotated[
        int, Field(ge=1, le=500, title="Place in the order of teaching", description="1 is taught first.")
    ]


class TechniqueForm(Form):
    """One physical skill."""

    name: Annotated[
        Line, Field(title="Name of the technique", description="As your own register of techniques names it.")
    ]
    position: Annotated[
        Position, Field(title="How is the person positioned?", json_schema_extra={"kind": "select"})
    ]
    restrictiveness: Annotated[
        Level, Field(title="How restrictive is it?", json_schema_extra={"kind": "select"})
    ]
    rationale: Annotated[
        Prose,
        Field(title="Why is it taught?", description="The need that calls for it.", json_schema_extra=NEEDED),
    ] = ""
    risk_assessment: Annotated[Prose, Field(title="Assessment of its risks", json_schema_extra=NEEDED)] = ""
    elevated_risks: Annotated[
        Prose,
        Field(
            title="For whom is it more dangerous, and what follows from that?", json_schema_extra={"rows": 3}
        ),
    ] = ""
    medical_review_on: Annotated[
        Day | None,
        Field(
            title="When was it last reviewed medically?",
            description="For example 27 3 2026.",
            json_schema_extra=NEEDED,
        ),
    ] = None
    high_risk: Annotated[bool, Field(title="It carries a high risk")] = False


class TechniqueChange(TechniqueForm, StepForm):
    """The same, for a technique that stands there already."""


class CoverageForm(Form):
    """Where one requirement is met, or why it is not."""

    answer: Annotated[Answer, Field(title="Is this requirement met by the curriculum?")]
    modules: Annotated[
        list[Ref],
        Field(
            title="In which modules?", description="None if it is met outside the teaching.", max_length=200
        ),
    ] = Field(default_factory=list)
    where: Annotated[
        Words,
        Field(
            title="Where exactly, or why not?",
            description="Name the session, document or page, or say why it is not met.",
        ),
    ]


class StartVersion(StepForm):
    """Nothing more than the version of the curriculum that was looked at."""


class PartRemoval(StepForm):
    """Nothing more than the version of the row that is to go."""


class VersionWithdrawal(StepForm):
    """Why a version is taken back."""

    reason: Annotated[
        Words,
        Field(
            title="Why do you take it back?",
            description="Kept in the history; the certification body can read it.",
        ),
    ]
