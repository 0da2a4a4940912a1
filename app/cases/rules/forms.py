"""What each step of a case asks for. Every form is flat, so that a page and a JSON body are the same thing."""

from typing import Annotated

from pydantic import Field

from app.cases.rules.states import Check, Kind, Section, Verdict
from app.certificates.rules.workflow import LastsUntil, PublicWords, Reason
from app.kernel.fields import (
    KIND_OF_REASON,
    Email,
    Form,
    Line,
    MaybeDay,
    Optional,
    Prose,
    Ref,
    StepForm,
    Text,
    Words,
)

Refs = Annotated[list[Ref], Field(max_length=500)]
NONE: list[str] = []
"""Nothing chosen; Pydantic copies a default."""
MaybeEmail = Annotated[Email | None, Optional]


class OpenCase(Form):
    """A training service begins an application; everything else can be filled in later."""

    body: Annotated[
        Ref,
        Field(
            title="Certification body",
            description="The licensed body that you want to certify you.",
            json_schema_extra={"kind": "select"},
        ),
    ]
    kind: Annotated[
        Kind,
        Field(title="What the application is for", json_schema_extra={"kind": "select"}),
    ] = Kind.INITIAL
    curricula: Annotated[
        Refs,
        Field(
            title="Curricula to be certified",
            description="Only curriculum versions that you have submitted can be chosen.",
            min_length=1,
        ),
    ]


class OpenFollowUp(Form):
    """The certification body looks again at a certificate there is."""

    certificate: Annotated[
        Line, Field(title="Certificate number", description="Such as NGC-000217-K.", max_length=40)
    ]
    kind: Annotated[Kind, Field(title="Why", json_schema_extra={"kind": "select"})] = Kind.SURVEILLANCE
    reason: Annotated[Words, Field(title="What this case is to look at")]


class SaveApplication(StepForm):
    """The application, saved as it is typed: nothing is required until it is sent."""

    legal_name: Annotated[
        Text,
        Field(
            title="Legal name of the organisation",
            description="As it stands in the register of companies or charities.",
            json_schema_extra={"needed": True, "group": "Who applies", "autocomplete": "organization"},
        ),
    ] = ""
    legal_identity: Annotated[
        Text,
        Field(
            title="What kind of organisation it is, and its number",
            description="For example: charity 1234567, or NHS trust RXX.",
            json_schema_extra={"needed": True, "group": "Who applies"},
        ),
    ] = ""
    sites: Annotated[
        Prose,
        Field(
            title="Where you work",
            description="One address a line: the office, and places where training is held regularly.",
            json_schema_extra={"needed": True, "group": "Who applies"},
        ),
    ] = ""
    curricula: Annotated[
        Refs,
        Field(
            title="Curricula to be certified",
            json_schema_extra={"needed": True, "group": "What is to be certified"},
        ),
    ] = NONE
    specialist_modules: Annotated[
        Prose,
        Field(
            title="Specialist modules",
            description="Modules for certain people or places that not every course contains, one a line.",
            json_schema_extra={"group": "What is to be certified", "rows": 3},
        ),
    ] = ""
    affiliates: Annotated[
        Refs,
        Field(
            title="Affiliates that deliver the training to their own staff",
            json_schema_extra={"group": "What is to be certified"},
        ),
    ] = NONE
    trainers: Annotated[
        Refs,
        Field(
            title="Senior trainers", json_schema_extra={"needed": True, "group": "What is to be certified"}
        ),
    ] = NONE
    outsourced: Annotated[
        Prose,
        Field(
            title="What others do for you",
            description="Parts of the training or of its quality checks that another organisation carries out. Write “none” if there are none.",
            json_schema_extra={"needed": True, "group": "Who else is involved", "rows": 3},
        ),
    ] = ""
    consultant_used: Annotated[
        bool,
        Field(
            title="A certification consultant helped us",
            description="Somebody outside your organisation who helped to prepare for certification.",
            json_schema_extra={"group": "Who else is involved"},
        ),
    ] = False
    consultant_name: Annotated[
        Text,
        Field(title="Name of the consultant", json_schema_extra={"group": "Who else is involved"}),
    ] = ""
    consultant_organisation: Annotated[
        Text,
        Field(
            title="Organisation of the consultant",
            json_schema_extra={"group": "Who else is involved"},
        ),
    ] = ""
    consultant_email: Annotated[
        MaybeEmail,
        Field(
            title="E-mail address of the consultant",
            description="Only used to make sure that the same person does not evaluate or decide your case.",
            json_schema_extra={"group": "Who else is involved", "kind": "email"},
        ),
    ] = None
    notes: Annotated[
        Prose,
        Field(title="Anything else we should know", json_schema_extra={"group": "Who else is involved"}),
    ] = ""


class Declaration(StepForm):
    """Sending the application."""

    true_and_whole: Annotated[
        bool,
        Field(
            title="What the application says is true and complete",
            description="It is kept as it is sent. Later changes are asked for and recorded.",
        ),
    ]


class AskInformation(StepForm):
    question: Annotated[
        Words,
        Field(
            title="What is missing",
            description="The client reads these words. The clock stands still until the answer arrives.",
        ),
    ]


class AnswerInformation(StepForm):
    answer: Annotated[Words, Field(title="Your answer", json_schema_extra={"rows": 8})]


class Decline(StepForm):
    reasons: Annotated[
        Words,
        Field(
            title="Why the application is declined",
            description="The client reads these words, with the way to appeal.",
            json_schema_extra={"rows": 8},
        ),
    ]


class AcceptApplication(StepForm):
    checks: Annotated[
        list[Check],
        Field(title="What was checked", description="Each of these must be true.", max_length=10),
    ]
    note: Annotated[
        Prose, Field(title="Note for the record", description="Optional. The client does not see it.")
    ] = ""


class AcceptAgreement(StepForm):
    """The digest is that of the text on the page: nobody can accept words they were not shown."""

    digest: Annotated[
        str,
        Field(
            title="Fingerprint of the agreement",
            pattern=r"^[0-9a-f]{64}$",
            json_schema_extra={"kind": "hidden"},
        ),
    ]
    entitled: Annotated[
        bool,
        Field(
            title="I may sign for the organisation and accept this agreement",
            description="Your name and the time are recorded with the text.",
        ),
    ]


class SignAgreement(AcceptAgreement):
    """The body signs the very text that the client accepted."""


class Plan(StepForm):
    """Who evaluates, in which ways, when and where."""

    lead: Annotated[Ref, Field(title="Lead assessor", json_schema_extra={"kind": "select"})]
    assessors: Annotated[Refs, Field(title="Assessors")] = NONE
    desk_review_on: Annotated[
        MaybeDay, Field(title="Desk review begins", json_schema_extra={"group": "When"})
    ] = None
    office_visit_on: Annotated[MaybeDay, Field(title="Office visit", json_schema_extra={"group": "When"})] = (
        None
    )
    practice_observation_on: Annotated[
        MaybeDay, Field(title="Practice observation", json_schema_extra={"group": "When"})
    ] = None
    panel_on: Annotated[MaybeDay, Field(title="Panel", json_schema_extra={"group": "When"})] = None
    place: Annotated[
        Text,
        Field(
            title="Where the visit or observation takes place",
            description="Optional. The client sees it.",
            json_schema_extra={"group": "When"},
        ),
    ] = ""


class ObjectToTeam(StepForm):
    person: Annotated[Ref, Field(title="To whom you object", json_schema_extra={"kind": "select"})]
    reason: Annotated[
        Words,
        Field(
            title="Why",
            description="For example: earlier work for you or for a competitor. The certification body answers you.",
        ),
    ]


class AnswerObjection(StepForm):
    person: Annotated[Ref, Field(title="Whom the objection is about", json_schema_extra={"kind": "select"})]
    answer: Annotated[
        Words,
        Field(
            title="Your answer to the client",
            description="To give way to the objection, plan again with somebody else.",
        ),
    ]


class Complete(StepForm):
    """The lead assessor's report ends with a recommendation (ISO/IEC 17065, 7.4.9)."""

    verdict: Annotated[Verdict, Field(title="What you recommend", json_schema_extra={"kind": "select"})]
    report: Annotated[Words, Field(title="In a few sentences, why", json_schema_extra={"rows": 10})]


class ReviewNoteForm(StepForm):
    section: Annotated[Section, Field(title="Part of the case", json_schema_extra={"kind": "select"})]
    text: Annotated[Words, Field(title="Note", description="Read inside the certification body only.")]


class CloseNote(StepForm):
    note: Annotated[Ref, Field(title="Which note", json_schema_extra={"kind": "select"})]
    answer: Annotated[Words, Field(title="How it was resolved")]


class ReturnToEvaluation(StepForm):
    reasons: Annotated[
        Words,
        Field(title="What is to be looked at again", description="Read inside the certification body only."),
    ]


class Recommend(StepForm):
    """The review ends: every part was looked at, and this is what the reviewer recommends."""

    sections: Annotated[
        list[Section],
        Field(title="Parts you have reviewed", description="All of them are needed.", max_length=10),
    ]
    verdict: Annotated[Verdict, Field(title="What you recommend", json_schema_extra={"kind": "select"})]
    reasons: Annotated[Words, Field(title="In a few sentences, why")]


class Decide(StepForm):
    """A decision that gives no certificate: on the whole case, with its reasons."""

    reasons: Annotated[
        Words,
        Field(
            title="Reasons",
            description="The client reads these words. They are never public.",
            json_schema_extra={"rows": 8},
        ),
    ]


class Grant(StepForm):
    """A decision to certify, curriculum by curriculum."""

    granted: Annotated[
        Refs,
        Field(
            title="Granted for",
            description="A curriculum that is neither granted nor deferred is refused.",
            min_length=1,
        ),
    ]
    deferred: Annotated[
        Refs, Field(title="Deferred", description="Decided later, in a case of their own.")
    ] = NONE
    starts_on: Annotated[
        MaybeDay, Field(title="Valid from", description="Leave it empty for today. Never before today.")
    ] = None
    reasons: Annotated[
        Words,
        Field(
            title="Reasons",
            description="The client reads these words. They are never public.",
            json_schema_extra={"rows": 8},
        ),
    ]


class DecideOnCertificate(Decide):
    """A decision on a certificate there is; the public reads one plain sentence, never the reasons."""

    reason_code: Annotated[Reason, KIND_OF_REASON]
    public_text: PublicWords = ""


class SuspendCertificate(DecideOnCertificate):
    ends_when: Annotated[Words, Field(title="What ends the suspension", description="The public reads it.")]
    limit_on: LastsUntil
    contact: Annotated[
        Line, Field(title="Whom the client may ask", description="A name and how to reach that person.")
    ]


class ReduceCertificate(DecideOnCertificate):
    removed: Annotated[Refs, Field(title="Curricula taken off the certificate", min_length=1)]


class TakeBack(StepForm):
    reason: Annotated[
        Prose,
        Field(
            title="Why you take the application back",
            description="Optional. The certification body reads it.",
        ),
    ] = ""
