"""RRN's licence to a certification body and the accreditation behind it: states, steps, forms, and what follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Protocol, TypeVar

from pydantic import Field

from app.kernel.actor import Actor
from app.kernel.fields import KIND_OF_REASON, Day, Form, Prose, Ref, StepForm, Words
from app.kernel.fields import Line as OneLine
from app.kernel.words import _
from app.kernel.workflow import Facts, Step, Workflow
from app.permissions import Permission as P


class LicenceState(StrEnum):
    """Where a licence stands; `expired` is derived from its dates and never stored."""

    APPLIED = "applied"
    CHECKED = "checked"
    LICENSED = "licensed"
    ON_WATCH = "on_watch"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    RESIGNED = "resigned"
    DECLINED = "declined"


class AccreditationState(StrEnum):
    """Where UKAS accreditation to ISO/IEC 17065 stands, as UKAS publishes it."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class LicenceReason(StrEnum):
    """Why a licence changed, in a word the public may read."""

    GRANTED = "granted"
    RENEWED = "renewed"
    OVERSIGHT_CONCERN = "oversight_concern"
    ACCREDITATION_LOST = "accreditation_lost"
    AGREEMENT_BROKEN = "agreement_broken"
    CONCERN_RESOLVED = "concern_resolved"
    ASKED_BY_THE_BODY = "asked_by_the_body"
    OTHER = "other"


IN_FORCE = (LicenceState.LICENSED, LicenceState.ON_WATCH)
RUNNING = (*IN_FORCE, LicenceState.SUSPENDED)
OVER = (LicenceState.WITHDRAWN, LicenceState.RESIGNED, LicenceState.DECLINED)


class NewLicence(Form):
    """A certification body asks RRN for a licence."""

    body: Annotated[Ref, Field(title="Certification body", json_schema_extra={"kind": "select"})]
    note: Annotated[
        Prose,
        Field(title="What came with the application", description="Optional. RRN and the body read it."),
    ] = ""


class Checked(StepForm):
    """RRN has looked at the application."""

    private_text: Annotated[
        Words,
        Field(
            title="What was checked, and what was found",
            description="Read by RRN and the certification body only.",
        ),
    ]


class Change(StepForm):
    """One change of status: from when, why, what the public reads, what stays private."""

    effective_on: Annotated[
        Day, Field(title="From which day", description="The day itself counts. Not before the last change.")
    ]
    reason_code: Annotated[LicenceReason, KIND_OF_REASON]
    public_text: Annotated[
        Words,
        Field(
            title="What the public will read",
            description="One or two plain sentences. They stay in the register for good.",
        ),
    ]
    private_text: Annotated[
        Prose,
        Field(title="Reasons in full", description="Optional. Read by RRN and the certification body only."),
    ] = ""


class Terms(StepForm):
    """What RRN and the body agreed: from when, until when, for which editions."""

    effective_on: Annotated[Day, Field(title="Licensed from", description="The first day of the licence.")]
    to_on: Annotated[Day, Field(title="Licensed until", description="The last day of the licence.")]
    editions: Annotated[list[OneLine], Field(title="Editions of the Standards", min_length=1, max_length=20)]
    agreement_digest: Annotated[
        str,
        Field(
            title="Digest of the signed agreement",
            description="SHA-256, 64 characters, of the file both sides signed.",
            pattern=r"^[0-9a-f]{64}$",
        ),
    ]
    royalty_percent: Annotated[int, Field(title="Royalty, per cent", ge=0, le=100)]
    public_text: Annotated[
        Prose,
        Field(
            title="What the public will read",
            description="Optional. Left empty, the register says it in its own words.",
        ),
    ] = ""
    private_text: Annotated[
        Prose,
        Field(
            title="Note for the record", description="Optional. Read by RRN and the certification body only."
        ),
    ] = ""


class NewAccreditation(Form):
    """What UKAS says about the body."""

    ukas_number: Annotated[
        OneLine,
        Field(
            title="UKAS number",
            description="As UKAS prints it on the schedule of accreditation.",
            max_length=20,
        ),
    ]
    scope: Annotated[
        OneLine, Field(title="Scope", description="In a few words: what UKAS accredited the body for.")
    ]
    from_on: Annotated[Day, Field(title="Accredited from")]
    to_on: Annotated[
        Day | None, Field(title="Accredited until", description="Leave it empty when UKAS names no end.")
    ] = None


class AccreditationChange(StepForm):
    """UKAS changed something, and where it says so."""

    effective_on: Annotated[Day, Field(title="From which day", description="The day UKAS names.")]
    public_text: Annotated[Words, Field(title="What the public will read", description="One plain sentence.")]
    private_text: Annotated[
        Prose,
        Field(
            title="Where UKAS says so", description="Optional. Read by RRN and the certification body only."
        ),
    ] = ""


class AccreditationTerms(AccreditationChange):
    """UKAS prolonged the accreditation or changed its scope."""

    scope: Annotated[OneLine, Field(title="Scope")]
    to_on: Annotated[
        Day | None, Field(title="Accredited until", description="Leave it empty when UKAS names no end.")
    ] = None


@dataclass(frozen=True)
class LicenceFacts(Facts):
    """What the guards of a licence look at beside the licence."""

    accredited: bool = False


def accreditation_is_live(_licence: object, _actor: Actor, facts: LicenceFacts) -> str | None:
    if facts.accredited:
        return None
    return _(
        "UKAS accreditation is not in force today, and RRN licenses accredited bodies only. Record the accreditation first; nothing was changed."
    )


def apply_terms(licence: "LicenceRow", form: Terms) -> None:
    """Take over what was agreed."""
    licence.from_on = licence.from_on or form.effective_on
    licence.to_on, licence.editions = form.to_on, sorted(form.editions)
    licence.agreement_digest, licence.royalty_percent = form.agreement_digest, form.royalty_percent


def apply_accreditation(accreditation: "AccreditationRow", form: AccreditationTerms) -> None:
    """Take over what UKAS changed."""
    accreditation.scope, accreditation.to_on = form.scope, form.to_on


_L = LicenceState
_DO = P.LICENCE_MANAGE
LICENCE = Workflow(
    "licence",
    (
        Step("check", "checked", (_L.APPLIED,), _L.CHECKED, _DO, form=Checked, command=True, label="Record the check"),
        Step(
            "license", "licensed", (_L.CHECKED,), _L.LICENSED, _DO, form=Terms, apply=apply_terms, guards=(accreditation_is_live,),
            command=True, label="License this body",
        ),
        Step("renew", "renewed", (_L.LICENSED,), _L.LICENSED, _DO, form=Terms, apply=apply_terms, guards=(accreditation_is_live,), command=True, label="Renew the licence"),
        Step("watch", "watched", (_L.LICENSED,), _L.ON_WATCH, _DO, form=Change, command=True, label="Put on watch"),
        Step("clear", "cleared", (_L.ON_WATCH,), _L.LICENSED, _DO, form=Change, command=True, label="End the watch"),
        Step("reinstate", "reinstated", (_L.SUSPENDED,), _L.LICENSED, _DO, form=Change, guards=(accreditation_is_live,), command=True, label="Reinstate the licence"),
        Step("suspend", "suspended", IN_FORCE, _L.SUSPENDED, _DO, form=Change, command=True, label="Suspend the licence", danger=True),
        Step("withdraw", "withdrawn", RUNNING, _L.WITHDRAWN, _DO, form=Change, command=True, label="Withdraw the licence", danger=True),
        Step("resign", "resigned", RUNNING, _L.RESIGNED, _DO, form=Change, command=True, label="Record a resignation", danger=True),
        Step("decline", "declined", (_L.APPLIED, _L.CHECKED), _L.DECLINED, _DO, form=Checked, command=True, label="Decline the application", danger=True),
    ),
)  # fmt: skip

_A = AccreditationState
ACCREDITATION = Workflow(
    "accreditation",
    (
        Step("renew", "renewed", (_A.ACTIVE,), _A.ACTIVE, _DO, form=AccreditationTerms, apply=apply_accreditation, command=True, label="Record new dates or scope"),
        Step("restore", "restored", (_A.SUSPENDED,), _A.ACTIVE, _DO, form=AccreditationChange, command=True, label="Record that UKAS restored it"),
        Step("suspend", "suspended", (_A.ACTIVE,), _A.SUSPENDED, _DO, form=AccreditationChange, command=True, label="Record that UKAS suspended it", danger=True),
        Step("withdraw", "withdrawn", (_A.ACTIVE, _A.SUSPENDED), _A.WITHDRAWN, _DO, form=AccreditationChange, command=True, label="Record that UKAS withdrew it", danger=True),
    ),
)  # fmt: skip


class LicenceRow(Protocol):
    """The fields of a licence that its terms fill."""

    from_on: date | None
    to_on: date | None
    editions: list[str]
    agreement_digest: str
    royalty_percent: int


class AccreditationRow(Protocol):
    """The fields of an accreditation that change."""

    scope: str
    to_on: date | None


class Line(Protocol):
    """One line of a history of states."""

    id: int
    effective_on: date
    to_on: date | None


class LicenceLine(Line, Protocol):
    """One line of the history of a licence."""

    status: LicenceState


class AccreditationLine(Line, Protocol):
    """One line of the history of an accreditation."""

    status: AccreditationState


AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass(frozen=True)
class Standing:
    """What a certification body may do on one day, and one sentence that says so."""

    on: date
    licence_ref: str | None
    status: str
    """A LicenceState, `expired`, `not_yet`, `accreditation_suspended`, `not_accredited` or `none`."""
    sentence: str
    ukas_number: str
    may_take_new: bool
    """New agreements and initial decisions."""
    may_surveil: bool
    """Surveillance of clients it already has, and taking rights away."""
    may_issue: bool
    """Certificates, new or as a new version."""
    editions: tuple[str, ...]


def line_on(lines: Iterable[AnyLine], day: date) -> AnyLine | None:
    """The line of a history that counts on a day: of those that have taken effect, the last recorded."""
    return max((line for line in lines if line.effective_on <= day), key=lambda line: line.id, default=None)


def is_over(line: Line, day: date) -> bool:
    """Whether the term that line speaks of has ended; its last day still counts."""
    return line.to_on is not None and line.to_on < day


def accredited(line: AccreditationLine | None, day: date) -> str:
    """`active`, `suspended` or `not_accredited` on that day."""
    if line is None or is_over(line, day) or line.status is AccreditationState.WITHDRAWN:
        return "not_accredited"
    return str(line.status.value)


def status_of(licence: LicenceLine | None, accreditation: AccreditationLine | None, day: date) -> str:
    """The one word for a body on a day: what its licence says, unless UKAS took away what the licence rests on."""
    if licence is None:
        return "none"
    if licence.status in RUNNING and is_over(licence, day):
        return "expired"
    held = accredited(accreditation, day)
    if licence.status in RUNNING and held == "not_accredited":
        return held
    if licence.status in IN_FORCE and held == "suspended":
        return "accreditation_suspended"
    return str(licence.status.value)


MAY_DO_ALL = frozenset({"licensed", "on_watch"})
MAY_SURVEIL = MAY_DO_ALL | {"suspended", "accreditation_suspended"}


def meaning(status: str) -> str:
    """What a status means for the body's work, as a sentence."""
    return {
        "licensed": _("It may take new clients, decide and issue certificates."),
        "on_watch": _(
            "It may take new clients, decide and issue certificates; RRN is watching its work more closely."
        ),
        "suspended": _(
            "No new agreements, no initial decisions and no certificates; surveillance of its clients goes on, and they are offered a transfer."
        ),
        "accreditation_suspended": _(
            "UKAS suspended its accreditation: no new agreements, no initial decisions and no certificates; surveillance of its clients goes on."
        ),
        "not_accredited": _(
            "It is not accredited by UKAS on this day, so it may neither decide nor issue certificates."
        ),
        "expired": _("Its licence ran out, so it may neither decide nor issue certificates."),
        "withdrawn": _("Its licence was withdrawn, so it may neither decide nor issue certificates."),
        "resigned": _("It gave its licence back, so it may neither decide nor issue certificates."),
    }.get(status, _("It is not licensed on this day, so it may neither decide nor issue certificates."))
