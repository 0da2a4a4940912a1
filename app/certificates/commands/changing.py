"""What a certification body may do to a certificate afterwards; history, journal and ledger in one transaction."""

from collections.abc import Callable
from datetime import date
from typing import Any

from app.certificates.commands.granting import add_version
from app.certificates.commands.lines import tell, write_line
from app.certificates.commands.statements import reduced_statement
from app.certificates.models import Certificate, CertificateItem
from app.certificates.queries import items_by_ref, lines_of, newest_version, status_on
from app.certificates.rules import (
    CERTIFICATE,
    ChangeStatus,
    Reduce,
    ReinstateCurricula,
    Statement,
    Status,
    Suspend,
    SuspendCurricula,
    neutral_words,
)
from app.kernel.casework import take
from app.kernel.clock import add_months
from app.kernel.database import Unit
from app.kernel.errors import Invalid
from app.kernel.words import _, in_words
from app.licences.queries import standing
from app.standards.queries import rule_pack

CORRECT_IT = "Nothing was saved: correct it and send it again."
Items = dict[str, CertificateItem]


def suspend(unit: Unit, certificate: Certificate, form: Suspend) -> None:
    """Nobody may claim certification from a day on, until what has to end it is done."""
    _check_limit(certificate, form)
    _change(unit, certificate, "suspend", form, ends_when=form.ends_when, limit_on=form.limit_on.isoformat())


def reinstate(unit: Unit, certificate: Certificate, form: ChangeStatus) -> None:
    """The end of a suspension; curricula that were suspended by themselves stay so."""
    _change(unit, certificate, "reinstate", form)


def withdraw(unit: Unit, certificate: Certificate, form: ChangeStatus) -> None:
    """The body takes the certificate back, for good."""
    _change(unit, certificate, "withdraw", form)


def terminate(unit: Unit, certificate: Certificate, form: ChangeStatus) -> None:
    """The holder asked for the end."""
    _change(unit, certificate, "terminate", form)


def transfer(unit: Unit, certificate: Certificate, form: ChangeStatus) -> None:
    """Another certification body takes over; it grants under a number of its own."""
    _change(unit, certificate, "transfer", form)


def suspend_curricula(unit: Unit, certificate: Certificate, form: SuspendCurricula) -> None:
    """Some curricula are suspended, the others stay certified."""
    _check_limit(certificate, form)
    items = _chosen(unit, certificate, form.curricula, {Status.ACTIVE})
    more = {"ends_when": form.ends_when, "limit_on": form.limit_on.isoformat()}
    _change_items(unit, certificate, "suspend-curricula", form, items, Status.SUSPENDED, **more)


def reinstate_curricula(unit: Unit, certificate: Certificate, form: ReinstateCurricula) -> None:
    """The end of the suspension of some curricula."""
    items = _chosen(unit, certificate, form.curricula, {Status.SUSPENDED})
    _change_items(unit, certificate, "reinstate-curricula", form, items, Status.ACTIVE)


def reduce(unit: Unit, certificate: Certificate, form: Reduce) -> None:
    """Take curricula off for good. The rights end now; the paper that no longer names them follows as a new version."""
    items = _chosen(unit, certificate, form.curricula, {Status.ACTIVE, Status.SUSPENDED})
    latest = Statement.model_validate_json(newest_version(unit, certificate).statement)
    keep = {item.ref for item in latest.scope} - items.keys()
    if not keep:
        raise Invalid(
            _(CORRECT_IT),
            {"curricula": _("That would take everything off. Withdraw the certificate instead.")},
        )
    before, words = certificate.status, _words(form, Status.REDUCED)
    more = {"release": latest.version + 1, "certificate_text": words}
    _change_items(unit, certificate, "reduce", form, items, Status.WITHDRAWN, **more)
    write_line(unit, certificate, before, Status.REDUCED, form.effective_on, public_text=words, form=form)
    add_version(unit, certificate, reduced_statement(latest, sorted(keep)))


CERTIFICATE_STEPS: dict[str, Callable[[Unit, Certificate, Any], None]] = {
    "suspend": suspend, "reinstate": reinstate, "suspend-curricula": suspend_curricula, "reinstate-curricula": reinstate_curricula,
    "reduce": reduce, "withdraw": withdraw, "terminate": terminate, "transfer": transfer,
}  # fmt: skip


def _change(unit: Unit, certificate: Certificate, step: str, form: ChangeStatus, **more: Any) -> None:
    """One change of the whole certificate."""
    _hold(unit, certificate)
    before = certificate.status
    _check_day(unit, certificate, form.effective_on)
    event = take(unit, CERTIFICATE, certificate, step, form)
    words = _words(form, certificate.status, before)
    write_line(unit, certificate, before, certificate.status, form.effective_on, public_text=words, form=form)
    if before is not Status.GRANTED:  # the public was never told of one that was not published
        tell(unit, event, certificate, before, certificate.status, form.effective_on, words, **more)


def _change_items(
    unit: Unit,
    certificate: Certificate,
    step: str,
    form: ChangeStatus,
    items: Items,
    status: Status,
    **more: Any,
) -> None:
    """One change of some curricula on a certificate."""
    _hold(unit, certificate)
    before = certificate.status
    _check_day(unit, certificate, form.effective_on)
    event = take(
        unit,
        CERTIFICATE,
        certificate,
        step,
        form,
        **({"release": more["release"]} if "release" in more else {}),
    )
    words = _words(form, status)
    own = {item.item_id: item.status for item in status_on(unit, certificate.id, unit.today).items}
    for item in items.values():
        write_line(
            unit,
            certificate,
            own[item.id],
            status,
            form.effective_on,
            public_text=words,
            form=form,
            item_id=item.id,
        )
    told = {"curricula": sorted(items), "curricula_status": status.value} | more
    tell(unit, event, certificate, before, certificate.status, form.effective_on, words, **told)


def _hold(unit: Unit, certificate: Certificate) -> None:
    """Licence first, certificate then: the one order of locks (rules page, 20)."""
    standing(unit, certificate.body_id, unit.today)
    unit.db.refresh(certificate, with_for_update=True)


def _words(form: ChangeStatus, status: Status, before: Status | None = None) -> str:
    return form.public_text or neutral_words(status, form.effective_on, before)


def _check_day(unit: Unit, certificate: Certificate, day: date) -> None:
    """No change counts from tomorrow, and none from before the one recorded last: periods have no gap and no overlap."""
    first = max(line.effective_on for line in lines_of(unit, [certificate.id])[certificate.id])
    if day > unit.today:
        raise Invalid(
            _(CORRECT_IT), {"effective_on": _("A change counts from today or from an earlier day.")}
        )
    if day < first:
        said = _("The last change counts from {day}; this one cannot count from an earlier day.")
        raise Invalid(_(CORRECT_IT), {"effective_on": said.format(day=in_words(first))})


def _check_limit(certificate: Certificate, form: Suspend) -> None:
    months = rule_pack(certificate.rule_pack).suspension_limit_months
    latest = add_months(form.effective_on, months)
    if not form.effective_on < form.limit_on <= latest:
        said = _("A suspension lasts at most {months} months: choose a day until {day}.")
        raise Invalid(_(CORRECT_IT), {"limit_on": said.format(months=months, day=in_words(latest))})


def _chosen(unit: Unit, certificate: Certificate, refs: list[str], standing_at: set[Status]) -> Items:
    """The curricula of those references, if each is on the certificate and stands as the step needs."""
    items = items_by_ref(unit, certificate)
    now = {item.item_id: item.status for item in status_on(unit, certificate.id, unit.today).items}
    fit = {ref for ref, item in items.items() if now.get(item.id) in standing_at}
    if not set(refs) <= fit:
        raise Invalid(
            _(CORRECT_IT),
            {"curricula": _("Choose only curricula of this certificate for which this can be done.")},
        )
    return {ref: items[ref] for ref in refs}
