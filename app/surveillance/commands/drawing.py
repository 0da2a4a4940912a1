"""Ordering a draw, carrying it out once the public log has gone on, and taking what was drawn into a case."""

import secrets

from sqlalchemy import select

from app.cases.commands import open_follow_up
from app.cases.models import Case, CaseAffiliate, CaseTrainer
from app.cases.rules import Kind
from app.cases.rules.forms import OpenFollowUp
from app.kernel.casework import begin, take
from app.kernel.database import Unit, new_ref
from app.kernel.fields import Note
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.providers.models import Affiliate, TrainerAppointment
from app.surveillance.commands.cycles import count
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.queries import (
    certificate_of,
    deciding_checkpoint,
    name_of,
    owed_of,
    picks_of,
    standing_items,
)
from app.surveillance.rules import (
    CYCLE,
    DRAW,
    PICK,
    VALUE_BYTES,
    WAITING,
    DrawState,
    OpenLook,
    OrderDraw,
    PickState,
    Stratum,
    StratumList,
    frozen,
    order,
    seed_of,
    sha256,
    stratum_list,
    thawed,
)


def draw_sample(unit: Unit, cycle: Cycle, form: OrderDraw) -> None:
    """Freeze the list of everything that may be picked and commit to a value that nobody sees; the ledger is told of both.

    The register draws by itself as soon as a later checkpoint is there. Raises Refused while another draw is on its way, or
    when nothing is to be drawn.
    """
    take(unit, CYCLE, cycle, "draw", form)
    number = certificate_of(unit, cycle).number
    listed = frozen(number, cycle.starts_on, cycle.ends_on, unit.now, _strata(unit, cycle))
    value = secrets.token_bytes(VALUE_BYTES)
    draw = Draw(
        ref=new_ref(), cycle_id=cycle.id, status=DrawState.COMMITTED, listed=listed, list_digest=sha256(listed.encode()), value=value.hex(),
        commitment=sha256(value), ledger_number=0, committed_at=unit.now, committed_by=unit.actor.name,
    )  # fmt: skip
    told = {"certificate": number, "commitment": draw.commitment, "list_digest": draw.list_digest}
    event = begin(unit, DRAW, draw, "committed", **told)
    draw.ledger_number = append(
        unit, event, EntryKind.DRAW_COMMITTED, draw.ref, dict(told), effective_on=unit.today
    )
    unit.db.flush()


def _strata(unit: Unit, cycle: Cycle) -> list[StratumList]:
    """What may be picked now, and how many of it."""
    seen, standing = count(unit, cycle), standing_items(unit, cycle)
    owed = owed_of(unit, cycle, seen)
    return [
        stratum_list(one.value, seen[one], [ref for of, ref in standing if of is one], owed[one][1])
        for one in Stratum
    ]


def carry_out(unit: Unit, draw: Draw) -> None:
    """Draw: the value is opened, the seed follows from it and from the later checkpoint, and the picks follow from the seed.

    Raises Refused while no signed checkpoint covers something newer than the commitment.
    """
    take(unit, DRAW, draw, "draw", Note(version=draw.version))
    checkpoint = deciding_checkpoint(unit, draw)
    assert checkpoint is not None  # the guard has just seen it
    seed = seed_of(bytes.fromhex(draw.value), checkpoint.root)
    draw.checkpoint_size, draw.root, draw.seed = checkpoint.size, checkpoint.root.hex(), seed.hex()
    draw.drawn_at = unit.now
    for one in thawed(draw.listed):
        for place, ref in enumerate(order(seed, one.items)[: one.picks]):
            begin_pick(unit, draw, Stratum(one.stratum), place, ref)


def begin_pick(unit: Unit, draw: Draw, stratum: Stratum, place: int, ref: str) -> Pick:
    """One item that the draw gave, at its place in the order."""
    certificate = certificate_of(unit, unit.db.get_one(Cycle, draw.cycle_id))
    pick = Pick(
        cycle_id=draw.cycle_id, draw_id=draw.id, stratum=stratum, place=place, item=ref, status=PickState.DRAWN,
        name=name_of(unit, certificate, stratum, ref),
    )  # fmt: skip
    begin(unit, PICK, pick, "drawn", stratum=stratum.value, place=place, item=ref)
    return pick


def open_case(unit: Unit, cycle: Cycle, form: OpenLook) -> None:
    """A surveillance case on the certificate, with the affiliates and trainers that were drawn in its scope."""
    take(unit, CYCLE, cycle, "open-case", form)
    asked = OpenFollowUp(
        certificate=certificate_of(unit, cycle).number, kind=Kind.SURVEILLANCE, reason=form.reason
    )
    case = open_follow_up(unit, asked)
    waiting = [one for one in picks_of(unit, cycle) if one.status in WAITING and not one.case_ref]
    for pick in waiting:
        pick.case_ref = case.ref
    _into_scope(unit, case, {one.item for one in waiting})
    unit.db.flush()


def _into_scope(unit: Unit, case: Case, refs: set[str]) -> None:
    """Affiliates and trainers stand in the scope of the case by name; its curricula are those of the certificate."""
    affiliates = unit.db.scalars(select(Affiliate.id).where(Affiliate.ref.in_(refs)))
    unit.db.add_all(CaseAffiliate(case_id=case.id, affiliate_id=id) for id in affiliates)
    trainers = unit.db.scalars(select(TrainerAppointment.id).where(TrainerAppointment.ref.in_(refs)))
    unit.db.add_all(CaseTrainer(case_id=case.id, trainer_id=id) for id in trainers)
