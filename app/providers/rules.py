"""Training services, their affiliates and trainers: states, steps, forms, and until when somebody may deliver."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field

from app.kernel.actor import Actor
from app.kernel.clock import add_months
from app.kernel.fields import Day, Form, Line, Optional, Prose, Ref, StepForm, Words
from app.kernel.words import _
from app.kernel.workflow import Facts, Step, Workflow
from app.organisations.rules import Postcode
from app.permissions import Permission as P
from app.standards.rules import Nation, Population, Route, Setting

WARN_DAYS = 60
"""How many days before something lapses the register begins to say so."""


class AffiliateState(StrEnum):
    """Where an affiliate stands; `lapsed` is derived from dates and never stored."""

    PROPOSED = "proposed"
    EVIDENCE_COMPLETE = "evidence_complete"
    APPROVED = "approved"
    ENDED = "ended"


class TrainerState(StrEnum):
    """Where a trainer's appointment stands; `lapsed` is derived from dates and never stored."""

    PROPOSED = "proposed"
    EVIDENCE_COMPLETE = "evidence_complete"
    APPROVED = "approved"
    ENDED = "ended"


class TrainerLevel(StrEnum):
    """Senior trainers work across organisations and train trainers; associate trainers teach inside their employer only."""

    SENIOR = "senior"
    ASSOCIATE = "associate"


class NewService(Form):
    """A training service introduces itself."""

    route: Annotated[
        Route,
        Field(
            title="How do you deliver training?",
            description="In-house: to your own staff. Commercial: to others who buy it.",
        ),
    ]
    about: Annotated[
        Prose,
        Field(
            title="About the service", description="Optional. In your own words, for those who look you up."
        ),
    ] = ""
    nations: Annotated[list[Nation], Field(title="Where do you deliver?", min_length=1, max_length=5)]
    settings: Annotated[list[Setting], Field(title="In which settings?", min_length=1, max_length=4)]
    populations: Annotated[
        list[Population], Field(title="Whom do the staff you train support?", min_length=1, max_length=7)
    ]


class ServiceDetails(NewService):
    """The same, changed later by somebody who looked at a version of it."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1, title="Version you were looking at")]


class NewAffiliate(Form):
    """A provider proposes an organisation that will deliver its curriculum to its own staff."""

    organisation: Annotated[
        Ref | None,
        Optional,
        Field(
            title="Its reference in this register",
            description="Optional. Ten characters; it saves you the rest when the organisation is already here.",
        ),
    ] = None
    name: Annotated[Line | None, Optional, Field(title="Name of the organisation")] = None
    address: Annotated[Prose, Field(title="Address", json_schema_extra={"rows": 4})] = ""
    postcode: Annotated[Postcode | None, Optional, Field(title="Postcode")] = None
    nation: Annotated[Nation | None, Optional, Field(title="Nation")] = None
    different: Annotated[
        bool,
        Field(
            title="It is a different organisation",
            description="Tick when we warned that the name looks like another one and you have checked.",
        ),
    ] = False


class NeedsAnalysis(StepForm):
    """What must be there before an affiliate may be approved (Standards 1.1.1 and 1.4)."""

    tna_signed_off_by: Annotated[
        Line,
        Field(
            title="Who signed off the training needs analysis?",
            description="The person accountable for it at the affiliate, with their post.",
        ),
    ]
    tna_signed_on: Annotated[
        Day,
        Field(
            title="When was it signed off?",
            description="It counts for a year and rests on two years of incident data.",
        ),
    ]
    board_approved_on: Annotated[Day, Field(title="When did its board approve the curriculum?")]
    plan: Annotated[
        Words,
        Field(
            title="Its restraint reduction action plan",
            description="What it aims at, and where it can be read.",
        ),
    ]


class NewTrainer(Form):
    """A provider proposes somebody to teach."""

    person_name: Annotated[Line, Field(title="Name of the trainer")]
    level: Annotated[
        TrainerLevel,
        Field(
            title="Level",
            description="Senior trainers work across organisations. Associate trainers teach only where they are employed.",
        ),
    ]
    employer: Annotated[Ref, Field(title="Employed by", json_schema_extra={"kind": "select"})]


class TrainerEvidence(StepForm):
    """What must be there before a trainer may be approved (Standards, section 4)."""

    ils_expires_on: Annotated[
        Day,
        Field(
            title="Immediate life support is valid until",
            description="The last day printed on the certificate.",
        ),
    ]
    qualification: Annotated[
        Line,
        Field(
            title="Qualification",
            description="The professional or vocational qualification, and who awarded it.",
        ),
    ]
    care_from_on: Annotated[Day, Field(title="In a support or care role since")]
    cpd_until: Annotated[Day, Field(title="Professional development is up to date until")]
    reaccredited_on: Annotated[
        Day,
        Field(title="Last assessed as a trainer on", description="Trainers are assessed again every year."),
    ]


class SentBack(StepForm):
    """Why evidence is not enough yet."""

    reason: Annotated[Words, Field(title="What is missing?", description="The provider reads this.")]


class Ending(StepForm):
    """From when on it is over."""

    ended_on: Annotated[
        Day, Field(title="From which day is it over?", description="The first day that no longer counts.")
    ]
    reason: Annotated[
        Prose,
        Field(title="Why?", description="Optional. Your certification body reads this; the public does not."),
    ] = ""


@dataclass(frozen=True)
class AffiliateFacts(Facts):
    """What the guards of an affiliate look at beside it."""

    tna_months: int = 12


@dataclass(frozen=True)
class TrainerFacts(Facts):
    """What the guards of an appointment look at beside it, in months where they are spans."""

    care_role_months: int = 24
    reaccreditation_months: int = 12
    employer_approved: bool = True
    """For an associate trainer: whether the employer is the service itself or an affiliate approved today."""


class AffiliateEvidence(Protocol):
    """The fields of an affiliate that its evidence fills."""

    tna_signed_off_by: str
    tna_signed_on: date | None
    board_approved_on: date | None
    plan: str


class TrainerRow(Protocol):
    """The fields of an appointment that its evidence fills."""

    ils_expires_on: date | None
    qualification: str
    care_from_on: date | None
    cpd_until: date | None
    reaccredited_on: date | None


def last_day(start: date, months: int) -> date:
    """The last day of a span of months that begins on `start`: it counts, the day after does not."""
    return add_months(start, months) - timedelta(days=1)


def affiliate_until(affiliate: AffiliateEvidence, months: int) -> date | None:
    """The last day the evidence of an affiliate carries; None while there is none."""
    return last_day(affiliate.tna_signed_on, months) if affiliate.tna_signed_on else None


def trainer_ends(trainer: TrainerRow, months: int) -> dict[str, date | None]:
    """The last day of each thing an appointment rests on, by the name of the thing."""
    assessed = trainer.reaccredited_on
    return {
        "immediate_life_support": trainer.ils_expires_on,
        "professional_development": trainer.cpd_until,
        "reaccreditation": last_day(assessed, months) if assessed else None,
    }


def trainer_until(trainer: TrainerRow, months: int) -> date | None:
    """The last day an appointment's evidence carries: the earliest of the days it rests on; None while one is missing."""
    ends = trainer_ends(trainer, months).values()
    return min((end for end in ends if end), default=None) if all(ends) else None


def needs_analysis_is_recent(
    affiliate: AffiliateEvidence, _actor: Actor, facts: AffiliateFacts
) -> str | None:
    until = affiliate_until(affiliate, facts.tna_months)
    if until is None or until < facts.today:
        return _(
            "The training needs analysis was signed more than {months} months ago. It must be reviewed first; nothing was changed."
        ).format(months=facts.tna_months)
    return None


def life_support_is_valid(trainer: TrainerRow, _actor: Actor, facts: TrainerFacts) -> str | None:
    if trainer.ils_expires_on is None or trainer.ils_expires_on < facts.today:
        return _(
            "The trainer's immediate life support certificate has run out. It must be renewed first; nothing was changed."
        )
    return None


def care_role_is_long_enough(trainer: TrainerRow, _actor: Actor, facts: TrainerFacts) -> str | None:
    if trainer.care_from_on is None or add_months(trainer.care_from_on, facts.care_role_months) > facts.today:
        return _(
            "The trainer has not been in a support or care role for {months} months yet. Nothing was changed."
        ).format(months=facts.care_role_months)
    return None


def development_is_current(trainer: TrainerRow, _actor: Actor, facts: TrainerFacts) -> str | None:
    if trainer.cpd_until is None or trainer.cpd_until < facts.today:
        return _(
            "The trainer's professional development is out of date. It must be brought up to date first; nothing was changed."
        )
    return None


def assessed_within_the_year(trainer: TrainerRow, _actor: Actor, facts: TrainerFacts) -> str | None:
    until = trainer_ends(trainer, facts.reaccreditation_months)["reaccreditation"]
    if until is None or until < facts.today:
        return _(
            "The trainer was last assessed more than {months} months ago. A new assessment comes first; nothing was changed."
        ).format(months=facts.reaccreditation_months)
    return None


def employer_is_approved(_trainer: object, _actor: Actor, facts: TrainerFacts) -> str | None:
    if facts.employer_approved:
        return None
    return _(
        "The trainer's employer is not an approved affiliate today, and associate trainers teach only there. Approve the affiliate first; nothing was changed."
    )


def apply_needs_analysis(affiliate: AffiliateEvidence, form: NeedsAnalysis) -> None:
    """Take over the evidence."""
    affiliate.tna_signed_off_by, affiliate.tna_signed_on = form.tna_signed_off_by, form.tna_signed_on
    affiliate.board_approved_on, affiliate.plan = form.board_approved_on, form.plan


def apply_trainer_evidence(trainer: TrainerRow, form: TrainerEvidence) -> None:
    """Take over the evidence."""
    trainer.ils_expires_on, trainer.qualification = form.ils_expires_on, form.qualification
    trainer.care_from_on, trainer.cpd_until = form.care_from_on, form.cpd_until
    trainer.reaccredited_on = form.reaccredited_on


_A = AffiliateState
_OPEN_AFFILIATE = (_A.PROPOSED, _A.EVIDENCE_COMPLETE, _A.APPROVED)
AFFILIATE = Workflow(
    "affiliate",
    (
        Step("complete-evidence", "evidence_completed", (_A.PROPOSED,), _A.EVIDENCE_COMPLETE, P.PROVIDER_WRITE, form=NeedsAnalysis, apply=apply_needs_analysis, command=True, label="Hand in the evidence"),
        Step("approve", "approved", (_A.EVIDENCE_COMPLETE,), _A.APPROVED, P.CASE_OFFICE, guards=(needs_analysis_is_recent,), command=True, label="Approve the affiliate"),
        Step("send-back", "sent_back", (_A.EVIDENCE_COMPLETE,), _A.PROPOSED, P.CASE_OFFICE, form=SentBack, label="Ask for more"),
        Step("renew", "renewed", (_A.APPROVED,), _A.APPROVED, P.PROVIDER_WRITE, form=NeedsAnalysis, apply=apply_needs_analysis, command=True, label="Record the yearly review"),
        Step("end", "ended", _OPEN_AFFILIATE, _A.ENDED, P.PROVIDER_WRITE, form=Ending, command=True, label="End the arrangement", danger=True),
    ),
)  # fmt: skip

_T = TrainerState
_OPEN_TRAINER = (_T.PROPOSED, _T.EVIDENCE_COMPLETE, _T.APPROVED)
_MAY_TEACH = (
    life_support_is_valid,
    care_role_is_long_enough,
    development_is_current,
    assessed_within_the_year,
    employer_is_approved,
)
TRAINER = Workflow(
    "trainer",
    (
        Step("complete-evidence", "evidence_completed", (_T.PROPOSED,), _T.EVIDENCE_COMPLETE, P.PROVIDER_WRITE, form=TrainerEvidence, apply=apply_trainer_evidence, command=True, label="Hand in the evidence"),
        Step("approve", "approved", (_T.EVIDENCE_COMPLETE,), _T.APPROVED, P.CASE_OFFICE, guards=_MAY_TEACH, command=True, label="Approve the trainer"),
        Step("send-back", "sent_back", (_T.EVIDENCE_COMPLETE,), _T.PROPOSED, P.CASE_OFFICE, form=SentBack, label="Ask for more"),
        Step("renew", "renewed", (_T.APPROVED,), _T.APPROVED, P.PROVIDER_WRITE, form=TrainerEvidence, apply=apply_trainer_evidence, command=True, label="Record renewed evidence"),
        Step("end", "ended", _OPEN_TRAINER, _T.ENDED, P.PROVIDER_WRITE, form=Ending, command=True, label="End the appointment", danger=True),
    ),
)  # fmt: skip


def state_word(status: str, lapses_on: date | None, ended_on: date | None, today: date) -> str:
    """The status as it is on a day: approved becomes lapsed the day after its last day; an end to come is not yet one."""
    if status == "ended" and ended_on and today < ended_on and lapses_on:
        return "approved" if today <= lapses_on else "lapsed"
    if status == "approved" and (lapses_on is None or lapses_on < today):
        return "lapsed"
    return str(status)
