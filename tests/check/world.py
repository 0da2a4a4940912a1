"""A register in which everything the check looks at has happened at least once, and how to plant one fault in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cases.rules import State
from app.certificates.commands import ask_keys, start_reissue, suspect
from app.certificates.effects import sign_log_again
from app.certificates.effects.announcing import announce
from app.certificates.keys import Purpose
from app.certificates.queries.keys import public_keys
from app.certificates.rules import AskKeys, KeyTask, Reason, StartReissue
from app.check.breach import Breach
from app.check.walk import LOOKS
from app.complaints.commands import appeal
from app.complaints.queries import appealable
from app.complaints.rules import State as Matter
from app.complaints.rules.forms import NewAppeal
from app.curricula.commands import keep_document
from app.daily.effects import close_days
from app.kernel import outbox
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, Unit, reading, writing
from app.ledger.commands import ask_redaction
from app.ledger.models import LedgerCheckpoint, LedgerCosignature
from app.ledger.note import COSIGNATURE, NoteKey, add_cosignature
from app.ledger.rules import NewRedaction
from app.papers.effects import tell as tell_of_papers
from app.statements.effects import tell
from app.surveillance import queries as surveillance
from app.surveillance.commands import PICK_STEPS, draw_sample
from app.surveillance.effects import draw_committed
from app.surveillance.rules import PICK, OrderDraw
from tests.cases import make
from tests.certificates.make import change, reading_day
from tests.complaints.make import DECIDED, add_people, drive, report, step
from tests.conftest import SetClock
from tests.curricula.make import a_file, a_pdf, fill, make_curriculum, make_version
from tests.licences.make import change as change_licence
from tests.licences.make import change_accreditation, make_body, renew
from tests.providers.make import Service, make_affiliate, make_trainer
from tests.statements.make import ask as have_signed


@dataclass(frozen=True)
class Clean:
    """The clean register, its case and its certificate."""

    site: Site
    world: make.World
    number: str
    document: str

    @property
    def paper(self) -> Path:
        """The folder of the certificate's first version."""
        return self.site.settings.issued_dir / self.number / "1"

    def look(self, words: str) -> list[Breach]:
        """What one look finds as the register stands."""
        with self._unit() as unit:
            return list(_walk(words)(unit))

    def plant(self, words: str, *statements: str) -> list[str]:
        """What one look finds once these statements have run; they are taken back afterwards.

        Triggers are out of the way first, as they would be for somebody who holds the database.
        """
        with self._unit() as unit:
            for statement in (*_disarm(unit), *statements):
                done = unit.db.execute(text(statement))
                if statement in statements:
                    assert done.rowcount, f"nothing was planted: {statement}"  # type: ignore[attr-defined]
            unit.db.expire_all()
            return [f"{breach.where} {breach.what}" for breach in _walk(words)(unit)]

    @contextmanager
    def _unit(self) -> Iterator[Unit]:
        with Session(self.site.engine.execution_options(writing=True)) as session:
            yield Unit(session, SYSTEM, self.site.clock(), self.site, writes=False)
            session.rollback()
        self.site.memory.clear()  # what was remembered meanwhile was taken back


def _walk(words: str) -> Any:
    found = [look.walk for look in LOOKS if look.words.startswith(words)]
    assert len(found) == 1, f"{words}: {len(found)} looks"
    return found[0]


def _disarm(unit: Unit) -> list[str]:
    if unit.db.get_bind().dialect.name == "postgresql":
        tables = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_schema = 'public'"
        return [f'ALTER TABLE "{name}" DISABLE TRIGGER USER' for name in unit.db.scalars(text(tables))]
    triggers = unit.db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    return [f'DROP TRIGGER "{name}"' for name in triggers]


def make_clean(site: Site, clock: SetClock) -> Clean:
    """Three weeks of a register: a finding, a grant, a suspension and its end, a reduction, licences, trainers, evidence."""
    world = make.make_case(site, State.IN_EVALUATION, curricula=2)
    document = _evidence(world)
    _approve(site, world)
    make.close_finding(world, make.issue_findings(world))
    clock.now += timedelta(hours=1)
    make.complete(world)
    make.take_into_review(world)
    make.recommend(world)
    clock.now += timedelta(hours=1)
    make.grant(world)
    _work(site, clock)
    number = make.row(world).certificate_number or _number(site)
    _change_certificate(site, clock, world, number)
    _order_draw(site, world, number)
    _change_rights(site, clock, world)
    _work(site, clock)
    _observe(site, world, number)
    _complain(site, clock, world)
    _doubt_a_key(site, clock, world)
    _begin_more(site, world)
    _work(site, clock)
    have_signed(site, number)
    _work(site, clock)
    _cosign(site)
    with writing(site, world.manager) as unit:
        ask_redaction(unit, NewRedaction(number=0, reason="Asked for by somebody who is named there."))
    with site.engine.connect() as connection:
        assert (
            connection.execute(text("SELECT effect, failure FROM delivery WHERE failure IS NOT NULL")).all()
            == []
        )
    return Clean(site, world, number, document)


def _work(site: Site, clock: SetClock) -> None:
    close_days(site)
    outbox.deliver_all(site)
    announce(site)
    tell(site)
    tell_of_papers(site)
    sign_log_again(site)
    clock.now += timedelta(days=1)


def _cosign(site: Site) -> None:
    """A witness looked at the first checkpoint."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = NoteKey("witness.example/w1", private.public_key().public_bytes_raw(), COSIGNATURE)
    with writing(site, SYSTEM) as unit:
        first = unit.db.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size)).first()
        assert first
        line = add_cosignature(first.note, key, private.sign, 1_800_000_000).removeprefix(first.note)
        unit.db.add(LedgerCosignature(size=first.size, witness=key.vkey, line=line, came_at=unit.now))


def _order_draw(site: Site, world: make.World, number: str) -> None:
    with writing(site, world.officer) as unit:
        cycle = surveillance.find_cycle(unit, number)
        draw_sample(unit, cycle, OrderDraw(version=cycle.version))


def _observe(site: Site, world: make.World, number: str) -> None:
    """What was drawn: one observed, one put out of the sample, the rest planned."""
    draw_committed(site)
    with reading(site, SYSTEM) as unit:
        first, *rest, last = [
            one.ref for one in surveillance.picks_of(unit, surveillance.find_cycle(unit, number))
        ]
    for ref in (first, *rest):
        _on_pick(site, world.officer, ref, "plan", observer=world.lead.id, planned_on=reading_day(site))
    _on_pick(site, world.lead, first, "observe", observed_on=reading_day(site), note="Seen as it should be.")
    _on_pick(site, world.officer, last, "substitute", reason="On leave until the autumn.")


def _on_pick(site: Site, actor: Actor, ref: str, name: str, **said: Any) -> None:
    with writing(site, actor) as unit:
        pick = surveillance.find_pick(unit, ref)
        PICK_STEPS[name](unit, pick, PICK.step(name).form.model_validate({"version": pick.version, **said}))


def _begin_more(site: Site, world: make.World) -> None:
    """What is still being written: a curriculum, an application, a body that asks for a licence, an order for keys."""
    fill(site, world.client, make_curriculum(site, world.client, "Safe Moving"))
    make.open_case(replace(world, versions=[make_version(site, world.client, title="Safe Walking")], ref=""))
    make_body(site, world.manager, "Calder Assurance", "CAL", at="applied")
    with writing(site, world.manager) as unit:
        ask_keys(unit, AskKeys(owner=world.body.ref, task=KeyTask.MAKE, reason="They are two years old."))
        start_reissue(unit, StartReissue(body=world.body.ref, reason="The artwork is new."))


def _doubt_a_key(site: Site, clock: SetClock, world: make.World) -> None:
    """Others may have known the seal key for an hour: the papers made with it before then stand."""
    (seal,) = public_keys(site.settings).all(Purpose.SEAL, world.body.ref)
    with writing(site, SYSTEM) as unit:
        suspect(unit, seal, clock.now - timedelta(hours=1), "A disk was lost.", "Kay Keeper")
    _work(site, clock)


def _complain(site: Site, clock: SetClock, world: make.World) -> None:
    """An appeal against the last decision, looked into by somebody who had no part in it; and a report from the street."""
    add_people(world)
    with writing(site, world.client) as unit:
        against = appealable(unit)[0].key
        ref = appeal(unit, NewAppeal(decision=against, words="You counted the wrong course.")).ref
    drive(site, world.director, world.impartial, ref, Matter.GATHERING)
    clock.now += timedelta(hours=1)
    step(
        site,
        world.impartial,
        ref,
        "note",
        text="The list of the course.",
        document=a_file(content=a_pdf("The list of the course")),
    )
    step(site, world.impartial, ref, "complete")
    step(site, world.impartial, ref, "decide", **DECIDED)
    report(site, email="mina@example.org")
    _work(site, clock)


def _number(site: Site) -> str:
    with site.engine.connect() as connection:
        return str(connection.execute(text("SELECT number FROM certificate")).scalar_one())


def _evidence(world: make.World) -> str:
    with writing(world.site, world.client) as unit:
        return keep_document(
            unit, a_file(), world.client.organisation_id or 0, "audit", 1, "Risk assessment"
        ).ref


def _approve(site: Site, world: make.World) -> None:
    service = Service(
        world.service_id, _service_ref(site, world), world.client.organisation_id or 0, world.client.organisation_ref, world.body.id,
        world.client, world.officer,
    )  # fmt: skip
    make_affiliate(site, service)
    make_trainer(site, service, "Nguyễn Thị Ánh")
    make_trainer(site, service, "Llŷr Gruffydd")


def _service_ref(site: Site, world: make.World) -> str:
    with site.engine.connect() as connection:
        asked = text("SELECT ref FROM training_service WHERE id = :id")
        return str(connection.execute(asked, {"id": world.service_id}).scalar_one())


def _change_certificate(site: Site, clock: SetClock, world: make.World, number: str) -> None:
    day = reading_day(site)
    holder: Any = Holder(site, world.decider)
    change(
        holder, number, "suspend", ends_when="The analysis is signed.", limit_on=day + timedelta(days=60), contact="Olive Officer",
        public_text="Suspended while one document is missing.", private_text="The manager left in anger.",
    )  # fmt: skip
    _work(site, clock)
    change(holder, number, "reinstate", reason_code=Reason.RESOLVED)
    _work(site, clock)
    with site.engine.connect() as connection:
        taken = str(connection.execute(text("SELECT ref FROM curriculum ORDER BY id")).scalars().first())
    change(holder, number, "reduce", curricula=[taken])
    _work(site, clock)


@dataclass(frozen=True)
class Holder:
    """As much of a world as a change of a certificate needs."""

    site: Site
    decider: Any


def _change_rights(site: Site, clock: SetClock, world: make.World) -> None:
    change_licence(site, world.manager, world.body, "suspend", reading_day(site))
    clock.now += timedelta(days=1)
    change_licence(site, world.manager, world.body, "reinstate", reading_day(site))
    renew(site, world.manager, world.body, reading_day(site), date(2029, 12, 31))
    change_accreditation(site, world.manager, world.body, "suspend", reading_day(site))
    clock.now += timedelta(days=1)
    change_accreditation(site, world.manager, world.body, "restore", reading_day(site))
