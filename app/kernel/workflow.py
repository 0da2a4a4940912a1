"""A workflow is a table of steps. The table enforces them, offers them, and draws itself.

Pure: it knows nothing of the database or of HTTP.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from app.kernel.actor import Actor
from app.kernel.errors import NotFound, Problem, Refused, Stale, WrongState
from app.kernel.fields import Note, StepForm
from app.kernel.words import _, in_words, label
from app.permissions import Permission

S = TypeVar("S", bound=StrEnum)


class Done(NamedTuple):
    """Somebody did something: the event's kind, the person, and the day."""

    kind: str
    person: str
    on: date


@dataclass(frozen=True)
class Facts:
    """What guards may look at beside the subject itself. Areas add their own fields."""

    today: date
    past: tuple[Done, ...] = ()

    def took_part(self, day: str) -> str:
        """Why somebody who took part may not take a step, for that person to read; areas say who may instead."""
        return _(
            "You may not do this: you took part in this case on {day}, and it must be done by somebody who did not, so that nobody judges their own work. Nothing was changed: ask a colleague who took no part."
        ).format(day=day)


Guard = Callable[[Any, Actor, Any], str | None]
"""(subject, actor, facts) -> one sentence why the step may not be taken now, or None if it may."""


class Versioned(Protocol):
    """Whatever can be changed by two people at once."""

    version: Any


class Subject(Protocol):
    """Whatever a workflow moves."""

    id: Any
    ref: Any
    version: Any
    status: Any

    @property
    def thread(self) -> str: ...


@dataclass(frozen=True)
class Step(Generic[S]):
    """One arrow of a workflow: who may take it, from where to where, asking for what, on which conditions."""

    name: str
    done: str
    sources: tuple[S, ...]
    target: S
    permission: Permission
    form: type[StepForm] = Note
    apply: Callable[[Any, Any], None] | None = None
    """Moves what the form says onto the subject; pure."""
    guards: tuple[Guard, ...] = ()
    independent_of: tuple[str, ...] = ()
    """Whoever caused one of these events may not take this step (ISO/IEC 17065, 7.5.1 and 7.6.2)."""
    command: bool = False
    """Does more than move its subject: has a function of its own in commands.py."""
    clause: str = ""
    """The clause of ISO/IEC 17065 the step answers."""
    label: str = ""
    danger: bool = False
    """Takes something away from somebody: shown apart and in words that say so."""
    quiet: bool = False
    """Has no button and no address of its own: another page, another step or the register itself takes it."""
    stays: bool = False
    """Leaves the subject in whichever of the sources it is in; `target` is only the first of them."""
    instead: tuple[S, Callable[[Any], bool]] | None = None
    """Another state it leads to, and the facts that say when."""

    def lands(self, source: S, facts: Any) -> S:
        """The state the step leads to from `source`."""
        if self.stays:
            return source
        return self.instead[0] if self.instead and self.instead[1](facts) else self.target

    def arrows(self) -> list[tuple[S, S]]:
        """Every way it can lead, from one state to another."""
        if self.stays:
            return [(source, source) for source in self.sources]
        targets = (self.target, *(self.instead[:1] if self.instead else ()))
        return [(source, target) for source in self.sources for target in targets]

    @property
    def title(self) -> str:
        return _(self.label) if self.label else label(self.name)


@dataclass(frozen=True)
class Workflow(Generic[S]):
    """All the steps of one kind of subject."""

    name: str
    steps: tuple[Step[S], ...]

    def step(self, name: str) -> Step[S]:
        for step in self.steps:
            if step.name == name:
                return step
        raise NotFound(_("There is no step called {name}.").format(name=name))

    def event(self, step: Step[S]) -> str:
        return f"{self.name}.{step.done}"

    def check(self, step: Step[S], subject: Subject, actor: Actor, facts: Facts) -> None:
        """Raise Forbidden, WrongState or Refused; the one test that both offers and takes a step."""
        actor.require(step.permission)
        if subject.status not in step.sources:
            raise WrongState(
                _("“{step}” cannot be done now: the {thing} is {status}. Nothing was changed.").format(
                    step=step.title, thing=label(self.name).lower(), status=label(subject.status).lower()
                )
            )
        barred = {kind if "." in kind else f"{self.name}.{kind}" for kind in step.independent_of}
        for kind, person, on in facts.past:
            if kind in barred and person == actor.id:
                raise Refused(facts.took_part(in_words(on)))
        for guard in step.guards:
            if reason := guard(subject, actor, facts):
                raise Refused(reason)

    def offered(self, subject: Subject, actor: Actor, facts: Facts) -> list[Step[S]]:
        """The steps this actor could take now, by the very test that taking them makes."""
        return [step for step in self.steps if self.refusal(step, subject, actor, facts) is None]

    def refusal(self, step: Step[S], subject: Subject, actor: Actor, facts: Facts) -> Problem | None:
        try:
            self.check(step, subject, actor, facts)
        except Problem as problem:
            return problem
        return None

    def mermaid(self) -> str:
        """The state diagram, drawn from the table itself."""
        arrows = [
            f"    {source} --> {target}: {step.name}"
            for step in self.steps
            for source, target in step.arrows()
        ]
        return "\n".join(["stateDiagram-v2", *arrows])


def check_version(subject: Versioned, seen: int, sentence: str) -> None:
    """Refuse a write that was made looking at an older version of the row."""
    if subject.version != seen:
        raise Stale(sentence)
