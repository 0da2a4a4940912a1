"""The report of each day: made once, caught up, chained, mailed with the checkpoint, kept and mirrored."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.certificates.effects import sign_log_again
from app.certificates.effects.announcing import announce
from app.certificates.effects.keys import freshen_revocations
from app.check.days import every_report_agrees_with_the_ledger
from app.daily.commands import readers
from app.daily.effects import close_days
from app.daily.models import DayReport
from app.daily.queries import due_days, pdf_of_day
from app.daily.rules import DayContent
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.kernel.mail import Letter
from app.ledger.note import NoteKey, open_note
from app.ledger.queries import head
from app.ledger.tree import leaf_hash
from app.main import create_app
from app.mirror.writing import export
from app.monitor.kept import found_in, verdict
from app.monitor.watching import watch
from app.organisations.queries import of_seat
from app.people.commands import add_member
from app.permissions import Role, Seat
from app.settings import SettingsFault, read_settings
from app.verifier.anchors import anchors_from
from app.verifier.checking import checked
from app.verifier.opening import open_pdf
from app.verifier.report import Found, What
from app.verifier.source import folder
from tests.certificates.make import World, change, issue, make_world, reading_day, work
from tests.conftest import SetClock

TODAY = date(2026, 3, 2)
OUTSIDE = "keeper@witness.example"


@pytest.fixture
def world(site: Site) -> World:
    """A day on which a certificate was published and suspended; it is over by ten hours."""
    world = make_world(site)
    number = issue(world)
    change(world, number, "suspend", limit_on=reading_day(site) + timedelta(days=60))
    work(site)
    announce(site)
    sign_log_again(site)
    world.site.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    return world


def reports(site: Site) -> list[DayReport]:
    with reading(site, SYSTEM) as unit:
        return list(unit.db.scalars(select(DayReport).order_by(DayReport.day)))


def said(site: Site, day: date = TODAY) -> DayContent:
    (row,) = [row for row in reports(site) if row.day == day]
    return DayContent.model_validate_json(row.content)


def breaches(site: Site) -> list[str]:
    with reading(site, SYSTEM) as unit:
        return [breach.what for breach in every_report_agrees_with_the_ledger(unit)]


def log_key(site: Site) -> NoteKey:
    with TestClient(create_app(site.settings, site.clock)) as web:
        return NoteKey.parse(web.get("/.well-known/log.vkey").text.splitlines()[0])


def test_the_report_says_what_was_done_and_how_far_the_log_went(world: World) -> None:
    close_days(world.site)
    one = said(world.site)
    with reading(world.site) as unit:
        assert (one.day, one.size_before, one.size) == (TODAY, 0, head(unit).size)
    assert sum(one.entries.values()) == one.size
    assert one.entries["certificate.published"] == 1 and one.entries["key.made"] >= 3
    assert [(line.about[:4], line.what) for line in one.certificates] == [
        ("NGC-", "published"),
        ("NGC-", "suspended"),
    ]
    assert {line.what for line in one.keys} == {"made"} and one.suspect == ()
    assert all(look.well for look in one.looks) and len(one.looks) == 4
    signed = open_note(one.checkpoint, [log_key(world.site)])
    assert signed.text.splitlines()[1] == str(one.checkpoint_size) == str(one.size)
    assert breaches(world.site) == []


def test_no_name_stands_in_it(world: World) -> None:
    close_days(world.site)
    (row,) = reports(world.site)
    for name in ("Harbour Lane", "Northgate", "Dora", "Safe Holding"):
        assert name not in row.content


def test_a_day_is_closed_once_however_many_look(world: World) -> None:
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(close_days, [world.site] * 4))
    (first,) = reports(world.site)
    close_days(world.site)
    (again,) = reports(world.site)
    assert again.content == first.content


def test_a_day_is_not_closed_before_it_is_over_in_london(site: Site, clock: SetClock) -> None:
    clock.now = clock.now.replace(month=7, hour=21)
    issue(make_world(site))
    sign_log_again(site)
    for minutes, days in ((119, 0), (2, 0), (5, 1)):  # midnight in London is 23:00 UTC in summer
        clock.now += timedelta(minutes=minutes)
        close_days(site)
        assert len(reports(site)) == days, clock.now


def test_missed_days_are_caught_up_and_each_names_the_one_before(world: World, clock: SetClock) -> None:
    close_days(world.site)
    clock.now += timedelta(days=4)
    with reading(world.site, SYSTEM) as unit:
        assert len(due_days(unit)) == 4
    close_days(world.site)
    rows = reports(world.site)
    assert [row.day for row in rows] == [TODAY + timedelta(days=n) for n in range(5)]
    for before, row in pairwise(rows):
        content = DayContent.model_validate_json(row.content)
        assert content.before and (content.before.day, content.before.digest) == (before.day, before.digest)
        assert content.size_before == content.size == before.size and content.entries == {}
        assert sha256(before.content.encode()).hexdigest() == before.digest
    assert breaches(world.site) == []


def test_the_first_report_of_a_register_that_is_in_use_is_that_of_yesterday(
    world: World, clock: SetClock
) -> None:
    clock.now += timedelta(days=300)
    close_days(world.site)
    (row,) = reports(world.site)
    assert row.day == TODAY + timedelta(days=300)
    assert said(world.site, row.day).size_before == row.size > 0
    assert breaches(world.site) == []


def test_without_a_checkpoint_that_covers_the_day_it_waits(site: Site, clock: SetClock) -> None:
    issue(make_world(site))
    announce(site)
    clock.now += timedelta(days=1)
    close_days(site)
    assert reports(site) == []
    sign_log_again(site)
    close_days(site)
    assert len(reports(site)) == 1


@pytest.fixture
def witnessed(world: World) -> Iterator[Site]:
    key = "witness.example/w1+6ed85d9b+BP9m8yJ5rJnu0nR1U6mHUXtLJTe5Nff2oZKvnTnPYwLy"
    site = connect(
        replace(world.site.settings, witnesses=(f"{key}@https://witness.example",)), world.site.clock
    )
    yield site
    site.engine.dispose()


def test_a_witness_is_waited_for_and_no_longer_than_an_hour(witnessed: Site, clock: SetClock) -> None:
    clock.now = clock.now.replace(hour=0, minute=30)
    close_days(witnessed)
    assert reports(witnessed) == []
    clock.now += timedelta(minutes=40)
    close_days(witnessed)
    assert said(witnessed).witnesses == ()


def letters(site: Site) -> dict[str, Any]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(site.settings.mail_dir.glob("*.eml"))
    ]
    return {str(one["To"]): one for one in found if str(one["Subject"]).startswith("The register on")}


def test_it_is_mailed_to_rrn_and_outside_and_the_checkpoint_in_the_letter_can_be_checked(
    world: World, tmp_path: Path
) -> None:
    site = connect(replace(world.site.settings, report_to=(OUTSIDE,)), world.site.clock)
    with writing(site, SYSTEM) as unit:
        rrn, body = of_seat(unit, Seat.RRN)[0], of_seat(unit, Seat.BODY)[0]
        add_member(unit, rrn, "Ola Oversight", "oversight@rrn.example", Role.OVERSIGHT_OFFICER)
        add_member(unit, body, "Dan Director", "director@northgate.example", Role.DIRECTOR)
    with reading(site, SYSTEM) as unit:
        wanted = set(readers(unit))
    assert wanted == {OUTSIDE, "oversight@rrn.example"}
    close_days(site)
    work(site)
    sent = letters(site)
    assert set(sent) == wanted
    content = bytes(sent[OUTSIDE])
    assert found_in(content, [log_key(site)]).size == said(site).size
    assert export(site, tmp_path / "mirror", lambda _done, _of: None)[1] == []
    look = watch(tmp_path / "monitor", folder(tmp_path / "mirror"))
    assert look.alarms == [] and look.checkpoint
    kept = found_in(content, look.keys)
    assert verdict(kept, look.checkpoint, [leaf_hash(one) for one in look.entries])[0]
    close_days(site)
    work(site)
    assert len(letters(site)) == len(wanted)
    site.engine.dispose()


def test_nobody_gets_letters_about_days_long_gone(world: World, clock: SetClock) -> None:
    close_days(world.site)
    clock.now += timedelta(days=40)
    site = connect(replace(world.site.settings, report_to=(OUTSIDE,)), world.site.clock)
    close_days(site)
    assert len(reports(site)) == 41
    with reading(site, SYSTEM) as unit:
        told = unit.db.scalars(select(Letter).where(Letter.to == OUTSIDE)).all()
    assert len(told) == 31
    site.engine.dispose()


def test_its_paper_is_sealed_by_rrn_and_everything_is_public_and_in_the_mirror(
    world: World, tmp_path: Path
) -> None:
    site = world.site
    close_days(site)
    work(site)
    freshen_revocations(site)
    with reading(site) as unit:
        pdf = pdf_of_day(unit, TODAY)
    assert export(site, tmp_path, lambda _done, _of: None)[1] == []
    published = folder(tmp_path)
    found = checked(pdf, anchors_from(published), published, site.clock(), open_pdf)
    assert (
        found.found(What.SEAL) is Found.YES
        and "This is genuine: “The register on 2 March 2026”" in found.sentence
    )
    with TestClient(create_app(site.settings, site.clock)) as web:
        for name in ("report.json", "report.txt", "report.pdf"):
            answer = web.get(f"/log/days/{TODAY}/{name}")
            assert answer.status_code == 200
            assert answer.content == (tmp_path / f"log/days/{TODAY}" / name).read_bytes()
        page = web.get(f"/log/days/{TODAY}").text
        assert "The register on 2 March 2026" in page and said(site).root in page
        assert f"/log/days/{TODAY}" in web.get("/log").text
        assert web.get("/api/v1/log").json()["days"] == [{"day": str(TODAY), "size": said(site).size}]
        for none in ("/log/days/2026-03-03", "/log/days/2026-03-03/report.pdf", "/log/days/x"):
            assert web.get(none).status_code == 404
    assert json.loads((tmp_path / f"log/days/{TODAY}/report.json").read_bytes())["format"] == "rrn-day-1"


def test_an_address_outside_is_looked_at_before_anything_starts(tmp_path: Path) -> None:
    said = {"RRN_DATA_DIR": str(tmp_path), "RRN_SECRET_KEY": "x" * 40}
    assert read_settings(said | {"RRN_REPORT_TO": f"{OUTSIDE}, second@keeper.example"}).report_to == (
        OUTSIDE,
        "second@keeper.example",
    )
    with pytest.raises(SettingsFault, match="RRN_REPORT_TO: somebody is not an e-mail address"):
        read_settings(said | {"RRN_REPORT_TO": f"{OUTSIDE},somebody"})
