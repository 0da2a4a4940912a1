"""What is done with complaints: taking them in, passing them on, giving them to somebody uninvolved, deciding."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.certificates.queries import certificate_by_number
from app.complaints import queries
from app.complaints.models import Complaint, ComplaintNote
from app.complaints.rules import COMPLAINT, Matter, State, new_code
from app.complaints.rules.forms import (
    Assign,
    Decide,
    FollowUp,
    Gather,
    NewAppeal,
    NotOurs,
    PassOn,
    Report,
    TakeBack,
)
from app.curricula.commands import keep_document
from app.curricula.models import COMPLAINT_SUBJECT
from app.kernel.casework import begin, take
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.words import _
from app.organisations.models import Organisation
from app.organisations.queries import of_seat, organisation, organisation_of_ref
from app.people.commands.attempts import failed, hold
from app.people.rules.codes import digest
from app.permissions import Seat
from app.standards.queries import newest_rule_pack, rule_pack

CORRECT_IT = "Nothing was saved: correct it and send it again."


def report(unit: Unit, form: Report) -> tuple[Complaint, str]:
    """Take in what anybody reports; gives the code with which it is followed, in clear this once.

    Raises TooSoon when very many came from one address lately, Refused while RRN is not on the books.
    """
    failed(unit, hold(unit, "reports", unit.address))
    certificate = certificate_by_number(unit, form.number) if form.number else None
    pack, code = newest_rule_pack(), new_code()
    desk_id, about_id = _rrn(unit).id, None
    if certificate and form.matter is Matter.TRAINING:
        desk_id, about_id = certificate.body_id, certificate.holder_id
    acknowledge_by, _decide_by = queries.days(unit, desk_id, pack, appeal=False)
    row = Complaint(
        matter=form.matter, desk_id=desk_id, rule_pack=pack.id, received_at=unit.now, status_since=unit.now,
        acknowledge_by=acknowledge_by, email=form.email, code_digest=digest(code), about_id=about_id,
        about_name=form.who, number=form.number, place=form.place, words=form.words,
        certificate_id=certificate.id if certificate else None, **_sender(unit),
    )  # fmt: skip
    begin(unit, COMPLAINT, row, "received", matter=form.matter.value, desk=organisation(unit, desk_id).ref)
    return row, code


def _rrn(unit: Unit) -> Organisation:
    found = of_seat(unit, Seat.RRN)
    if not found:
        raise Refused(_("Nobody is there yet to read this. Nothing was saved: try again in a few days."))
    return found[0]


def _sender(unit: Unit) -> dict[str, Any]:
    """Who sent it: nobody by name, unless they were signed in."""
    if not unit.actor.signed_in:
        return {}
    return {"from_id": unit.actor.organisation_id, "by": unit.actor.id, "by_name": unit.actor.name}


def appeal(unit: Unit, form: NewAppeal) -> Complaint:
    """A client asks for a decision on itself to be looked at again, by the body that made it.

    Raises Forbidden, Invalid for a decision that is not one of theirs, Refused when it was appealed against already.
    """
    found = next((one for one in queries.appealable(unit) if one.key == form.decision), None)
    if found is None:
        said = _("Choose a decision about your own organisation that was not appealed against yet.")
        raise Invalid(_(CORRECT_IT), {"decision": said})
    pack = rule_pack(found.rule_pack)
    acknowledge_by, decide_by = queries.days(unit, found.body_id, pack, appeal=True)
    row = Complaint(
        matter=Matter.APPEAL, desk_id=found.body_id, rule_pack=pack.id, received_at=unit.now,
        status_since=unit.now, acknowledge_by=acknowledge_by, decide_by=decide_by,
        about_id=unit.actor.organisation_id, case_id=found.case_id, certificate_id=found.certificate_id,
        against_id=found.event_id, words=form.words, **_sender(unit),
    )  # fmt: skip
    try:
        begin(unit, COMPLAINT, row, "received", matter="appeal", against=found.key, decision=found.what)
    except IntegrityError as error:
        raise Refused(
            _(
                "Somebody of your organisation appealed against this decision in the same moment. Nothing of yours was saved: look at their appeal."
            )
        ) from error
    return row


def pass_on(unit: Unit, row: Complaint, form: PassOn) -> None:
    """Somebody else has to deal with it: it is on their desk from now on; its clock goes on. Raises Invalid."""
    desk = organisation_of_ref(unit, form.desk)
    about = organisation_of_ref(unit, form.about) if form.about else None
    if desk.seat not in (Seat.RRN, Seat.BODY) or desk.id == row.desk_id:
        raise Invalid(_(CORRECT_IT), {"desk": _("Choose RRN or another certification body.")})
    if about and about.id == desk.id:
        raise Invalid(_(CORRECT_IT), {"desk": _("A complaint about an organisation cannot go to itself.")})
    take(unit, COMPLAINT, row, "pass-on", form)
    row.desk_id, row.about_id = desk.id, about.id if about else row.about_id
    unit.db.flush()


def not_ours(unit: Unit, row: Complaint, form: NotOurs) -> None:
    """Nobody here can deal with it; whoever sent it reads why."""
    take(unit, COMPLAINT, row, "not-ours", form)
    row.answer = form.answer
    unit.db.flush()


def assign(unit: Unit, row: Complaint, form: Assign) -> None:
    """Give it to somebody who had no part in it and no tie (7.13.5, 7.13.6). Raises Invalid, or Refused with what speaks against them."""
    people, against = queries.who_may(unit, row)
    person = next((one for one in people if one.ref == form.person), None)
    if person is None:
        raise Invalid(_(CORRECT_IT), {"person": _("Choose somebody here whose role it is to decide this.")})
    if person.ref in against:
        raise Refused(
            _("It cannot be given to {name}: {why}. Nothing was changed: choose somebody else.").format(
                name=person.name, why=against[person.ref]
            )
        )
    take(unit, COMPLAINT, row, "assign", form)
    row.handler, row.handler_name = person.ref, person.name
    unit.db.flush()


def gather(unit: Unit, row: Complaint, form: Gather) -> None:
    """Write down what was found out, with a document perhaps. Raises Invalid for a file that is not taken."""
    take(unit, COMPLAINT, row, "note", form)
    document = None
    if form.document is not None:
        title = _("Complaint {ref}").format(ref=row.ref)
        document = keep_document(unit, form.document, row.desk_id, COMPLAINT_SUBJECT, row.id, title)
    unit.db.add(
        ComplaintNote(
            complaint_id=row.id, text=form.text, by=unit.actor.id, by_name=unit.actor.name, at=unit.now,
            document_id=document.id if document else None,
        )
    )  # fmt: skip
    unit.db.flush()


def decide(unit: Unit, row: Complaint, form: Decide) -> None:
    """Decide, with an answer for whoever sent it. No certificate changes by it: an upheld appeal asks the body to decide anew."""
    take(unit, COMPLAINT, row, "decide", form)
    row.outcome, row.answer, row.reasons, row.decided_at = form.outcome, form.answer, form.reasons, unit.now
    unit.db.flush()


def follow_up(unit: Unit, row: Complaint, form: FollowUp) -> None:
    """What followed is done; nothing more will be written, so the address is forgotten."""
    take(unit, COMPLAINT, row, "follow-up", form)
    forget_address(unit, row)


def take_back(unit: Unit, row: Complaint, form: TakeBack) -> None:
    """Whoever sent it does not want it any more."""
    take(unit, COMPLAINT, row, "take-back", form)
    forget_address(unit, row)


def forget_address(unit: Unit, row: Complaint) -> None:
    """Personal data is kept no longer than it is needed."""
    row.email = None
    unit.db.flush()


def settle(unit: Unit, row: Complaint) -> None:
    """Done by the register once the letters are written: the outcome is sent, or nobody writes about it any more."""
    if row.status is State.DECIDED:
        step = COMPLAINT.step("outcome-sent")
        take(unit, COMPLAINT, row, step.name, step.form(version=row.version))
    elif row.status is State.NOT_OURS and row.email:
        forget_address(unit, row)


DOING: dict[str, Callable[[Unit, Complaint, Any], None]] = {
    "pass-on": pass_on, "not-ours": not_ours, "assign": assign, "note": gather, "decide": decide,
    "follow-up": follow_up, "take-back": take_back,
}  # fmt: skip
