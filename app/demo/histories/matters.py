"""What people complained of and appealed against: one matter stopped in every state in which one can stand."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.certificates.models import Certificate
from app.complaints import commands, queries
from app.complaints.rules import COMPLAINT, Matter, State
from app.complaints.rules.forms import NewAppeal, Report
from app.demo.histories.acts import until
from app.demo.world import World
from app.demo.years import Story
from app.kernel.actor import ANYONE
from app.kernel.casework import take
from app.kernel.database import writing

S = State
WAY: tuple[tuple[State, str], ...] = (
    (S.OURS, "accept"), (S.ACKNOWLEDGED, "acknowledge"), (S.GATHERING, "assign"), (S.GATHERING, "note"),
    (S.GATHERED, "complete"), (S.OUTCOME_SENT, "decide"), (S.FOLLOWED_UP, "follow-up"),
)  # fmt: skip
"""Where each step leads; the outcome is sent by the register before the next day of the story."""
SAID: dict[str, dict[str, str]] = {
    "acknowledge": {"answer": "Thank you for writing. We will tell you what comes of it."},
    "note": {"text": "Read the papers it speaks of, and asked both sides by telephone."},
    "follow-up": {"note": "Everybody concerned was told. Nothing else had to be done."},
}
IN_DOUBT = "The website says “certified to the RRN Standards” and names no number. I asked for one and got no answer."


def matters(world: World) -> Story:
    """Reports from the street and appeals of clients, through the years."""
    yield until(world, 420)
    yield from _appeal(world, "marrowdale", "northgate", "We had sent a second film.", S.TAKEN_BACK)
    yield until(world, 300)
    yield from _report(
        world, Matter.FALSE_CLAIM, "Kestrel Holding Courses", IN_DOUBT, S.FOLLOWED_UP, outcome="upheld"
    )
    yield from _report(
        world, Matter.OTHER, "The bus company", "The bus to the training centre is always late.", S.NOT_OURS
    )
    yield until(world, 100)
    yield from _appeal(
        world,
        "thornmere",
        "northgate",
        "One of the two members of staff was not in the room.",
        S.FOLLOWED_UP,
        outcome="not_upheld",
    )
    yield until(world, 70)
    yield from _appeal_of_the_refused(world)
    yield until(world, 26)
    yield from _report(
        world, Matter.BODY, "Calder Assurance", "Our visit was put off three times in a year.", S.GATHERED
    )
    yield from _complaint_about_harbour_lane(world)
    yield until(world, 12)
    vans = "The logo is on their vans, and the course they mean ended last year."
    yield from _report(world, Matter.MISUSE, "Foxglove Homes", vans, S.ACKNOWLEDGED)
    yield until(world, 6)
    yield from _report(world, Matter.FALSE_CLAIM, "Osprey Restraint Skills", IN_DOUBT, S.RECEIVED)
    leaflet = "A leaflet in our staff room says “RRN certificate” and gives no number."
    yield from _report(world, Matter.FALSE_CLAIM, "Dunlin Care Training", leaflet, S.OURS)


def _appeal(world: World, client: str, body: str, words: str, to: State, **decided: str) -> Story:
    """A client appeals against the last decision on it, once there is one."""
    while not (against := _last_decision(world, client)):
        yield 7
    with world.acting(f"{client}/manager") as unit:
        ref = commands.appeal(unit, NewAppeal(decision=against, words=words)).ref
    yield 2
    if to is S.TAKEN_BACK:
        _step(world, f"{client}/manager", ref, "take-back", reason="We write the curriculum anew instead.")
        return
    yield from _drive(world, f"{body}/director", f"{body}/impartiality", ref, to, **decided)


def _last_decision(world: World, client: str) -> str:
    with world.acting(f"{client}/manager") as unit:
        return next((one.key for one in queries.appealable(unit)), "")


def _appeal_of_the_refused(world: World) -> Story:
    """Upheld, and the new decision is still asked for."""
    words = "The refusal rests on a ratio sheet of another course; ours was with the papers all along."
    yield from _appeal(world, "skelderfen", "calder", words, S.OUTCOME_SENT, outcome="upheld")


def _report(
    world: World, matter: Matter, who: str, words: str, to: State, number: str = "", **decided: str
) -> Story:
    """Somebody reports something without a name; RRN deals with it, or the body whose certificate it names."""
    world.clock.pass_a_while()
    with writing(world.site, ANYONE) as unit:
        form = Report(
            matter=matter, who=who, words=words, number=number, place="Seen this month.", email=None
        )
        row, _code = commands.report(unit, form)
        ref = row.ref
    if to is S.RECEIVED:
        return
    yield 1
    if to is S.NOT_OURS:
        answer = "We cannot help with buses. The council of your town can."
        _step(world, "rrn/oversight", ref, "not-ours", answer=answer)
        return
    desk = ("northgate/director", "northgate/impartiality") if number else ("rrn/oversight", "rrn/licences")
    yield from _drive(world, *desk, ref, to, **decided)


def _complaint_about_harbour_lane(world: World) -> Story:
    """A care worker names the certificate, so it is on the body's desk; somebody uninvolved gathers."""
    with world.acting("rrn/oversight") as unit:
        holder = world.organisations["harbourlane"][0]
        asked = select(Certificate.number).where(Certificate.holder_id == holder)
        number = unit.db.scalars(asked.order_by(Certificate.id.desc())).first() or ""
    words = "We were twenty in the room with one trainer, and were told that this is normal."
    yield from _report(world, Matter.TRAINING, "Harbour Lane Training", words, S.GATHERING, number)


def _drive(world: World, office: str, handler: str, ref: str, to: State, **decided: str) -> Story:
    """Along the straight way, a few days between the steps, as far as it is told."""
    said: dict[str, dict[str, Any]] = {
        **SAID,
        "assign": {"person": world.actors[handler].id},
        "decide": {
            "answer": "Both sides were heard, and this is what the papers show.",
            "reasons": "The papers and what both sides said agree in everything that matters.",
            **decided,
        },
    }
    places = [state for state, _name in WAY]
    for place, (_state, name) in enumerate(WAY):
        who = handler if name in ("note", "complete", "decide") else office
        _step(world, who, ref, name, **said.get(name, {}))
        if to not in places[place + 1 :]:
            return
        yield 1


def _step(world: World, who: str, ref: str, name: str, **said: Any) -> None:
    """Take a step as its page does."""
    with world.acting(who) as unit:
        row = queries.find_complaint(unit, ref)
        form = COMPLAINT.step(name).form.model_validate({"version": row.version, **said})
        doing: Callable[..., None] | None = commands.DOING.get(name)
        if doing:
            doing(unit, row, form)
        else:
            take(unit, COMPLAINT, row, name, form)
