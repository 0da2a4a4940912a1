"""The states of a case, the words of its closed lists, and where each state stands among the seven stages."""

from enum import StrEnum

from app.standards.rules import AuditKind


class Kind(StrEnum):
    """Why there is a case."""

    INITIAL = "initial"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"
    SCOPE_CHANGE = "scope_change"
    TRANSFER = "transfer"
    SPECIAL = "special"

    @property
    def grants(self) -> bool:
        """Whether it can end in a certificate; the other kinds end in a decision on the one there is."""
        return self not in (Kind.SURVEILLANCE, Kind.SPECIAL)

    @property
    def is_new(self) -> bool:
        """Whether a suspended licence forbids it: new agreements and first decisions (domain, section 4)."""
        return self in (Kind.INITIAL, Kind.TRANSFER)


KIND_WORDS: dict[Kind, str] = {
    Kind.INITIAL: "First certification",
    Kind.SURVEILLANCE: "Surveillance",
    Kind.RECERTIFICATION: "Recertification",
    Kind.SCOPE_CHANGE: "Change of what is certified",
    Kind.TRANSFER: "Transfer from another certification body",
    Kind.SPECIAL: "Special evaluation",
}
"""What a kind of case is called on pages."""


class State(StrEnum):
    """Where a case is (ISO/IEC 17065, clause 7; domain, section 4)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_APPLICATION_REVIEW = "under_application_review"
    INFORMATION_REQUESTED = "information_requested"
    DECLINED = "declined"
    AGREEMENT_PENDING = "agreement_pending"
    AGREEMENT_IN_FORCE = "agreement_in_force"
    PLANNED = "planned"
    IN_EVALUATION = "in_evaluation"
    FINDINGS_ISSUED = "findings_issued"
    CLIENT_RESPONSE = "client_response"
    EVALUATION_COMPLETE = "evaluation_complete"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    GRANTED = "granted"
    REFUSED = "refused"
    MAINTAINED = "maintained"
    REDUCED = "reduced"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    ENDED = "certificate_withdrawn"
    REFUSED_NOTICE = "refused_notice"
    CERTIFICATE_ISSUED = "certificate_issued"
    WITHDRAWN = "withdrawn_by_client"
    CLOSED = "closed"


DECIDED = frozenset(
    {
        State.GRANTED,
        State.REFUSED,
        State.MAINTAINED,
        State.REDUCED,
        State.SUSPENDED,
        State.RESTORED,
        State.ENDED,
    }
)
"""States that a decision leads to."""

OVER = frozenset(
    {
        *DECIDED,
        State.REFUSED_NOTICE,
        State.CERTIFICATE_ISSUED,
        State.DECLINED,
        State.WITHDRAWN,
        State.CLOSED,
    }
)
"""Nobody works on the certification any more; what is left is telling and filing."""

EVALUATING = (State.IN_EVALUATION, State.FINDINGS_ISSUED, State.CLIENT_RESPONSE)
"""The evaluators are at work, or wait for the client's answers."""

OPEN = tuple(state for state in State if state not in OVER)
"""A client may still take the application back."""


def pack_state(state: State) -> str:
    """The word by which rule packs know a state: one for all decisions, and the end for a case taken back."""
    if state in DECIDED:
        return "decided"
    return "closed" if state is State.WITHDRAWN else state.value


class Outcome(StrEnum):
    """What was decided on one thing applied for."""

    GRANTED = "granted"
    REFUSED = "refused"
    DEFERRED = "deferred"


class Verdict(StrEnum):
    """What an evaluator or a reviewer recommends to the decision maker."""

    GRANT = "grant"
    GRANT_IN_PART = "grant_in_part"
    REFUSE = "refuse"
    MAINTAIN = "maintain"
    REDUCE = "reduce"
    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw_the_certificate"


class TeamRole(StrEnum):
    """What somebody does on the evaluation team."""

    LEAD = "lead_assessor"
    ASSESSOR = "assessor"


class Section(StrEnum):
    """The parts of a case that the review goes through (ISO/IEC 17065, 7.5)."""

    APPLICATION = "application"
    AGREEMENT = "agreement"
    TEAM = "team"
    RESULTS = "results_and_evidence"
    FINDINGS = "findings"
    ANSWERS = "answers_to_findings"
    RECOMMENDATION = "recommendation"


class Check(StrEnum):
    """What must be true before an application is accepted (ISO/IEC 17065, 7.3.1, in our own words)."""

    CLEAR = "clear"
    AGREED = "agreed"
    SCOPE = "scope"
    MEANS = "means"
    COMPETENT = "competent"


CHECK_WORDS: dict[Check, str] = {
    Check.CLEAR: "What we know of the applicant and of the training is enough to evaluate it.",
    Check.AGREED: "Nothing is left on which the applicant and we understand something different.",
    Check.SCOPE: "It is clear which curricula, settings, people and nations the certificate is to cover.",
    Check.MEANS: "We have the time and the means to carry out the evaluation.",
    Check.COMPETENT: "We have people who know this kind of training and are free of conflicts of interest.",
}

AUDIT_ORDER = (
    AuditKind.DESK_REVIEW,
    AuditKind.OFFICE_VISIT,
    AuditKind.PRACTICE_OBSERVATION,
    AuditKind.PANEL,
)
