"""The states of a curriculum version and the steps between them."""

from enum import StrEnum

from app.curricula.rules.forms import VersionWithdrawal
from app.curricula.rules.gaps import nothing_is_missing
from app.kernel.fields import StepForm
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P


class VersionStatus(StrEnum):
    """Where a version stands (domain page, section 4)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_EVALUATION = "in_evaluation"
    CERTIFIED = "certified"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class VersionSubmission(StepForm):
    """Submitting asks for nothing: what is submitted is what stands on the page."""


S = VersionStatus

DESK_STEPS = (
    Step("submit", "submitted", (S.DRAFT,), S.SUBMITTED, P.CURRICULUM_WRITE, form=VersionSubmission,
         guards=(nothing_is_missing,), command=True, clause="7.2", label="Submit this version"),
    Step("withdraw", "withdrawn", (S.DRAFT, S.SUBMITTED), S.WITHDRAWN, P.CURRICULUM_WRITE, form=VersionWithdrawal,
         label="Take this version back", danger=True),
)  # fmt: skip
"""Steps that a person takes on the page of the version."""

CASE_STEPS = (
    Step(
        "take-into-evaluation",
        "taken_into_evaluation",
        (S.SUBMITTED,),
        S.IN_EVALUATION,
        P.CURRICULUM_READ,
        quiet=True,
        clause="7.4",
    ),
    Step("release", "released", (S.IN_EVALUATION,), S.SUBMITTED, P.CURRICULUM_READ, quiet=True),
    Step(
        "certify", "certified", (S.IN_EVALUATION,), S.CERTIFIED, P.CURRICULUM_READ, quiet=True, clause="7.6"
    ),
    Step("supersede", "superseded", (S.CERTIFIED,), S.SUPERSEDED, P.CURRICULUM_READ, quiet=True),
    Step(
        "end",
        "ended",
        (S.IN_EVALUATION, S.CERTIFIED),
        S.WITHDRAWN,
        P.CURRICULUM_READ,
        quiet=True,
        danger=True,
    ),
)
"""Steps that follow a decision on a case. They have no address of their own: only a case's command takes them."""

CURRICULUM_VERSION = Workflow("curriculum_version", (*DESK_STEPS, *CASE_STEPS))
