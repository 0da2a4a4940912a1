"""One complaint as its page shows it, and the progress of a report as its sender reads it."""

from datetime import datetime
from typing import Any

from app.cases.queries import case_of_id
from app.certificates.models import Certificate
from app.complaints.models import Complaint
from app.complaints.queries import views as v
from app.complaints.queries.facts import complaint_facts, who_may
from app.complaints.queries.lists import word
from app.complaints.queries.scope import (
    DECISIONS,
    appealable,
    event_of,
    find_complaint,
    is_inside,
    notes_of,
)
from app.complaints.rules import (
    COMPLAINT,
    MATTER_WORDS,
    PROGRESS,
    TO_ACKNOWLEDGE,
    Matter,
    Outcome,
    State,
)
from app.complaints.rules.states import GIVEN
from app.kernel.casework import HistoryLine, TurnView, steps_of, told
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, in_words, label
from app.organisations.queries import body_choices, names_of, of_seat, organisation
from app.permissions import Permission, Seat
from app.standards.queries import newest_rule_pack, rule_pack

TOLD = (State.OUTCOME_SENT, State.FOLLOWED_UP, State.NOT_OURS)
"""States in which whoever sent it may read the answer."""
ASKED = {
    State.RECEIVED: "say whether it is yours to deal with",
    State.OURS: "acknowledge it",
    State.ACKNOWLEDGED: "give it to somebody who had no part in the matter",
    State.OUTCOME_SENT: "do what follows from it, and say so",
}
"""What those who run the desk are waited for."""
HANDLING = {
    State.GATHERING: "gather what is needed to decide",
    State.GATHERED: "decide",
}
"""What the one who looks into it is waited for."""
WORDS = ("complaint.noted", "complaint.decided")
"""Events whose words stand on the page already, or are for the desk only."""


def progress(unit: Unit, row: Complaint) -> v.ProgressView:
    """Where a report stands: a sentence, and the answer once there is one. Nothing private."""
    sentence = _(PROGRESS[row.status]).format(desk=organisation(unit, row.desk_id).name)
    return v.ProgressView(
        ref=row.ref, matter=_(MATTER_WORDS[row.matter]), sentence=sentence, received_at=row.received_at,
        acknowledge_by=row.acknowledge_by if row.status in TO_ACKNOWLEDGE else None,
        outcome=label(row.outcome) if row.outcome and row.status in TOLD else "",
        answer=row.answer if row.status in TOLD else "",
    )  # fmt: skip


def complaint_view(unit: Unit, ref: str) -> v.ComplaintView:
    """The page of one complaint. Raises NotFound outside the actor's scope."""
    row = find_complaint(unit, ref)
    inside = is_inside(unit, row)
    steps, barred = steps_of(unit, COMPLAINT, row, complaint_facts(unit, row))
    names = names_of(unit, {id for id in (row.desk_id, row.about_id, row.from_id) if id})
    answered = inside or row.status in TOLD
    upheld = row.matter is Matter.APPEAL and row.outcome is Outcome.UPHELD and answered
    return v.ComplaintView(
        ref=row.ref, status=row.status, version=row.version, steps=steps, barred=barred,
        history=_history(unit, row, inside), title=_(MATTER_WORDS[row.matter]),
        is_appeal=row.matter is Matter.APPEAL, word=word(row.status), turn=turn(unit, row, names[row.desk_id], inside),
        desk=names[row.desk_id], inside=inside, received_at=row.received_at,
        acknowledge_by=row.acknowledge_by if row.status in TO_ACKNOWLEDGE else None, decide_by=row.decide_by,
        decided_at=row.decided_at, sent_by=_sent_by(row, names),
        about=names[row.about_id] if row.about_id else row.about_name, number=row.number, place=row.place,
        **_against(unit, row), stays_effect=rule_pack(row.rule_pack).deadlines.appeal_stays_effect,
        words=row.words, handler=row.handler_name,
        reach=row.email or "" if inside and row.handler == unit.actor.id else "",
        notes=_notes(unit, row) if inside else [], people=_people(unit, row) if inside else [],
        outcome=label(row.outcome) if row.outcome and answered else "", answer=row.answer if answered else "",
        reasons=row.reasons if inside else "", new_decision=upheld,
    )  # fmt: skip


def _sent_by(row: Complaint, names: dict[int, str]) -> str:
    if not row.by:
        return _("Somebody who gave no name")
    where = names.get(row.from_id or 0, "")
    return _("{name}, {organisation}").format(name=row.by_name, organisation=where) if where else row.by_name


def _against(unit: Unit, row: Complaint) -> dict[str, Any]:
    """The decision an appeal is against, in words, with the way to it."""
    event = event_of(unit, row)
    if event is None:
        return {"against": "", "against_on": None, "against_href": ""}
    if row.case_id:
        key = case_of_id(unit, row.case_id).ref
        href = f"/cases/{key}"
    else:
        key = unit.db.get_one(Certificate, row.certificate_id).number
        href = f"/certificates/{key}"
    what = _("{key}: {what}").format(key=key, what=_(DECISIONS[event.kind]))
    return {"against": what, "against_on": civil_date(event.at), "against_href": href}


def turn(unit: Unit, row: Complaint, desk: str, inside: bool) -> TurnView:
    """Whose turn it is, and what for."""
    since = civil_date(row.status_since)
    if row.status in HANDLING:
        mine = row.handler == unit.actor.id
        what, who = _(HANDLING[row.status]), row.handler_name if inside else desk
    elif row.status in ASKED:
        mine = inside and unit.actor.may(Permission.COMPLAINT_OFFICE)
        what, who = _(ASKED[row.status]), desk
    else:
        sentence = _(PROGRESS[row.status]).format(desk=desk)
        return TurnView(sentence=sentence, since=since)
    if mine:
        return TurnView(
            sentence=_("It is your turn: {what}.").format(what=what), since=since, mine=True,
            href="#steps", button=_("See what you can do"),
        )  # fmt: skip
    return TurnView(sentence=_("{who} is asked to {what}.").format(who=who, what=what), since=since)


def _notes(unit: Unit, row: Complaint) -> list[v.NoteView]:
    return [
        v.NoteView(
            text=note.text, by=note.by_name, at=note.at, document=document.ref if document else "",
            document_name=document.name if document else "",
        )
        for note, document in notes_of(unit, row)
    ]  # fmt: skip


def _people(unit: Unit, row: Complaint) -> list[v.CandidateView]:
    """Who may look into it, while that is a question, for those who answer it."""
    if row.status not in GIVEN or not unit.actor.may(Permission.COMPLAINT_OFFICE):
        return []
    people, against = who_may(unit, row)
    return [v.CandidateView(name=one.name, why_not=against.get(one.ref, "")) for one in people]


def _history(unit: Unit, row: Complaint, inside: bool) -> list[HistoryLine]:
    def note(event: Event) -> str:
        form = event.data.get("form", {})
        return str(form.get("note") or form.get("reason") or "") if inside and event.kind not in WORDS else ""

    lines = told(unit, row.thread, note)
    return lines if inside else [line.model_copy(update={"who": ""}) for line in lines]


def appeal_terms(_unit: Unit) -> v.AppealTermsView:
    """How long an appeal may take, and what becomes of the decision meanwhile, by the rules of today."""
    clocks = newest_rule_pack().deadlines
    span = clocks.appeal_decided
    clock = (
        _("It is decided within {count} working days.")
        if span.unit == "working_days"
        else _("It is decided within {count} days.")
    )
    stays = _("Until then the decision has no effect; the certification body sees to that.")
    return v.AppealTermsView(
        clock=clock.format(count=span.count),
        effect=stays if clocks.appeal_stays_effect else _("Until then the decision stays in effect."),
    )


def decision_choices(unit: Unit) -> dict[str, list[tuple[str, str]]]:
    """The decisions that can be appealed against, as choices of the form."""
    return {
        "decision": [
            (
                one.key,
                _("{key}: {what}, {day}").format(
                    key=one.key, what=_(DECISIONS[one.what]), day=_spoken(one.at)
                ),
            )
            for one in appealable(unit)
        ]
    }


def _spoken(moment: datetime) -> str:
    return in_words(civil_date(moment))


def desk_choices(unit: Unit, row: Complaint) -> dict[str, list[tuple[str, str]]]:
    """Whose a complaint can be: RRN and the bodies, without the desk it is on; and whom it may be about."""
    desks = [(one.ref, one.name) for one in of_seat(unit, Seat.RRN)] + body_choices(unit)
    here = organisation(unit, row.desk_id).ref
    services = [(one.ref, one.name) for one in of_seat(unit, Seat.PROVIDER)]
    return {"desk": [one for one in desks if one[0] != here], "about": [*services, *body_choices(unit)]}


def handler_choices(unit: Unit, row: Complaint) -> dict[str, list[tuple[str, str]]]:
    """Those who had no part in it and no tie."""
    people, against = who_may(unit, row)
    return {"person": [(one.ref, one.name) for one in people if one.ref not in against]}
