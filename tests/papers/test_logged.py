"""The log tells of papers by digest, so one that was told of before a key was known to others still stands."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, select

from app.certificates.effects import key_store
from app.certificates.effects import papers as making
from app.certificates.effects.worker import OWNER
from app.certificates.keys import RRN, Purpose
from app.certificates.rules import Answer
from app.check.told import everything_sealed_was_told_in_the_log
from app.daily.effects import close_days
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading
from app.ledger import queries
from app.ledger.models import LedgerEntry, LedgerTold
from app.ledger.queries import head, last_change
from app.ledger.rules import EntryKind
from app.papers.effects import tell
from app.papers.queries import papers_of
from app.papers.rules import PaperKind
from app.settings import Settings
from app.verifier.report import Found, Report, What
from tests.cases import make
from tests.certificates import test_key_orders as orders
from tests.certificates.test_issuing import keys
from tests.certificates.test_key_orders import run_at_once
from tests.conftest import SetClock
from tests.databases import settings_in
from tests.house.test_migrations import config, migrated
from tests.papers.make import Made, decided, papers, work
from tests.papers.test_made_anew import suspect
from tests.papers.test_verifying import look

__all__ = ["migrated"]

KINDS = [PaperKind.REPORT, PaperKind.DECISION, PaperKind.LICENCE]


@pytest.fixture
def world(site: Site) -> make.World:
    world = decided(site)
    work(site)
    return world


def entries(site: Site) -> list[LedgerEntry]:
    with reading(site, SYSTEM) as unit:
        asked = select(LedgerEntry).where(LedgerEntry.kind == "paper.sealed").order_by(LedgerEntry.number)
        return list(unit.db.scalars(asked))


def proof_of(made: Made) -> str:
    return f"log/papers/{hashlib.sha256(made.pdf).hexdigest()}.tlog-proof"


def doubt_seal_of(site: Site, made: Made, since: timedelta) -> None:
    """Others may have known the key that sealed it, for so long."""
    (key,) = keys(site).all(Purpose.SEAL, made.row.owner)
    suspect(site, key, since)


def words_of_the_log(found: Report) -> str:
    (item,) = [item for item in found.items if item.what is What.LOG]
    return item.sentence


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_each_paper_is_told_of_once_and_by_the_digest_of_its_pdf_alone(world: make.World) -> None:
    """Workers that tell at the same time take turns: none of them fails."""
    run_at_once([lambda: tell(world.site) for _turn in range(3)])
    tell(world.site)
    found = entries(world.site)
    assert [one.subject_ref for one in found] == [
        hashlib.sha256(made.pdf).hexdigest() for made in papers(world.site)
    ]
    for entry in found:
        assert json.loads(entry.data)["files"] == {}
        with reading(world.site) as unit:
            assert sorted(unit.db.get_one(LedgerTold, entry.number).told) == ["paper"]
        for secret in ("report", "decision", "licence", "Northgate", world.ref, world.body.ref):
            assert secret.encode() not in entry.data


def test_telling_of_papers_changes_nothing_of_what_the_register_says(world: make.World) -> None:
    with reading(world.site) as unit:
        before, size = last_change(unit), head(unit).size
    tell(world.site)
    with reading(world.site) as unit:
        assert (last_change(unit), head(unit).size) == (before, size + 4)


def test_many_papers_of_before_are_told_of_some_at_a_time(
    world: make.World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While some wait for their turn, rrn check finds nothing wrong."""
    monkeypatch.setattr(queries, "TOLD_AT_ONCE", 3)
    clock.now += timedelta(days=30)
    counts = []
    for _turn in range(3):
        tell(world.site)
        counts.append(len(entries(world.site)))
        with reading(world.site, SYSTEM) as unit:
            assert list(everything_sealed_was_told_in_the_log(unit)) == []
    assert counts == [3, 4, 4]


def test_a_paper_that_had_to_wait_for_a_key_was_not_passed_over(settings: Settings, clock: SetClock) -> None:
    """Papers that were ordered later are told of before it is even sealed."""
    site = connect(replace(settings, public_base_url="https://register.example"), clock)
    world = decided(site)
    work(site)
    key_store(site.settings).ensure_root(OWNER, clock.now)
    who = replace(world.manager, name="Mair Licences")
    for owner in (world.body.ref, RRN):
        orders.order(site, who, replace(who, id="second", name="Ola Second"), owner)
        making.make_waiting_papers(site)
        with reading(site, SYSTEM) as unit:
            assert list(everything_sealed_was_told_in_the_log(unit)) == []
        tell(site)
        clock.now += timedelta(days=30)
    kinds = [made.row.kind for made in sorted(papers(site), key=lambda made: made.row.entry or 0)]
    assert kinds == [PaperKind.REPORT, PaperKind.REPORT, PaperKind.DECISION, PaperKind.LICENCE]
    site.engine.dispose()


def test_the_report_of_a_day_has_no_entry(world: make.World, clock: SetClock) -> None:
    look(world.site, b"")  # a checkpoint is signed
    clock.now += timedelta(days=1)
    close_days(world.site)
    work(world.site)
    tell(world.site)
    (report,) = papers(world.site, PaperKind.DAY)
    assert report.pdf and len(entries(world.site)) == 4
    found = look(world.site, report.pdf)
    assert found.found(What.LOG) is Found.ASIDE and "no entry for the report of a day" in words_of_the_log(
        found
    )
    assert "This is genuine" in found.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_holds_a_paper_is_told_in_words_whether_the_log_holds_it(
    world: make.World, kind: PaperKind, clock: SetClock
) -> None:
    made = papers(world.site, kind)[0]
    found = look(world.site, made.pdf)
    assert found.found(What.LOG) is Found.ASIDE and "Nothing shows that" in words_of_the_log(found)
    assert "This is genuine" in found.sentence
    clock.now += timedelta(minutes=5)
    tell(world.site)
    found = look(world.site, made.pdf)
    assert found.found(What.LOG) is Found.YES and "This is genuine" in found.sentence
    assert words_of_the_log(found) == (
        "The register’s log tells of this very file since 2 March 2026 at 09:05 UTC, and the log is signed."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_key_others_may_know_since_later_the_paper_stands(
    world: make.World, kind: PaperKind, clock: SetClock
) -> None:
    made = papers(world.site, kind)[0]
    tell(world.site)
    clock.now += timedelta(days=1)
    doubt_seal_of(world.site, made, timedelta(hours=1))
    found = look(world.site, made.pdf)
    assert found.found(What.KEYS) is Found.YES and "This is genuine" in found.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_one_the_log_does_not_tell_of_or_only_later_is_in_doubt(
    world: make.World, kind: PaperKind, clock: SetClock
) -> None:
    made = papers(world.site, kind)[0]
    clock.now += timedelta(days=1)
    doubt_seal_of(world.site, made, timedelta(hours=1))
    for _turn in ("not told of", "told of too late"):
        found = look(world.site, made.pdf)
        assert found.found(What.KEYS) is Found.CANNOT_TELL
        assert "Others may know it" in found.sentence
        tell(world.site)
    assert look(world.site, made.pdf).found(What.LOG) is Found.YES


def test_a_paper_made_again_is_told_of_beside_the_one_of_before(world: make.World, clock: SetClock) -> None:
    tell(world.site)
    (old,) = papers(world.site, PaperKind.LICENCE)
    clock.now += timedelta(days=1)
    doubt_seal_of(world.site, old, timedelta(days=2))
    tell(world.site)
    with reading(world.site) as unit:
        (shown,) = papers_of(unit, PaperKind.LICENCE, old.row.subject_id)
    first, new = papers(world.site, PaperKind.LICENCE)
    assert (shown.proof, shown.former[0].proof) == (f"/{proof_of(new)}", f"/{proof_of(first)}")
    assert shown.entry != shown.former[0].entry


def test_a_false_proof_and_one_of_another_paper_are_a_no(world: make.World) -> None:
    tell(world.site)
    made, other = papers(world.site, PaperKind.REPORT)
    look(world.site, made.pdf)
    with reading(world.site) as unit:
        anothers = queries.proof_by_digest(
            unit, EntryKind.PAPER_SEALED, hashlib.sha256(other.pdf).hexdigest()
        )
    found = look(world.site, made.pdf, {proof_of(made): anothers.encode()})
    assert (found.answer, found.found(What.LOG)) == (Answer.NOT_CERTIFIED, Found.NO)
    assert "The proof that it stands in the register’s log is of something else" in found.sentence
    head, index, rest = anothers.split("\n", 2)
    false = "\n".join([head, f"index {1 - int(index.split()[1]) % 2}", rest])
    assert look(world.site, made.pdf, {proof_of(made): false.encode()}).found(What.LOG) is Found.NO


def test_a_proof_that_cannot_be_read_is_a_doubt_about_the_log_and_no_forgery(world: make.World) -> None:
    tell(world.site)
    made = papers(world.site, PaperKind.REPORT)[0]
    found = look(world.site, made.pdf, {proof_of(made): b"junk"})
    assert (found.answer, found.found(What.LOG)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "could not be read" in str([item.sentence for item in found.items])


def test_without_the_log_a_paper_is_genuine_and_the_log_is_not_seen(world: make.World) -> None:
    tell(world.site)
    made = papers(world.site, PaperKind.DECISION)[0]
    found = look(world.site, made.pdf, {"log/checkpoint": None})
    assert found.found(What.LOG) is Found.CANNOT_TELL and "This is genuine" in found.sentence


def test_taken_back_and_upgraded_again_the_register_remembers_what_the_log_tells(
    migrated: Engine, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The column goes and comes back; nothing is told a second time. No world is copied here: the migrations make the tables."""
    command.upgrade(config(migrated), "head")
    url = migrated.url.render_as_string(hide_password=False).replace("+psycopg", "").replace("+pysqlite", "")
    site = connect(replace(settings_in(tmp_path / "own"), database_url=url), clock)
    decided(site)
    work(site)
    tell(site)
    before = [(made.row.ref, made.row.entry) for made in papers(site)]
    command.downgrade(config(migrated), "0018")
    command.upgrade(config(migrated), "head")
    tell(site)
    assert [(made.row.ref, made.row.entry) for made in papers(site)] == before
    assert len(entries(site)) == len(before) == 4
    with reading(site, SYSTEM) as unit:
        assert list(everything_sealed_was_told_in_the_log(unit)) == []
    site.engine.dispose()
