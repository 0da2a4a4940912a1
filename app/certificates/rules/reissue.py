"""New paper for many certificates at once: what is asked for, and the states of the work."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.kernel.fields import Form, Ref, Text, Words
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P


class ReissueState(StrEnum):
    """How far it is: the worker goes on with it, somebody stopped it, or it is over."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    GIVEN_UP = "given_up"


class StartReissue(Form):
    """Somebody asks that every certificate of a body which stands today be put on new paper."""

    body: Annotated[Ref, Field(title="Whose certificates", json_schema_extra={"kind": "select"})]
    key: Annotated[
        Text,
        Field(
            title="Which of them",
            description="All that stand today, or only those whose paper was made with one key.",
            json_schema_extra={"kind": "select"},
        ),
    ] = ""
    reason: Annotated[Words, Field(title="Why", description="Read at RRN and by the certification body.")]


_S = ReissueState
REISSUE = Workflow(
    "reissue",
    (
        Step("stop", "stopped", (_S.RUNNING,), _S.STOPPED, P.CERTIFICATE_REISSUE, label="Stop for now"),
        Step("go-on", "gone_on", (_S.STOPPED,), _S.RUNNING, P.CERTIFICATE_REISSUE, label="Go on"),
        Step("give-up", "given_up", (_S.STOPPED,), _S.GIVEN_UP, P.CERTIFICATE_REISSUE, label="Give it up", danger=True),
        Step("finish", "done", (_S.RUNNING,), _S.DONE, P.REGISTER_CONTINUE, quiet=True),
    ),
)  # fmt: skip
