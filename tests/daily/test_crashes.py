"""A worker that is shot while it closes a day: the day is closed whole or not at all, and every letter goes out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.certificates import effects
from app.daily import commands
from app.daily import effects as closing
from app.daily.commands import close_day
from app.daily.effects import close_days
from app.daily.queries import find_day, pdf_of_day
from app.kernel import files as kept
from app.kernel import mail, outbox
from app.kernel.database import Site, connect, reading
from app.papers.commands import order
from tests.certificates.make import World, work
from tests.conftest import SetClock
from tests.daily.test_days import OUTSIDE, TODAY, breaches, letters, reports, world
from tests.faults.test_crashes import SIGKILL_EXIT, in_a_process, shoot, shot_after

__all__ = ["world"]

BEFORE_THE_COMMIT: dict[str, Callable[[], tuple[Any, str, Any]]] = {
    "worked out, nothing written": lambda: (closing, "close_day", shoot),
    "before the paper is ordered": lambda: (commands, "order", shoot),
    "before the letters": lambda: (commands, "order", shot_after(order)),
    "in the middle of the letters": lambda: (mail, "post", shot_after(mail.post)),
    "written, before the commit": lambda: (closing, "close_day", shot_after(close_day)),
}
AFTER: dict[str, Callable[[], tuple[Any, str, Any]]] = {
    "before the letter goes": lambda: (mail, "deliver", shoot),
    "the letter is gone, and nobody noted it": lambda: (mail, "deliver", shot_after(mail.deliver)),
    "before sealing": lambda: (effects.press(), "seal", shoot),
    "sealed, before storing": lambda: (kept, "keep", shoot),
}


@pytest.fixture
def mailing(world: World) -> Any:
    site = connect(
        replace(world.site.settings, report_to=(OUTSIDE, "second@keeper.example")), world.site.clock
    )
    yield site
    site.engine.dispose()


@pytest.mark.parametrize("arrow", BEFORE_THE_COMMIT)
def test_a_worker_killed_while_it_closes_a_day_leaves_it_open_for_the_next(mailing: Site, arrow: str) -> None:
    def die(own: Site) -> None:
        setattr(*BEFORE_THE_COMMIT[arrow]())
        close_days(own)

    assert in_a_process(mailing, die) == SIGKILL_EXIT
    assert reports(mailing) == [] and letters(mailing) == {}
    close_days(mailing)
    work(mailing)
    assert len(reports(mailing)) == 1 and len(letters(mailing)) == 2
    assert breaches(mailing) == []


@pytest.mark.parametrize("arrow", AFTER)
def test_a_worker_killed_while_it_mails_or_seals_is_followed_by_one_that_finishes(
    mailing: Site, clock: SetClock, arrow: str
) -> None:
    close_days(mailing)
    said = reports(mailing)[0].content
    effects.press()

    def die(own: Site) -> None:
        setattr(*AFTER[arrow]())
        outbox.deliver_all(own)

    assert in_a_process(mailing, die) == SIGKILL_EXIT
    clock.now += timedelta(hours=1)
    work(mailing)
    assert len(letters(mailing)) == 2
    with reading(mailing) as unit:
        assert pdf_of_day(unit, TODAY).startswith(b"%PDF-")
        assert find_day(unit, TODAY).content == said
