"""The log tells of signed statements by digest, so one that was told of before a key was known to others still stands."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.certificates.rules import Answer
from app.check.statements import every_statement_can_be_computed_again
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading
from app.ledger.models import LedgerEntry, LedgerTold
from app.mirror.contents import everything
from app.statements.effects import tell
from app.verifier.report import Found, What
from tests.certificates.test_key_orders import run_at_once
from tests.conftest import SetClock
from tests.registry.make import World
from tests.statements.make import ask
from tests.statements.test_statements import DAY, redact_last
from tests.statements.test_verifying import Files, known_to_others, look, made

__all__ = ["made"]


def entries(site: Site) -> list[LedgerEntry]:
    with reading(site, SYSTEM) as unit:
        asked = select(LedgerEntry).where(LedgerEntry.kind == "statement.sealed").order_by(LedgerEntry.number)
        return list(unit.db.scalars(asked))


def proofs(site: Site) -> Files:
    with reading(site) as unit:
        return {
            one.path: one.content().content
            for one in everything(unit)
            if one.path.startswith("log/statements")
        }


def test_a_statement_is_told_of_once_and_by_digest_alone(made: tuple[World, Files]) -> None:
    world, papers = made
    run_at_once([lambda: tell(world.site) for _turn in range(3)])
    tell(world.site)
    (entry,) = entries(world.site)
    for name in ("Harbour", "suspended", world.number):
        assert name.encode() not in entry.data
    said = json.loads(entry.data)
    assert sorted(said["files"]) == ["statement.jwt", "statement.pdf"]
    with reading(world.site) as unit:
        told = unit.db.get_one(LedgerTold, entry.number).told
    assert sorted(told) == ["statement", "statement.jwt", "statement.pdf"]
    found = look(world, papers["pdf"])
    assert found.found(What.LOG) is Found.YES
    assert any("tells of this very statement since 1 June 2026 at " in item.sentence for item in found.items)


def test_telling_changes_nothing_of_what_the_register_says(made: tuple[World, Files]) -> None:
    world, _papers = made
    before = ask(world.site, world.number, DAY)
    outbox.deliver_all(world.site)
    tell(world.site)
    assert len(entries(world.site)) == 2
    assert ask(world.site, world.number, DAY) == before
    with reading(world.site) as unit:
        assert list(every_statement_can_be_computed_again(unit)) == []


@pytest.mark.parametrize("name", ["pdf", "jwt"])
def test_with_a_key_others_may_know_since_later_the_statement_stands(
    made: tuple[World, Files], name: str
) -> None:
    world, papers = made
    since = known_to_others(world, "2026-06-02T00:00:00Z")
    assert look(world, papers[name], since).found(What.KEYS) is Found.CANNOT_TELL, "nothing tells of it yet"
    tell(world.site)
    found = look(world, papers[name], since)
    assert (found.answer, found.found(What.KEYS)) == (Answer.WAS_CERTIFIED, Found.YES)
    earlier = look(world, papers[name], known_to_others(world, "2026-05-31T00:00:00Z"))
    assert (earlier.answer, earlier.found(What.KEYS)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)


def test_one_that_was_told_of_after_the_key_was_known_is_in_doubt(
    made: tuple[World, Files], clock: SetClock
) -> None:
    world, papers = made
    clock.now += timedelta(days=30)
    tell(world.site)
    found = look(world, papers["pdf"], known_to_others(world, "2026-06-15T00:00:00Z"))
    assert (found.answer, found.found(What.KEYS)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)


def test_the_proof_of_another_statement_is_a_forgery(made: tuple[World, Files]) -> None:
    world, papers = made
    ask(world.site, world.number, date(2026, 3, 20))
    outbox.deliver_all(world.site)
    tell(world.site)
    look(world, papers["pdf"])
    first, second = sorted(proofs(world.site))
    swapped = {first: proofs(world.site)[second], second: proofs(world.site)[first]}
    found = look(world, papers["pdf"], swapped)
    assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)
    junk = dict.fromkeys((first, second), b"junk")
    assert look(world, papers["pdf"], junk).answer is Answer.WAS_CERTIFIED, "as if nothing told of it yet"
    doubted = junk | known_to_others(world, "2026-06-02T00:00:00Z")
    assert look(world, papers["pdf"], doubted).answer is Answer.CANNOT_TELL


def test_whoever_has_a_statement_whose_words_were_taken_out_can_still_prove_it(
    made: tuple[World, Files],
) -> None:
    world, papers = made
    redact_last(world)
    tell(world.site)
    look(world, papers["pdf"])
    (name,) = proofs(world.site)
    with reading(world.site) as unit:
        paths = {one.path for one in everything(unit)}
    assert name in paths and not any(path.startswith("statements/") for path in paths)
    found = look(world, papers["pdf"], known_to_others(world, "2026-06-02T00:00:00Z"))
    assert found.answer is Answer.WAS_CERTIFIED
