"""Words that several pages of evaluations share: what happened, whose it is, what kind it is."""

from sqlalchemy import select

from app.audits.models import Audit
from app.kernel.casework import HistoryLine
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.standards.queries import rule_pack

HAPPENED = {
    "audit.planned": "Evaluation planned",
    "audit.begun": "Evaluation begun",
    "audit.completed": "Evaluation completed",
    "audit.reopened": "Evaluation opened again",
    "finding.drafted": "Draft written",
    "finding.revised": "Draft changed",
    "finding.issued": "The provider was told",
    "finding.responded": "Answered",
    "finding.returned": "Answer returned",
    "finding.plan_accepted": "Plan accepted",
    "finding.implemented": "Reported as done",
    "finding.implementation_returned": "Not done yet: returned",
    "finding.effectiveness_checked": "It was done and works",
    "finding.closed": "Closed",
    "finding.disputed": "The provider says it is wrong",
    "finding.upheld": "Finding upheld",
    "finding.upgraded": "Upgraded: the answer was late",
    "finding.withdrawn": "Withdrawn",
}


def kind_label(audit: Audit) -> str:
    """The rule pack's words for the kind of evaluation."""
    return _(rule_pack(audit.rule_pack).labels.audits[audit.kind])


def organisation_name(unit: Unit, organisation_id: int) -> str:
    return unit.db.get_one(Organisation, organisation_id).name


def history_of(unit: Unit, subject: str, subject_id: int, without: tuple[str, ...]) -> list[HistoryLine]:
    """The events of one subject in words, newest first."""
    wanted = select(Event).where(
        Event.subject == subject, Event.subject_id == subject_id, Event.kind.not_in(without)
    )
    return [
        HistoryLine(
            at=event.at,
            who=event.actor_name,
            what=_(HAPPENED.get(event.kind) or label(event.kind.replace(".", " "))),
            note=str(event.data.get("form", {}).get("reason", "")),
        )
        for event in unit.db.scalars(wanted.order_by(Event.id.desc()))
    ]
