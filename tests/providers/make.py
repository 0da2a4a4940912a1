"""Training services, affiliates and trainers, made by the real commands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.fields import Note
from app.organisations.queries import organisation
from app.permissions import Role, Seat
from app.providers import commands, queries
from app.providers.models import Affiliate, TrainerAppointment
from app.providers.rules import (
    Ending,
    NeedsAnalysis,
    NewAffiliate,
    NewService,
    NewTrainer,
    SentBack,
    TrainerEvidence,
    TrainerLevel,
)
from app.standards.rules import Nation, Population, Route, Setting
from tests.licences.make import actor_of, make_organisation
from tests.worlds import once

TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Service:
    """A training service, its certification body, and one person of each."""

    id: int
    ref: str
    organisation_id: int
    organisation_ref: str
    body_id: int
    manager: Actor
    officer: Actor
    """A case officer of the service's certification body."""


def details(**more: Any) -> NewService:
    """What a service says of itself."""
    said: dict[str, Any] = {
        "route": Route.COMMERCIAL, "nations": [Nation.ENGLAND, Nation.WALES], "settings": [Setting.HEALTH],
        "populations": [Population.ADULTS, Population.AUTISM],
    }  # fmt: skip
    return NewService(**(said | more))


@once
def make_service(
    site: Site, /, name: str = "Harbour Lane Training", code: str = "NGC", **more: Any
) -> Service:
    """A service that chose its certification body."""
    with writing(site, SYSTEM) as unit:
        holder = make_organisation(unit, name, Seat.PROVIDER)
        body = make_organisation(unit, f"{code} Certification", Seat.BODY, code)
        unit.actor = manager = actor_of(holder, Role.REPRESENTATIVE, "Ŵyn Prydderch")
        service = commands.register_service(unit, holder, details(**more))
        commands.choose_body(unit, service, body.id)
        officer = actor_of(body, Role.CASE_OFFICER, "Olive Officer")
        return Service(service.id, service.ref, holder.id, holder.ref, body.id, manager, officer)


def analysis(version: int, signed: date = date(2026, 2, 1)) -> NeedsAnalysis:
    """The evidence of an affiliate."""
    return NeedsAnalysis(
        version=version, tna_signed_off_by="Registered manager", tna_signed_on=signed, board_approved_on=signed,
        plan="Fewer restraints at meal times; kept in the office.",
    )  # fmt: skip


def evidence(version: int, **more: date) -> TrainerEvidence:
    """The evidence of a trainer who may be approved on the second of March 2026."""
    days = {
        "ils_expires_on": date(2026, 9, 30), "care_from_on": date(2020, 1, 1), "cpd_until": date(2026, 12, 31),
        "reaccredited_on": date(2026, 1, 15),
    }  # fmt: skip
    return TrainerEvidence(
        version=version, qualification="Registered nurse, learning disability", **(days | more)
    )


def make_affiliate(
    site: Site,
    service: Service,
    name: str = "Larkfield Care Homes",
    *,
    at: str = "approved",
    signed: date = date(2026, 2, 1),
) -> str:
    """An affiliate that stands at proposed, evidence_complete or approved; its reference."""
    with writing(site, service.manager) as unit:
        row = commands.propose_affiliate(
            unit,
            queries.find_service(unit, service.ref),
            NewAffiliate(name=name, nation=Nation.ENGLAND, different=True),
        )
        if at != "proposed":
            commands.hand_in_needs_analysis(unit, row, analysis(row.version, signed))
        ref = row.ref
    if at == "approved":
        affiliate_step(site, service.officer, ref, "approve")
    return ref


def make_trainer(
    site: Site, service: Service, name: str = "Łukasz Wiśniewski", *, at: str = "approved", level: TrainerLevel = TrainerLevel.SENIOR,
    employer: str = "", **days: date,
) -> str:  # fmt: skip
    """An appointment that stands at proposed, evidence_complete or approved; its reference."""
    with writing(site, service.manager) as unit:
        form = NewTrainer(person_name=name, level=level, employer=employer or service.organisation_ref)
        row = commands.propose_trainer(unit, queries.find_service(unit, service.ref), form)
        if at != "proposed":
            commands.hand_in_trainer_evidence(unit, row, evidence(row.version, **days))
        ref = row.ref
    if at == "approved":
        trainer_step(site, service.officer, ref, "approve")
    return ref


def affiliate_step(
    site: Site, actor: Actor, ref: str, step: str, version: int | None = None, **said: Any
) -> None:
    """Take a step of an affiliate."""
    kinds: dict[str, Any] = {"approve": Note, "renew": analysis, "end": Ending}
    with writing(site, actor) as unit:
        row = queries.find_affiliate(unit, ref)
        commands.AFFILIATE_STEPS[step](unit, row, kinds[step](version=version or row.version, **said))


def trainer_step(
    site: Site, actor: Actor, ref: str, step: str, version: int | None = None, **said: Any
) -> None:
    """Take a step of an appointment."""
    kinds: dict[str, Any] = {
        "approve": Note,
        "renew": evidence,
        "end": Ending,
        "complete-evidence": evidence,
        "send-back": SentBack,
    }
    with writing(site, actor) as unit:
        row = queries.find_trainer(unit, ref)
        commands.TRAINER_STEPS[step](unit, row, kinds[step](version=version or row.version, **said))


def affiliate_actor(site: Site, ref: str) -> Actor:
    """The manager of an affiliate."""
    with reading(site, SYSTEM) as unit:
        row = unit.db.query(Affiliate).filter_by(ref=ref).one()
        return actor_of(organisation(unit, row.organisation_id), Role.AFFILIATE_MANAGER, "Anna Larkfield")


def employer_of(site: Site, ref: str) -> str:
    """The reference of an affiliate's organisation."""
    with reading(site, SYSTEM) as unit:
        row = unit.db.query(Affiliate).filter_by(ref=ref).one()
        return organisation(unit, row.organisation_id).ref


def approved_trainers(site: Site, service: Service, day: date) -> list[str]:
    """The references of the trainers approved on a day."""
    with reading(site, SYSTEM) as unit:
        return [row.ref for row in queries.trainers_on(unit, service.id, day)]


def approved_affiliates(site: Site, service: Service, day: date) -> list[str]:
    """The references of the affiliates approved on a day."""
    with reading(site, SYSTEM) as unit:
        return [row.ref for row in queries.affiliates_on(unit, service.id, day)]


def trainer_row(site: Site, ref: str) -> TrainerAppointment:
    """The appointment as it stands in the database."""
    with reading(site, SYSTEM) as unit:
        return unit.db.query(TrainerAppointment).filter_by(ref=ref).one()
