"""Words that several pages of evaluations share: what happened, whose it is, what kind it is."""

from sqlalchemy import select

from app.audits.models import Audit
from app.kernel.casework import HistoryLine
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.standards.queries import rule_pack


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
            what=label(event.kind.replace(".", " ")),
            note=str(event.data.get("form", {}).get("reason", "")),
        )
        for event in unit.db.scalars(wanted.order_by(Event.id.desc()))
    ]
