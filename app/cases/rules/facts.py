"""What the guards of a case may look at beside the case itself, gathered in one place and already plain."""

from dataclasses import dataclass, field

from app.kernel.words import _, listed
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
    reviewers: tuple[str, ...] = ()
    """Names of those who may review, gathered when the actor has the role and may not."""
    deciders: tuple[str, ...] = ()
    """Names of those who may decide, gathered likewise."""

    def took_part(self, day: str) -> str:
        """ISO/IEC 17065, 7.5.1 and 7.6.2, to the person it keeps away."""
        return _(
            "You may not do this: you took part in this case on {day}, when you helped to evaluate it. Review and decision are for somebody who did not, so that nobody judges their own work. {who}"
        ).format(day=day, who=self.who_may())

    def who_may(self) -> str:
        """Who may review and decide instead, and what to do next."""
        none = _("nobody at present")
        said = _("Those who may review: {reviewers}. Those who may decide: {deciders}.").format(
            reviewers=listed(list(self.reviewers)) or none, deciders=listed(list(self.deciders)) or none
        )
        if self.reviewers and self.deciders:
            return said + " " + _("Nothing was changed: leave it to one of them.")
        return (
            said
            + " "
            + _("Nothing was changed: ask the certification director to authorise somebody who took no part.")
        )
