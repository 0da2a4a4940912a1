"""Taking words out of what the public was told: two people, a reason, every proof whole, and a page that says so."""

import threading
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.certificates.effects import sign_log_again
from app.check.ledger import (
    every_entry_is_what_was_logged,
    the_tree_follows_from_the_entries,
    what_was_told_is_what_was_committed,
)
from app.check.lines import every_line_says_what_the_log_told
from app.kernel.actor import Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, Problem, Refused
from app.kernel.fields import Note
from app.ledger import queries
from app.ledger.commands import ask_redaction, confirm_redaction
from app.ledger.models import LedgerEntry, LedgerTold, Redaction
from app.ledger.rules import EntryKind, NewRedaction, RedactionState
from app.main import create_app
from app.permissions import Role
from tests.certificates.make import World, change, issue, make_world, work
from tests.conftest import SetClock

WORDS = "Suspended because Ms Example left."


@dataclass(frozen=True)
class Told:
    """A certificate whose suspension names somebody, the entry that says so, and two people at RRN."""

    site: Site
    world: World
    number: str
    entry: int
    one: Actor
    other: Actor

    def ask(self, number: int | None = None, by: Actor | None = None) -> str:
        form = NewRedaction(number=self.entry if number is None else number, reason="A name was published.")
        with writing(self.site, by or self.one) as unit:
            return ask_redaction(unit, form).ref

    def confirm(self, ref: str, by: Actor) -> None:
        with writing(self.site, by) as unit:
            row = queries.find_redaction(unit, ref)
            confirm_redaction(unit, row, Note(version=row.version))


@pytest.fixture
def told(site: Site, clock: SetClock) -> Told:
    world = make_world(site)
    number = issue(world)
    clock.now += timedelta(hours=1)
    change(world, number, "suspend", public_text=WORDS, contact="Olive Officer")
    work(site)
    sign_log_again(site)
    with reading(site) as unit:
        entry = queries.head(unit).size - 1
    other = replace(
        world.rrn, id="somebody-else", name="Olwen Oversight", roles=frozenset({Role.OVERSIGHT_OFFICER})
    )
    return Told(site, world, number, entry, world.rrn, other)


def test_the_words_are_gone_from_every_page_and_every_proof_is_whole(told: Told, clock: SetClock) -> None:
    with TestClient(create_app(told.site.settings, clock)) as web:
        said = web.get(f"/api/v1/verify/{told.number}").json()
        assert WORDS in str(said)
        with reading(told.site) as unit:
            size = queries.head(unit).size
            before, data = queries.root(unit, size), unit.db.get_one(LedgerEntry, told.entry).data
        told.confirm(told.ask(), told.other)
        for path in (f"/verify/{told.number}", f"/api/v1/verify/{told.number}", f"/c/{told.number}"):
            text = web.get(path).text
            assert "Ms Example" not in text and "Redacted on 2 March 2026." in text, path
            assert "Olive Officer" not in text
        again = web.get(f"/api/v1/verify/{told.number}").json()
        assert (again["answer"], again["status"]) == (said["answer"], said["status"])
        assert [line["recorded_at"] for line in again["history"]] == [
            line["recorded_at"] for line in said["history"]
        ]
    with reading(told.site) as unit:
        assert unit.db.get(LedgerTold, told.entry) is None
        assert unit.db.get_one(LedgerEntry, told.entry).data == data
        assert (queries.root(unit, size), queries.head(unit).size) == (before, size + 1)
        last = unit.db.get_one(LedgerEntry, size)
        assert (last.kind, last.subject_ref) == (EntryKind.REDACTED.value, f"entry-{told.entry}")
        for walk in (
            every_entry_is_what_was_logged,
            the_tree_follows_from_the_entries,
            what_was_told_is_what_was_committed,
            every_line_says_what_the_log_told,
        ):
            assert list(walk(unit)) == []


def test_it_takes_two(told: Told) -> None:
    ref = told.ask()
    with pytest.raises(Refused, match="somebody who did not"):
        told.confirm(ref, told.one)
    with reading(told.site) as unit:
        assert unit.db.get(LedgerTold, told.entry) is not None
    told.confirm(ref, told.other)
    with pytest.raises(Problem):
        told.confirm(ref, told.other)


def test_only_those_at_rrn_may(told: Told) -> None:
    for stranger in (told.world.decider, told.world.manager):
        with pytest.raises(Forbidden):
            told.ask(by=stranger)
    ref = told.ask()
    with pytest.raises(Forbidden):
        told.confirm(ref, told.world.decider)


def test_what_is_not_there_and_what_is_asked_already(told: Told) -> None:
    with pytest.raises(Invalid):
        told.ask(number=10_000)
    ref = told.ask()
    with pytest.raises(Refused, match="asked for already"):
        told.ask(by=told.other)
    told.confirm(ref, told.other)
    with pytest.raises(Invalid):
        told.ask()


def test_two_who_confirm_at_once_do_it_once(told: Told) -> None:
    ref, third = told.ask(), replace(told.other, id="third")
    faults: list[Problem] = []
    start = threading.Barrier(2)

    def confirm(by: Actor) -> None:
        start.wait()
        try:
            told.confirm(ref, by)
        except Problem as fault:
            faults.append(fault)

    threads = [threading.Thread(target=confirm, args=(by,)) for by in (told.other, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(faults) == 1
    with reading(told.site) as unit:
        found = unit.db.query(LedgerEntry).filter(LedgerEntry.kind == EntryKind.REDACTED.value).count()
        row = unit.db.query(Redaction).one()
        assert (found, row.status) == (1, RedactionState.DONE)
