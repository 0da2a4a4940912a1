"""The rules of a case, pure: states, the table of steps, guards, forms, agreement, and whose turn it is."""

from app.cases.rules.agreement import BODY_DUTIES, CLIENT_DUTIES, Parties, agreement_text
from app.cases.rules.application import Gap, digest, gaps, reference, sees_the_inside, text_digest
from app.cases.rules.facts import CaseFacts, Member, Standing
from app.cases.rules.states import (
    AUDIT_ORDER,
    CHECK_WORDS,
    DECIDED,
    EVALUATING,
    KIND_WORDS,
    OPEN,
    OVER,
    Check,
    Kind,
    Outcome,
    Section,
    State,
    TeamRole,
    Verdict,
    pack_state,
)
from app.cases.rules.turn import TURNS, Side, Turn, sentence, turn_of
from app.cases.rules.workflow import CASE, EVALUATION

__all__ = [
    "AUDIT_ORDER",
    "BODY_DUTIES",
    "CASE",
    "CHECK_WORDS",
    "CLIENT_DUTIES",
    "DECIDED",
    "EVALUATING",
    "EVALUATION",
    "KIND_WORDS",
    "OPEN",
    "OVER",
    "TURNS",
    "CaseFacts",
    "Check",
    "Gap",
    "Kind",
    "Member",
    "Outcome",
    "Parties",
    "Section",
    "Side",
    "Standing",
    "State",
    "TeamRole",
    "Turn",
    "Verdict",
    "agreement_text",
    "digest",
    "gaps",
    "pack_state",
    "reference",
    "sees_the_inside",
    "sentence",
    "text_digest",
    "turn_of",
]
