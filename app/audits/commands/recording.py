"""Recording a result: the most frequent write of all, so few statements and counters kept by difference."""

from typing import Any

from sqlalchemy import Update, insert, update

from app.audits import queries
from app.audits.models import Audit, Result, ResultEvidence
from app.audits.rules import AUDIT, AuditStatus, Outcome, RecordResult, reason_is_missing
from app.curricula.commands import keep_document
from app.kernel.casework import take
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Invalid, Refused, Stale, WrongState
from app.kernel.fields import Note
from app.kernel.journal import record
from app.kernel.words import _
from app.permissions import Permission
from app.web.uploads import Upload


def record_result(unit: Unit, ref: str, number: str, form: RecordResult) -> str:
    """Write down the result of one requirement; the number to show next (ISO/IEC 17065, 7.4.4).

    Its row has a version of its own, so that two assessors on different requirements never meet. The same result
    sent twice is saved once. Raises NotFound, Forbidden, Invalid, WrongState, Refused, or Stale.
    """
    unit.actor.require(Permission.AUDIT_RECORD)
    if problem := reason_is_missing(form):
        raise Invalid(_("The result was not saved: it needs a reason."), {"reason": problem})
    audit, on_team = queries.to_record(unit, ref)
    onward = queries.neighbour(audit, number, 1)
    _check_may_record(audit, on_team)
    result_id = _save(unit, audit, number, form)
    if form.evidence:
        _keep(unit, audit, number, result_id, form.evidence)
    return onward if onward and form.go == "next" else number


def _check_may_record(audit: Audit, on_team: bool) -> None:
    if not on_team:
        raise Refused(
            _(
                "You are not on the team of this evaluation, so you may read it but not record in it. Nothing was saved."
            )
        )
    if audit.status is AuditStatus.COMPLETE:
        raise WrongState(
            _(
                "This evaluation is complete, so its results stand. Nothing was saved. The lead assessor can say how it is opened again."
            )
        )


def _save(unit: Unit, audit: Audit, number: str, form: RecordResult) -> int:
    before = queries.result_of(unit, audit.id, number)
    if before and (before.outcome, before.note, before.reason) == (form.outcome, form.note, form.reason):
        return before.id
    if (before.version if before else 0) != form.version:
        raise Stale(stale_sentence())
    if audit.status is AuditStatus.PLANNED:
        take(unit, AUDIT, audit, "begin", Note(version=audit.version))
    result_id = _write(unit, audit, number, form, before)
    _count(unit, audit, before.outcome if before else None, form.outcome)
    record(
        unit, "audit.result_recorded", audit, requirement=number, outcome=form.outcome, note=form.note, reason=form.reason,
        version=form.version + 1,
    )  # fmt: skip
    return result_id


def _write(unit: Unit, audit: Audit, number: str, form: RecordResult, before: Result | None) -> int:
    said: dict[str, Any] = {
        "outcome": form.outcome, "note": form.note, "reason": form.reason, "by": unit.actor.id, "by_name": unit.actor.name,
        "at": unit.now, "version": form.version + 1,
    }  # fmt: skip
    if before is None:
        new = insert(Result).values(audit_id=audit.id, requirement=number, **said).returning(Result.id)
        return int(unit.db.execute(new).scalar_one())
    at_that_version = (Result.id == before.id) & (Result.version == form.version)
    _change_one(unit, update(Result).where(at_that_version).values(said))
    return before.id


def _count(unit: Unit, audit: Audit, before: Outcome | None, now: Outcome) -> None:
    """Move the counters by the difference; the audit's own version stays, for nobody edits counters."""
    if before is now:
        return
    change = {now.value: getattr(Audit, now.value) + 1}
    if before is None:
        change["recorded"] = Audit.recorded + 1
    else:
        change[before.value] = getattr(Audit, before.value) - 1
    still_open = (Audit.id == audit.id) & (Audit.status == AuditStatus.IN_EVALUATION)
    _change_one(unit, update(Audit).where(still_open).values(change))


def _change_one(unit: Unit, change: Update) -> None:
    """What was read stays as it was read in this session: the difference is counted from it."""
    changed: Any = unit.db.execute(change, execution_options={"synchronize_session": False})
    if changed.rowcount != 1:
        raise Stale(stale_sentence())


def _keep(unit: Unit, audit: Audit, number: str, result_id: int, evidence: Upload) -> None:
    title = _("Evidence on requirement {number}: {name}").format(number=number, name=evidence.name)[:200]
    document = keep_document(unit, evidence, audit.body_id, "audit_result", result_id, title)
    unit.db.add(ResultEvidence(result_id=result_id, document_id=document.id))
    record(unit, "audit.evidence_added", audit, requirement=number, digest=document.digest)
