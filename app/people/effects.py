"""What follows later: the letter with the link for a new password, and forgetting failures of yesterday."""

from datetime import timedelta

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, writing
from app.kernel.journal import Event, Finish, after
from app.kernel.mail import post
from app.kernel.outbox import every
from app.people import queries
from app.people.commands.attempts import forget_old
from app.people.models import Recovery
from app.people.rules.codes import digest, new_secret


@after("recovery.asked")
def answer_recovery(_unit: Unit, event: Event) -> Finish:
    """Look whether there is such an account, and if so send the link; the page that asked never knows."""

    def finish(unit: Unit) -> None:
        asked = unit.db.get_one(Recovery, event.subject_id)
        person = queries.by_email(unit, asked.email)
        if person is None or asked.digest is not None:
            return
        secret = new_secret()
        asked.person_id, asked.digest = person.id, digest(secret)
        link = unit.site.settings.link(f"/password/{secret}")
        post(unit, person.email, "password-reset", name=person.name, link=link)

    return finish


@every(timedelta(hours=1))
def forget_failures(site: Site) -> None:
    """Counters of failures are kept for a day."""
    with writing(site, SYSTEM) as unit:
        forget_old(unit)
