"""What can be done about surveillance: cycles opened, counted and ended, samples drawn, observations planned and recorded."""

from collections.abc import Callable
from typing import Any

from app.kernel.database import Unit
from app.surveillance.commands.cycles import count, open_cycle, reckon
from app.surveillance.commands.drawing import carry_out, draw_sample, open_case
from app.surveillance.commands.picks import observe, plan, substitute
from app.surveillance.models import Cycle, Pick

CYCLE_STEPS: dict[str, Callable[[Unit, Cycle, Any], None]] = {"draw": draw_sample, "open-case": open_case}
PICK_STEPS: dict[str, Callable[[Unit, Pick, Any], None]] = {
    "plan": plan,
    "observe": observe,
    "substitute": substitute,
}

__all__ = [
    "CYCLE_STEPS",
    "PICK_STEPS",
    "carry_out",
    "count",
    "draw_sample",
    "observe",
    "open_case",
    "open_cycle",
    "plan",
    "reckon",
    "substitute",
]
