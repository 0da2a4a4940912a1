"""A worker that is shot while it makes a statement: nothing half-made is given out, and the next one finishes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.certificates import effects
from app.kernel import files as kept
from app.kernel import outbox
from app.kernel.database import Site, reading
from app.kernel.errors import TooSoon
from app.statements import effects as making
from app.statements.commands import keep_sealed
from app.statements.queries import file_of, find_statement
from tests.conftest import SetClock
from tests.faults.test_crashes import SIGKILL_EXIT, in_a_process, shoot, shot_after
from tests.registry.make import make_world, publish
from tests.statements.make import ask
from tests.statements.test_statements import DAY, files, found_by_check

ARROWS: dict[str, Callable[[Any], tuple[Any, str, Any]]] = {
    "before sealing": lambda press: (press, "seal", shoot),
    "between drawing and storing": lambda press: (kept, "keep", shoot),
    "after storing the first file": lambda press: (kept, "keep", shot_after(kept.keep)),
    "before it is noted": lambda press: (making, "keep_sealed", shoot),
    "noted, before the commit": lambda press: (making, "keep_sealed", shot_after(keep_sealed)),
}


@pytest.mark.parametrize("arrow", ARROWS)
def test_a_worker_killed_while_it_makes_a_statement_leaves_none_and_the_next_one_finishes(
    site: Site, clock: SetClock, arrow: str
) -> None:
    world = make_world(site)
    publish(world)
    outbox.deliver_all(site)
    clock.now += timedelta(days=30)
    ref = ask(site, world.number, on=DAY)
    press = effects.press()

    def die(own: Site) -> None:
        setattr(*ARROWS[arrow](press))
        outbox.deliver_all(own)

    assert in_a_process(site, die) == SIGKILL_EXIT
    with reading(site) as unit, pytest.raises(TooSoon):
        file_of(unit, find_statement(unit, ref), "pdf")
    clock.now += timedelta(hours=1)
    outbox.deliver_all(site)
    made = files(site, ref)
    assert made["pdf"].startswith(b"%PDF-")
    assert found_by_check(site) == []
    clock.now += timedelta(hours=1)
    outbox.deliver_all(site)
    assert files(site, ref) == made
