"""The log in the database: entries without a gap, hashes written once, what was told redactable, all under any load."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import record
from app.ledger import queries, tree
from app.ledger.commands import append
from app.ledger.models import LedgerEntry, LedgerNode, LedgerTold
from app.ledger.rules import Entry, EntryKind, commitment
from tests.conftest import SetClock

TODAY = date(2026, 3, 2)


class Thing:
    """Something the public is told of."""

    __tablename__ = "thing"

    def __init__(self, number: int) -> None:
        self.id, self.ref, self.thread = number, f"thing-{number}", f"thing:{number}"


def tell(unit: Unit, number: int, words: str = "Suspended.") -> int:
    event = record(unit, "thing.changed", Thing(number))
    return append(
        unit, event, EntryKind.LICENCE_STATUS, f"thing-{number}", {"public_text": words}, effective_on=TODAY
    )


def filled(site: Site, count: int) -> None:
    for number in range(count):
        with writing(site, SYSTEM) as unit:
            assert tell(unit, number) == number


def test_entries_are_numbered_without_a_gap_and_every_root_can_be_made_again(site: Site) -> None:
    filled(site, 9)
    with reading(site, SYSTEM) as unit:
        assert queries.head(unit).size == 9
        leaves = [tree.leaf_hash(entry.data) for entry in queries.entries(unit, 0, 9)]
        naive: dict[tuple[int, int], bytes] = {}
        shelf = Shelf(naive)
        for size, leaf in enumerate(leaves):
            tree.append(shelf, size, leaf)
            assert queries.root(unit, size + 1) == tree.root(shelf, size + 1)
        nodes = queries.StoredNodes(unit)
        for index, leaf in enumerate(leaves):
            assert tree.verify_inclusion(
                leaf, index, 9, tree.inclusion(nodes, index, 9), queries.root(unit, 9)
            )


def test_how_large_the_log_was_at_a_moment_though_transactions_side_by_side_number_their_entries_out_of_time(
    site: Site, clock: SetClock
) -> None:
    begun = clock.now
    for number, seconds in enumerate((0, 10, 10, 5, 20)):
        with writing(site, SYSTEM) as unit:
            unit.now = begun + timedelta(seconds=seconds)
            tell(unit, number)
    with reading(site, SYSTEM) as unit:
        sizes = [
            queries.size_at(unit, begun + timedelta(seconds=after)) for after in (-1, 0, 9, 10, 19, 20, 99)
        ]
    assert sizes == [0, 1, 4, 4, 4, 5, 5]


class Shelf:
    """Nodes in memory."""

    def __init__(self, kept: dict[tuple[int, int], bytes]) -> None:
        self.kept = kept

    def get(self, level: int, index: int) -> bytes:
        return self.kept[level, index]

    def put(self, level: int, index: int, digest: bytes) -> None:
        self.kept[level, index] = digest


def test_what_was_rolled_back_was_never_told(site: Site) -> None:
    filled(site, 2)
    with pytest.raises(RuntimeError):
        tell_and_fail(site)
    with writing(site, SYSTEM) as unit:
        assert tell(unit, 3) == 2
    with reading(site, SYSTEM) as unit:
        assert [entry.subject_ref for entry in queries.entries(unit, 0, 9)] == [
            "thing-0",
            "thing-1",
            "thing-3",
        ]


def tell_and_fail(site: Site) -> None:
    with writing(site, SYSTEM) as unit:
        tell(unit, 2)
        raise RuntimeError


def tell_twice(site: Site) -> None:
    with writing(site, SYSTEM) as unit:
        event = record(unit, "thing.changed", Thing(1))
        for _twice in range(2):
            append(unit, event, EntryKind.LICENCE_STATUS, "thing-1", {"a": 1}, effective_on=TODAY)


def test_many_writers_at_once_leave_one_unbroken_log(site: Site) -> None:
    def work(own: int) -> None:
        for number in range(5):
            with writing(site, SYSTEM) as unit:
                tell(unit, 10 * own + number)

    threads = [threading.Thread(target=work, args=(own,)) for own in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with reading(site, SYSTEM) as unit:
        rows = queries.entries(unit, 0, 100)
        assert [row.number for row in rows] == list(range(30))
        shelf = Shelf({})
        for size, row in enumerate(rows):
            tree.append(shelf, size, tree.leaf_hash(row.data))
        assert queries.root(unit, 30) == tree.root(shelf, 30)


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_node"])
@pytest.mark.parametrize("verb", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
def test_nobody_changes_what_was_logged(site: Site, table: str, verb: str) -> None:
    filled(site, 3)
    column = {"ledger_entry": "kind", "ledger_node": "digest"}[table]
    with pytest.raises(DBAPIError, match="append-only"), writing(site, SYSTEM) as unit:
        unit.db.execute(text(verb.format(table=table, column=column)))


def test_one_event_is_told_once(site: Site) -> None:
    with pytest.raises(DBAPIError):
        tell_twice(site)


def test_what_was_told_can_be_proved_and_taken_out_without_breaking_any_proof(site: Site) -> None:
    filled(site, 4)
    with reading(site, SYSTEM) as unit:
        told = unit.db.get_one(LedgerTold, 2)
        entry = Entry.model_validate_json(unit.db.get_one(LedgerEntry, 2).data)
        assert entry.commitment == commitment(told.salt, told.told)
        before = queries.root(unit, 4)
    with writing(site, SYSTEM) as unit:
        unit.db.execute(delete(LedgerTold).where(LedgerTold.number == 2))
    with reading(site, SYSTEM) as unit:
        assert queries.root(unit, 4) == before
        assert len(unit.db.scalars(select(LedgerNode)).all()) == 7
