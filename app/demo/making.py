"""Making the demonstration: the opening day, then all stories in the order of their days, in a folder of its own."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, event

from app.demo.histories import stories
from app.demo.world import World, license_bodies, put_on_the_books
from app.demo.years import TurnedClock, Years
from app.kernel import outbox
from app.kernel.clock import civil_date, system_clock
from app.kernel.database import connect
from app.people.rules.passwords import hashed
from app.settings import Settings

BEGAN_DAYS_AGO = 1310
"""A little over three and a half years: a certificate lasts three, and one of them has to run out."""


def make(settings: Settings, password: str, heard: Callable[[float], None]) -> World:
    """Make the whole world in the empty database of these settings; `heard` is told the share of the years that is over."""
    today = civil_date(system_clock())
    clock = TurnedClock(today - timedelta(days=BEGAN_DAYS_AGO))
    site = connect(settings, clock)
    _write_fast(site.engine)
    world = World(site, clock, today, hashed(password))
    put_on_the_books(world)
    license_bodies(world)
    outbox.deliver_all(site)
    years = Years(site, clock, today - timedelta(days=1))
    for day, story in stories(world):
        years.begin(day, story)

    def tell(day: date) -> None:
        heard((day - world.ago(BEGAN_DAYS_AGO)).days / BEGAN_DAYS_AGO)

    years.run(tell)
    site.engine.dispose()
    return world


def _write_fast(engine: Engine) -> None:
    """While the world is made nothing waits for the disk: should the power fail, it is made again."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
