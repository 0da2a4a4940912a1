"""What RRN does with licences, and what it records of UKAS accreditation; each public change is one ledger entry."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.kernel.casework import begin, take
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.journal import Event
from app.kernel.words import _, in_words
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.licences.models import Accreditation, AccreditationStatus, Licence, LicenceStatus
from app.licences.queries import (
    accreditation_lines,
    accreditations_of,
    body_choices,
    edition_choices,
    licence_lines,
    licences_of,
)
from app.licences.rules import (
    ACCREDITATION,
    LICENCE,
    AccreditationChange,
    AccreditationState,
    AccreditationTerms,
    Change,
    Checked,
    LicenceReason,
    LicenceState,
    NewAccreditation,
    NewLicence,
    Terms,
)
from app.organisations.models import Organisation
from app.organisations.queries import find_organisation
from app.permissions import Permission, Seat

CORRECT_IT = "Nothing was saved: correct it and send it again."


def open_licence(unit: Unit, form: NewLicence) -> Licence:
    """Note that a certification body asks for a licence. Raises Invalid when it is no body or has one already."""
    unit.actor.require(Permission.LICENCE_MANAGE)
    body = find_organisation(unit, form.body)
    if body.seat is not Seat.BODY or body.ref not in dict(body_choices(unit)):
        raise Invalid(
            _(CORRECT_IT),
            {"body": _("Choose a certification body without a licence or an open application.")},
        )
    licence = Licence(body_id=body.id, editions=[])
    try:
        begin(unit, LICENCE, licence, "applied", note=form.note)
    except IntegrityError as error:
        raise Refused(
            _(
                "Somebody else has just noted an application of this body. Nothing was saved: look at the list of licences."
            )
        ) from error
    _write(unit, licence, None, unit.today, "", "", form.note)
    return licence


def check(unit: Unit, licence: Licence, form: Checked) -> None:
    """The application is complete and in order."""
    before = licence.status
    take(unit, LICENCE, licence, "check", form)
    _write(unit, licence, before, unit.today, "", "", form.private_text)


def decline(unit: Unit, licence: Licence, form: Checked) -> None:
    """The application leads to no licence."""
    before = licence.status
    take(unit, LICENCE, licence, "decline", form)
    _write(unit, licence, before, unit.today, "", "", form.private_text)


def license_body(unit: Unit, licence: Licence, form: Terms) -> None:
    """The first term of a licence."""
    _agree(unit, licence, "license", form, LicenceReason.GRANTED, _("Licensed by RRN."))


def renew(unit: Unit, licence: Licence, form: Terms) -> None:
    """A further term."""
    _agree(unit, licence, "renew", form, LicenceReason.RENEWED, _("The licence was renewed."))


def _agree(unit: Unit, licence: Licence, step: str, form: Terms, reason: LicenceReason, words: str) -> None:
    _hold(unit, licence.body_id)
    faults = {}
    if form.to_on < form.effective_on:
        faults["to_on"] = _("The last day is before the first.")
    if strangers := sorted(set(form.editions) - dict(edition_choices()).keys()):
        faults["editions"] = _("We hold no published edition called {names}.").format(
            names=", ".join(strangers)
        )
    if faults:
        raise Invalid(_(CORRECT_IT), faults)
    before = licence.status
    _check_order(form.effective_on, _last(unit, licence))
    event = take(unit, LICENCE, licence, step, form)
    text = form.public_text or words
    _write(unit, licence, before, form.effective_on, reason.value, text, form.private_text)
    _tell(unit, event, licence, before, form.effective_on, reason.value, text)


def watch(unit: Unit, licence: Licence, form: Change) -> None:
    """RRN looks more closely for a while."""
    _change(unit, licence, "watch", form)


def clear(unit: Unit, licence: Licence, form: Change) -> None:
    """RRN stops looking more closely."""
    _change(unit, licence, "clear", form)


def suspend(unit: Unit, licence: Licence, form: Change) -> None:
    """No new agreements and no initial decisions from a day on; surveillance goes on."""
    _change(unit, licence, "suspend", form)


def reinstate(unit: Unit, licence: Licence, form: Change) -> None:
    """The end of a suspension."""
    _change(unit, licence, "reinstate", form)


def withdraw(unit: Unit, licence: Licence, form: Change) -> None:
    """RRN ends the licence."""
    _change(unit, licence, "withdraw", form)


def resign(unit: Unit, licence: Licence, form: Change) -> None:
    """The body gave its licence back."""
    _change(unit, licence, "resign", form)


LICENCE_STEPS: dict[str, Callable[[Unit, Licence, Any], None]] = {
    "check": check, "decline": decline, "license": license_body, "renew": renew, "watch": watch, "clear": clear, "suspend": suspend,
    "reinstate": reinstate, "withdraw": withdraw, "resign": resign,
}  # fmt: skip


def _change(unit: Unit, licence: Licence, step: str, form: Change) -> None:
    """One change of status: column, history, journal and ledger in one transaction."""
    _hold(unit, licence.body_id)
    before = licence.status
    _check_order(form.effective_on, _last(unit, licence))
    event = take(unit, LICENCE, licence, step, form)
    _write(
        unit, licence, before, form.effective_on, form.reason_code.value, form.public_text, form.private_text
    )
    _tell(unit, event, licence, before, form.effective_on, form.reason_code.value, form.public_text)


def _hold(unit: Unit, body_id: int) -> None:
    """Lock what decisions of this body rest on, in the one order there is (rules page, 20)."""
    licences_of(unit, body_id)
    accreditations_of(unit, body_id)


def _last(unit: Unit, licence: Licence) -> date | None:
    """From when on the last public change counts; the days of an application bind nobody."""
    lines = [line for line in licence_lines(unit, licence.id) if line.reason_code]
    return max((line.effective_on for line in lines), default=None)


def _check_order(day: date, last: date | None) -> None:
    if last and day < last:
        said = _("The last change counts from {day}; this one cannot count from an earlier day.")
        raise Invalid(_(CORRECT_IT), {"effective_on": said.format(day=in_words(last))})


def _write(
    unit: Unit,
    licence: Licence,
    before: LicenceState | None,
    day: date,
    reason: str,
    public: str,
    private: str,
) -> None:
    unit.db.add(
        LicenceStatus(
            licence_id=licence.id, before=before, status=licence.status, effective_on=day, to_on=licence.to_on, recorded_at=unit.now,
            reason_code=reason, public_text=public, private_text=private, by=unit.actor.id,
        )
    )  # fmt: skip
    unit.db.flush()


def _tell(
    unit: Unit, event: Event, licence: Licence, before: LicenceState, day: date, reason: str, text: str
) -> None:
    """What the register says about the licence from now on."""
    told = {
        "body": unit.db.get_one(Organisation, licence.body_id).ref, "before": before.value, "status": licence.status.value,
        "effective_on": day.isoformat(), "to_on": licence.to_on.isoformat() if licence.to_on else None,
        "editions": licence.editions, "public_text": text,
    }  # fmt: skip
    append(unit, event, EntryKind.LICENCE_STATUS, licence.ref, told, effective_on=day)


def record_accreditation(unit: Unit, body: Organisation, form: NewAccreditation) -> Accreditation:
    """Note what UKAS accredited a body for. Raises Invalid when the days are the wrong way round."""
    unit.actor.require(Permission.LICENCE_MANAGE)
    if form.to_on and form.to_on < form.from_on:
        raise Invalid(_(CORRECT_IT), {"to_on": _("The last day is before the first.")})
    _hold(unit, body.id)
    row = Accreditation(
        body_id=body.id,
        ukas_number=form.ukas_number,
        scope=form.scope,
        from_on=form.from_on,
        to_on=form.to_on,
    )
    event = begin(unit, ACCREDITATION, row, "recorded", form=form.model_dump(mode="json"))
    _write_accreditation(unit, event, row, None, form.from_on, _("Accredited by UKAS to ISO/IEC 17065."), "")
    return row


def renew_accreditation(unit: Unit, row: Accreditation, form: AccreditationTerms) -> None:
    """UKAS prolonged it or changed its scope."""
    if form.to_on and form.to_on < form.effective_on:
        raise Invalid(_(CORRECT_IT), {"to_on": _("The last day is before the first.")})
    _change_accreditation(unit, row, "renew", form)


def restore_accreditation(unit: Unit, row: Accreditation, form: AccreditationChange) -> None:
    """UKAS ended a suspension."""
    _change_accreditation(unit, row, "restore", form)


def suspend_accreditation(unit: Unit, row: Accreditation, form: AccreditationChange) -> None:
    """UKAS suspended it: the interlock of the licence follows by itself."""
    _change_accreditation(unit, row, "suspend", form)


def withdraw_accreditation(unit: Unit, row: Accreditation, form: AccreditationChange) -> None:
    """UKAS withdrew it."""
    _change_accreditation(unit, row, "withdraw", form)


ACCREDITATION_STEPS: dict[str, Callable[[Unit, Accreditation, Any], None]] = {
    "renew": renew_accreditation, "restore": restore_accreditation, "suspend": suspend_accreditation, "withdraw": withdraw_accreditation,
}  # fmt: skip


def _change_accreditation(unit: Unit, row: Accreditation, step: str, form: AccreditationChange) -> None:
    _hold(unit, row.body_id)
    before = row.status
    _check_order(form.effective_on, max(line.effective_on for line in accreditation_lines(unit, row.id)))
    event = take(unit, ACCREDITATION, row, step, form)
    _write_accreditation(unit, event, row, before, form.effective_on, form.public_text, form.private_text)


def _write_accreditation(
    unit: Unit,
    event: Event,
    row: Accreditation,
    before: AccreditationState | None,
    day: date,
    public: str,
    private: str,
) -> None:
    unit.db.add(
        AccreditationStatus(
            accreditation_id=row.id, before=before, status=row.status, effective_on=day, to_on=row.to_on, recorded_at=unit.now,
            reason_code="", public_text=public, private_text=private, by=unit.actor.id,
        )
    )  # fmt: skip
    unit.db.flush()
    told = {
        "body": unit.db.get_one(Organisation, row.body_id).ref, "ukas_number": row.ukas_number, "status": row.status.value,
        "effective_on": day.isoformat(), "to_on": row.to_on.isoformat() if row.to_on else None, "public_text": public,
    }  # fmt: skip
    append(unit, event, EntryKind.ACCREDITATION_STATUS, row.ref, told, effective_on=day)
