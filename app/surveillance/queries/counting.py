"""How many there are in each stratum on a day, and how much of what is owed has been drawn and observed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, Subquery, case, func, select

from app.certificates.models import Certificate
from app.certificates.queries import items_by_ref, status_on
from app.kernel.database import Unit
from app.organisations.models import Organisation
from app.organisations.queries import names_of
from app.providers.models import Affiliate, TrainerAppointment
from app.providers.queries import affiliates_on, trainers_on
from app.providers.rules import TrainerLevel
from app.standards.queries import rule_pack
from app.surveillance.models import Cycle, Pick, StratumCount
from app.surveillance.rules import STANDING, CycleState, PickState, Stratum

Population = Mapping[Stratum, Mapping[str, str]]
"""For each stratum the names of its items by their references."""


class StratumNumbers(NamedTuple):
    """One stratum of one cycle in numbers."""

    stratum: Stratum
    population: int
    owed: int
    drawn: int
    done: int

    @property
    def to_draw(self) -> int:
        return max(0, self.owed - self.drawn)

    @property
    def due(self) -> int:
        """What is owed; and what was drawn is due even if the books have shrunk since, unless it was put out with a reason."""
        return max(self.owed, self.drawn)

    @property
    def still_owed(self) -> int:
        return self.due - self.done


def population(unit: Unit, certificate: Certificate, day: date) -> Population:
    """Everything that may be observed for a certificate on a day: what stood on it, and who was approved to deliver."""
    on_it = {one.item_id for one in status_on(unit, certificate.id, day).items if not one.status.is_final}
    curricula = {ref: item.title for ref, item in items_by_ref(unit, certificate).items() if item.id in on_it}
    trainers = trainers_on(unit, certificate.service_id, day)
    affiliates = affiliates_on(unit, certificate.service_id, day)
    names = names_of(unit, {one.organisation_id for one in affiliates})
    return {
        Stratum.CURRICULA: curricula,
        Stratum.SENIOR_TRAINERS: {
            one.ref: one.person_name for one in trainers if one.level is TrainerLevel.SENIOR
        },
        Stratum.AFFILIATES: {one.ref: names[one.organisation_id] for one in affiliates},
        Stratum.ASSOCIATE_TRAINER_RECORDS: {
            one.ref: one.person_name for one in trainers if one.level is TrainerLevel.ASSOCIATE
        },
    }


def name_of(unit: Unit, certificate: Certificate, stratum: Stratum, ref: str) -> str:
    """What an item is called today."""
    if stratum is Stratum.CURRICULA:
        return items_by_ref(unit, certificate)[ref].title
    if stratum is Stratum.AFFILIATES:
        of = select(Organisation.name).join(Affiliate, Affiliate.organisation_id == Organisation.id)
        return unit.db.scalars(of.where(Affiliate.ref == ref)).one()
    return unit.db.scalars(select(TrainerAppointment.person_name).where(TrainerAppointment.ref == ref)).one()


def picked() -> Subquery:
    """For each cycle and stratum how many picks stand and how many of them were observed."""
    return (
        select(
            Pick.cycle_id, Pick.stratum, func.count().label("drawn"),
            func.sum(case((Pick.status == PickState.OBSERVED, 1), else_=0)).label("done"),
        )
        .where(Pick.status.in_(STANDING))
        .group_by(Pick.cycle_id, Pick.stratum)
        .subquery()
    )  # fmt: skip


def strata_of(unit: Unit, ids: Collection[int]) -> Mapping[int, list[StratumNumbers]]:
    """The four strata of each of these cycles in numbers, in one question."""
    counted = picked()
    rows = (
        select(StratumCount, func.coalesce(counted.c.drawn, 0), func.coalesce(counted.c.done, 0))
        .outerjoin(
            counted,
            (counted.c.cycle_id == StratumCount.cycle_id) & (counted.c.stratum == StratumCount.stratum),
        )
        .where(StratumCount.cycle_id.in_(ids))
    )
    found: dict[int, list[StratumNumbers]] = defaultdict(list)
    for row, drawn, done in unit.db.execute(rows):
        found[row.cycle_id].append(
            StratumNumbers(row.stratum, row.population, row.owed, int(drawn), int(done))
        )
    order = list(Stratum)
    return defaultdict(
        list, {id: sorted(some, key=lambda one: order.index(one.stratum)) for id, some in found.items()}
    )


def numbers_of(unit: Unit, cycle: Cycle) -> list[StratumNumbers]:
    """The four strata of one cycle: while it runs as they stand today, afterwards as they were counted on its last day."""
    kept = strata_of(unit, [cycle.id])[cycle.id]
    if cycle.status is not CycleState.RUNNING:
        return kept
    owed = owed_of(
        unit, cycle, population(unit, unit.db.get_one(Certificate, cycle.certificate_id), day_of(unit, cycle))
    )
    return [one._replace(population=owed[one.stratum][0], owed=owed[one.stratum][1]) for one in kept]


def day_of(unit: Unit, cycle: Cycle) -> date:
    """The day for which a cycle is counted: today between its first day and its last."""
    return max(cycle.starts_on, min(unit.today, cycle.ends_on))


def owed_of(unit: Unit, cycle: Cycle, seen: Population) -> dict[Stratum, tuple[int, int]]:
    """For each stratum how many there are and how many of them the rule pack of the certificate asks for."""
    pack = rule_pack(unit.db.get_one(Certificate, cycle.certificate_id).rule_pack)
    return {one: (len(seen[one]), pack.stratum(one.value).quota(len(seen[one]))) for one in Stratum}


def sums(of: Select[Cycle]) -> Subquery:
    """For each of these cycles what is owed, what is still to be drawn and what is still to be observed, over its four strata."""
    counted = picked()
    drawn, done = func.coalesce(counted.c.drawn, 0), func.coalesce(counted.c.done, 0)
    owed = StratumCount.owed
    due = case((owed > drawn, owed), else_=drawn)
    return (
        select(
            StratumCount.cycle_id, func.sum(due).label("owed"),
            func.sum(case((owed > drawn, owed - drawn), else_=0)).label("to_draw"),
            func.sum(due - done).label("still_owed"),
        )
        .outerjoin(counted, (counted.c.cycle_id == StratumCount.cycle_id) & (counted.c.stratum == StratumCount.stratum))
        .where(StratumCount.cycle_id.in_(of.with_only_columns(Cycle.id)))
        .group_by(StratumCount.cycle_id)
        .subquery()
    )  # fmt: skip
