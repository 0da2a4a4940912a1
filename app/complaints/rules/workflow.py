"""The one table that complaints, appeals and concerns go through (ISO/IEC 17065, 7.13)."""

from dataclasses import dataclass
from typing import Any

from app.complaints.rules import forms as f
from app.complaints.rules.states import GIVEN, UNDECIDED, Matter, State
from app.kernel.actor import Actor
from app.kernel.words import _
from app.kernel.workflow import Facts, Step, Workflow
from app.permissions import Permission as P


@dataclass(frozen=True)
class ComplaintFacts(Facts):
    """What the guards of a complaint look at beside the complaint."""

    involved: str = ""
    """What ties the actor to the matter, in words; empty when nothing does."""
    gathered: int = 0
    """How many notes there are on it."""


def actor_is_uninvolved(_row: Any, _actor: Actor, facts: ComplaintFacts) -> str | None:
    """ISO/IEC 17065, 7.13.5 and 7.13.6; domain, invariant 8."""
    if not facts.involved:
        return None
    return _(
        "You may not do this: {why}. Somebody who had no part in it and no tie must. Nothing was changed."
    ).format(why=facts.involved)


def actor_was_given_it(row: Any, actor: Actor, _facts: ComplaintFacts) -> str | None:
    if row.handler == actor.id:
        return None
    return _("{name} was asked to look into this, so this is for them to do. Nothing was changed.").format(
        name=row.handler_name
    )


def is_no_appeal(row: Any, _actor: Actor, _facts: ComplaintFacts) -> str | None:
    """Only the body whose decision it was can decide anew (ISO/IEC 17065, 7.13.2)."""
    if row.matter is not Matter.APPEAL:
        return None
    return _(
        "An appeal stays with the certification body that made the decision. Nothing was changed: give it to somebody who had no part in it."
    )


def something_is_gathered(_row: Any, _actor: Actor, facts: ComplaintFacts) -> str | None:
    if facts.gathered:
        return None
    return _("Nothing was written down yet. Nothing was changed: note first what you found out.")


_S = State
_MINE = (actor_was_given_it, actor_is_uninvolved)
COMPLAINT = Workflow(
    "complaint",
    (
        Step("accept", "taken_on", (_S.RECEIVED,), _S.OURS, P.COMPLAINT_OFFICE, clause="7.13.2", label="Take it on: it is ours"),
        Step("pass-on", "passed_on", (_S.RECEIVED, _S.OURS), _S.RECEIVED, P.COMPLAINT_OFFICE, form=f.PassOn, guards=(is_no_appeal,), command=True, clause="7.13.2", label="Pass it on to whose it is"),
        Step("not-ours", "not_ours", (_S.RECEIVED,), _S.NOT_OURS, P.COMPLAINT_OFFICE, form=f.NotOurs, guards=(is_no_appeal, actor_is_uninvolved), command=True, clause="7.13.2", label="Say that nobody here can deal with it", danger=True),
        Step("acknowledge", "acknowledged", (_S.OURS,), _S.ACKNOWLEDGED, P.COMPLAINT_OFFICE, form=f.Acknowledge, clause="7.13.3", label="Acknowledge it"),
        Step("assign", "assigned", GIVEN, _S.GATHERING, P.COMPLAINT_OFFICE, form=f.Assign, command=True, clause="7.13.5", label="Give it to somebody uninvolved"),
        Step("note", "noted", (_S.GATHERING, _S.GATHERED), _S.GATHERING, P.COMPLAINT_DECIDE, form=f.Gather, guards=_MINE, command=True, clause="7.13.4", label="Note what was found out"),
        Step("complete", "gathered", (_S.GATHERING,), _S.GATHERED, P.COMPLAINT_DECIDE, guards=(*_MINE, something_is_gathered), clause="7.13.4", label="Everything needed is there"),
        Step("decide", "decided", (_S.GATHERED,), _S.DECIDED, P.COMPLAINT_DECIDE, form=f.Decide, guards=_MINE, command=True, clause="7.13.5", label="Decide it"),
        Step("outcome-sent", "outcome_sent", (_S.DECIDED,), _S.OUTCOME_SENT, P.REGISTER_CONTINUE, clause="7.13.7", label="Record that the outcome was sent", quiet=True),
        Step("follow-up", "followed_up", (_S.OUTCOME_SENT,), _S.FOLLOWED_UP, P.COMPLAINT_OFFICE, form=f.FollowUp, command=True, clause="7.13.9", label="Say what was done, and close it"),
        Step("take-back", "taken_back", UNDECIDED, _S.TAKEN_BACK, P.APPEAL_MAKE, form=f.TakeBack, command=True, clause="7.13", label="Take it back", danger=True),
    ),
)  # fmt: skip
