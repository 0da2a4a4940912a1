"""The log's key is replaced as people order it: monitors, mirrors and verifiers go on, and every proof of before still stands."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.certificates.effects import key_store, sign_log_again
from app.certificates.effects.announcing import announce
from app.certificates.effects.issuing import freshen_lists
from app.certificates.effects.keys import freshen_revocations
from app.certificates.keys import RRN, Purpose
from app.certificates.keys.store import LEAD, LOG_OVERLAP
from app.certificates.rules import Answer
from app.kernel.database import Site
from app.ledger.note import InclusionProof, NoteKey
from app.ledger.tiles import decode_entries
from app.ledger.tree import leaf_hash
from app.mirror.writing import export
from app.monitor.watching import Look, watch
from app.verifier.anchors import anchors_from
from app.verifier.checking import checked
from app.verifier.opening import open_pdf
from app.verifier.source import folder
from tests.certificates.make import World, issue, make_world
from tests.certificates.test_key_orders import order, second
from tests.conftest import SetClock


class Outside:
    """Somebody with a mirror, a monitor, and the papers of the first day; nothing of theirs is in the register."""

    def __init__(self, world: World, place: Path) -> None:
        self.site, self.place = world.site, place
        self.number = issue(world)

    def day(self, site: Site) -> Look:
        """The worker looks after its duties; the mirror is brought to today; the monitor looks at the mirror."""
        for duty in (freshen_lists, freshen_revocations, sign_log_again):
            duty(site)
        assert export(site, self.place / "mirror", lambda _done, _of: None)[1] == []
        return watch(self.place / "monitor", folder(self.place / "mirror"))

    def file(self, name: str) -> bytes:
        return (self.place / "mirror/certificates" / self.number / "1" / name).read_bytes()

    def keys(self) -> list[NoteKey]:
        return [
            NoteKey.parse(line)
            for line in (self.place / "mirror/.well-known/log.vkey").read_text().splitlines()
        ]

    def answer(self) -> Answer:
        published = folder(self.place / "mirror")
        return checked(
            self.file("certificate.pdf"), anchors_from(published), published, self.site.clock(), open_pdf
        ).answer

    def proves(self, proof: bytes) -> bool:
        """Whether a proof that somebody kept still leads from the entry to a checkpoint that a published key signed."""
        read = InclusionProof.parse(proof.decode())
        bundle = sorted((self.place / "mirror/log/tile/entries").glob("000*/*"))[-1]
        entry = decode_entries(bundle.read_bytes())[read.index]
        return read.verify(leaf_hash(entry), self.keys()).size > read.index


@pytest.fixture
def outside(site: Site, tmp_path: Path) -> Any:
    return make_world(site), tmp_path


def test_through_a_rotation_of_the_log_key_nobody_outside_has_to_do_anything(
    outside: tuple[World, Path], clock: SetClock
) -> None:
    world, place = outside
    site, them = world.site, Outside(world, place)
    other = make_world(site, "Wrenmoor Trust", body=world.body, rrn=world.rrn)
    announce(site)
    assert them.day(site).alarms == []
    first, kept = them.keys(), them.file("proof.tlog-proof")
    order(site, world.rrn, second(world), RRN)
    assert (them.day(site).news, them.keys()) == ([], first), (
        "nothing is published before the log tells of it"
    )
    announce(site)
    look = them.day(site)
    (news,) = look.news
    assert look.alarms == [] and them.keys()[1].vkey in news
    for later in (LEAD, timedelta(days=20), LOG_OVERLAP - timedelta(days=20), timedelta(days=200)):
        clock.now += later
        issue(other, decision_ref=f"after-{later.days}")
        look = them.day(site)
        assert (look.alarms, look.news) == ([], [])
        assert them.proves(kept), later
        assert them.answer() is Answer.CERTIFIED, later
    assert [one.public.id for one in key_store(site.settings).log_keys(clock.now)] == [
        one.id for one in key_store(site.settings).all(Purpose.LOG)[1:]
    ]
    anew = watch(place / "another monitor", folder(place / "mirror"))
    assert anew.alarms == [], "who begins today believes both keys"


def test_a_log_key_that_was_made_beside_the_register_is_an_alarm(
    outside: tuple[World, Path], clock: SetClock
) -> None:
    world, place = outside
    site, them = world.site, Outside(world, place)
    announce(site)
    assert them.day(site).alarms == []
    clock.now += timedelta(hours=1)
    key_store(site.settings).renew(Purpose.LOG, RRN, clock.now, clock.now)
    clock.now += LEAD
    (alarm,) = them.day(site).alarms
    assert "a key of its log that was not there before" in alarm
