"""What is asked of keys: two people for new ones, and what is said when one counts no more."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.kernel.fields import Form, Ref, Words
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P


class KeyTask(StrEnum):
    """What is to be done with the keys of a certification body, or of the log."""

    MAKE = "make"
    WITHDRAW = "withdraw"


class KeyOrderState(StrEnum):
    """Where an order stands: one person asked, another confirmed, the worker did it."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DONE = "done"
    DECLINED = "declined"


class KeyEnd(StrEnum):
    """Why a key counts no more."""

    WITHDRAWN = "withdrawn"
    """Its owner may seal no longer; what it made before stands."""
    SUSPECT = "suspect"
    """Others may know it; nothing it made from that moment on may be believed."""


class KeyState(StrEnum):
    """What a key is good for at a moment, and whether anybody has to do something about it."""

    SUSPECT = "suspect"
    WITHDRAWN = "withdrawn"
    LIST_ONLY = "list_only"
    """A root in whose place another certifies."""
    RETIRED = "retired"
    UNLICENSED = "unlicensed"
    """Its time ran out, and its body has no licence any more: it needs no other."""
    DUE = "due"
    """To be replaced: its time ran out, or an older root certified it than the one that certifies now."""
    SIGNS = "signs"
    SOON = "soon"


@dataclass(frozen=True)
class KeyUse:
    """How far a key is to be believed: from when on it is not, and whether others may know it."""

    since: datetime
    suspect: bool


class AskKeys(Form):
    """Somebody asks for keys to be made or withdrawn."""

    owner: Annotated[Ref, Field(title="Whose keys", json_schema_extra={"kind": "select"})]
    task: Annotated[KeyTask, Field(title="What is to be done", json_schema_extra={"kind": "select"})]
    reason: Annotated[Words, Field(title="Why", description="Read by RRN only. It stays in the history.")]


_S = KeyOrderState
KEY_ORDER = Workflow(
    "key_order",
    (
        Step("confirm", "confirmed", (_S.ASKED,), _S.CONFIRMED, P.KEY_MANAGE, independent_of=("asked",), label="Confirm this order"),
        Step("decline", "declined", (_S.ASKED,), _S.DECLINED, P.KEY_MANAGE, label="Decline this order", danger=True),
        Step("finish", "done", (_S.CONFIRMED,), _S.DONE, P.REGISTER_CONTINUE, quiet=True),
    ),
)  # fmt: skip
