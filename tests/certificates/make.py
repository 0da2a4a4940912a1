"""Certificates made by the real commands of all areas below: a licensed body, a service, certified curricula, a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.certificates import commands, queries
from app.certificates.models import Certificate, CertificateStatus, CertificateVersion
from app.certificates.rules import (
    CERTIFICATE,
    Grant,
    Reason,
    Status,
    StatusOn,
)
from app.curricula.queries import find_version
from app.kernel import outbox
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.organisations.models import Organisation
from app.permissions import Role, Seat
from app.providers.commands import choose_body, register_service
from tests.certificates.paper import SECTIONS
from tests.curricula.make import make_version
from tests.licences.make import Body, actor_of, make_body, make_manager, make_organisation
from tests.providers.make import details
from tests.worlds import once

TERM = 36


@dataclass(frozen=True)
class World:
    """A licensed body with its people, a training service with certified curricula, and RRN."""

    site: Site
    rrn: Actor
    body: Body
    decider: Actor
    assessor: Actor
    manager: Actor
    stranger: Actor
    holder_id: int
    service_id: int
    versions: tuple[int, ...]


@once
def make_world(
    site: Site, name: str = "Harbour Lane Training", curricula: int = 2, body: Body | None = None, rrn: Actor | None = None
) -> World:  # fmt: skip
    """Everything a decision needs; the curricula stand certified."""
    rrn = rrn or make_manager(site)
    body = body or make_body(site, rrn)
    with writing(site, SYSTEM) as unit:
        holder = make_organisation(unit, name, Seat.PROVIDER)
        manager = actor_of(holder, Role.REPRESENTATIVE, "Maya Prydderch")
        unit.actor = manager
        service = register_service(unit, holder, details())
        choose_body(unit, service, body.id)
        unit.actor = SYSTEM
        other = make_organisation(unit, "Wrenmoor Partnership Trust", Seat.PROVIDER)
        stranger = actor_of(other, Role.REPRESENTATIVE, "Sam Stranger")
        of_body = unit.db.get_one(Organisation, body.id)
        decider = actor_of(of_body, Role.DECISION_MAKER, "Dora Decider")
        assessor = actor_of(of_body, Role.LEAD_ASSESSOR, "Asha Assessor")
        holder_id, service_id = holder.id, service.id
    titles = (
        "Safe Holding: intermediate",
        "Reducing Restrictive Practices",
        "De-escalation and Disengagement",
    )
    refs = [make_version(site, manager, "certified", titles[n % 3]) for n in range(curricula)]
    with reading(site, manager) as unit:
        versions = tuple(find_version(unit, ref).id for ref in refs)
    return World(site, rrn, body, decider, assessor, manager, stranger, holder_id, service_id, versions)


def a_grant(world: World, **changed: Any) -> Grant:
    """What the decision hands over."""
    today = reading_day(world.site)
    fields: dict[str, Any] = {
        "case_ref": "NGC-C-0001", "holder_id": world.holder_id, "service_id": world.service_id, "body_id": world.body.id,
        "sections": SECTIONS, "edition": "rrn-1.2", "rule_pack": "rrn-2026", "items": world.versions, "decided_on": today,
        "decision_ref": f"decision{world.site.clock().timestamp():.0f}{id(changed) % 9973}", "starts_on": today, "term_months": TERM, "affiliates": 3,
    }  # fmt: skip
    return Grant(**(fields | changed))


def reading_day(site: Site) -> date:
    with reading(site, SYSTEM) as unit:
        return unit.today


def grant(world: World, **changed: Any) -> str:
    """A certificate that was granted and is still to be issued; its number."""
    with writing(world.site, world.decider) as unit:
        return commands.grant(unit, a_grant(world, **changed)).number


def issue(world: World, **changed: Any) -> str:
    """A certificate that is public; its number."""
    number = grant(world, **changed)
    work(world.site)
    return number


def work(site: Site) -> None:
    """What the worker does until nothing is due."""
    outbox.deliver_all(site)


def change(world: World, number: str, step: str, by: Actor | None = None, **said: Any) -> None:
    """Take a step as its page does: find the certificate in one's scope, then call its command."""
    with writing(world.site, by or world.decider) as unit:
        certificate = queries.find_certificate(unit, number)
        fields: dict[str, Any] = {
            "version": certificate.version, "effective_on": unit.today, "reason_code": Reason.NONCONFORMITY,
            "private_text": "Two findings stayed open.",
        }  # fmt: skip
        if step.startswith("suspend"):
            fields |= {
                "ends_when": "Both findings are closed.",
                "limit_on": date(2026, 8, 30),
                "contact": "Olive Officer, 01234 567890",
            }
        form = CERTIFICATE.step(step).form.model_validate(fields | said)
        commands.CERTIFICATE_STEPS[step](unit, certificate, form)


def row(site: Site, number: str) -> Certificate:
    """The certificate as it stands in the database."""
    with reading(site, SYSTEM) as unit:
        return unit.db.scalars(select(Certificate).where(Certificate.number == number)).one()


def versions(site: Site, number: str) -> Sequence[CertificateVersion]:
    """Its versions, oldest first."""
    with reading(site, SYSTEM) as unit:
        return queries.versions_of(unit, queries.find_certificate(unit, number))


def lines(site: Site, number: str) -> list[CertificateStatus]:
    """Its status history, oldest first."""
    with reading(site, SYSTEM) as unit:
        one = queries.find_certificate(unit, number)
        return list(queries.lines_of(unit, [one.id])[one.id])


def on(site: Site, number: str, day: date, known_at: Any = None) -> StatusOn:
    """What it was on a day, as known at a moment."""
    with reading(site, SYSTEM) as unit:
        return queries.status_on(unit, queries.find_certificate(unit, number).id, day, known_at)


def status(site: Site, number: str, day: date | None = None) -> Status | None:
    """Its status on a day, by default today."""
    return on(site, number, day or reading_day(site)).status


def refs(site: Site, number: str) -> list[str]:
    """The references of the curricula on it, in order."""
    with reading(site, SYSTEM) as unit:
        return list(queries.items_by_ref(unit, queries.find_certificate(unit, number)))
