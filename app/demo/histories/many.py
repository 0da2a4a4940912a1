"""What happens to each of the many services of a whole scheme: certified, looked after, renewed, or not."""

from collections.abc import Iterable
from datetime import date

from app.cases.rules import Kind, State, Verdict
from app.certificates.rules import Reason
from app.demo import delivering as d
from app.demo.certifying import Matter
from app.demo.crowd import FOR_EACH_AFFILIATE, Fate, Plan, plans
from app.demo.delivering import Provider
from app.demo.histories.acts import approve_seniors, beside, on_certificate, start, suspend
from app.demo.world import World, register
from app.demo.years import Story
from app.kernel.actor import SYSTEM
from app.kernel.database import writing
from app.licences.queries import standing

FIRST_TRAINER = 200
"""The trainers before are those of the small world."""
TERM, YEAR, EARLY = 1095, 365, 150
"""Days: a certificate lasts three years, is looked at every year, and its renewal is applied for so long before the end."""
AT_ONCE = 40
"""Affiliates that are approved in one go, with a month between."""
_STOPS = (
    State.DRAFT, State.SUBMITTED, State.UNDER_APPLICATION_REVIEW, State.AGREEMENT_PENDING, State.PLANNED, State.IN_EVALUATION, State.FINDINGS_ISSUED,
    State.CLIENT_RESPONSE, State.EVALUATION_COMPLETE, State.IN_REVIEW,
)  # fmt: skip


def stories(world: World) -> Iterable[tuple[date, Story]]:
    """The story of every service with the day on which it begins."""
    certified: set[str] = set()
    for at, plan in enumerate(plans()):
        one = Provider(plan.house.key, plan.body)
        yield world.ago(plan.joins), life(world, one, plan, at, certified)
        yield world.ago(plan.joins - 20), grow(world, one, plan, certified)
        yield world.ago(plan.joins - 20), d.looked_after(world, one)


def life(world: World, one: Provider, plan: Plan, at: int, certified: set[str]) -> Story:
    """From the day the service is on the books until the day people look."""
    with writing(world.site, SYSTEM) as unit:
        register(unit, world, plan.house)
    yield 3
    versions = start(world, one, plan.courses, plan.seniors, FIRST_TRAINER + plan.first_trainer)
    first = Matter(world, one.key, one.body, versions, concerns=plan.concerns)
    if plan.fate is Fate.REFUSED:
        yield from _refused(first)
        return
    yield from beside(
        first.apply(), first.agree(), first.evaluate(), first.settle(), first.conclude(Verdict.GRANT)
    )
    approve_seniors(world, one)
    if not _may_decide(world, one.body):
        return
    first.grant()
    yield 5
    first.status()
    certified.add(one.key)
    yield from _years(world, one, plan, first, at)


def _may_decide(world: World, body: str) -> bool:
    """Whether the body's licence lets it certify today."""
    with writing(world.site, SYSTEM) as unit:
        return standing(unit, world.organisations[body][0], unit.today).may_issue


def _refused(case: Matter) -> Story:
    """Refused with reasons, and never tried again."""
    yield from beside(case.apply(), case.agree(), case.evaluate(), case.settle())
    yield from case.conclude(Verdict.REFUSE)
    case.step(
        case.of("decider"), "refuse", reasons="What people are taught to do differently afterwards is not evaluated at all. You may appeal, and apply again at any time.",
    )  # fmt: skip


def grow(world: World, one: Provider, plan: Plan, certified: set[str]) -> Story:
    """Once it is certified: the affiliates with their own trainers, so many a month."""
    while one.key not in certified:
        yield 30
    trainer = FIRST_TRAINER + plan.first_trainer + plan.seniors
    for start_at in range(0, len(plan.affiliates), AT_ONCE):
        affiliates = d.propose_affiliates(world, one, list(plan.affiliates[start_at : start_at + AT_ONCE]))
        d.hand_in(world, one, affiliates, [])
        d.approve(world, one, affiliates, [])
        people = []
        for home in affiliates:
            people += d.propose_trainers(world, one, trainer, FOR_EACH_AFFILIATE, home)
            trainer += FOR_EACH_AFFILIATE
        d.hand_in(world, one, [], people)
        d.approve(world, one, [], people)
        yield 30


def _years(world: World, one: Provider, plan: Plan, case: Matter, at: int) -> Story:
    """Term after term, as its fate will have it; services whose body lost its licence are not renewed by it."""
    granted, last = world.day, world.today
    while True:
        for year in (1, 2):
            yield max(1, (granted - world.day).days + year * YEAR)
            if year == 1 and plan.fate is Fate.GIVEN_UP:
                _give_up(world, one, case)
                return
            fate = _of_the_visit(world, plan.fate, case.kind is Kind.INITIAL, year)
            yield from _visit(world, one, case, fate)
            if fate in (Fate.WITHDRAWN, Fate.SUSPENDED_NOW):
                return
        if plan.fate is Fate.NOT_RENEWED or not _may_decide(world, one.body):
            return
        yield max(1, (granted - world.day).days + TERM - EARLY - 60)
        renewal = Matter(
            world, one.key, one.body, case.versions, Kind.RECERTIFICATION, concerns=plan.concerns[:1]
        )
        stop = _STOPS[at % len(_STOPS)] if (last - world.day).days < EARLY else None
        yield from renewal.certify(stop)
        if stop:
            return
        case, granted = renewal, world.day


def _of_the_visit(world: World, fate: Fate, first_term: bool, year: int) -> Fate:
    """What this visit leads to: a fate comes once, and who is suspended now was suspended within the year."""
    comes = {
        Fate.SUSPENDED_ONCE: first_term and year == 1, Fate.WITHDRAWN: first_term and year == 2,
        Fate.SUSPENDED_NOW: (world.today - world.day).days < YEAR,
    }  # fmt: skip
    return fate if comes.get(fate, True) else Fate.GOES_ON


def _visit(world: World, one: Provider, case: Matter, fate: Fate) -> Story:
    """The yearly visit; what it leads to is the service's fate."""
    verdicts = {
        Fate.WITHDRAWN: Verdict.WITHDRAW, Fate.SUSPENDED_NOW: Verdict.SUSPEND, Fate.SUSPENDED_ONCE: Verdict.SUSPEND,
    }  # fmt: skip
    verdict = verdicts.get(fate, Verdict.MAINTAIN)
    look = Matter(world, one.key, one.body, [])
    yield from look.look_again(case.number, Kind.SURVEILLANCE, "The yearly visit.", verdict)
    if verdict is Verdict.MAINTAIN:
        look.step(look.of("decider"), "maintain", reasons="What was seen this year is as it should be.")
    elif verdict is Verdict.WITHDRAW:
        look.step(
            look.of("decider"), "end-certificate", reasons="A hold was taught that had been forbidden the year before.", reason_code=Reason.NONCONFORMITY.value,
        )  # fmt: skip
    else:
        suspend(
            look,
            "Trainers taught without current first aid.",
            "Every trainer has shown a current certificate.",
        )
        if fate is Fate.SUSPENDED_ONCE:
            yield 30
            better = Matter(world, one.key, one.body, [])
            yield from better.look_again(
                case.number, Kind.SPECIAL, "The papers of all trainers came.", Verdict.RESTORE
            )
            better.step(
                better.of("decider"),
                "restore",
                reasons="All papers were read.",
                reason_code=Reason.RESOLVED.value,
            )


def _give_up(world: World, one: Provider, case: Matter) -> None:
    on_certificate(
        world,
        f"{one.body}/decider",
        case.number,
        "terminate",
        Reason.ASKED_BY_THE_HOLDER,
        private_text="They teach no longer.",
    )
