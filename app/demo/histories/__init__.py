"""What happened to the twelve training services: every state of every machine is where one of these stories stopped."""

from collections.abc import Iterable
from datetime import date

from app.demo import delivering as d
from app.demo import licensing
from app.demo.delivering import Provider
from app.demo.histories import calder, matters, northgate
from app.demo.world import World
from app.demo.years import Story

CERTIFIED_ONCE = (
    Provider("harbourlane", "northgate"), Provider("wrenmoor", "northgate"), Provider("quillbeck", "calder"), Provider("ellerthwaite", "calder"),
    Provider("dyffryn", "northgate"), Provider("oskerby", "calder"), Provider("thornmere", "northgate"), Provider("pendrennock", "calder"),
    Provider("tarrowfield", "calder"),
)  # fmt: skip
"""Providers whose trainers were approved at some time."""


def stories(world: World) -> Iterable[tuple[date, Story]]:
    """Every story with the day on which it begins."""
    told = (
        (1290, northgate.harbour_lane(world)), (1285, calder.ellerthwaite(world)), (1080, calder.quillbeck(world)),
        (1040, calder.pendrennock(world)), (1000, northgate.wrenmoor(world)), (980, northgate.ties(world)),
        (960, calder.oskerby(world)), (900, licensing.lose_ribblewood(world)), (890, licensing.design_of_calder(world)), (880, licensing.watch_calder(world)),
        (760, calder.tarrowfield(world)), (700, northgate.dyffryn(world)), (700, licensing.resign_penhallow(world)),
        (640, northgate.thornmere(world)), (560, calder.skelderfen(world)), (520, northgate.marrowdale(world)),
        (330, calder.wexmarsh(world)), (430, matters.matters(world)),
        *((1180 - 7 * at, d.looked_after(world, one)) for at, one in enumerate(CERTIFIED_ONCE)),
    )  # fmt: skip
    return [(world.ago(days), story) for days, story in told]
