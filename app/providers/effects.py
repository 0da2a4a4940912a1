"""What follows the steps of affiliates and trainers: a letter to whoever is waited for next, or to whom it concerns."""

from app.kernel import mail
from app.kernel.database import Unit
from app.kernel.journal import Event, Finish, after
from app.kernel.words import _
from app.organisations.queries import organisation
from app.people.models import Person
from app.people.queries import members
from app.permissions import Role
from app.providers.models import Affiliate, TrainerAppointment, TrainingService

HEADLINES = {
    "evidence_completed": "{who} waits for your approval",
    "sent_back": "{who}: your certification body asks for more",
    "approved": "{who} is approved",
    "ended": "The arrangement of {who} with {service} ends",
}


def tell(unit: Unit, event: Event) -> Finish | None:
    """Write to the body when it is waited for, otherwise to the provider; an affiliate hears of its own approval and end."""
    row: Affiliate | TrainerAppointment
    if event.subject == Affiliate.__tablename__:
        row = unit.db.get_one(Affiliate, event.subject_id)
    else:
        row = unit.db.get_one(TrainerAppointment, event.subject_id)
    service, done = unit.db.get_one(TrainingService, row.service_id), event.kind.partition(".")[2]
    who = organisation(unit, row.organisation_id).name if isinstance(row, Affiliate) else row.person_name
    path = f"/affiliates/{row.ref}" if isinstance(row, Affiliate) else f"/trainers/{row.ref}"
    values = {
        "headline": _(HEADLINES[done]).format(who=who, service=organisation(unit, service.organisation_id).name),
        "words": str(event.data.get("form", {}).get("reason", "")) if done == "sent_back" else "",
        "link": unit.site.settings.link(path),
    }  # fmt: skip
    people = {one.email: one.name for one in _readers(unit, row, service, done)}

    def finish(unit: Unit) -> None:
        for email, name in people.items():
            mail.post(unit, email, "provider-handover", **values, name=name)

    return finish


def _readers(
    unit: Unit, row: Affiliate | TrainerAppointment, service: TrainingService, done: str
) -> list[Person]:
    """Whom the step concerns."""
    if done == "evidence_completed":
        return members(unit, service.body_id, Role.CASE_OFFICER) if service.body_id else []
    own = members(unit, service.organisation_id, Role.REPRESENTATIVE)
    if isinstance(row, Affiliate) and done in ("approved", "ended"):
        return [*own, *members(unit, row.organisation_id, Role.AFFILIATE_MANAGER)]
    return own


for _done in HEADLINES:
    after(f"affiliate.{_done}")(tell)
    after(f"trainer.{_done}")(tell)
