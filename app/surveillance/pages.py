"""The pages of surveillance: all cycles, one cycle with its draws, one pick, and the two files to draw again with."""

from collections.abc import Mapping
from typing import Annotated, Any

from app.kernel.database import Unit
from app.kernel.fields import Optional, Ref
from app.permissions import Permission as P
from app.surveillance import commands, queries
from app.surveillance.models import Cycle, Pick
from app.surveillance.queries import CycleList, CycleView, PickView
from app.surveillance.rules import CYCLE, PICK, CycleState
from app.web.forms import Choices
from app.web.routing import Answer, Area

area = Area("surveillance")
JSON = "application/json"


@area.page("/surveillance", "surveillance/index.html", may=P.SURVEILLANCE_READ)
def index(
    unit: Unit,
    status: Annotated[CycleState | None, Optional] = None,
    after: Annotated[Ref | None, Optional] = None,
) -> CycleList:
    """The cycles the reader may know of, and what each certification body owes."""
    return queries.cycle_list(unit, status, after)


@area.page("/surveillance/{number}", "surveillance/show.html", may=P.SURVEILLANCE_READ)
def show(unit: Unit, number: Ref) -> CycleView:
    """The cycle of one certificate: what is owed, what was drawn and how, what was observed."""
    return queries.cycle_view(unit, number)


@area.page("/surveillance/picks/{ref}", "surveillance/show_pick.html", may=P.SURVEILLANCE_READ)
def show_pick(unit: Unit, ref: Ref) -> PickView:
    """One item that was drawn."""
    return queries.pick_view(unit, ref)


@area.file("/surveillance/draws/{ref}/list.json", may=P.SURVEILLANCE_READ)
def list_json(unit: Unit, ref: Ref) -> Answer:
    """The frozen list, byte for byte as it was hashed."""
    return Answer(queries.find_draw(unit, ref).listed.encode(), JSON, name="list.json")


@area.file("/surveillance/draws/{ref}/proof.json", may=P.SURVEILLANCE_READ)
def proof_json(unit: Unit, ref: Ref) -> Answer:
    """What the seed follows from."""
    return Answer(queries.proof_of(unit, queries.find_draw(unit, ref)), JSON, name="proof.json")


def _observers(unit: Unit, pick: Pick) -> Choices:
    return {"observer": queries.observer_choices(unit, unit.db.get_one(Cycle, pick.cycle_id))}


def _audits(unit: Unit, pick: Pick) -> Choices:
    return {"audit": queries.audit_choices(unit, unit.db.get_one(Cycle, pick.cycle_id))}


def _planned(_unit: Unit, pick: Pick) -> Mapping[str, Any]:
    return {
        "observer": pick.observer,
        "planned_on": pick.planned_on.isoformat() if pick.planned_on else None,
    }


def _today(unit: Unit, _pick: Pick) -> Mapping[str, Any]:
    return {"observed_on": unit.today.isoformat()}


area.steps(
    "/surveillance/{number}", CYCLE, find=queries.find_cycle, then=show, doing=commands.CYCLE_STEPS,
)  # fmt: skip
area.steps(
    "/surveillance/picks/{ref}", PICK, find=queries.find_pick, then=show_pick, doing=commands.PICK_STEPS,
    choices={"plan": _observers, "observe": _audits}, values={"plan": _planned, "observe": _today},
)  # fmt: skip
