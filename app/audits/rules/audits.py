"""An audit as states, and the result that each applicable requirement gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from app.certificates.rules import SectionOutcome
from app.kernel.actor import Actor
from app.kernel.fields import Form, Optional, Prose
from app.kernel.words import _, plural
from app.kernel.workflow import Facts, Step, Workflow
from app.permissions import Permission as P
from app.web.evidence import Evidence


class AuditStatus(StrEnum):
    """Where an audit stands; the client sees these words and no more of it."""

    PLANNED = "planned"
    IN_EVALUATION = "in_evaluation"
    COMPLETE = "complete"


class Outcome(StrEnum):
    """What an assessor found for one requirement."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class AuditFacts(Facts):
    """What the guards of an audit look at: who is on its team and who leads it (person refs)."""

    team: frozenset[str] = frozenset()
    lead: str = ""


class RecordResult(Form):
    """The result of one requirement. `version` is that of the result looked at, 0 when there was none."""

    outcome: Annotated[Outcome, Field(title="Result")]
    note: Annotated[Prose, Field(title="What you saw", description="Objective evidence, in your words.")] = ""
    reason: Annotated[Prose, Field(title="Why it does not apply")] = ""
    evidence: Annotated[Evidence | None, Field(title="A document or picture"), Optional] = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    go: Annotated[Literal["stay", "next"], Field(title="Then", json_schema_extra={"kind": "hidden"})] = "stay"


def reason_is_missing(form: RecordResult) -> str | None:
    """The sentence for a requirement left out without a reason, or None (ISO/IEC 17065, 7.4.4)."""
    if form.outcome is Outcome.NOT_APPLICABLE and len(form.reason) < 3:
        return _("Say why this requirement does not apply here.")
    return None


def on_team(_subject: Any, actor: Actor, facts: AuditFacts) -> str | None:
    if actor.id in facts.team:
        return None
    return _(
        "You are not on the team of this evaluation, so you may read it but not work on it. Nothing was changed."
    )


def leads(_subject: Any, actor: Actor, facts: AuditFacts) -> str | None:
    if actor.id == facts.lead:
        return None
    return _("Only the lead assessor of this evaluation may do this. Nothing was changed.")


def everything_has_a_result(audit: Any, _actor: Actor, _facts: AuditFacts) -> str | None:
    missing = audit.total - audit.recorded
    if missing <= 0:
        return None
    return plural(
        "{count} requirement has no result yet. Record it, or say why it does not apply. Nothing was changed.",
        "{count} requirements have no result yet. Record them, or say why they do not apply. Nothing was changed.",
        missing,
    )


def conformity(part: str, last: Mapping[str, Outcome], put_right: Mapping[str, bool]) -> SectionOutcome:
    """What the results of one part of the Standards come to; never better than its weakest requirement.

    `last` is what was found last for each requirement that applies; `put_right` says of each requirement with a
    nonconformity whether none of it is open. What was not met and led to no nonconformity was never put right.
    """
    own = {name: outcome for name, outcome in last.items() if name.partition(".")[0] == part}
    if not own:
        return SectionOutcome.NOT_ASSESSED
    good = all(put_right.get(name, outcome is Outcome.MET) for name, outcome in own.items())
    return SectionOutcome.CONFORM if good else SectionOutcome.NOT_CONFORM


A = AuditStatus
AUDIT = Workflow(
    "audit",
    (
        Step("begin", "begun", (A.PLANNED,), A.IN_EVALUATION, P.AUDIT_RECORD, guards=(on_team,), clause="7.4.3", label="Begin the evaluation"),
        Step(
            "complete", "completed", (A.IN_EVALUATION,), A.COMPLETE, P.AUDIT_LEAD, guards=(leads, everything_has_a_result),
            clause="7.4.4", label="Complete this evaluation",
        ),
        Step(
            "close", "completed", (A.PLANNED, A.IN_EVALUATION), A.COMPLETE, P.AUDIT_LEAD, guards=(everything_has_a_result,),
            clause="7.4.9", quiet=True,
        ),
        Step("reopen", "reopened", (A.COMPLETE,), A.IN_EVALUATION, P.AUDIT_LEAD, guards=(leads,), label="Reopen this evaluation", quiet=True),
    ),
)  # fmt: skip
