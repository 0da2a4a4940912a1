"""Complaints, appeals and concerns: for who runs that desk, who looks into one, who decides anew, and the client that waits."""

from app.complaints.models import Complaint
from app.complaints.queries import ASKED, HANDLING, due_on, upheld, waiting
from app.complaints.rules import MATTER_WORDS, PROGRESS
from app.desks.queries.views import DeskLine
from app.desks.rules import MOST
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.words import _
from app.permissions import Permission, Seat


def complaint_lines(unit: Unit) -> list[DeskLine]:
    """What is to be done on complaints and appeals, and upheld appeals that ask for a new decision."""
    if not unit.actor.may(Permission.COMPLAINT_READ):
        return []
    lines = [_line(unit, row, about) for row, about in waiting(unit, MOST)]
    return lines + (_anew(unit) if unit.actor.may(Permission.CASE_DECIDE) else [])


def _line(unit: Unit, row: Complaint, about: str) -> DeskLine:
    inside = unit.actor.seat in (Seat.RRN, Seat.BODY)
    handles = row.status in HANDLING and row.handler == unit.actor.id
    runs = inside and row.status in ASKED and unit.actor.may(Permission.COMPLAINT_OFFICE)
    due = due_on(row)
    return DeskLine(
        kind="complaint", about=_("{what}: {who}").format(what=_(MATTER_WORDS[row.matter]), who=about),
        sentence=_sentence(row, inside, handles=handles), since=civil_date(row.status_since), due_on=due,
        late=due is not None and due < unit.today, mine=handles or runs, href=f"/complaints/{row.ref}",
        button=_("Open it"),
    )  # fmt: skip


def _sentence(row: Complaint, inside: bool, *, handles: bool) -> str:
    if handles:
        what = _(HANDLING[row.status])
    elif inside and row.status in ASKED:
        what = _(ASKED[row.status])
    elif inside and row.status in HANDLING:
        return _("{name} looks into it.").format(name=row.handler_name)
    else:
        return _(PROGRESS[row.status]).format(desk=_("Your certification body"))
    return f"{what[:1].upper()}{what[1:]}."


def _anew(unit: Unit) -> list[DeskLine]:
    """Nothing changes by itself when an appeal is upheld: somebody has to decide again."""
    return [
        DeskLine(
            kind="complaint", about=_("Appeal upheld: {who}").format(who=client),
            sentence=_("Decide anew on {key}: the appeal against the decision was upheld.").format(key=key),
            since=civil_date(row.decided_at) if row.decided_at else None, mine=True,
            href=f"/complaints/{row.ref}", button=_("Open the appeal"),
        )
        for row, client, key in upheld(unit, MOST)
    ]  # fmt: skip
