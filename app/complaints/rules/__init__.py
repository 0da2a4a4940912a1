"""Pure rules of complaints: what can be brought, the table of steps, whose turn it is."""

from app.complaints.rules.states import (
    MATTER_WORDS,
    OVER,
    PROGRESS,
    REPORTS,
    TO_ACKNOWLEDGE,
    Matter,
    Outcome,
    State,
    new_code,
    plain_code,
)
from app.complaints.rules.workflow import COMPLAINT, ComplaintFacts

__all__ = [
    "COMPLAINT",
    "MATTER_WORDS",
    "OVER",
    "PROGRESS",
    "REPORTS",
    "TO_ACKNOWLEDGE",
    "ComplaintFacts",
    "Matter",
    "Outcome",
    "State",
    "new_code",
    "plain_code",
]
