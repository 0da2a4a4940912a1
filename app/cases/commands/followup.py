"""Looking again at a certificate there is: surveillance and special cases, and what can be decided in them (7.9, 7.11)."""

from typing import Any

from app.cases import queries
from app.cases.commands.application import new_case
from app.cases.commands.decision import decide
from app.cases.models import Application, Case, ScopeItem
from app.cases.rules import CASE, Outcome, State
from app.cases.rules.forms import (
    Decide,
    DecideOnCertificate,
    OpenFollowUp,
    ReduceCertificate,
    SuspendCertificate,
)
from app.certificates import commands as certificates
from app.certificates.models import Certificate
from app.certificates.queries import items_by_ref
from app.certificates.rules import ChangeStatus, Reduce, Suspend
from app.kernel.casework import begin
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.words import _, label
from app.organisations.queries import organisation
from app.permissions import Permission
from app.providers.queries import service_of

NOT_SAVED = "Nothing was saved: correct it and send it again."


def open_follow_up(unit: Unit, form: OpenFollowUp) -> Case:
    """The body looks again at a certificate of its own, under the agreement there is.

    Raises Forbidden, NotFound, Invalid, or Refused for a certificate that is over.
    """
    unit.actor.require(Permission.CASE_OFFICE)
    if form.kind.grants:
        raise Invalid(
            _(NOT_SAVED), {"kind": _("The client applies for this; choose surveillance or special.")}
        )
    certificate = queries.certificate_to_follow(unit, form.certificate)
    if certificate.status.is_final:
        raise Refused(
            _(
                "Certificate {number} is {status}, so there is nothing to look at again. Nothing was saved."
            ).format(number=certificate.number, status=label(certificate.status).lower())
        )
    service = service_of(unit, certificate.holder_id)
    body = organisation(unit, certificate.body_id)
    case = new_case(unit, form.kind, service, body, first=State.AGREEMENT_IN_FORCE)
    case.agreement_id = queries.granting_case(unit, certificate).agreement_id
    case.certificate_number, case.submitted_at = certificate.number, unit.now
    case.owner, case.owner_name = unit.actor.id, unit.actor.name
    begin(
        unit,
        CASE,
        case,
        "opened",
        purpose=form.kind.value,
        certificate=certificate.number,
        reason=form.reason,
    )
    unit.db.add(Application(case_id=case.id, notes=form.reason))
    unit.db.add_all(
        ScopeItem(case_id=case.id, version_id=item.curriculum_version_id)
        for item in items_by_ref(unit, certificate).values()
    )
    unit.db.flush()
    return case


def maintain(unit: Unit, case: Case, form: Decide) -> None:
    """The certificate stays as it is."""
    decide(unit, case, "maintain", form)
    _outcomes(unit, case, set())


def restore(unit: Unit, case: Case, form: DecideOnCertificate) -> None:
    """The suspension ends."""
    decide(unit, case, "restore", form)
    certificate = _certificate(unit, case)
    certificates.reinstate(unit, certificate, ChangeStatus(**_change(unit, certificate, form)))


def suspend(unit: Unit, case: Case, form: SuspendCertificate) -> None:
    """The certificate is suspended from today, until what is named has happened."""
    decide(unit, case, "suspend", form)
    certificate = _certificate(unit, case)
    more: dict[str, Any] = {"ends_when": form.ends_when, "limit_on": form.limit_on, "contact": form.contact}
    certificates.suspend(unit, certificate, Suspend(**_change(unit, certificate, form), **more))


def end_certificate(unit: Unit, case: Case, form: DecideOnCertificate) -> None:
    """The certificate is withdrawn from today, for good."""
    decide(unit, case, "end-certificate", form)
    certificate = _certificate(unit, case)
    certificates.withdraw(unit, certificate, ChangeStatus(**_change(unit, certificate, form)))


def reduce(unit: Unit, case: Case, form: ReduceCertificate) -> None:
    """Some curricula are taken off the certificate for good. Raises Invalid for others than those of the case."""
    items = queries.items_by_ref(unit, case)
    if set(form.removed) - items.keys():
        raise Invalid(_(NOT_SAVED), {"removed": _("Choose only curricula of this case.")})
    decide(unit, case, "reduce", form)
    certificate = _certificate(unit, case)
    gone = {items[ref][1].id for ref in form.removed}
    refs = [
        ref for ref, item in items_by_ref(unit, certificate).items() if item.curriculum_version_id in gone
    ]
    certificates.reduce(unit, certificate, Reduce(**_change(unit, certificate, form), curricula=refs))
    _outcomes(unit, case, set(form.removed))


def _certificate(unit: Unit, case: Case) -> Certificate:
    return queries.certificate_to_follow(unit, case.certificate_number)


def _change(unit: Unit, certificate: Certificate, form: DecideOnCertificate) -> dict[str, Any]:
    """What every change of a certificate says; the reasons stay private."""
    return {
        "version": certificate.version, "effective_on": unit.today, "reason_code": form.reason_code,
        "public_text": form.public_text, "private_text": form.reasons,
    }  # fmt: skip


def _outcomes(unit: Unit, case: Case, removed: set[str]) -> None:
    for item, _version in queries.scope_of(unit, case):
        item.outcome = Outcome.REFUSED if item.ref in removed else Outcome.GRANTED
    unit.db.flush()
