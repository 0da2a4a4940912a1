"""Taking a step: check it, move the subject with one conditional UPDATE, apply the form, write it down."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import inspect, update

from app.kernel.clock import civil_date
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Forbidden, Refused, Stale, WrongState
from app.kernel.fields import StepForm, View
from app.kernel.journal import Event, history, record
from app.kernel.words import label
from app.kernel.workflow import Done, Facts, Step, Subject, Workflow, check_version

Gather = Callable[[Unit, Any], Facts]
_gatherers: dict[str, Gather] = {}
G = TypeVar("G", bound=Gather)


class StepView(View):
    """A step the actor can take now; `asks` says whether it has a form to fill in first."""

    name: str
    label: str
    clause: str
    danger: bool
    asks: bool


class BarredView(View):
    """A step of the actor's role that cannot be taken just now, and why."""

    name: str
    label: str
    reason: str


class HistoryLine(View):
    """One line of a history, in words."""

    at: datetime
    who: str
    what: str
    note: str = ""


class ToneView(View):
    """A status as the tag macro draws it: word, tone (yes, partly, pause, no, unknown, plain) and shape."""

    word: str
    tone: str
    shape: str = ""


class StageView(View):
    """One of the stages of a case; state is done, now or todo."""

    label: str
    state: str


class TurnView(View):
    """Whose turn it is, since when, and the button that leads there when it is the reader's."""

    sentence: str
    detail: str = ""
    since: date | None = None
    mine: bool = False
    href: str = ""
    button: str = ""


class Casework(View):
    """What every page of a workflow's subject shows."""

    ref: str
    status: str
    version: int
    steps: list[StepView]
    barred: list[BarredView]
    history: list[HistoryLine]


def facts_for(workflow: Workflow[Any]) -> Callable[[G], G]:
    """Name the function that gathers what this workflow's guards look at."""

    def register(gather: G) -> G:
        _gatherers[workflow.name] = gather
        return gather

    return register


def past(unit: Unit, thread: str) -> tuple[Done, ...]:
    """Who did what on this thread so far."""
    return tuple(Done(event.kind, event.actor_id, civil_date(event.at)) for event in history(unit, thread))


def facts(unit: Unit, workflow: Workflow[Any], subject: Subject) -> Facts:
    gather = _gatherers.get(workflow.name)
    return gather(unit, subject) if gather else Facts(unit.today, past(unit, subject.thread))


def begin(unit: Unit, workflow: Workflow[Any], subject: Any, done: str, **data: Any) -> Event:
    """A new subject in its first state, written down."""
    unit.db.add(subject)
    unit.db.flush()
    return record(unit, f"{workflow.name}.{done}", subject, after=str(subject.status), **data)


def take(
    unit: Unit, workflow: Workflow[Any], subject: Subject, name: str, form: StepForm, **more: Any
) -> Event:
    """Take a step for the actor of the unit.

    Raises Forbidden, WrongState, Refused (a guard or independence) or Stale; nothing is changed then.
    """
    step = workflow.step(name)
    seen = facts(unit, workflow, subject)
    check_version(subject, form.version, stale_sentence())
    workflow.check(step, subject, unit.actor, seen)
    target = step.lands(subject.status, seen)
    before = _move(unit, target, subject)
    if step.apply:
        step.apply(subject, form)
    said = form.model_dump(mode="json", exclude={"version"})
    event = record(unit, workflow.event(step), subject, before=before, after=str(target), form=said, **more)
    unit.db.flush()
    return event


def _move(unit: Unit, target: Any, subject: Any) -> str:
    """One UPDATE that only succeeds from the state and version that were looked at; never check, then act."""
    unit.db.flush()
    before, table = subject.status, inspect(type(subject)).local_table
    moved = unit.db.execute(
        update(table)
        .where(table.c.id == subject.id, table.c.status == before, table.c.version == subject.version)
        .values(status=target, version=subject.version + 1, **_since(unit, table, before != target))
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(stale_sentence())
    unit.db.refresh(subject)
    return str(before)


def _since(unit: Unit, table: Any, moved: bool) -> dict[str, datetime]:
    """Subjects that show whose turn it is since when have a column for it, set by nothing but a real move."""
    return {"status_since": unit.now} if moved and "status_since" in table.c else {}


def steps_of(
    unit: Unit, workflow: Workflow[Any], subject: Subject, seen: Facts | None = None
) -> tuple[list[StepView], list[BarredView]]:
    """The steps the actor can take now, and those of their roles that are barred by a rule, with the reason.

    `seen` are the facts when the page has gathered them already.
    """
    seen = seen or facts(unit, workflow, subject)
    steps, barred = [], []
    for step in workflow.steps:
        if step.quiet:
            continue
        problem = workflow.refusal(step, subject, unit.actor, seen)
        if problem is None:
            steps.append(_view(step))
        elif isinstance(problem, Refused) and not isinstance(problem, (Forbidden, WrongState)):
            barred.append(BarredView(name=step.name, label=step.title, reason=problem.detail))
    return steps, barred


def _view(step: Step[Any]) -> StepView:
    asks = set(step.form.model_fields) - {"version"} != set()
    return StepView(name=step.name, label=step.title, clause=step.clause, danger=step.danger, asks=asks)


def told(unit: Unit, thread: str, notes: Callable[[Event], str] = lambda _event: "") -> list[HistoryLine]:
    """The history of a thread in words, newest first; `notes` says which words of an event this actor may read."""
    return [
        HistoryLine(
            at=event.at, who=event.actor_name, what=label(event.kind.replace(".", " ")), note=notes(event)
        )
        for event in reversed(history(unit, thread))
    ]
