"""A cycle from the publication of its certificate to its end: opened, counted every day, and reckoned when it is over."""

from sqlalchemy import select

from app.certificates.models import Certificate
from app.kernel.casework import begin, take
from app.kernel.database import Unit
from app.kernel.fields import Note
from app.kernel.journal import record
from app.surveillance.models import Cycle, StratumCount
from app.surveillance.queries import (
    Population,
    certificate_of,
    cycle_facts,
    day_of,
    owed_of,
    population,
)
from app.surveillance.rules import CYCLE, CycleState


def open_cycle(unit: Unit, certificate: Certificate) -> Cycle:
    """The cycle of a certificate that was published, from its first day to its last. It may be asked again."""
    known = unit.db.scalar(select(Cycle).where(Cycle.certificate_id == certificate.id))
    if known is not None:
        return known
    cycle = Cycle(
        certificate_id=certificate.id, status=CycleState.RUNNING, starts_on=certificate.starts_on, ends_on=certificate.expires_on,
        counted_on=unit.today,
    )  # fmt: skip
    begin(unit, CYCLE, cycle, "opened", certificate=certificate.number)
    count(unit, cycle)
    return cycle


def count(unit: Unit, cycle: Cycle) -> Population:
    """Count the strata of a running cycle anew and keep how many are owed; answers with what was counted."""
    seen = population(unit, certificate_of(unit, cycle), day_of(unit, cycle))
    kept = {
        row.stratum: row
        for row in unit.db.scalars(select(StratumCount).where(StratumCount.cycle_id == cycle.id))
    }
    for stratum, (size, owed) in owed_of(unit, cycle, seen).items():
        row = kept.get(stratum)
        if row is None:
            unit.db.add(StratumCount(cycle_id=cycle.id, stratum=stratum, population=size, owed=owed))
        else:
            row.population, row.owed = size, owed
    cycle.counted_on = unit.today
    unit.db.flush()
    return seen


def reckon(unit: Unit, cycle: Cycle) -> None:
    """Count a running cycle; end it when it is over, or flag it when its sample was not reached.

    The flag stands in the history of the certificate as well, where its own page shows it.
    """
    count(unit, cycle)
    facts = cycle_facts(unit, cycle)
    if not facts.cut_short and cycle.ends_on >= unit.today:
        return
    if facts.cut_short or not facts.still_owed:
        take(unit, CYCLE, cycle, "end", Note(version=cycle.version))
        return
    take(unit, CYCLE, cycle, "fall-short", Note(version=cycle.version), still_owed=facts.still_owed)
    cycle.fell_short_on = unit.today
    record(unit, "certificate.sample_not_reached", certificate_of(unit, cycle), still_owed=facts.still_owed)
