"""Surveillance in the demonstration: samples drawn, observations planned and made, by the people of the certification body."""

from datetime import date

from app.demo.world import World
from app.surveillance import commands, queries
from app.surveillance.rules import (
    WAITING,
    OpenLook,
    OrderDraw,
    PlanObservation,
    RecordObservation,
    Substitute,
)

DRAWN_WITHIN = 60
"""Days after which the register has made a draw for certain: its duties are done every few weeks here."""
SEEN = (
    "Fourteen people were taught; nobody was held before everybody had said how they wanted to be stopped.",
    "The session kept to the plan. A person with lived experience led the first hour and stayed for the rest.",
    "Read with the trainer: four observations in twelve months, each with what was changed afterwards.",
)


def draw(world: World, body: str, number: str) -> None:
    """The case officer orders a draw."""
    with world.acting(f"{body}/officer") as unit:
        cycle = queries.find_cycle(unit, number)
        commands.draw_sample(unit, cycle, OrderDraw(version=cycle.version))


def waiting(world: World, body: str, number: str) -> list[str]:
    """What was drawn and nobody has observed yet."""
    with world.acting(f"{body}/officer") as unit:
        cycle = queries.find_cycle(unit, number)
        return [one.ref for one in queries.picks_of(unit, cycle) if one.status in WAITING]


def plan(world: World, body: str, ref: str, on: date) -> None:
    """The lead assessor is to observe on a day."""
    with world.acting(f"{body}/officer") as unit:
        pick, lead = queries.find_pick(unit, ref), world.actors[f"{body}/lead"].id
        said = {"version": pick.version, "observer": lead, "planned_on": on}
        commands.plan(unit, pick, PlanObservation.model_validate(said))


def observe(world: World, body: str, refs: list[str]) -> None:
    """Planned and observed on the same day."""
    for at, ref in enumerate(refs):
        plan(world, body, ref, world.day)
        with world.acting(f"{body}/lead") as unit:
            pick = queries.find_pick(unit, ref)
            said = {"version": pick.version, "observed_on": unit.today, "note": SEEN[at % len(SEEN)]}
            commands.observe(unit, pick, RecordObservation.model_validate(said))


def substitute(world: World, body: str, ref: str, reason: str) -> None:
    """The next of the order takes the place of one that cannot be observed."""
    with world.acting(f"{body}/officer") as unit:
        pick = queries.find_pick(unit, ref)
        form = Substitute.model_validate({"version": pick.version, "reason": reason})
        commands.substitute(unit, pick, form)


def open_case(world: World, body: str, number: str, reason: str) -> None:
    """A surveillance case on what was drawn."""
    with world.acting(f"{body}/officer") as unit:
        cycle = queries.find_cycle(unit, number)
        commands.open_case(unit, cycle, OpenLook(version=cycle.version, reason=reason))
