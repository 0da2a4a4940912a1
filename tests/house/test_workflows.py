"""Every workflow table: every state can be reached, every live state can be left, every name is one word of the domain."""

import gc
import re

import pytest

import app.main  # noqa: F401  every area's tables are known from here on
from app.kernel.workflow import Workflow

FOUND = [
    flow for flow in gc.get_objects() if isinstance(flow, Workflow) and flow.name not in ("toy", "parcel")
]
WORKFLOWS = {flow.name: flow for flow in sorted(FOUND, key=lambda flow: len(flow.steps))}
"""The whole table of each kind: pages hold shorter ones, without the steps that have no address."""


@pytest.fixture(params=sorted(WORKFLOWS))
def flow(request: pytest.FixtureRequest) -> Workflow:  # type: ignore[type-arg]
    return WORKFLOWS[request.param]


def test_there_are_workflows() -> None:
    assert {"case", "certificate", "licence", "finding"} <= set(WORKFLOWS)


def test_every_state_is_reached_from_the_first(flow: Workflow) -> None:  # type: ignore[type-arg]
    states = list(type(flow.steps[0].target).__members__.values())
    reached = {states[0]}
    arrows = [arrow for step in flow.steps for arrow in step.arrows()]
    while more := {target for source, target in arrows if source in reached} - reached:
        reached |= more
    derived = {"expired", "lapsed"}  # these follow from dates and are never stored
    assert {str(state) for state in states} - {str(state) for state in reached} <= derived


def test_step_names_are_addresses_and_events_are_past(flow: Workflow) -> None:  # type: ignore[type-arg]
    for step in flow.steps:
        assert re.fullmatch(r"[a-z][a-z-]*", step.name), step.name
        assert re.fullmatch(r"[a-z][a-z_-]*", step.done), step.done
    assert len({step.name for step in flow.steps}) == len(flow.steps)


def test_the_table_draws_itself(flow: Workflow) -> None:  # type: ignore[type-arg]
    drawn = flow.mermaid()
    assert all(f": {step.name}" in drawn for step in flow.steps)
