"""What follows the steps of a complaint: letters to whoever is waited for next and to whoever sent it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.complaints.commands import settle
from app.complaints.models import Complaint
from app.complaints.queries import OFFICE
from app.complaints.rules import MATTER_WORDS, Matter, Outcome
from app.kernel import mail
from app.kernel.database import Unit
from app.kernel.journal import Event, Finish, after
from app.kernel.words import _, label
from app.organisations.queries import organisation
from app.people.queries import members, persons
from app.permissions import Role

Readers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Telling:
    """Who is told of an event, in which words; `said` names the field of the form they read in full."""

    to: str
    headline: str
    what: str
    said: str = ""


SENDER, DESK, HANDLER = "sender", "desk", "handler"
TOLD: dict[str, Telling] = {
    "complaint.received": Telling(DESK, "something new has arrived", "Look whether it is yours to deal with, and acknowledge it in time."),
    "complaint.passed_on": Telling(DESK, "something was passed on to you", "Look whether it is yours to deal with, and acknowledge it in time.", "note"),
    "complaint.acknowledged": Telling(SENDER, "it has arrived and is taken on", "What you sent has arrived and is taken on. Somebody who had no part in the matter looks into it and decides. It costs nothing.", "answer"),
    "complaint.assigned": Telling(HANDLER, "you are asked to look into it", "You had no part in the matter and no tie to those concerned is known. If there is one, say so before you begin. Gather what is needed, then decide."),
    "complaint.decided": Telling(SENDER, "it is decided", "What you sent is decided. The outcome: {outcome}. The answer:", "answer"),
    "complaint.not_ours": Telling(SENDER, "it cannot be dealt with here", "What you sent cannot be dealt with here, for this reason:", "answer"),
    "complaint.taken_back": Telling(DESK, "it was taken back", "Whoever sent it has taken it back. Nothing more is to be done.", "reason"),
}  # fmt: skip


def tell(unit: Unit, event: Event) -> Finish | None:
    """Write the letters, and take the register's own step after a decision."""
    row, told = unit.db.get_one(Complaint, event.subject_id), TOLD[event.kind]
    found = _letters(unit, row, event, told)
    if event.kind == "complaint.decided" and row.matter is Matter.APPEAL and row.outcome is Outcome.UPHELD:
        found += _to_decide_anew(unit, row)

    def finish(unit: Unit) -> None:
        for email, values in found:
            mail.post(unit, email, "complaint-handover", **values)
        settle(unit, unit.db.get_one(Complaint, event.subject_id))

    return finish


def _letters(unit: Unit, row: Complaint, event: Event, told: Telling) -> list[tuple[str, dict[str, str]]]:
    outcome = label(row.outcome).lower() if row.outcome else ""
    form = event.data.get("form", {})
    values = {
        **_around(unit, row), "headline": _(told.headline), "what": _(told.what).format(outcome=outcome),
        "words": str(form.get(told.said, "")),
    }  # fmt: skip
    if told.to == SENDER and row.matter is not Matter.APPEAL:
        values |= {"link": unit.site.settings.link("/report/follow"), "go": _("Follow it with your code")}
    return [(email, values | {"name": name}) for email, name in _readers(unit, row, told.to)]


def _around(unit: Unit, row: Complaint) -> dict[str, str]:
    return {
        "ref": row.ref, "title": _(MATTER_WORDS[row.matter]), "desk": organisation(unit, row.desk_id).name,
        "link": unit.site.settings.link(f"/complaints/{row.ref}"), "go": _("Open it"),
    }  # fmt: skip


def _to_decide_anew(unit: Unit, row: Complaint) -> list[tuple[str, dict[str, str]]]:
    values = {
        **_around(unit, row), "headline": _("an appeal was upheld: decide anew"), "words": "",
        "what": _("An appeal against a decision of yours was upheld. Nothing has changed by itself: decide anew on what it was about."),
    }  # fmt: skip
    people = members(unit, row.desk_id, Role.DECISION_MAKER)
    return [(one.email, values | {"name": one.name}) for one in people]


def _readers(unit: Unit, row: Complaint, to: str) -> Readers:
    if to == DESK:
        return [(one.email, one.name) for one in members(unit, row.desk_id, *OFFICE)]
    if to == HANDLER:
        return [(one.email, one.name) for one in persons(unit, {row.handler}).values()]
    if row.matter is Matter.APPEAL and row.from_id:
        return [(one.email, one.name) for one in members(unit, row.from_id, Role.REPRESENTATIVE)]
    if row.email:
        return [(row.email, row.by_name)]
    return [(one.email, one.name) for one in persons(unit, {row.by}).values()] if row.by else []


for _kind in TOLD:
    after(_kind)(tell)
