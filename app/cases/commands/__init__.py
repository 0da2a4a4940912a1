"""What can be done with a case, from the first line of an application to the decision."""

from collections.abc import Callable
from typing import Any

from app.cases.commands.application import (
    accept_application,
    answer_information,
    begin_review,
    decline,
    open_case,
    request_information,
    save,
    submit,
    withdraw_application,
)
from app.cases.commands.decision import defer, grant, refuse
from app.cases.commands.evaluation import (
    accept_agreement,
    answer_objection,
    begin_evaluation,
    complete_evaluation,
    give_up,
    object_to_team,
    plan,
    resume_evaluation,
    sign_agreement,
    tell_findings,
)
from app.cases.commands.followup import (
    end_certificate,
    maintain,
    open_follow_up,
    reduce,
    restore,
    suspend,
)
from app.cases.commands.review import close_note, note_section, recommend, return_to_evaluation
from app.cases.models import Case
from app.kernel.database import Unit

DOING: dict[str, Callable[[Unit, Case, Any], None]] = {
    "save": save,
    "submit": submit,
    "begin-review": begin_review,
    "accept-application": accept_application,
    "request-information": request_information,
    "answer-information": answer_information,
    "decline": decline,
    "accept-agreement": accept_agreement,
    "sign-agreement": sign_agreement,
    "plan": plan,
    "object-to-team": object_to_team,
    "answer-objection": answer_objection,
    "begin-evaluation": begin_evaluation,
    "complete-evaluation": complete_evaluation,
    "give-up": give_up,
    "issue-findings": tell_findings,
    "recommend": recommend,
    "note-section": note_section,
    "close-note": close_note,
    "return-to-evaluation": return_to_evaluation,
    "resume-evaluation": resume_evaluation,
    "grant": grant,
    "refuse": refuse,
    "defer": defer,
    "maintain": maintain,
    "restore": restore,
    "reduce": reduce,
    "suspend": suspend,
    "end-certificate": end_certificate,
    "withdraw-application": withdraw_application,
}
"""The function of each step that does more than move the case, by the name of the step."""

__all__ = ["DOING", "open_case", "open_follow_up"]
