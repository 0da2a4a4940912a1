"""What can be asked about complaints: scope, who is involved, lists, pages."""

from app.complaints.queries.facts import DECIDERS, OFFICE, complaint_facts, days, involved, who_may
from app.complaints.queries.lists import complaint_list, due_on, upheld, waiting
from app.complaints.queries.scope import (
    Appealable,
    appealable,
    complaint_of_code,
    find_complaint,
    find_document,
    is_inside,
    visible,
)
from app.complaints.queries.show import (
    ASKED,
    HANDLING,
    appeal_terms,
    complaint_view,
    decision_choices,
    desk_choices,
    handler_choices,
    progress,
)
from app.complaints.queries.views import ComplaintList, ComplaintView, ProgressView, SentView

__all__ = [
    "ASKED",
    "DECIDERS",
    "HANDLING",
    "OFFICE",
    "Appealable",
    "ComplaintList",
    "ComplaintView",
    "ProgressView",
    "SentView",
    "appeal_terms",
    "appealable",
    "complaint_facts",
    "complaint_list",
    "complaint_of_code",
    "complaint_view",
    "days",
    "decision_choices",
    "desk_choices",
    "due_on",
    "find_complaint",
    "find_document",
    "handler_choices",
    "involved",
    "is_inside",
    "progress",
    "upheld",
    "visible",
    "waiting",
    "who_may",
]
