"""What several stories do: beginning, waiting, suspending, and steps on certificates."""

from datetime import timedelta
from typing import Any

from app.certificates.commands import CERTIFICATE_STEPS
from app.certificates.queries import find_certificate
from app.certificates.rules import CERTIFICATE, Reason
from app.demo import delivering as d
from app.demo import teaching as t
from app.demo.certifying import Matter
from app.demo.delivering import Provider
from app.demo.world import World
from app.demo.years import Story

HALF_A_YEAR = timedelta(days=170)


def until(world: World, days_ago: int) -> int:
    """How many days pass until so many days before people look; 1 when that day is over."""
    return max(1, (world.ago(days_ago) - world.day).days)


def on_certificate(world: World, who: str, number: str, name: str, reason: Reason, **said: Any) -> None:
    """Take a step of a certificate as its page does, from today."""
    with world.acting(who) as unit:
        certificate = find_certificate(unit, number)
        form = CERTIFICATE.step(name).form.model_validate(
            {"version": certificate.version, "effective_on": unit.today, "reason_code": reason, **said}
        )
        CERTIFICATE_STEPS[name](unit, certificate, form)


def start(
    world: World, provider: Provider, courses: tuple[t.Course, ...], seniors: int, first: int, *, handed_in: bool = True,
) -> list[str]:  # fmt: skip
    """Curricula written and submitted, senior trainers proposed with their evidence; the versions' references."""
    versions = [t.write_curriculum(world, provider.key, course) for course in courses]
    trainers = d.propose_trainers(world, provider, first, seniors)
    if handed_in:
        d.hand_in(world, provider, [], trainers)
    return versions


def approve_seniors(world: World, provider: Provider) -> None:
    d.approve(world, provider, [], world.trainers[provider.key])


def suspend(case: Matter, reasons: str, ends_when: str) -> None:
    """The decision to suspend, from today."""
    case.step(
        case.of("decider"), "suspend", reasons=reasons, reason_code=Reason.NONCONFORMITY.value, ends_when=ends_when,
        limit_on=case.world.day + HALF_A_YEAR, contact=f"The case office, office@{case.body}.example",
    )  # fmt: skip


def beside(*parts: Story) -> Story:
    for part in parts:
        yield from part
