"""The review by somebody who evaluated nothing here (ISO/IEC 17065, 7.5)."""

from app.cases import queries
from app.cases.models import Case, ReviewNote
from app.cases.rules import CASE, Section
from app.cases.rules.forms import CloseNote, Recommend, ReturnToEvaluation, ReviewNoteForm
from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.errors import Invalid
from app.kernel.words import _, label, listed

NOT_SAVED = "Nothing was saved: correct it and send it again."


def note_section(unit: Unit, case: Case, form: ReviewNoteForm) -> None:
    """Note something about one part of the case; the review does not end while it is open."""
    take(unit, CASE, case, "note-section", form)
    _reopen_review(case)
    unit.db.add(
        ReviewNote(
            case_id=case.id, section=form.section, text=form.text, by=unit.actor.id, by_name=unit.actor.name,
            at=unit.now,
        )
    )  # fmt: skip
    unit.db.flush()


def close_note(unit: Unit, case: Case, form: CloseNote) -> None:
    """Say how a note was resolved."""
    note = queries.note_of(unit, case, form.note)
    take(unit, CASE, case, "close-note", form)
    note.answer, note.closed_by, note.closed_at = form.answer, unit.actor.name, unit.now


def return_to_evaluation(unit: Unit, case: Case, form: ReturnToEvaluation) -> None:
    """Send the case back to the evaluators; the review begins anew afterwards."""
    take(unit, CASE, case, "return-to-evaluation", form)
    _reopen_review(case)


def _reopen_review(case: Case) -> None:
    case.reviewed_at = case.review_verdict = None
    case.reviewer_name = case.review_reasons = ""


def recommend(unit: Unit, case: Case, form: Recommend) -> None:
    """End the review: every part was looked at, and this is the recommendation. Raises Invalid for parts left out."""
    left = [label(section).lower() for section in Section if section not in form.sections]
    if left:
        raise Invalid(_(NOT_SAVED), {"sections": _("Not reviewed yet: {parts}.").format(parts=listed(left))})
    if form.verdict.value not in dict(queries.verdict_choices(unit, case)["verdict"]):
        raise Invalid(_(NOT_SAVED), {"verdict": _("Choose something this kind of case can end in.")})
    take(unit, CASE, case, "recommend", form)
    case.reviewed_at, case.reviewer_name = unit.now, unit.actor.name
    case.review_verdict, case.review_reasons = form.verdict, form.reasons
