"""A published register for tests: organisations, curricula and licences by the real commands, certificates as issuing leaves them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from app.certificates.models import Certificate, CertificateItem, CertificateStatus, CertificateVersion
from app.certificates.rules import Status, make_number
from app.curricula.models import CurriculumVersion
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, writing
from app.kernel.journal import record
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.organisations.commands import rename
from app.organisations.models import Organisation
from app.organisations.rules import NewName
from app.permissions import Role, Seat
from app.providers import commands as providers
from app.providers.rules import NewService
from app.standards.rules import Nation, Population, Route, Setting
from tests.curricula.make import make_version
from tests.licences.make import Body, actor_of, make_body, make_manager, make_organisation
from tests.providers.make import Service
from tests.worlds import once

GRANTED = date(2026, 1, 1)
EXPIRES = date(2028, 12, 31)


@dataclass
class World:
    """A licensed body, a training service with some curricula, and the certificate that names them."""

    site: Site
    rrn: Actor
    body: Body
    service: Service
    versions: list[str] = field(default_factory=list)
    number: str = ""


@once
def make_world(
    site: Site, name: str = "Harbour Lane Training", titles: Sequence[str] = ("Safe Holding: intermediate",)
) -> World:
    """Everything a certificate rests on, and nothing published yet."""
    rrn = make_manager(site)
    body = make_body(site, rrn, from_on=date(2026, 1, 1))
    world = World(site, rrn, body, add_service(site, body, name))
    world.versions = [make_version(site, world.service.manager, "certified", title) for title in titles]
    return world


def add_service(site: Site, body: Body, name: str, **more: Any) -> Service:
    """A service of that body."""
    said: dict[str, Any] = {
        "route": Route.COMMERCIAL, "nations": [Nation.ENGLAND], "settings": [Setting.HEALTH], "populations": [Population.ADULTS],
    }  # fmt: skip
    with writing(site, SYSTEM) as unit:
        holder = make_organisation(unit, name, Seat.PROVIDER)
        unit.actor = manager = actor_of(holder, Role.REPRESENTATIVE, "Maya Manager")
        service = providers.register_service(unit, holder, NewService(**(said | more)))
        providers.choose_body(unit, service, body.id)
        return Service(service.id, service.ref, holder.id, holder.ref, body.id, manager, body.officer)


def publish(
    world: World, serial: int = 217, service: Service | None = None, *, starts: date = GRANTED, expires: date = EXPIRES,
    former: Sequence[str] = (), at: datetime | None = None, told: bool = True,
) -> str:  # fmt: skip
    """A certificate for every curriculum of the world, granted and (unless `told` is false) published; its number."""
    holder = service or world.service
    number = make_number("NGC", serial)
    with writing(world.site, SYSTEM) as unit:
        unit.now = at or unit.now
        one = Certificate(
            number=number, holder_id=holder.organisation_id, service_id=holder.id, body_id=world.body.id, case_ref=f"case-{serial}",
            decision_ref=f"decision-{serial}", edition="rrn-1.2", rule_pack="rrn-2026", status=Status.ACTIVE if told else Status.GRANTED,
            granted_on=starts, starts_on=starts, expires_on=expires,
        )  # fmt: skip
        unit.db.add(one)
        unit.db.flush()
        for ref in world.versions:
            version = unit.db.query(CurriculumVersion).filter_by(ref=ref).one()
            unit.db.add(
                CertificateItem(
                    certificate_id=one.id,
                    curriculum_id=version.curriculum_id,
                    curriculum_version_id=version.id,
                    title=version.title,
                    number=version.number,
                )
            )
        names = ",".join(f'"{name}"' for name in former)
        unit.db.add(
            CertificateVersion(
                certificate_id=one.id,
                number=1,
                statement=f'{{"former_identifiers":[{names}]}}',
                design="harbour-2026",
                decided_at=unit.now,
                statement_digest="0" * 64,
                body_id=world.body.id,
                status_list=1,
                status_index=serial,
            )
        )
        _line(unit, one, None, Status.GRANTED, starts, None, public_text="")
        if told:
            _line(unit, one, Status.GRANTED, Status.ACTIVE, starts, None, public_text="Certified.")
            event = record(unit, "certificate.published", one)
            append(
                unit, event, EntryKind.CERTIFICATE_PUBLISHED, one.ref, {"number": number}, effective_on=starts
            )
    world.number = number
    return number


def change(
    world: World,
    status: Status,
    on: date,
    *,
    number: str = "",
    title: str = "",
    text: str = "The body said so.",
    at: datetime | None = None,
    ends_when: str = "",
    limit_on: date | None = None,
) -> None:
    """A change of status, of the whole certificate or of the curriculum of that title, as the commands leave it."""
    with writing(world.site, SYSTEM) as unit:
        unit.now = at or unit.now
        one = unit.db.query(Certificate).filter_by(number=number or world.number).one()
        before = one.status
        item = (
            unit.db.query(CertificateItem).filter_by(certificate_id=one.id, title=title).one()
            if title
            else None
        )
        said = {"public_text": text, "ends_when": ends_when, "limit_on": limit_on}
        _line(unit, one, before, status, on, item.id if item else None, **said)
        if item is None:
            setattr(one, "status", status)  # noqa: B010  the guard of the house forbids assigning it in the software
        event = record(unit, f"certificate.{status.value}", one)
        append(unit, event, EntryKind.CERTIFICATE_STATUS, one.ref, {"status": status.value}, effective_on=on)


def _line(
    unit: Any,
    one: Certificate,
    before: Status | None,
    status: Status,
    on: date,
    item: int | None,
    **said: Any,
) -> None:
    unit.db.add(
        CertificateStatus(
            certificate_id=one.id, item_id=item, before=before, status=status, effective_on=on, recorded_at=unit.now, by="system",
            reason_code="other", private_text="Nobody outside reads this.", **said,
        )
    )  # fmt: skip
    unit.db.flush()


def give_name(world: World, name: str, on: date) -> None:
    """The holder goes by another name from a day on."""
    with writing(world.site, SYSTEM) as unit:
        holder = unit.db.get_one(Organisation, world.service.organisation_id)
        rename(unit, holder, NewName(version=holder.version, name=name, from_on=on, different=True))


def moment(day: date, hour: int = 12) -> datetime:
    """That day in the middle of the day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
