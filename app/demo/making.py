"""Making the demonstration: the opening day, then all stories in the order of their days, in a folder of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, event

from app.demo import histories, licensing
from app.demo.histories import many
from app.demo.world import World, license_bodies, put_on_the_books
from app.demo.years import Story, TurnedClock, Years
from app.kernel import outbox
from app.kernel.clock import civil_date, system_clock
from app.kernel.database import connect
from app.people.rules.passwords import hashed
from app.settings import Settings


@dataclass(frozen=True)
class Size:
    """How long the demonstration's years are, who is in it, and what to expect while it is made."""

    began_days_ago: int
    stories: Callable[[World], Iterable[tuple[date, Story]]]
    years: str
    warning: str = ""


def _whole_scheme(world: World) -> Iterable[tuple[date, Story]]:
    """The small world's stories, the licences renewed in between, and those of 288 services more."""
    yield from histories.stories(world)
    yield world.ago(1900), licensing.renew(world, "northgate", "calder", "tarn", "penhallow", "ribblewood")
    yield world.ago(400), licensing.renew(world, "northgate", "calder", "tarn")
    yield from many.stories(world)


SIZES = {
    "small": Size(1310, histories.stories, "three and a half years"),
    "scheme": Size(
        3650, _whole_scheme, "ten years",
        "300 services, 5,000 affiliates and 23,000 trainers are made step by step, as their people would: that takes about two hours.",
    ),
}  # fmt: skip
"""`small` takes a little over three and a half years: a certificate lasts three, and one of them has to run out."""


def make(settings: Settings, password: str, heard: Callable[[float], None], size: Size) -> World:
    """Make the whole world in the empty database of these settings; `heard` is told the share of the years that is over."""
    today = civil_date(system_clock())
    clock = TurnedClock(today - timedelta(days=size.began_days_ago))
    site = connect(settings, clock)
    _write_fast(site.engine)
    world = World(site, clock, today, hashed(password))
    put_on_the_books(world)
    license_bodies(world)
    outbox.deliver_all(site)
    years = Years(site, clock, today - timedelta(days=1))
    for day, story in size.stories(world):
        years.begin(day, story)

    def tell(day: date) -> None:
        heard((day - world.ago(size.began_days_ago)).days / size.began_days_ago)

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
