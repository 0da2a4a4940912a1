"""Certificates under surveillance, made by the real commands: a population worth drawing from, and a log that goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.certificates.effects import sign_log_again
from app.kernel.actor import SYSTEM, Actor
from app.kernel.casework import take
from app.kernel.database import Site, reading, writing
from app.permissions import Role
from app.providers.models import TrainingService
from app.providers.rules import TrainerLevel
from app.surveillance import commands, effects, queries
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.queries.counting import StratumNumbers
from app.surveillance.rules import CYCLE, PICK, Stratum
from tests.cases.make import World, make_member
from tests.cases.test_followup import certificate, issued
from tests.providers.make import Service, employer_of, make_affiliate, make_trainer
from tests.worlds import once

SEEN = "Twelve people held each other as the curriculum says; everybody was asked afterwards how it had felt."


@dataclass(frozen=True)
class Watched:
    """A public certificate with its cycle, and the people around it."""

    world: World
    service: Service
    number: str

    @property
    def site(self) -> Site:
        return self.world.site

    @property
    def officer(self) -> Actor:
        return self.world.officer

    @property
    def impartial(self) -> Actor:
        """Somebody of the body's impartiality committee."""
        return replace(
            self.officer, id="ruth", name="Ruth Abernethy", roles=frozenset({Role.IMPARTIALITY_MEMBER})
        )


@once
def make_watched(
    site: Site, *, affiliates: int = 6, trainers: int = 2, associates: int = 2, curricula: int = 2
) -> Watched:
    """A certificate under surveillance: by default 2 curricula, 2 senior trainers, 6 affiliates and 2 associate trainers."""
    world = issued(site, curricula)
    with reading(site, SYSTEM) as unit:
        ref = unit.db.get_one(TrainingService, world.service_id).ref
    client = world.client
    service = Service(
        world.service_id, ref, client.organisation_id or 0, client.organisation_ref, world.body.id, client, world.officer
    )  # fmt: skip
    homes = [make_affiliate(site, service, f"Home number {at}") for at in range(affiliates)]
    for at in range(trainers):
        make_trainer(site, service, f"Senior number {at}")
    for at in range(associates):
        make_trainer(
            site, service, f"Associate number {at}", level=TrainerLevel.ASSOCIATE, employer=employer_of(site, homes[0])
        )  # fmt: skip
    with writing(site, SYSTEM) as unit:
        commands.open_cycle(unit, certificate(world))
    return Watched(world, service, certificate(world).number)


def cycle_step(watched: Watched, actor: Actor, name: str, **said: Any) -> None:
    """Take a step of the cycle as its page does."""
    with writing(watched.site, actor) as unit:
        row = queries.find_cycle(unit, watched.number)
        form = CYCLE.step(name).form.model_validate({"version": row.version, **said})
        doing = commands.CYCLE_STEPS.get(name)
        if doing:
            doing(unit, row, form)
        else:
            take(unit, CYCLE, row, name, form)


def pick_step(watched: Watched, actor: Actor, ref: str, name: str, **said: Any) -> None:
    """Take a step of a pick as its page does."""
    with writing(watched.site, actor) as unit:
        row = queries.find_pick(unit, ref)
        form = PICK.step(name).form.model_validate({"version": row.version, **said})
        commands.PICK_STEPS[name](unit, row, form)


def order(watched: Watched) -> Draw:
    """A draw that is committed to and waits for the log."""
    cycle_step(watched, watched.officer, "draw")
    return draws(watched)[-1]


def log_goes_on(watched: Watched) -> None:
    """Something else becomes public, and the log is signed again."""
    make_affiliate(watched.site, watched.service, f"Later home {watched.site.clock().timestamp()}")
    sign_log_again(watched.site)


def draw(watched: Watched) -> list[Pick]:
    """A draw that was made; what it gave, by stratum and place."""
    order(watched)
    log_goes_on(watched)
    effects.draw_committed(watched.site)
    return picks(watched)


def plan(watched: Watched, pick: Pick, on: date | None = None) -> None:
    """The lead assessor is to observe, by default today."""
    said = {"observer": watched.world.lead.id, "planned_on": on or today(watched)}
    pick_step(watched, watched.officer, pick.ref, "plan", **said)


def observe(watched: Watched, some: Iterable[Pick]) -> None:
    """Planned and observed on the same day, by the lead assessor."""
    for pick in some:
        plan(watched, pick)
        pick_step(watched, watched.world.lead, pick.ref, "observe", observed_on=today(watched), note=SEEN)


def today(watched: Watched) -> date:
    return watched.site.clock().date()


def cycle(watched: Watched) -> Cycle:
    """The cycle as it stands in the database."""
    with reading(watched.site, SYSTEM) as unit:
        return queries.find_cycle(unit, watched.number)


def draws(watched: Watched) -> list[Draw]:
    with reading(watched.site, SYSTEM) as unit:
        return list(queries.draws_of(unit, queries.find_cycle(unit, watched.number)))


def picks(watched: Watched) -> list[Pick]:
    with reading(watched.site, SYSTEM) as unit:
        return list(queries.picks_of(unit, queries.find_cycle(unit, watched.number)))


def numbers(watched: Watched) -> dict[Stratum, StratumNumbers]:
    """The four strata as the page shows them."""
    with reading(watched.site, SYSTEM) as unit:
        found = queries.numbers_of(unit, queries.find_cycle(unit, watched.number))
        return {one.stratum: one for one in found}


def pass_days(watched: Watched, days: int) -> None:
    """The clock is put on."""
    watched.site.clock.now += timedelta(days=days)  # type: ignore[attr-defined]


def end_cycle(watched: Watched) -> None:
    """The day after the last day, when the register counts for the last time."""
    pass_days(watched, (cycle(watched).ends_on - today(watched)).days + 1)
    effects.count_cycles(watched.site)


def outsider(watched: Watched) -> Actor:
    """A case officer of another body."""
    member: Actor = make_member(watched.site, watched.world.body, "Otto Other", Role.CASE_OFFICER)
    return replace(member, organisation_id=(member.organisation_id or 0) + 9999)
