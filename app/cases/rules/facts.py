"""What the guards of a case may look at beside the case itself, gathered in one place and already plain."""

from dataclasses import dataclass, field

from app.kernel.workflow import Facts


@dataclass(frozen=True)
class Standing:
    """What licence and accreditation of the certification body allow today."""

    sentence: str
    may_take_new: bool
    may_surveil: bool
    may_issue: bool


@dataclass(frozen=True)
class Member:
    """Somebody on the evaluation team, and what speaks against it today, if anything."""

    person: str
    name: str
    leads: bool
    barred_by: str = ""
    objection_open: bool = False


@dataclass(frozen=True)
class CaseFacts(Facts):
    """Gathered for the actor of the unit, today."""

    standing: Standing | None = None
    missing: tuple[str, ...] = ()
    """What the application still lacks, each in a few words."""
    client_accepted: bool = False
    body_signed: bool = False
    team: tuple[Member, ...] = ()
    audits: int = 0
    required: int = 0
    """How many requirements need a result."""
    recorded: int = 0
    drafts: int = 0
    """Findings written and not yet told to the client."""
    unanswered: int = 0
    """Findings that wait for the client's answer."""
    owed: int = 0
    """Findings for which the client still owes something: an answer, or word that the plan was carried out."""
    to_judge: int = 0
    """Answers that wait for an assessor's verdict."""
    blocking: tuple[str, ...] = ()
    """A sentence for each finding that forbids a decision."""
    open_notes: int = 0
    conflict: str = ""
    """What ties the actor to the client inside the look-back, in words; empty when nothing does."""
    authorised: frozenset[str] = field(default_factory=frozenset)
    """Roles for which the certification body holds a competence authorisation of the actor today."""
