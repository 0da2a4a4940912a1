"""The rounds of a finding: the client answers, the certification body judges; nobody edits what was said."""

from app.audits.commands.findings import due, grade_by_now, grade_of, settle_grade
from app.audits.models import Finding, Response, ResponseEvidence, Verdict
from app.audits.rules import (
    FINDING,
    Accepted,
    Answer,
    AnswerKind,
    Checked,
    Implementation,
    Objection,
    Reasoned,
    VerdictKind,
)
from app.curricula.commands import keep_document
from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.fields import Note
from app.kernel.words import _
from app.web.uploads import Upload


def respond(unit: Unit, finding: Finding, form: Answer) -> None:
    """The client's answer: correction, cause, action and evidence (ISO/IEC 17065, 7.4.7)."""
    grade = grade_by_now(unit, finding)
    take(unit, FINDING, finding, "respond", form, grade=grade, round=finding.round + 1)
    settle_grade(unit, finding, grade)
    answer = _answer(unit, finding, AnswerKind.PLAN, form.correction, form.cause, form.action, form.evidence)
    _keep(unit, finding, answer, form.document)


def report_implemented(unit: Unit, finding: Finding, form: Implementation) -> None:
    """The client says that the plan was carried out, and what shows it."""
    take(unit, FINDING, finding, "report-implemented", form, round=finding.round + 1)
    answer = _answer(unit, finding, AnswerKind.IMPLEMENTATION, "", "", form.action, form.evidence)
    _keep(unit, finding, answer, form.document)


def dispute(unit: Unit, finding: Finding, form: Objection) -> None:
    """The client says why the finding is wrong; the clock stands until the lead has answered."""
    grade = grade_by_now(unit, finding)
    take(unit, FINDING, finding, "dispute", form, grade=grade, round=finding.round + 1)
    settle_grade(unit, finding, grade)
    _answer(unit, finding, AnswerKind.OBJECTION, "", form.reason, "", "")


def _answer(
    unit: Unit, finding: Finding, kind: AnswerKind, correction: str, cause: str, action: str, evidence: str
) -> Response:
    finding.round += 1
    finding.turn_since = unit.now
    answer = Response(
        finding_id=finding.id, round=finding.round, kind=kind, correction=correction, cause=cause, action=action, evidence=evidence,
        by=unit.actor.id, by_name=unit.actor.name, at=unit.now,
    )  # fmt: skip
    unit.db.add(answer)
    unit.db.flush()
    return answer


def _keep(unit: Unit, finding: Finding, answer: Response, upload: Upload | None) -> None:
    if upload is None:
        return
    title = _("Answer to finding {number}: {name}").format(number=finding.number, name=upload.name)[:200]
    document = keep_document(unit, upload, finding.client_id, "finding_response", answer.id, title)
    unit.db.add(ResponseEvidence(response_id=answer.id, document_id=document.id))
    unit.db.flush()


def accept_plan(unit: Unit, finding: Finding, form: Accepted) -> None:
    """The plan is enough; the client carries it out now (ISO/IEC 17065, 7.4.8)."""
    take(unit, FINDING, finding, "accept-plan", form, round=finding.round)
    _judged(unit, finding, VerdictKind.PLAN_ACCEPTED, form.reason)


def return_answer(unit: Unit, finding: Finding, form: Reasoned) -> None:
    """The answer is not enough: back to the client with the reason and a new day."""
    take(unit, FINDING, finding, "return", form, round=finding.round)
    _judged(unit, finding, VerdictKind.RETURNED, form.reason, asks_again=True)


def accept_implementation(unit: Unit, finding: Finding, form: Checked) -> None:
    """It was done, and somebody looked whether it works; the finding can be closed."""
    take(unit, FINDING, finding, "accept-implementation", form, round=finding.round)
    _judged(unit, finding, VerdictKind.EFFECTIVE, form.reason)


def close(unit: Unit, finding: Finding, form: Note) -> None:
    """Nothing is left to do about the finding."""
    take(unit, FINDING, finding, "close", form, round=finding.round)
    finding.turn_since = unit.now


def return_implementation(unit: Unit, finding: Finding, form: Reasoned) -> None:
    """It was not done, or does not work yet: the plan stands, the work goes on."""
    take(unit, FINDING, finding, "return-implementation", form, round=finding.round)
    _judged(unit, finding, VerdictKind.RETURNED, form.reason)


def uphold(unit: Unit, finding: Finding, form: Reasoned) -> None:
    """The lead looked at the objection and the finding stands; the clock starts again."""
    take(unit, FINDING, finding, "uphold", form, round=finding.round)
    _judged(unit, finding, VerdictKind.UPHELD, form.reason, asks_again=True)


def _judged(
    unit: Unit, finding: Finding, kind: VerdictKind, reason: str, *, asks_again: bool = False
) -> None:
    finding.turn_since = unit.now
    finding.due_on = due(unit.today, grade_of(unit, finding)) if asks_again else None
    unit.db.add(
        Verdict(
            finding_id=finding.id, round=finding.round, kind=kind, reason=reason, by=unit.actor.id, by_name=unit.actor.name, at=unit.now,
        )
    )  # fmt: skip
    unit.db.flush()
