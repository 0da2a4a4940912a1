"""Who delivers: affiliates and trainers of the demonstration, proposed by their provider and approved by its certification body."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.cast import trainer_name
from app.demo.world import World
from app.demo.years import Story
from app.kernel.fields import Note
from app.organisations.models import Organisation
from app.providers import commands, queries
from app.providers.models import Affiliate, TrainerAppointment
from app.providers.rules import (
    AffiliateState,
    Ending,
    NeedsAnalysis,
    NewAffiliate,
    NewTrainer,
    TrainerEvidence,
    TrainerLevel,
    TrainerState,
)
from app.standards.rules import Nation

YEAR = 365
REVIEWED_EVERY = 120


@dataclass(frozen=True)
class Provider:
    """A provider and the certification body that approves its people, by their keys."""

    key: str
    body: str

    @property
    def manager(self) -> str:
        return f"{self.key}/manager"

    @property
    def officer(self) -> str:
        return f"{self.body}/officer"


def analysis(version: int, day: date) -> NeedsAnalysis:
    """A training needs analysis signed off on that day."""
    return NeedsAnalysis(
        version=version, tna_signed_off_by="Registered manager", tna_signed_on=day, board_approved_on=day,
        plan="A third fewer restraints within a year. Kept in the office, read aloud at each team meeting.",
    )  # fmt: skip


def evidence(version: int, day: date, lasts: int = YEAR) -> TrainerEvidence:
    """What carries a trainer from that day on, for so many days."""
    return TrainerEvidence(
        version=version, ils_expires_on=day + timedelta(days=lasts), qualification="Level 4 diploma in education and training",
        care_from_on=day - timedelta(days=6 * YEAR), cpd_until=day + timedelta(days=lasts + 40), reaccredited_on=day - timedelta(days=5),
    )  # fmt: skip


def propose_affiliates(world: World, provider: Provider, names: list[str]) -> list[str]:
    """Organisations that are to deliver the provider's curriculum to their own staff; their references."""
    with world.acting(provider.manager) as unit:
        service = queries.service_of(unit, world.organisations[provider.key][0])
        rows = [
            commands.propose_affiliate(
                unit, service, NewAffiliate(name=name, nation=Nation.ENGLAND, different=True)
            )
            for name in names
        ]
        return [row.ref for row in rows]


def propose_trainers(
    world: World, provider: Provider, first: int, number: int, affiliate: str = ""
) -> list[str]:
    """Senior trainers of a provider, or associate trainers of one of its affiliates; their references."""
    with world.acting(provider.manager) as unit:
        service = queries.service_of(unit, world.organisations[provider.key][0])
        employer = world.organisations[provider.key][1]
        if affiliate:
            employer = unit.db.get_one(
                Organisation, queries.find_affiliate(unit, affiliate).organisation_id
            ).ref
        level = TrainerLevel.ASSOCIATE if affiliate else TrainerLevel.SENIOR
        rows = [
            commands.propose_trainer(
                unit, service, NewTrainer(person_name=trainer_name(at), level=level, employer=employer)
            )
            for at in range(first, first + number)
        ]
        if not affiliate:
            world.trainers.setdefault(provider.key, []).extend(row.ref for row in rows)
        return [row.ref for row in rows]


def hand_in(
    world: World, provider: Provider, affiliates: list[str], trainers: list[str], lasts: int = YEAR
) -> None:
    """The evidence of affiliates and trainers, complete."""
    with world.acting(provider.manager) as unit:
        for ref in affiliates:
            row = queries.find_affiliate(unit, ref)
            commands.hand_in_needs_analysis(unit, row, analysis(row.version, unit.today))
        for ref in trainers:
            one = queries.find_trainer(unit, ref)
            commands.hand_in_trainer_evidence(unit, one, evidence(one.version, unit.today, lasts))


def approve(world: World, provider: Provider, affiliates: list[str], trainers: list[str]) -> None:
    """The certification body approves them."""
    with world.acting(provider.officer) as unit:
        for ref in affiliates:
            row = queries.find_affiliate(unit, ref)
            commands.approve_affiliate(unit, row, Note(version=row.version))
        for ref in trainers:
            one = queries.find_trainer(unit, ref)
            commands.approve_trainer(unit, one, Note(version=one.version))


def looked_after(world: World, provider: Provider) -> Story:
    """Again and again what will lapse is reviewed in time, except for those whom nobody thinks of."""
    while True:
        yield REVIEWED_EVERY
        with world.acting(provider.manager) as unit:
            soon = unit.today + timedelta(days=REVIEWED_EVERY + 20)
            homes = queries.visible_affiliates(unit).where(
                Affiliate.status == AffiliateState.APPROVED, Affiliate.lapses_on < soon
            )
            for row in unit.db.scalars(homes).all():
                if row.ref not in world.forgotten:
                    commands.renew_affiliate(unit, row, analysis(row.version, unit.today))
            people = queries.visible_trainers(unit).where(
                TrainerAppointment.status == TrainerState.APPROVED, TrainerAppointment.lapses_on < soon
            )
            for one in unit.db.scalars(people).all():
                if one.ref not in world.forgotten:
                    commands.renew_trainer(unit, one, evidence(one.version, unit.today))


def end(world: World, provider: Provider, affiliate: str = "", trainer: str = "", why: str = "") -> None:
    """An affiliate or a trainer delivers no longer from today."""
    with world.acting(provider.manager) as unit:
        row: Affiliate | TrainerAppointment
        if affiliate:
            row = queries.find_affiliate(unit, affiliate)
            commands.end_affiliate(unit, row, Ending(version=row.version, ended_on=unit.today, reason=why))
        if trainer:
            row = queries.find_trainer(unit, trainer)
            commands.end_trainer(unit, row, Ending(version=row.version, ended_on=unit.today, reason=why))
