"""A finding as states: drafted, issued, answered in rounds, judged, closed; and what becomes of a late one."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from app.audits.rules.audits import AuditFacts, leads, on_team
from app.kernel.actor import Actor
from app.kernel.fields import Form, Optional, Prose, StepForm, Words
from app.kernel.words import _
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P
from app.standards.rules import Grade
from app.web.evidence import Evidence

Number = Annotated[
    str, StringConstraints(pattern=r"^[1-9]\d?(?:\.[1-9]\d?){0,2}$"), Field(title="Requirement")
]
GradeCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,60}$"), Field(title="Grade")]
Statement = Annotated[
    Words,
    Field(
        title="What is not as the requirement asks",
        description="One thing, in plain words. The provider reads it.",
    ),
]
ObjectiveEvidence = Annotated[
    Words, Field(title="Objective evidence", description="What was seen, heard or read, where and when.")
]


class FindingStatus(StrEnum):
    """Where a finding stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    RESPONDED = "responded"
    RETURNED = "returned"
    PLAN_ACCEPTED = "plan_accepted"
    IMPLEMENTED = "implemented"
    EFFECTIVENESS_CHECKED = "effectiveness_checked"
    CLOSED = "closed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


class AnswerKind(StrEnum):
    """What the client says about a finding."""

    PLAN = "plan"
    IMPLEMENTATION = "implementation"
    OBJECTION = "objection"


class VerdictKind(StrEnum):
    """What the certification body says to an answer."""

    RETURNED = "returned"
    PLAN_ACCEPTED = "plan_accepted"
    EFFECTIVE = "effectiveness_checked"
    UPHELD = "upheld"
    CLOSED = "closed"
    """In records from before effectiveness had a state of its own."""


@dataclass(frozen=True)
class FindingFacts(AuditFacts):
    """What the guards of a finding look at: the team of its audit, and what the rule pack says of its grade."""

    nonconformity: bool = True
    overdue: bool = False
    becomes: str | None = None


class DraftFinding(Form):
    """A finding as the assessor writes it. ISO/IEC 17065, 7.4.6: the client is told of all nonconformities."""

    requirement: Number
    grade: GradeCode
    statement: Statement
    evidence: ObjectiveEvidence


class ReviseFinding(StepForm):
    """A draft written again; once issued its text stands."""

    grade: GradeCode
    statement: Statement
    evidence: ObjectiveEvidence


class Answer(StepForm):
    """The client's answer to a nonconformity: correction, cause, action, evidence (ISO/IEC 17065, 7.4.7)."""

    correction: Annotated[Words, Field(title="What have you put right already?")]
    cause: Annotated[Words, Field(title="Why did it happen?")]
    action: Annotated[Words, Field(title="What will stop it happening again, and by when?")]
    evidence: Annotated[
        Prose, Field(title="What shows it?", description="Name the documents, or describe what can be seen.")
    ] = ""
    document: Annotated[Evidence | None, Field(title="A document"), Optional] = None


class Implementation(StepForm):
    """What the client has done of the plan that was accepted."""

    action: Annotated[Words, Field(title="What have you done?")]
    evidence: Annotated[Words, Field(title="What shows that it was done and works?")]
    document: Annotated[Evidence | None, Field(title="A document"), Optional] = None


class Objection(StepForm):
    """Why the client thinks a finding is wrong."""

    reason: Annotated[Words, Field(title="Why do you think this finding is wrong?")]


class Reasoned(StepForm):
    """A verdict that the other side is told the reason of."""

    reason: Annotated[Words, Field(title="Reason", description="The provider reads this.")]


class Checked(StepForm):
    """What was looked at to see whether the action works (ISO/IEC 17065, 7.4.8)."""

    reason: Annotated[
        Words,
        Field(
            title="What did you look at, and what shows that it works?",
            description="The provider reads this.",
        ),
    ]


class Accepted(StepForm):
    """An answer taken as it is, with a word to it where needed."""

    reason: Annotated[Prose, Field(title="Note to the provider")] = ""


def is_overdue(status: str, due_on: date | None, today: date) -> bool:
    """True when an answer is still owed after its day; the day itself is in time."""
    return status in (FindingStatus.ISSUED, FindingStatus.RETURNED) and due_on is not None and today > due_on


def effective_grade(status: str, grade: Grade, due_on: date | None, today: date) -> str:
    """The grade a finding has today: a late one counts as what it becomes before anybody writes that down."""
    return (
        grade.overdue_becomes if grade.overdue_becomes and is_overdue(status, due_on, today) else grade.code
    )


def an_answer_is_asked(_finding: Any, _actor: Actor, facts: FindingFacts) -> str | None:
    if facts.nonconformity:
        return None
    return _("This finding is for your information: it needs no answer.")


def it_is_late(_finding: Any, _actor: Actor, facts: FindingFacts) -> str | None:
    if facts.overdue and facts.becomes:
        return None
    return _(
        "Only a finding whose answer is overdue can be upgraded, and only where the rule pack says to what. Nothing was changed."
    )


F = FindingStatus
OPEN = (
    F.ISSUED,
    F.RESPONDED,
    F.RETURNED,
    F.PLAN_ACCEPTED,
    F.IMPLEMENTED,
    F.EFFECTIVENESS_CHECKED,
    F.DISPUTED,
)
FINDING = Workflow(
    "finding",
    (
        Step(
            "revise", "revised", (F.DRAFT,), F.DRAFT, P.AUDIT_RECORD, form=ReviseFinding, guards=(on_team,), command=True, clause="7.4.6",
            label="Change the draft",
        ),
        Step("issue", "issued", (F.DRAFT,), F.ISSUED, P.AUDIT_LEAD, clause="7.4.6", quiet=True),
        Step(
            "respond", "responded", (F.ISSUED, F.RETURNED), F.RESPONDED, P.FINDING_ANSWER, form=Answer, guards=(an_answer_is_asked,),
            command=True, clause="7.4.7", label="Answer this finding",
        ),
        Step(
            "accept-plan", "plan_accepted", (F.RESPONDED,), F.PLAN_ACCEPTED, P.FINDING_JUDGE, form=Accepted, guards=(on_team,), command=True,
            clause="7.4.8", label="Accept the plan",
        ),
        Step(
            "return", "returned", (F.RESPONDED,), F.RETURNED, P.FINDING_JUDGE, form=Reasoned, guards=(on_team,), command=True, clause="7.4.8",
            label="Return the answer",
        ),
        Step(
            "report-implemented", "implemented", (F.PLAN_ACCEPTED,), F.IMPLEMENTED, P.FINDING_ANSWER, form=Implementation, command=True,
            clause="7.4.7", label="Report that it is done",
        ),
        Step(
            "accept-implementation", "effectiveness_checked", (F.IMPLEMENTED,), F.EFFECTIVENESS_CHECKED, P.FINDING_JUDGE, form=Checked,
            guards=(on_team,), command=True, clause="7.4.8", label="It was done and works",
        ),
        Step(
            "close", "closed", (F.EFFECTIVENESS_CHECKED,), F.CLOSED, P.FINDING_JUDGE, guards=(on_team,), command=True, clause="7.4.8",
            label="Close the finding",
        ),
        Step(
            "return-implementation", "implementation_returned", (F.IMPLEMENTED,), F.PLAN_ACCEPTED, P.FINDING_JUDGE, form=Reasoned,
            guards=(on_team,), command=True, clause="7.4.8", label="Not done yet: return it",
        ),
        Step(
            "dispute", "disputed", (F.ISSUED, F.RETURNED), F.DISPUTED, P.FINDING_ANSWER, form=Objection, command=True,
            label="Say why this finding is wrong",
        ),
        Step(
            "uphold", "upheld", (F.DISPUTED,), F.ISSUED, P.AUDIT_LEAD, form=Reasoned, guards=(leads,), command=True,
            label="Uphold the finding",
        ),
        Step(
            "upgrade", "upgraded", (F.ISSUED, F.RETURNED), F.ISSUED, P.AUDIT_LEAD, guards=(leads, it_is_late), command=True,
            label="Upgrade: the answer is overdue", danger=True,
        ),
        Step(
            "fall-due", "upgraded", (F.ISSUED, F.RETURNED), F.ISSUED, P.REGISTER_CONTINUE, guards=(it_is_late,), command=True, quiet=True,
        ),
        Step(
            "withdraw", "withdrawn", (F.DRAFT, *OPEN), F.WITHDRAWN, P.AUDIT_LEAD, form=Reasoned, guards=(leads,), command=True,
            label="Withdraw this finding", danger=True,
        ),
    ),
)  # fmt: skip
