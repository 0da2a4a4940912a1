"""`rrn keys`: the ceremony with its record, the list, and the word that others may know a key."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.__main__ import rrn
from app.ceremony import hold
from app.certificates.keys import RRN, PublicKeys, Purpose
from app.certificates.keys.store import KeyStore
from app.kernel.actor import SYSTEM
from app.kernel.clock import system_clock
from app.kernel.database import connect, reading
from app.ledger.models import LedgerEntry
from app.settings import Settings
from app.terminal import say
from tests.certificates.make import issue, make_world

TWO = ("--present", "Kay Keeper", "--present", "Wyn Witness")


@pytest.fixture(autouse=True)
def installation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("RRN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("RRN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("RRN_PUBLIC_BASE_URL", settings.public_base_url)
    monkeypatch.setenv("RRN_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("COLUMNS", "200")
    return settings


def run(*arguments: str) -> Result:
    say.width = 300  # no sentence is broken, however narrow the terminal of these tests is
    return CliRunner().invoke(rrn, ["keys", *arguments])


def test_a_ceremony_makes_root_log_and_the_registers_own_keys_and_a_record_to_sign(
    settings: Settings,
) -> None:
    done = run("ceremony", *TWO)
    assert done.exit_code == 0, done.output
    made = PublicKeys(settings.data_dir / "keys").all()
    assert {key.purpose for key in made} == set(Purpose)
    record = (settings.data_dir / "keys" / "ceremony.txt").read_text()
    assert record in done.output
    for key in made:
        assert key.id in record.replace(" ", "").replace("\n", "")
    assert "Kay Keeper: ____" in record and "Wyn Witness: ____" in record


def test_a_ceremony_needs_two_people_and_is_held_once(settings: Settings) -> None:
    alone = run("ceremony", "--present", "Kay Keeper", "--present", " Kay  Keeper ")
    assert alone.exit_code == 2 and "two people at least" in alone.output
    assert not (settings.data_dir / "keys").exists()
    assert run("ceremony", *TWO).exit_code == 0
    again = run("ceremony", *TWO)
    assert again.exit_code == 2 and "There is a root already" in again.output


def test_the_word_that_a_key_is_suspect_lists_what_it_made_and_tells_the_public(settings: Settings) -> None:
    site = connect(settings)
    world = make_world(site)
    issue(world)
    (seal,) = PublicKeys(settings.data_dir / "keys").all(Purpose.SEAL, world.body.ref)
    since = f"{system_clock():%Y-%m-%d}T00:00"
    told = ("--since", since, "--public-text", "A disk was lost.", "--by", "Kay Keeper")
    for unknown in ("nosuchkey", "-nosuchkey", "--nosuchkey"):
        assert f"0 keys begin with {unknown}" in run("suspect", unknown, *told).output
    done = run("suspect", seal.id, *told)
    assert done.exit_code == 0, done.output
    assert "version 1" in done.output and "1 found." in done.output
    with reading(site, SYSTEM) as unit:
        assert [row.kind for row in unit.db.query(LedgerEntry).order_by(LedgerEntry.number)][
            -1
        ] == "key.status"
    listed = run("list")
    assert "suspect" in listed.output and seal.id[:6] in listed.output  # cells are as narrow as the window
    assert "Northgate" in listed.output
    site.engine.dispose()


def test_a_moment_that_is_no_moment_is_refused_before_anything_happens(settings: Settings) -> None:
    assert run("suspect", "x" * 43, "--since", "yesterday", "--public-text", "x", "--by", "y").exit_code == 2
    assert not Path(settings.data_dir / "keys").exists()


def test_a_further_root_takes_two_people_and_stands_beside_the_first(settings: Settings) -> None:
    assert "There is no root yet" in run("root", *TWO).output
    assert run("ceremony", *TWO).exit_code == 0
    alone = run("root", "--present", "Kay Keeper")
    assert alone.exit_code == 2 and "two people at least" in alone.output
    done = run("root", *TWO)
    assert done.exit_code == 0, done.output
    first, further = PublicKeys(settings.data_dir / "keys").all(Purpose.ROOT)
    record = (settings.data_dir / "keys" / "ceremony-root-2.txt").read_text()
    assert record in done.output and "Wyn Witness: ____" in record
    assert further.id in record.replace(" ", "").replace("\n", "") and first.id[:12] not in record.replace(
        " ", ""
    )
    told = " ".join(done.output.split())
    assert (
        "It certifies seals from" in told
        and "order new keys at /keys for: Restraint Reduction Network" in told
    )
    again = run("root", *TWO)
    assert again.exit_code == 2 and "A further root is published already" in " ".join(again.output.split())
    assert "published, signs soon" in " ".join(run("list").output.split())


def test_a_key_is_ended_at_once_only_where_another_signs(settings: Settings) -> None:
    now = system_clock()
    hold(settings, ["Kay Keeper", "Wyn Witness"], now - timedelta(days=40))
    (log,) = PublicKeys(settings.data_dir / "keys").all(Purpose.LOG)
    refused = run("retire", log.id, "--by", "Kay Keeper")
    assert refused.exit_code == 2 and "Nothing would be left to sign with" in " ".join(refused.output.split())
    assert "Nothing was changed." in refused.output
    yesterday = now - timedelta(days=1)
    KeyStore(settings).renew(Purpose.LOG, RRN, yesterday, yesterday)
    done = run("retire", log.id, "--by", "Kay Keeper")
    assert done.exit_code == 0, done.output
    old, new = PublicKeys(settings.data_dir / "keys").all(Purpose.LOG)
    assert old.id == log.id and old.retired_at and old.retired_at <= system_clock()
    assert not (settings.data_dir / "keys-private" / f"{log.id}.pem").exists()
    assert f"In its place signs {new.id}" in " ".join(done.output.split())


def test_the_list_says_which_root_certifies_and_whose_seals_stand_under_the_older(settings: Settings) -> None:
    now = system_clock()
    hold(settings, ["Kay Keeper", "Wyn Witness"], now - timedelta(days=40))
    store = KeyStore(settings)
    store.further_root("Restraint Reduction Network", now - timedelta(days=35))
    said = " ".join(run("list").output.split())
    assert "signs the list of its seals only" in said
    assert said.count("to be replaced: order a new one") == 1, "RRN's own seal"
    done = run("retire", store.all(Purpose.ROOT)[0].id, "--by", "Kay Keeper")
    assert done.exit_code == 0 and "It goes on signing the list" in " ".join(done.output.split())
    assert store.root(1).sign(b"a list of seals")


def test_of_a_suspect_root_it_is_said_whether_anything_can_be_sealed_meanwhile(settings: Settings) -> None:
    now = system_clock()
    hold(settings, ["Kay Keeper", "Wyn Witness"], now - timedelta(days=40))
    store = KeyStore(settings)
    first = store.all(Purpose.ROOT)[0]
    told = ("--since", f"{now:%Y-%m-%d}T00:00", "--public-text", "A safe was opened.", "--by", "Kay Keeper")
    alone = run("suspect", first.id, *told)
    assert alone.exit_code == 0, alone.output
    assert "Nothing can be sealed before there is another root" in " ".join(alone.output.split())
    store.further_root("Restraint Reduction Network", now - timedelta(days=35))
    assert "Nothing can be sealed" not in " ".join(run("suspect", first.id, *told).output.split())
