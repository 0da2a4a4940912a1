"""The desk put together: every line once, late ones first, and one clear next action on top."""

from collections.abc import Sequence

from app.desks.queries.figures import figures
from app.desks.queries.matters import complaint_lines
from app.desks.queries.papers import certificate_lines, licence_lines
from app.desks.queries.people import people_lines
from app.desks.queries.reissues import reissue_lines
from app.desks.queries.surveillance import surveillance_lines
from app.desks.queries.views import DeskLine, DeskView, FigureView, StartView
from app.desks.queries.work import audit_lines, case_lines, finding_lines
from app.desks.rules import PURPOSES, in_order
from app.kernel.casework import TurnView
from app.kernel.database import Unit
from app.kernel.words import _
from app.permissions import Permission

__all__ = ["DeskLine", "DeskView", "FigureView", "StartView", "desk"]

SOURCES = (
    case_lines, audit_lines, finding_lines, surveillance_lines, people_lines, licence_lines, certificate_lines,
    reissue_lines, complaint_lines,
)  # fmt: skip
WORKING = frozenset(set(Permission) - {
    Permission.OVERSIGHT_READ, Permission.LICENCE_READ, Permission.CERTIFICATE_READ, Permission.MARK_READ, Permission.CASE_READ,
    Permission.SURVEILLANCE_READ,
})  # fmt: skip
"""Rights that bring work with them; whoever has none of them reads figures."""


def desk(unit: Unit) -> DeskView:
    """The desk of the actor: a fixed number of questions, however much there is."""
    lines = _once([line for source in SOURCES for line in source(unit)])
    mine = in_order([line for line in lines if line.mine])
    late = in_order([line for line in lines if line.late])
    return DeskView(
        name=unit.actor.name, organisation=unit.actor.organisation_name, today=unit.today, next=_next(mine),
        waiting_for_me=[line for line in mine if not line.late], late=late,
        i_wait_for=in_order([line for line in lines if not line.mine and not line.late]),
        figures=figures(unit), start=None if mine else _start(unit), has_desk=any(unit.actor.may(one) for one in WORKING),
    )  # fmt: skip


def _once(lines: Sequence[DeskLine]) -> list[DeskLine]:
    """A case says no more when what is to be done in it stands there as an evaluation or a finding of its own."""
    told = {line.case for line in lines if line.mine and line.kind in ("audit", "finding")}
    return [line for line in lines if line.kind != "case" or not line.mine or line.case not in told]


def _next(mine: Sequence[DeskLine]) -> TurnView | None:
    """The one clear next action: the first late line of the reader, or else the most pressing."""
    if not mine:
        return None
    first = mine[0]
    return TurnView(
        sentence=first.sentence,
        detail=first.about + ".",
        since=first.since,
        mine=True,
        href=first.href,
        button=first.button,
    )


def _start(unit: Unit) -> StartView | None:
    """What the desk of somebody for whom nothing waits is for, and where to go next."""
    found = next((one for one in PURPOSES if unit.actor.may(one.may)), None)
    return StartView(sentence=_(found.sentence), href=found.href, button=_(found.button)) if found else None
