"""What may happen to a certificate after the decision: steps, forms, reasons and guards."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from app.certificates.rules.statement import SectionFound
from app.certificates.rules.status import Status
from app.kernel.actor import Actor
from app.kernel.fields import KIND_OF_REASON, Day, Line, Prose, Ref, StepForm, Words
from app.kernel.words import _, in_words
from app.kernel.workflow import Facts, Step, Workflow
from app.permissions import Permission as P

LIST_LENGTH: Final = 131_072
"""Places of one status list; each version of a certificate takes one at random."""


@dataclass(frozen=True)
class Grant:
    """What a decision to certify hands over; `items` are ids of curriculum versions, `term_months` is the rule pack's."""

    case_ref: str
    holder_id: int
    service_id: int
    body_id: int
    edition: str
    rule_pack: str
    items: tuple[int, ...]
    sections: tuple[SectionFound, ...]
    decided_on: date
    decision_ref: str
    starts_on: date
    term_months: int
    affiliates: int = 0
    case_thread: str = ""
    """The history of the case, so that whoever evaluated it is known here too."""


class Reason(StrEnum):
    """Why a status changed; never public by itself."""

    NONCONFORMITY = "nonconformity"
    CONDITIONS_NOT_MET = "conditions_not_met"
    MARK_MISUSED = "mark_misused"
    SURVEILLANCE_PREVENTED = "surveillance_prevented"
    RESOLVED = "resolved"
    ASKED_BY_THE_HOLDER = "asked_by_the_holder"
    BODY_CHANGED = "body_changed"
    OTHER = "other"


PublicWords = Annotated[
    Prose,
    Field(
        title="What the public will read",
        description="Optional. Left empty, the register says it in its own neutral words.",
        json_schema_extra={"rows": 3},
    ),
]
LastsUntil = Annotated[
    Day, Field(title="It may last until", description="After this day the certificate has to be withdrawn.")
]


class ChangeStatus(StepForm):
    """One change of status: from when, why, what the public reads, what stays private."""

    effective_on: Annotated[
        Day, Field(title="From which day", description="The day itself counts. Today or earlier.")
    ]
    reason_code: Annotated[Reason, KIND_OF_REASON]
    public_text: PublicWords = ""
    private_text: Annotated[
        Prose,
        Field(title="Reasons in full", description="Optional. Read by the body, the holder and RRN only."),
    ] = ""


class Suspend(ChangeStatus):
    """A suspension says what ends it, until when at most, and whom the holder may ask."""

    ends_when: Annotated[
        Words,
        Field(
            title="What ends the suspension",
            description="In words the holder can act on. The public reads it.",
        ),
    ]
    limit_on: LastsUntil
    contact: Annotated[
        Line, Field(title="Whom the holder may ask", description="A name and how to reach that person.")
    ]


_Curricula = Annotated[list[Ref], Field(title="Which curricula", min_length=1, max_length=500)]


class SuspendCurricula(Suspend):
    """The suspension of some of the curricula; the others stay certified."""

    curricula: _Curricula


class ReinstateCurricula(ChangeStatus):
    """The end of the suspension of some of the curricula."""

    curricula: _Curricula


class Reduce(ChangeStatus):
    """Curricula that are taken off the certificate for good."""

    curricula: _Curricula


@dataclass(frozen=True)
class CertificateFacts(Facts):
    """What the guards of a certificate look at beside the certificate."""

    may_issue: bool = False
    licence: str = ""
    """Where the body's licence stands, as a sentence."""
    certified: int = 0
    """Curricula on it that are certified today."""
    suspended: int = 0
    """Curricula on it that are suspended by themselves."""
    reduced: bool = False
    """Whether curricula were taken off it for good."""


def was_reduced(facts: CertificateFacts) -> bool:
    """A reduced certificate comes back from a suspension as what it was: it never covers again what was taken off."""
    return facts.reduced


def licence_covers_today(_certificate: object, _actor: Actor, facts: CertificateFacts) -> str | None:
    if facts.may_issue:
        return None
    return _("{licence} So nothing can be certified today; nothing was changed.").format(
        licence=facts.licence
    )


def several_are_certified(_certificate: object, _actor: Actor, facts: CertificateFacts) -> str | None:
    if facts.certified > 1:
        return None
    return _(
        "Only one curriculum on it is certified: suspend the whole certificate instead. Nothing was changed."
    )


def some_are_suspended(_certificate: object, _actor: Actor, facts: CertificateFacts) -> str | None:
    if facts.suspended:
        return None
    return _("None of its curricula is suspended by itself. Nothing was changed.")


def several_are_on_it(_certificate: object, _actor: Actor, facts: CertificateFacts) -> str | None:
    if facts.certified + facts.suspended > 1:
        return None
    return _("Only one curriculum is left on it: withdraw the certificate instead. Nothing was changed.")


def did_not_evaluate(_certificate: object, actor: Actor, facts: CertificateFacts) -> str | None:
    """ISO/IEC 17065, 7.6.2 and 7.11.5: who evaluated does not decide, now as at the beginning."""
    for done in facts.past:
        if done.person == actor.id and done.kind.startswith(("audit.", "finding.")):
            return _(
                "You may not do this: you took part in the evaluation on {day}, and this must be decided by somebody who did not. Nothing was changed."
            ).format(day=in_words(done.on))
    return None


def neutral_words(status: Status, day: date, before: Status | None = None) -> str:
    """What the public reads when nobody wrote anything: the status and the day, and nobody's fault."""
    said = in_words(day)
    if before is Status.SUSPENDED and status is Status.REDUCED:
        return _("Certified again from {day}, for the curricula that are left on the certificate.").format(
            day=said
        )
    return {
        Status.SUSPENDED: _(
            "Suspended from {day}. While it is suspended, nobody may say that this training is certified."
        ),
        Status.ACTIVE: _("Certified again from {day}."),
        Status.REDUCED: _("From {day} the certificate covers fewer curricula."),
        Status.WITHDRAWN: _("Withdrawn from {day}. This training is no longer certified under this number."),
        Status.TERMINATED: _("Ended from {day}, as the training service asked."),
        Status.TRANSFERRED: _("Passed on to another certification body from {day}."),
        Status.SUPERSEDED: _("A newer certificate took its place on {day}."),
    }[status].format(day=said)


_S = Status
_DO = P.CERTIFICATE_STATUS
_LIVE = (_S.ACTIVE, _S.REDUCED)
_HELD = (*_LIVE, _S.SUSPENDED)
CERTIFICATE = Workflow(
    "certificate",
    (
        Step("activate", "published", (_S.GRANTED,), _S.ACTIVE, P.REGISTER_CONTINUE, guards=(licence_covers_today,), command=True, quiet=True, clause="7.8"),
        Step("suspend", "suspended", _LIVE, _S.SUSPENDED, _DO, form=Suspend, guards=(did_not_evaluate,), command=True, danger=True, clause="7.11.1", label="Suspend the certificate"),
        Step("reinstate", "reinstated", (_S.SUSPENDED,), _S.ACTIVE, _DO, form=ChangeStatus, guards=(did_not_evaluate, licence_covers_today), instead=(_S.REDUCED, was_reduced), command=True, clause="7.11.6", label="End the suspension"),
        Step("suspend-curricula", "curricula_suspended", _LIVE, _S.ACTIVE, _DO, stays=True, form=SuspendCurricula, guards=(several_are_certified, did_not_evaluate), command=True, danger=True, clause="7.11.1", label="Suspend some curricula"),
        Step("reinstate-curricula", "curricula_reinstated", _LIVE, _S.ACTIVE, _DO, stays=True, form=ReinstateCurricula, guards=(some_are_suspended, did_not_evaluate, licence_covers_today), command=True, clause="7.11.6", label="End the suspension of some curricula"),
        Step("reduce", "reduced", _LIVE, _S.REDUCED, _DO, form=Reduce, guards=(several_are_on_it, did_not_evaluate), command=True, danger=True, clause="7.11.1", label="Take curricula off the certificate"),
        Step("withdraw", "withdrawn", (_S.GRANTED, *_HELD), _S.WITHDRAWN, _DO, form=ChangeStatus, guards=(did_not_evaluate,), command=True, danger=True, clause="7.11.1", label="Withdraw the certificate"),
        Step("terminate", "terminated", _HELD, _S.TERMINATED, _DO, form=ChangeStatus, command=True, danger=True, clause="7.11.4", label="End it as the holder asked"),
        Step("transfer", "transferred", _HELD, _S.TRANSFERRED, _DO, form=ChangeStatus, command=True, danger=True, clause="7.11.1", label="Pass it on to another body"),
        Step("supersede", "superseded", _HELD, _S.SUPERSEDED, P.REGISTER_CONTINUE, command=True, quiet=True, clause="7.8"),
    ),
)  # fmt: skip
