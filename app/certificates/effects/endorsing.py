"""What follows a publication for badges: the body's endorsement of the service and of each curriculum, signed once."""

from app.certificates import queries
from app.certificates.commands import keep_endorsements
from app.certificates.did import Addresses
from app.certificates.effects.worker import keys_of, press
from app.certificates.keys import Purpose
from app.certificates.models import Certificate
from app.certificates.rules import Statement
from app.kernel.database import Unit
from app.kernel.journal import Event, Finish, after
from app.organisations.queries import organisation


@after("certificate.published")
@after("certificate.version_published")
def endorse(unit: Unit, event: Event) -> Finish | None:
    """Sign the endorsements of the version that was published, unless they are there."""
    certificate = unit.db.get_one(Certificate, event.subject_id)
    version = queries.of_version(unit, certificate, int(event.data["release"]))
    if queries.endorsements_of(unit, version):
        return None
    said, body = Statement.model_validate_json(version.statement), organisation(unit, certificate.body_id)
    key = keys_of(unit, body).signing(Purpose.CREDENTIAL, body.ref, unit.now)
    place, addresses = (
        press().Place(version.status_list, version.status_index),
        Addresses(unit.site.settings.public_base_url),
    )
    made = {
        about.ref: press().make_endorsement(said, about, place, key, addresses)
        for about in queries.endorsable(said)
    }
    return lambda unit: keep_endorsements(unit, version.id, made)
