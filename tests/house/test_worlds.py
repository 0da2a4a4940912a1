"""What tests are given is what the commands made: databases that are handed on are fresh, and copies of a world are whole."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app.cases.rules import State
from app.check.walk import breaches
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Table, connect, reading, writing
from app.kernel.journal import Event
from app.organisations.models import Organisation
from tests.cases.make import make_case, recommend, row, take_into_review
from tests.conftest import SetClock
from tests.databases import Databases
from tests.licences.make import make_manager
from tests.order import unit_of
from tests.worlds import once, shelves


def rows(site: Site) -> dict[str, int]:
    with reading(site) as unit:
        return {
            name: unit.db.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Table.metadata.tables.items()
        }


def begun(prepared: Databases, folder: Path) -> int:
    """An installation in which one thing has happened, and the number the database gave to it."""
    folder.mkdir()
    with prepared.copy(folder) as settings:
        site = connect(settings)
        make_manager(site)
        with reading(site) as unit:
            first = unit.db.scalars(select(Organisation.id)).one()
        site.engine.dispose()
    return first


def test_every_copy_begins_with_nothing_and_counts_from_one(prepared: Databases, tmp_path: Path) -> None:
    for turn in range(3):
        assert begun(prepared, tmp_path / str(turn)) == 1


def test_what_may_never_be_removed_may_not_in_a_database_that_was_handed_on(
    prepared: Databases, tmp_path: Path
) -> None:
    begun(prepared, tmp_path / "used")
    (tmp_path / "next").mkdir()
    with prepared.copy(tmp_path / "next") as settings:
        site = connect(settings)
        make_manager(site)
        with pytest.raises(DatabaseError, match="append-only"), writing(site) as unit:
            unit.db.execute(text("DELETE FROM event"))
        site.engine.dispose()


def test_a_database_whose_shape_was_changed_is_not_handed_on(prepared: Databases, tmp_path: Path) -> None:
    for turn in ("changed", "next"):
        (tmp_path / turn).mkdir()
        with prepared.copy(tmp_path / turn) as settings:
            site = connect(settings)
            with site.engine.begin() as line:
                line.execute(text("CREATE TABLE stray (id INTEGER)"))
            site.engine.dispose()


def test_a_copied_world_is_the_one_the_commands_made_and_goes_on_from_there(
    prepared: Databases, tmp_path: Path, clock: SetClock
) -> None:
    found = []
    for turn in ("made", "copied"):
        (tmp_path / turn).mkdir()
        with prepared.copy(tmp_path / turn) as settings:
            site = connect(settings, clock)
            world = make_case(site, State.EVALUATION_COMPLETE)
            assert world.site is site
            found.append((world.ref, world.body, world.versions, rows(site)))
            assert list(breaches(site)) == []
            take_into_review(world)
            recommend(world)
            assert row(world).review_verdict
            with reading(site, SYSTEM) as unit:
                assert unit.db.scalar(select(func.max(Event.id))) == unit.db.scalar(
                    select(func.count()).select_from(Event)
                )
            site.engine.dispose()
    assert found[0] == found[1]


def test_a_world_is_made_anew_where_something_has_happened_or_the_day_is_another(
    site: Site, clock: SetClock
) -> None:
    made: list[int] = []

    @once
    def make(site: Site, number: int) -> int:
        made.append(number)
        make_manager(site)
        return number

    assert (make(site, 1), make(site, 1)) == (1, 1)
    assert made == [1, 1], "the second time something has happened already"


@pytest.mark.usefixtures("site", "monkeypatch")
def test_what_a_patched_program_makes_is_kept_for_nobody() -> None:
    assert not shelves


@pytest.mark.parametrize(("test", "unit"), [
    ("tests/cases/test_scope.py::test_a[sqlite]", "tests/cases/test_scope.py sqlite"), ("tests/web/test_menu.py::test_a[x]", "tests/web/test_menu.py"),
    ("tests/demo/test_links.py::test_a[somebody]", "demo"), ("tests/demo/test_world.py::test_a", "demo"),
    ("tests/verifier/test_paper.py::test_a[postgresql-a key]", "mirror postgresql"), ("tests/mirror/test_export.py::test_a[postgresql]", "mirror postgresql"),
])  # fmt: skip
def test_what_shares_a_world_is_run_by_one_process(test: str, unit: str) -> None:
    assert unit_of(test) == unit
