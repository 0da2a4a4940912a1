"""What follows a change of a licence: the body's directors are told what it means, with the reasons the public is not told."""

from datetime import date

from app.kernel import mail
from app.kernel.database import Unit
from app.kernel.journal import Event, Finish, after
from app.kernel.words import _, in_words
from app.licences.models import Licence
from app.licences.rules import meaning
from app.organisations.queries import organisation
from app.people.queries import members
from app.permissions import Role

HEADLINES = {
    "licence.licensed": "licensed", "licence.renewed": "renewed", "licence.watched": "on watch", "licence.cleared": "the watch has ended",
    "licence.suspended": "suspended", "licence.reinstated": "reinstated", "licence.withdrawn": "withdrawn",
    "licence.resigned": "given back", "licence.declined": "the application was declined",
}  # fmt: skip


def tell(unit: Unit, event: Event) -> Finish | None:
    """Write to the directors of the body."""
    licence = unit.db.get_one(Licence, event.subject_id)
    form = event.data.get("form", {})
    day = date.fromisoformat(form["effective_on"]) if "effective_on" in form else unit.today
    values = {
        "body": organisation(unit, licence.body_id).name, "headline": _(HEADLINES[event.kind]), "day": in_words(day),
        "meaning": meaning(str(event.data["after"])), "public": form.get("public_text", ""), "private": form.get("private_text", ""),
        "link": unit.site.settings.link(f"/licences/{licence.ref}"),
    }  # fmt: skip
    people = [(one.email, one.name) for one in members(unit, licence.body_id, Role.DIRECTOR)]

    def finish(unit: Unit) -> None:
        for email, name in people:
            mail.post(unit, email, "licence-changed", **values, name=name)

    return finish


for _kind in HEADLINES:
    after(_kind)(tell)
