"""Whom the reader may know of, and who was approved to deliver on a day."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, false, func, select
from sqlalchemy.orm import aliased

from app.kernel.casework import facts_for, past
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.words import _
from app.organisations.models import Organisation
from app.organisations.queries import names_of, organisation
from app.permissions import Permission, Seat
from app.providers.models import (
    Affiliate,
    AffiliateApproval,
    TrainerAppointment,
    TrainerApproval,
    TrainingService,
)
from app.providers.rules import AFFILIATE, TRAINER, AffiliateFacts, AffiliateState, TrainerFacts, TrainerLevel
from app.standards.queries import newest_rule_pack

Row = TypeVar("Row", Affiliate, TrainerAppointment)
APPROVALS: dict[type, tuple[Any, str]] = {
    Affiliate: (AffiliateApproval, "affiliate_id"),
    TrainerAppointment: (TrainerApproval, "trainer_id"),
}
"""The spans of days beside each kind of row, and the column that names the row."""


def visible(unit: Unit) -> Select[TrainingService]:
    """RRN sees every service, a body those that chose it, a provider its own, an affiliate those it delivers for."""
    unit.actor.require(Permission.PROVIDER_READ)
    rows, own = select(TrainingService), unit.actor.organisation_id
    if unit.actor.seat is Seat.RRN:
        return rows
    if own is None:
        return rows.where(false())
    if unit.actor.seat is Seat.BODY:
        return rows.where(TrainingService.body_id == own)
    if unit.actor.seat is Seat.AFFILIATE:
        return rows.where(
            TrainingService.id.in_(select(Affiliate.service_id).where(Affiliate.organisation_id == own))
        )
    return rows.where(TrainingService.organisation_id == own)


def find_service(unit: Unit, ref: Ref) -> TrainingService:
    """The service of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(TrainingService.ref == ref))
    if found is None:
        raise NotFound(_("There is no training service of that reference among those you work with."))
    return found


def services_named(ref: str, *others: Select[int]) -> CompoundSelect[int]:
    """The ids of the services of a reference, their own or their organisation's, and of `others`: for `in_`.

    One question for each table: a database that is asked for either at once goes through all services.
    """
    of_organisation = select(TrainingService.id).join(
        Organisation, Organisation.id == TrainingService.organisation_id
    )
    named = select(TrainingService.id).where(TrainingService.ref == ref)
    return named.union(of_organisation.where(Organisation.ref == ref), *others)


def service_of(unit: Unit, organisation_id: int) -> TrainingService:
    """The service of an organisation, for code that holds the id already; scope is the caller's. Raises NotFound."""
    found = unit.db.scalar(select(TrainingService).where(TrainingService.organisation_id == organisation_id))
    if found is None:
        raise NotFound(_("This organisation has not described its training service yet. That comes first."))
    return found


def visible_affiliates(unit: Unit) -> Select[Affiliate]:
    """The affiliates of the services the actor may see; an affiliate sees itself alone."""
    services = visible(unit).with_only_columns(TrainingService.id)
    rows = select(Affiliate).where(Affiliate.service_id.in_(services))
    own = Affiliate.organisation_id == unit.actor.organisation_id
    return rows.where(own) if unit.actor.seat is Seat.AFFILIATE else rows


def find_affiliate(unit: Unit, ref: Ref) -> Affiliate:
    """The affiliate of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible_affiliates(unit).where(Affiliate.ref == ref))
    if found is None:
        raise NotFound(_("There is no affiliate of that reference among those you work with."))
    return found


def visible_trainers(unit: Unit) -> Select[TrainerAppointment]:
    """The trainers of the services the actor may see; an affiliate sees those it employs."""
    services = visible(unit).with_only_columns(TrainingService.id)
    rows = select(TrainerAppointment).where(TrainerAppointment.service_id.in_(services))
    own = TrainerAppointment.employer_id == unit.actor.organisation_id
    return rows.where(own) if unit.actor.seat is Seat.AFFILIATE else rows


def find_trainer(unit: Unit, ref: Ref) -> TrainerAppointment:
    """The appointment of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible_trainers(unit).where(TrainerAppointment.ref == ref))
    if found is None:
        raise NotFound(_("There is no trainer of that reference among those you work with."))
    return found


def affiliates_on(
    unit: Unit, service_id: int, day: date, known_at: datetime | None = None
) -> Sequence[Affiliate]:
    """The affiliates of a service that were approved on a day, as known at a moment (None: now); scope is the caller's."""
    rows = _approved(select(Affiliate).where(Affiliate.service_id == service_id), Affiliate, day, known_at)
    return unit.db.scalars(rows.order_by(Affiliate.id)).all()


def trainers_on(
    unit: Unit, service_id: int, day: date, known_at: datetime | None = None
) -> Sequence[TrainerAppointment]:
    """The appointments of a service that were approved on a day, as known at a moment (None: now); scope is the caller's.

    For an associate trainer the employer must be approved on the day as well: ask `affiliates_on`.
    """
    rows = select(TrainerAppointment).where(TrainerAppointment.service_id == service_id)
    rows = _approved(rows, TrainerAppointment, day, known_at)
    return unit.db.scalars(rows.order_by(TrainerAppointment.id)).all()


def affiliate_is_approved(unit: Unit, affiliate_id: int, day: date, known_at: datetime | None = None) -> bool:
    """Whether one affiliate was approved on a day."""
    rows = _approved(select(Affiliate).where(Affiliate.id == affiliate_id), Affiliate, day, known_at)
    return unit.db.scalar(rows) is not None


def trainer_is_approved(unit: Unit, trainer_id: int, day: date, known_at: datetime | None = None) -> bool:
    """Whether one appointment was approved on a day."""
    rows = select(TrainerAppointment).where(TrainerAppointment.id == trainer_id)
    return unit.db.scalar(_approved(rows, TrainerAppointment, day, known_at)) is not None


def _approved(rows: Select[Row], table: type[Row], day: date, known_at: datetime | None) -> Select[Row]:
    """Narrow to those whose last recorded approval that had begun by the day still runs on it."""
    approval, owner = APPROVALS[table]
    said = _another(approval)
    latest = select(func.max(said.id)).where(getattr(said, owner) == table.id, said.from_on <= day)
    if known_at is not None:
        latest = latest.where(said.recorded_at <= known_at)
    return rows.join(approval, approval.id == latest.correlate(table).scalar_subquery()).where(
        approval.to_on >= day
    )


@cache
def _another(table: type[Any]) -> Any:
    """The same table once more; made anew for each question it would cost more than the question."""
    return aliased(table)


@facts_for(AFFILIATE)
def affiliate_facts(unit: Unit, affiliate: Affiliate) -> AffiliateFacts:
    """What the guards of an affiliate look at."""
    months = newest_rule_pack().needs_analysis.max_age_months
    return AffiliateFacts(unit.today, past(unit, affiliate.thread), tna_months=months)


@facts_for(TRAINER)
def trainer_facts(unit: Unit, trainer: TrainerAppointment) -> TrainerFacts:
    """What the guards of an appointment look at."""
    rules = newest_rule_pack().trainers
    return TrainerFacts(
        unit.today, past(unit, trainer.thread), care_role_months=rules.care_role_months,
        reaccreditation_months=rules.reaccreditation_months, employer_approved=may_employ(unit, trainer),
    )  # fmt: skip


def may_employ(unit: Unit, trainer: TrainerAppointment) -> bool:
    """An associate trainer teaches for the service itself or for an affiliate that is approved today."""
    service = unit.db.get_one(TrainingService, trainer.service_id)
    if trainer.level is TrainerLevel.SENIOR or trainer.employer_id == service.organisation_id:
        return True
    employer = select(Affiliate).where(
        Affiliate.service_id == trainer.service_id, Affiliate.organisation_id == trainer.employer_id
    )
    return unit.db.scalar(_approved(employer, Affiliate, unit.today, None)) is not None


def employers(unit: Unit, service: TrainingService) -> dict[int, str]:
    """Who may employ a trainer of this service, by id: its own organisation first, then its affiliates by name."""
    current = select(Affiliate.organisation_id).where(
        Affiliate.service_id == service.id, Affiliate.status != AffiliateState.ENDED
    )
    names = names_of(unit, set(unit.db.scalars(current)))
    own = {service.organisation_id: organisation(unit, service.organisation_id).name}
    return own | dict(sorted(names.items(), key=lambda pair: pair[1]))


def employer_choices(unit: Unit, service: TrainingService) -> list[tuple[str, str]]:
    """The employers as choices of a form."""
    return [(organisation(unit, id).ref, name) for id, name in employers(unit, service).items()]
