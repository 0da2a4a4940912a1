"""What can be complained of, the states a complaint goes through, and the words for both."""

import secrets
from enum import StrEnum

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Nobody misreads any of these for another."""
CODE_LETTERS, CODE_GROUP = 30, 5


class Matter(StrEnum):
    """What somebody brings."""

    APPEAL = "appeal"
    TRAINING = "training"
    FALSE_CLAIM = "false_claim"
    MISUSE = "misuse"
    BODY = "body"
    OTHER = "other"


MATTER_WORDS: dict[Matter, str] = {
    Matter.APPEAL: "Appeal",
    Matter.TRAINING: "Complaint about certified training",
    Matter.FALSE_CLAIM: "Concern: a claim that may be false",
    Matter.MISUSE: "Concern: wrong use of the mark",
    Matter.BODY: "Complaint about a certification body",
    Matter.OTHER: "Concern",
}
"""What a matter is called on pages."""
REPORTS: dict[Matter, str] = {
    Matter.TRAINING: "Training that is certified, or those who give it",
    Matter.FALSE_CLAIM: "Somebody says that they are certified, and I doubt it",
    Matter.MISUSE: "The logo or the words of the scheme are used wrongly",
    Matter.BODY: "A certification body: how it worked or decided",
    Matter.OTHER: "Something else about the scheme",
}
"""What anybody may report, in the words of the form; an appeal begins at the decision it is against."""


class State(StrEnum):
    """Where a complaint is (ISO/IEC 17065, 7.13; domain, section 4)."""

    RECEIVED = "received"
    OURS = "taken_on"
    ACKNOWLEDGED = "acknowledged"
    GATHERING = "being_gathered"
    GATHERED = "gathered"
    DECIDED = "decided"
    OUTCOME_SENT = "outcome_sent"
    FOLLOWED_UP = "followed_up"
    NOT_OURS = "not_ours"
    TAKEN_BACK = "taken_back"


OVER = frozenset({State.FOLLOWED_UP, State.NOT_OURS, State.TAKEN_BACK})
"""Nobody has anything to do any more."""
UNDECIDED = (State.RECEIVED, State.OURS, State.ACKNOWLEDGED, State.GATHERING, State.GATHERED)
"""Whoever sent it may still take it back."""
TO_ACKNOWLEDGE = (State.RECEIVED, State.OURS)
"""The clock of the acknowledgement runs."""
GIVEN = (State.ACKNOWLEDGED, State.GATHERING, State.GATHERED)
"""It can be given to somebody, or to somebody else."""
PROGRESS: dict[State, str] = {
    State.RECEIVED: "{desk} has received it and looks whether it is theirs to deal with.",
    State.OURS: "{desk} has taken it on.",
    State.ACKNOWLEDGED: "{desk} has acknowledged it. It goes to somebody who had no part in the matter.",
    State.GATHERING: "Somebody at {desk} who had no part in the matter gathers what is needed to decide.",
    State.GATHERED: "Everything that is needed is there. It is decided next.",
    State.DECIDED: "It is decided. The outcome is being sent.",
    State.OUTCOME_SENT: "It is decided. {desk} sees to what follows from it.",
    State.FOLLOWED_UP: "It is decided, and what followed from it is done.",
    State.NOT_OURS: "{desk} cannot deal with it.",
    State.TAKEN_BACK: "It was taken back by whoever sent it.",
}
"""What whoever sent it reads."""


class Outcome(StrEnum):
    """What was decided."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


def new_code() -> str:
    """What follows a report beside its reference: 148 random bits in six groups that can be read aloud."""
    letters = "".join(secrets.choice(ALPHABET) for _unused in range(CODE_LETTERS))
    return "-".join(letters[at : at + CODE_GROUP] for at in range(0, CODE_LETTERS, CODE_GROUP))


def plain_code(typed: str) -> str:
    """A code as it was made, however it was typed."""
    letters = "".join(letter for letter in typed.lower() if letter in ALPHABET)
    return "-".join(letters[at : at + CODE_GROUP] for at in range(0, len(letters), CODE_GROUP))
