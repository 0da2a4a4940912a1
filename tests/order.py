"""Who runs what when several processes share the suite: what shares a costly world stays together, and the longest begins first.

A unit is one file on one engine, or all files that look at the same world on one engine.
"""

import re
from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WORLDS = {
    "tests/check/": "check",
    "tests/house/test_pages.py": "check",
    "tests/demo/test_links.py": "demo",
    "tests/demo/test_tokens.py": "demo",
    "tests/demo/test_world.py": "demo",
    "tests/faults/": "faults",
    "tests/mirror/": "mirror",
    "tests/verifier/": "mirror",
}
"""Files by the beginning of their path, and the world that is made once for them."""
LONGEST = (
    "demo",
    "faults",
    "mirror",
    "check",
    "tests/journeys/test_certification.py",
    "tests/certificates/test_races.py",
    "tests/cases/test_races.py",
)
"""Worlds and files that take a minute or more, longest first; the rest is begun by the number of tests."""
ENGINE = re.compile(r"\[.*?(sqlite|postgresql)")


def unit_of(test: str) -> str:
    """The unit that a test belongs to, by its id."""
    path = test.partition("::")[0]
    world = next((name for begins, name in WORLDS.items() if path.startswith(begins)), path)
    engine = ENGINE.search(test)
    return f"{world} {engine[1]}" if engine else world


def longest_first(items: list[pytest.Item]) -> None:
    """Bring the tests into the order in which their units are handed out."""
    units = {item.nodeid: unit_of(item.nodeid) for item in items}
    many = Counter(units.values())

    def place(item: pytest.Item) -> tuple[int, int, str]:
        unit = units[item.nodeid]
        world = unit.partition(" ")[0]
        return (LONGEST.index(world) if world in LONGEST else len(LONGEST), -many[unit], unit)

    items.sort(key=place)


class Units(LoadScopeScheduling):  # type: ignore[misc]
    """Hands whole units to whoever is free, in the order of the tests."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
