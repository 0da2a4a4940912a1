"""Cycles, draws and picks as states: steps, forms and guards."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field

from app.kernel.actor import Actor
from app.kernel.fields import Day, Optional, Ref, StepForm, Words
from app.kernel.words import _
from app.kernel.workflow import Facts, Step, Workflow
from app.permissions import Permission as P


class Stratum(StrEnum):
    """The populations that are sampled, by the codes of the rule pack (domain page, section 5)."""

    CURRICULA = "curricula"
    SENIOR_TRAINERS = "senior_trainers"
    AFFILIATES = "affiliates"
    ASSOCIATE_TRAINER_RECORDS = "associate_trainer_records"


class CycleState(StrEnum):
    """Where the surveillance cycle of a certificate stands."""

    RUNNING = "running"
    IN_DEBT = "in_debt"
    ENDED = "ended"


class DrawState(StrEnum):
    """A draw is committed to first; the register draws when the ledger has gone on."""

    COMMITTED = "committed"
    DRAWN = "drawn"


class PickState(StrEnum):
    """What became of one item that was drawn."""

    DRAWN = "drawn"
    PLANNED = "planned"
    OBSERVED = "observed"
    SUBSTITUTED = "substituted"


STANDING = (PickState.DRAWN, PickState.PLANNED, PickState.OBSERVED)
"""Picks that count towards the sample; a substituted one has left it."""
WAITING = (PickState.DRAWN, PickState.PLANNED)
"""Picks that nobody has observed yet."""


class OrderDraw(StepForm):
    """Nothing to fill in: what may be picked and how many follows from the books."""


class OpenLook(StepForm):
    """A surveillance case with what was drawn in its scope."""

    reason: Annotated[Words, Field(title="What this case is to look at")]


class AnswerDebt(StepForm):
    """Why the sample was not reached, and what follows."""

    answer: Annotated[
        Words,
        Field(
            title="Why it was not reached, and what follows from it",
            description="RRN, the impartiality committee and the training service read it.",
        ),
    ]


class PlanObservation(StepForm):
    """Who observes, and when."""

    observer: Annotated[
        Ref,
        Field(
            title="Who observes",
            description="Somebody who is authorised as an assessor and has no tie to the training service.",
            json_schema_extra={"kind": "select"},
        ),
    ]
    planned_on: Annotated[Day, Field(title="On which day")]


class RecordObservation(StepForm):
    """What the observer saw."""

    observed_on: Annotated[Day, Field(title="On which day it was observed")]
    note: Annotated[
        Words, Field(title="What you saw", description="In a few sentences. The training service reads it.")
    ]
    audit: Annotated[
        Ref | None,
        Optional,
        Field(
            title="The evaluation it was part of",
            description="When it was observed in a case on this certificate.",
            json_schema_extra={"kind": "select"},
        ),
    ] = None


class Substitute(StepForm):
    """Why an item cannot be observed; the next of the order takes its place."""

    reason: Annotated[
        Words,
        Field(
            title="Why it cannot be observed",
            description="The training service and RRN read it. You do not choose what comes instead: the order of the draw does.",
        ),
    ]


@dataclass(frozen=True)
class CycleFacts(Facts):
    """What the guards of a cycle look at: numbers over all four strata, and what stands around the cycle."""

    to_draw: int = 0
    """What is owed and not drawn yet."""
    still_owed: int = 0
    """What is owed and not observed yet."""
    committed: bool = False
    """Whether a draw is on its way."""
    uncased: int = 0
    """Picks that wait for their observation and are in no case."""
    may_surveil: bool = False
    licence: str = ""
    """Where the body's licence stands, as a sentence."""
    cut_short: bool = False
    """Whether the certificate is over before its last day."""


@dataclass(frozen=True)
class DrawFacts(Facts):
    """The size of the checkpoint that decides, once there is one."""

    checkpoint: int | None = None


@dataclass(frozen=True)
class PickFacts(Facts):
    """Whether the cycle of the pick still runs."""

    running: bool = False


def licence_allows(_cycle: object, _actor: Actor, facts: CycleFacts) -> str | None:
    if facts.may_surveil:
        return None
    return _("{licence} So nobody can be observed for it now. Nothing was changed.").format(
        licence=facts.licence
    )


def no_draw_is_open(_cycle: object, _actor: Actor, facts: CycleFacts) -> str | None:
    if not facts.committed:
        return None
    return _(
        "A draw is on its way: it is made by itself as soon as the public log has gone on. Nothing was changed."
    )


def something_is_to_be_drawn(_cycle: object, _actor: Actor, facts: CycleFacts) -> str | None:
    if facts.to_draw:
        return None
    return _("As many are drawn as the rules of the scheme ask for. Nothing was changed.")


def something_waits_for_a_case(_cycle: object, _actor: Actor, facts: CycleFacts) -> str | None:
    if facts.uncased:
        return None
    return _("Nothing that was drawn waits for a case. Nothing was changed.")


def is_over(cycle: "CycleRow", _actor: Actor, facts: CycleFacts) -> str | None:
    if facts.cut_short or cycle.ends_on < facts.today:
        return None
    return _("The cycle still runs. Nothing was changed.")


def nothing_is_owed(_cycle: object, _actor: Actor, facts: CycleFacts) -> str | None:
    if facts.cut_short or not facts.still_owed:
        return None
    return _("The sample was not reached. Nothing was changed.")


def something_is_owed(_cycle: object, _actor: Actor, facts: CycleFacts) -> str | None:
    if facts.still_owed and not facts.cut_short:
        return None
    return _("Nothing is owed. Nothing was changed.")


def the_log_has_gone_on(_draw: object, _actor: Actor, facts: DrawFacts) -> str | None:
    """A root that was known when the list was frozen could have been chosen with it in view."""
    if facts.checkpoint is not None:
        return None
    return _(
        "The public log has no signed checkpoint yet that is later than the commitment. Nothing was drawn; it is drawn by itself as soon as there is one."
    )


def cycle_runs(_pick: object, _actor: Actor, facts: PickFacts) -> str | None:
    if facts.running:
        return None
    return _("The surveillance cycle is over, so its sample stays as it is. Nothing was changed.")


def is_the_observer(pick: "PickRow", actor: Actor, _facts: PickFacts) -> str | None:
    if pick.observer == actor.id:
        return None
    return _(
        "Only {name}, who was to observe, may say what was seen. Plan it anew when it was somebody else. Nothing was changed."
    ).format(name=pick.observer_name)


class CycleRow(Protocol):
    """The fields of a cycle that guards read."""

    ends_on: date


class PickRow(Protocol):
    """The fields of a pick that guards read."""

    observer: str
    observer_name: str


_C, _K = CycleState, PickState
CYCLE = Workflow(
    "cycle",
    (
        Step(
            "draw", "draw_ordered", (_C.RUNNING,), _C.RUNNING, P.SURVEILLANCE_PLAN, form=OrderDraw,
            guards=(no_draw_is_open, something_is_to_be_drawn, licence_allows), command=True, label="Draw the sample", clause="7.9.3",
        ),
        Step(
            "open-case", "case_opened", (_C.RUNNING,), _C.RUNNING, P.CASE_OFFICE, form=OpenLook,
            guards=(something_waits_for_a_case, licence_allows), command=True, label="Open a surveillance case on what was drawn", clause="7.9.1",
        ),
        Step("end", "ended", (_C.RUNNING,), _C.ENDED, P.REGISTER_CONTINUE, guards=(is_over, nothing_is_owed), quiet=True),
        Step("fall-short", "fell_short", (_C.RUNNING,), _C.IN_DEBT, P.REGISTER_CONTINUE, guards=(is_over, something_is_owed), quiet=True),
        Step("answer", "answered", (_C.IN_DEBT,), _C.ENDED, P.SURVEILLANCE_PLAN, form=AnswerDebt, label="Say what follows from the debt"),
    ),
)  # fmt: skip

DRAW = Workflow(
    "draw",
    (
        Step(
            "draw", "drawn", (DrawState.COMMITTED,), DrawState.DRAWN, P.REGISTER_CONTINUE, guards=(the_log_has_gone_on,), quiet=True,
        ),
    ),
)  # fmt: skip

PICK = Workflow(
    "pick",
    (
        Step(
            "plan", "planned", (_K.DRAWN, _K.PLANNED), _K.PLANNED, P.SURVEILLANCE_PLAN, form=PlanObservation, guards=(cycle_runs,),
            command=True, label="Plan the observation",
        ),
        Step(
            "observe", "observed", (_K.PLANNED,), _K.OBSERVED, P.AUDIT_RECORD, form=RecordObservation, guards=(cycle_runs, is_the_observer),
            command=True, label="Record what you saw", clause="7.9.3",
        ),
        Step(
            "substitute", "substituted", (_K.DRAWN, _K.PLANNED), _K.SUBSTITUTED, P.SURVEILLANCE_PLAN, form=Substitute, guards=(cycle_runs,),
            command=True, label="Put the next of the order in its place", danger=True,
        ),
    ),
)  # fmt: skip
