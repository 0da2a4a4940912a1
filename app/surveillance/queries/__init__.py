"""What can be asked about surveillance: cycles in numbers, what was drawn and how, and the pages."""

from app.surveillance.queries.choices import audit_choices, observer_choices, observers
from app.surveillance.queries.counting import (
    Population,
    day_of,
    name_of,
    numbers_of,
    owed_of,
    population,
    sums,
)
from app.surveillance.queries.lists import CycleList, cycle_list
from app.surveillance.queries.scope import (
    certificate_of,
    cycle_facts,
    deciding_checkpoint,
    draws_of,
    find_cycle,
    find_draw,
    find_pick,
    last_place,
    open_draws,
    picks_of,
    standing_items,
    uncounted,
    visible,
)
from app.surveillance.queries.views import CycleView, PickView, cycle_view, pick_view, proof_of

__all__ = [
    "CycleList",
    "CycleView",
    "PickView",
    "Population",
    "audit_choices",
    "certificate_of",
    "cycle_facts",
    "cycle_list",
    "cycle_view",
    "day_of",
    "deciding_checkpoint",
    "draws_of",
    "find_cycle",
    "find_draw",
    "find_pick",
    "last_place",
    "name_of",
    "numbers_of",
    "observer_choices",
    "observers",
    "open_draws",
    "owed_of",
    "pick_view",
    "picks_of",
    "population",
    "proof_of",
    "standing_items",
    "sums",
    "uncounted",
    "visible",
]
