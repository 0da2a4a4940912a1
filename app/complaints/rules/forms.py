"""What a report, an appeal and each step ask for; never more of anybody than is needed to deal with it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.complaints.rules.states import Matter, Outcome
from app.kernel.fields import Email, Form, Line, Optional, Prose, Ref, StepForm, Text, Words
from app.kernel.words import _
from app.web.evidence import Evidence


def reported(matter: Matter) -> Matter:
    """An appeal is made by its client, signed in, at the decision it is against."""
    if matter is Matter.APPEAL:
        raise ValueError(
            _("an appeal begins at the decision it is against; choose one of the answers offered")
        )
    return matter


class Report(Form):
    """What anybody may tell, with or without a name."""

    matter: Annotated[
        Matter,
        AfterValidator(reported),
        Field(title="What is it about?", json_schema_extra={"kind": "radios"}),
    ]
    who: Annotated[
        Line, Field(title="Whom is it about?", description="The name of the organisation or person.")
    ]
    number: Annotated[
        Text,
        Field(title="Certificate number", description="Such as NGC-000217-M, when you have seen one."),
    ] = ""
    place: Annotated[
        Text,
        Field(
            title="Where did you see or hear it?",
            description="A web address, a leaflet, a course, a conversation, and when.",
        ),
    ] = ""
    words: Annotated[
        Words,
        Field(
            title="What happened?",
            description=(
                "In your own words. Please do not name anybody who was held, and do not describe how a hold is done: "
                "we do not need it to look into this."
            ),
            json_schema_extra={"rows": 8},
        ),
    ]
    email: Annotated[
        Email | None,
        Optional,
        Field(
            title="Your e-mail address",
            description="Only if you want letters about this. It is forgotten when the matter is over.",
            json_schema_extra={"kind": "email", "autocomplete": "email"},
        ),
    ] = None


class Follow(Form):
    """What opens the progress of one report."""

    reference: Annotated[Line, Field(title="Reference", max_length=40)]
    code: Annotated[
        Line,
        Field(title="Code", description="Six groups of letters and digits, shown once when you reported."),
    ]


class NewAppeal(Form):
    """The client asks for a decision to be looked at again."""

    decision: Annotated[
        Ref, Field(title="Which decision you appeal against", json_schema_extra={"kind": "select"})
    ]
    words: Annotated[
        Words,
        Field(
            title="Why the decision is wrong",
            description="What was overlooked or misread, and what shows it.",
            json_schema_extra={"rows": 10},
        ),
    ]


class PassOn(StepForm):
    desk: Annotated[Ref, Field(title="Who deals with it", json_schema_extra={"kind": "select"})]
    about: Annotated[
        Ref | None,
        Optional,
        Field(
            title="Whom it is about, when that is clear",
            description="So that it is given to nobody who is tied to them.",
            json_schema_extra={"kind": "select"},
        ),
    ] = None
    note: Annotated[Prose, Field(title="Note for those who deal with it")] = ""


class NotOurs(StepForm):
    answer: Annotated[
        Words,
        Field(
            title="Why it cannot be dealt with here, and who may help",
            description="Whoever sent it reads these words.",
        ),
    ]


class Acknowledge(StepForm):
    answer: Annotated[
        Prose,
        Field(
            title="A word to whoever sent it",
            description="Optional. The letter says by itself that it arrived and what comes next.",
        ),
    ] = ""


class Assign(StepForm):
    person: Annotated[
        Ref,
        Field(
            title="Who looks into it and decides",
            description="Only people who had no part in the matter and no tie to those concerned can be chosen.",
            json_schema_extra={"kind": "select"},
        ),
    ]


class Gather(StepForm):
    text: Annotated[
        Words, Field(title="What was found out", description="Read by those who deal with it only.")
    ]
    document: Annotated[Evidence | None, Field(title="A document"), Optional] = None


class Decide(StepForm):
    outcome: Annotated[Outcome, Field(title="Outcome")]
    answer: Annotated[
        Words,
        Field(
            title="Answer",
            description="Whoever sent it reads these words. Name nobody who need not be named.",
            json_schema_extra={"rows": 8},
        ),
    ]
    reasons: Annotated[
        Words,
        Field(title="Reasons for the file", description="Read by those who deal with it only."),
    ]


class FollowUp(StepForm):
    note: Annotated[
        Words,
        Field(
            title="What was done about it", description="Or why nothing had to be done. Kept in the history."
        ),
    ]


class TakeBack(StepForm):
    reason: Annotated[Prose, Field(title="Why you take it back", description="Optional.")] = ""
