"""The decision: on the whole case and item by item, with its reasons and the hash of all it relies on (7.6)."""

from collections.abc import Iterable
from typing import Any

from app.audits.queries import sections_found
from app.cases import queries
from app.cases.commands.application import release
from app.cases.models import Case, Decision, ScopeItem
from app.cases.rules import CASE, Outcome, digest
from app.cases.rules.forms import Decide, Grant
from app.certificates import commands as certificates
from app.certificates.rules import Grant as Granted
from app.curricula.commands import mark
from app.curricula.models import CurriculumVersion
from app.kernel.casework import take
from app.kernel.database import Unit, new_ref
from app.kernel.errors import Invalid, Refused
from app.kernel.words import _
from app.standards.queries import rule_pack

NOT_SAVED = "Nothing was saved: correct it and send it again."
Items = dict[str, tuple[ScopeItem, CurriculumVersion]]


def grant(unit: Unit, case: Case, form: Grant) -> None:
    """Certify, curriculum by curriculum; the certificate is written in the same transaction.

    Raises Invalid, or Refused by independence, licence, open findings or changed results; nothing is changed then.
    """
    items = queries.items_by_ref(unit, case)
    _check_items(items, form)
    starts_on = form.starts_on or unit.today
    if starts_on < unit.today:
        raise Invalid(
            _(NOT_SAVED), {"starts_on": _("A certificate cannot be valid before it is decided on.")}
        )
    outcomes = {ref: _outcome(ref, form) for ref in items}
    decision = decide(unit, case, "grant", form, outcomes={ref: one.value for ref, one in outcomes.items()})
    for ref, (item, version) in items.items():
        item.outcome = outcomes[ref]
        if item.outcome is Outcome.GRANTED:
            mark(unit, version, "certify")
        else:
            release(unit, [version])
    certificates.grant(
        unit, _granted(unit, case, decision, [items[ref][1] for ref in form.granted], starts_on)
    )


def _granted(
    unit: Unit, case: Case, decision: Decision, versions: Iterable[CurriculumVersion], starts_on: Any
) -> Granted:
    return Granted(
        case_ref=case.ref, holder_id=case.client_id, service_id=case.service_id, body_id=case.body_id,
        edition=case.edition, rule_pack=case.rule_pack, items=tuple(one.id for one in versions),
        sections=sections_found(unit, case.id, case.edition),
        decided_on=decision.on, decision_ref=decision.ref, starts_on=starts_on,
        term_months=rule_pack(case.rule_pack).term_months,
        affiliates=len(queries.affiliates_of(unit, case)), case_thread=case.thread,
    )  # fmt: skip


def _check_items(items: Items, form: Grant) -> None:
    faults = {}
    if set(form.granted) - items.keys():
        faults["granted"] = _("Choose only what was applied for.")
    if set(form.deferred) - items.keys() or set(form.deferred) & set(form.granted):
        faults["deferred"] = _("Choose only what was applied for and is not granted.")
    if faults:
        raise Invalid(_(NOT_SAVED), faults)


def _outcome(ref: str, form: Grant) -> Outcome:
    if ref in form.granted:
        return Outcome.GRANTED
    return Outcome.DEFERRED if ref in form.deferred else Outcome.REFUSED


def refuse(unit: Unit, case: Case, form: Decide) -> None:
    """Refuse certification with reasons; the notice and the way to appeal follow (ISO/IEC 17065, 7.6.6)."""
    items = queries.scope_of(unit, case)
    decide(unit, case, "refuse", form, outcomes={item.ref: Outcome.REFUSED.value for item, _version in items})
    for item, _version in items:
        item.outcome = Outcome.REFUSED
    release(unit, [version for _item, version in items])


def defer(unit: Unit, case: Case, form: Decide) -> None:
    """Decide nothing yet: the evaluators look again at what is named."""
    decide(unit, case, "defer", form)
    case.reviewed_at = case.review_verdict = None
    case.reviewer_name = case.review_reasons = ""


def decide(unit: Unit, case: Case, step: str, form: Any, **more: Any) -> Decision:
    """Gather what the decision relies on, licence first and locked, take the step, and keep both."""
    relied_on = queries.grounds(unit, case, step) | more
    if digest(queries.results_content(unit, case)) != case.results_digest:
        raise Refused(
            _(
                "Results or findings changed after the evaluation was completed. Nothing was decided: return the case to the evaluators."
            )
        )
    decision = Decision(
        ref=new_ref(), case_id=case.id, step=step, reasons=form.reasons, by=unit.actor.id, by_name=unit.actor.name,
        at=unit.now, on=unit.today, relied_on=relied_on, digest=digest(relied_on),
    )  # fmt: skip
    take(unit, CASE, case, step, form, decision=decision.ref, relied_on=decision.digest)
    unit.db.add(decision)
    unit.db.flush()
    return decision
