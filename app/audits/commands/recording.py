"""Recording a result: the most frequent write of all, so few statements and counters kept by difference."""

from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from app.audits import queries
from app.audits.models import Audit, Result, ResultEvidence
from app.audits.rules import AUDIT, AuditStatus, Outcome, RecordResult, reason_is_missing
from app.curricula.commands import keep_document
from app.kernel.casework import take
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Invalid, Refused, Stale, WrongState
from app.kernel.fields import Note
from app.kernel.journal import jot, record
from app.kernel.words import _
from app.web.uploads import Upload


def record_result(unit: Unit, ref: str, number: str, form: RecordResult) -> str:
    """Write down the result of one requirement; the number to show next (ISO/IEC 17065, 7.4.4).

    Its row has a version of its own, so that two assessors on different requirements never meet. The same result
    sent twice is saved once. Raises NotFound, Forbidden, Invalid, WrongState, Refused, or Stale.
    """
    audit = queries.to_record(unit, ref, number)
    onward = queries.neighbour(audit, number, 1)
    _check(audit, form)
    result_id = _save(unit, audit, number, form)
    if form.evidence:
        _keep(unit, audit, number, result_id, form.evidence)
    return onward if onward and form.go == "next" else number


def _check(audit: queries.Recording, form: RecordResult) -> None:
    if audit.member is None:
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
    if problem := reason_is_missing(form):
        raise Invalid(_("The result was not saved: it needs a reason."), {"reason": problem})


def _save(unit: Unit, audit: queries.Recording, number: str, form: RecordResult) -> int:
    if audit.before and (audit.outcome, audit.note, audit.reason) == (form.outcome, form.note, form.reason):
        return audit.before
    if (audit.version or 0) != form.version:
        raise Stale(stale_sentence())
    if audit.status is AuditStatus.PLANNED:
        planned = queries.find_audit(unit, audit.ref)
        take(unit, AUDIT, planned, "begin", Note(version=planned.version))
    result_id = _write(unit, audit, number, form)
    if audit.outcome is not form.outcome:
        _change_one(unit, _counting(audit.outcome, form.outcome), {"audit": audit.id})
    jot(
        unit, "audit.result_recorded", audit, requirement=number, outcome=form.outcome, note=form.note, reason=form.reason,
        version=form.version + 1,
    )  # fmt: skip
    return result_id


_NEW = insert(Result).returning(Result.id)
_CHANGED = update(Result).where(Result.id == bindparam("result"), Result.version == bindparam("seen"))


def _write(unit: Unit, audit: queries.Recording, number: str, form: RecordResult) -> int:
    said: dict[str, Any] = {
        "outcome": form.outcome, "note": form.note, "reason": form.reason, "by": unit.actor.id, "by_name": unit.actor.name,
        "at": unit.now, "version": form.version + 1,
    }  # fmt: skip
    if audit.before:
        _change_one(unit, _CHANGED, said | {"result": audit.before, "seen": form.version})
        return audit.before
    try:
        new = unit.db.connection().execute(_NEW, said | {"audit_id": audit.id, "requirement": number})
    except IntegrityError as error:  # somebody else was first, between our look and our lock
        raise Stale(stale_sentence()) from error
    return int(new.scalar_one())


@cache
def _counting(before: Outcome | None, now: Outcome) -> Update:
    """Move the counters by the difference; the audit's own version stays, for nobody edits counters."""
    change = {now.value: getattr(Audit, now.value) + 1}
    if before is None:
        change["recorded"] = Audit.recorded + 1
    else:
        change[before.value] = getattr(Audit, before.value) - 1
    still_open = (Audit.id == bindparam("audit")) & (Audit.status == AuditStatus.IN_EVALUATION)
    return update(Audit).where(still_open).values(change)


def _change_one(unit: Unit, change: Update, said: dict[str, Any]) -> None:
    if unit.db.connection().execute(change, said).rowcount != 1:
        raise Stale(stale_sentence())


def _keep(unit: Unit, audit: queries.Recording, number: str, result_id: int, evidence: Upload) -> None:
    title = _("Evidence on requirement {number}: {name}").format(number=number, name=evidence.name)[:200]
    document = keep_document(unit, evidence, audit.body_id, "audit_result", result_id, title)
    unit.db.add(ResultEvidence(result_id=result_id, document_id=document.id))
    record(unit, "audit.evidence_added", audit, requirement=number, digest=document.digest)
