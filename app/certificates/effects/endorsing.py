"""What follows a publication for badges: the body's endorsement of the service and of each curriculum, signed once."""

from functools import partial
from typing import Final

from app.certificates import queries
from app.certificates.commands import keep_endorsements
from app.certificates.did import Addresses
from app.certificates.effects.worker import do, keys_of, press
from app.certificates.keys import Purpose
from app.certificates.models import Certificate, CertificateVersion
from app.certificates.rules import Statement
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import in_idle_time
from app.organisations.queries import organisation

PIECE: Final = 200
"""Versions that are looked at in one go."""


@after("certificate.published")
@after("certificate.version_published")
def endorse(unit: Unit, event: Event) -> Finish | None:
    """Sign the endorsements of the version that was published, unless they are there."""
    certificate = unit.db.get_one(Certificate, event.subject_id)
    version = queries.of_version(unit, certificate, int(event.data["release"]))
    return _endorsed(unit, certificate, version)


@in_idle_time
def endorse_older(site: Site) -> bool:
    """What was published before there were endorsements gets them: a piece of the register at a time, all of it once a day."""
    day, reached = site.memory.get("endorsed", (None, 0))
    with reading(site, SYSTEM) as unit:
        reached = reached if day == unit.today else 0
        after, missing = queries.without_endorsements(unit, reached, PIECE)
        site.memory["endorsed"] = (unit.today, after)
        wanted = [one.id for one in missing if _can_sign(unit, one)]
    for version_id in wanted:
        do(site, partial(_endorse_version, version_id))
    return after > reached


def _can_sign(unit: Unit, version: CertificateVersion) -> bool:
    body = organisation(unit, version.body_id)
    return keys_of(unit, body).usable(Purpose.CREDENTIAL, body.ref, unit.now) is not None


def _endorse_version(version_id: int, unit: Unit) -> Finish | None:
    version = unit.db.get_one(CertificateVersion, version_id)
    return _endorsed(unit, unit.db.get_one(Certificate, version.certificate_id), version)


def _endorsed(unit: Unit, certificate: Certificate, version: CertificateVersion) -> Finish | None:
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
