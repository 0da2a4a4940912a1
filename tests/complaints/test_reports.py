"""Reporting: by anybody, without a name, followed by a code that nobody else has, on the desk whose it is."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.complaints import commands, queries
from app.complaints.rules import State, plain_code
from app.complaints.rules.forms import Report
from app.kernel import outbox
from app.kernel.actor import ANYONE
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Invalid, NotFound, Refused, TooSoon
from app.main import create_app
from app.organisations.queries import of_seat
from app.permissions import Seat
from app.settings import Settings
from tests.cases.make import World, letters, make_world
from tests.complaints.make import REPORTED, add_people, drive, report, row, step
from tests.complaints.test_appeals import refusal
from tests.conftest import SetClock
from tests.licences.desk import plain
from tests.people.make import post
from tests.registry.make import make_world as make_public
from tests.registry.make import publish


@pytest.fixture
def app(settings: Settings, clock: SetClock) -> FastAPI:
    return create_app(settings, clock, rates={})


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def world(site: Site) -> World:
    made = make_world(site)
    add_people(made)
    return made


def shown(page: str) -> tuple[str, str]:
    """Reference and code as the page shows them."""
    found = re.findall(r'copy-line__text">([^<]+)<', page)
    return found[0], found[1]


def test_a_stranger_reports_without_a_name_and_follows_it_with_reference_and_code(
    world: World, browser: TestClient
) -> None:
    assert "Report a false claim" in browser.get("/").text
    page = browser.get("/report?number=NGC-000217-M").text
    assert 'value="NGC-000217-M"' in page and "danger" in page
    answer = post(browser, "/reports", **REPORTED)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    ref, code = shown(answer.text)
    typed = code.upper().replace("-", " ")
    progress = post(browser, "/reports/follow", reference=f" {ref.upper()} ", code=typed)
    assert progress.status_code == 200, "however it is typed"
    assert "Restraint Reduction Network has received it" in plain(progress.text)
    assert progress.headers["cache-control"] == "no-store"
    found = row(world.site, ref)
    assert (found.by, found.by_name, found.from_id, found.email) == ("", "", None, None)
    assert code not in repr(found.__dict__)


def test_the_code_is_kept_nowhere_that_can_be_read(world: World) -> None:
    ref, code = report(world.site, email="mina@example.org")
    outbox.deliver_all(world.site)
    with world.site.engine.connect() as connection:
        for table in ("event", "complaint", "letter", "delivery", "repeat"):
            kept = repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert code not in kept and code.replace("-", "") not in kept
        assert REPORTED["words"] not in repr(connection.exec_driver_sql("SELECT data FROM event").all())
    assert len(plain_code(code)) == 35 and ref


def test_somebody_elses_reference_or_code_opens_nothing(world: World, browser: TestClient) -> None:
    (mine, code), (other, _code) = report(world.site), report(world.site)
    said = set()
    for ref, key in (
        (other, code),
        (mine, code[:-1] + ("2" if code[-1] != "2" else "3")),
        ("nothing", code),
        (mine, "x"),
    ):
        answer = post(browser, "/reports/follow", reference=ref, code=key)
        assert answer.status_code == 404
        said.add(re.sub(r"Reference [0-9a-f]+", "", plain(answer.text)))
    assert len(said) == 1, "either fault has the same words"
    for address in ("/report/progress", "/report/sent"):
        assert mine not in browser.get(address).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": "  "}, "words"), ({"who": ""}, "who"), ({"matter": "appeal"}, "matter"), ({"matter": ""}, "matter"),
        ({"email": "nobody at all"}, "email"), ({"words": "x" * 5001}, "words"), ({"number": "9" * 400}, "number"),
        ({"words": "invoice\u202egnp.exe"}, "words"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words_and_what_was_typed_stays(
    world: World, browser: TestClient, wrong: dict[str, str], field: str
) -> None:
    kept = {"place": "A leaflet & a <poster>"}
    answer = post(browser, "/reports", **{**REPORTED, **kept, **wrong})
    assert answer.status_code == 422
    assert "A leaflet &amp; a &lt;poster&gt;" in answer.text
    assert "Nothing was saved" in answer.text
    told = browser.post("/api/v1/reports", json={**REPORTED, **kept, **wrong})
    assert told.status_code == 422 and field in told.json()["fields"], told.text


def test_a_program_reports_and_follows(world: World, browser: TestClient) -> None:
    sent = browser.post("/api/v1/reports", json=REPORTED)
    assert sent.status_code == 201
    made = sent.json()
    assert set(made) == {"ref", "code", "desk", "acknowledge_by"}
    told = browser.post("/api/v1/reports/follow", json={"reference": made["ref"], "code": made["code"]})
    assert told.status_code == 200
    assert set(told.json()) == {
        "ref",
        "matter",
        "sentence",
        "received_at",
        "acknowledge_by",
        "outcome",
        "answer",
    }


def test_sent_twice_it_is_taken_in_once(world: World, browser: TestClient) -> None:
    once = {**REPORTED, "once": "the very same form"}
    assert post(browser, "/reports", **once).status_code == 200
    again = post(browser, "/reports", **once)
    assert (again.status_code, again.headers["location"]) == (303, "/report/sent")
    assert "it was taken in once" in browser.get("/report/sent").text
    with reading(world.site, world.oversight) as unit:
        assert len(queries.complaint_list(unit, True, None).items) == 1


def test_one_address_cannot_flood_the_desk_and_loses_no_words(
    world: World, browser: TestClient, clock: SetClock
) -> None:
    for _turn in range(20):
        assert browser.post("/api/v1/reports", json=REPORTED).status_code == 201
    refused = post(browser, "/reports", **REPORTED)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert REPORTED["words"] in refused.text, "what was typed stays"
    clock.now += timedelta(minutes=1)
    assert post(browser, "/reports", **REPORTED).status_code == 200
    assert post(browser, "/reports", **REPORTED).status_code == 429, "and the next wait is longer"
    with writing(world.site, ANYONE) as unit:
        unit.address = "10.0.0.9"
        commands.report(unit, Report.model_validate(REPORTED))


def test_too_many_is_refused_below_the_web_too(world: World) -> None:
    for _turn in range(20):
        report(world.site)
    assert "There were too many tries" in refusal(TooSoon, lambda: report(world.site))


def test_a_complaint_about_certified_training_goes_to_its_body_and_the_rest_to_rrn(site: Site) -> None:
    world = make_public(site)
    number = publish(world)
    with reading(site) as unit:
        rrn = of_seat(unit, Seat.RRN)[0].id
    ref, _code = report(site, matter="training", number=number.replace("-", "").lower())
    assert row(site, ref).desk_id == world.body.id
    assert row(site, ref).about_id is not None
    for matter in ("false_claim", "misuse", "body", "other"):
        ref, _code = report(site, matter=matter, number=number)
        assert row(site, ref).desk_id == rrn, matter
    ref, _code = report(site, matter="training", number="NGC-999999-X")
    assert row(site, ref).desk_id == rrn


def test_before_rrn_is_on_the_books_it_is_refused_in_words(site: Site) -> None:
    assert "Nothing was saved" in refusal(Refused, lambda: report(site))


def test_who_is_signed_in_is_named_and_told_so_beforehand(world: World) -> None:
    ref, _code = report(world.site, world.client, matter="body", who="Northgate Certification")
    found = row(world.site, ref)
    assert (found.by_name, found.from_id) == (world.client.name, world.client.organisation_id)
    with reading(world.site, world.client) as unit:
        assert queries.complaint_view(unit, ref).sent_by.startswith(world.client.name)
    with reading(world.site, world.stranger) as unit:
        refusal(NotFound, lambda: queries.complaint_view(unit, ref))


def test_rrn_passes_a_report_on_and_knows_of_it_no_longer(world: World) -> None:
    site = world.site
    ref, code = report(site, matter="training")
    refusal(Invalid, lambda: step(site, world.oversight, ref, "pass-on", desk=world.client.organisation_ref))
    refusal(
        Invalid, lambda: step(site, world.oversight, ref, "pass-on", desk=world.oversight.organisation_ref)
    )
    refusal(
        Invalid,
        lambda: step(site, world.oversight, ref, "pass-on", desk=world.body.ref, about=world.body.ref),
    )
    refusal(NotFound, lambda: step(site, world.director, ref, "accept"))
    step(site, world.oversight, ref, "pass-on", desk=world.body.ref, about=world.client.organisation_ref)
    refusal(NotFound, lambda: step(site, world.oversight, ref, "accept"))
    assert row(site, ref).about_id == world.client.organisation_id
    with reading(site) as unit:
        told = queries.progress(unit, queries.complaint_of_code(unit, ref, code))
    assert told.sentence.startswith("Northgate Certification has received it")
    drive(site, world.director, world.impartial, ref, State.FOLLOWED_UP)


def test_the_address_is_written_to_and_forgotten_when_the_matter_is_over(world: World) -> None:
    site = world.site
    ref, code = report(site, email="mina@example.org")
    drive(site, world.oversight, world.licences, ref, State.OUTCOME_SENT, outcome="upheld")
    mine = [(subject, words) for to, subject, words in letters(world) if to == "mina@example.org"]
    assert sorted(subject.rpartition(": ")[2] for subject, _words in mine) == [
        "it has arrived and is taken on", "it is decided",
    ]  # fmt: skip
    for _subject, words in mine:
        assert words.strip().startswith("Hello,")
        assert "/report/follow" in words and code not in words and "/complaints/" not in words
    with reading(site, world.licences) as unit:
        assert queries.complaint_view(unit, ref).reach == "mina@example.org"
    with reading(site, world.oversight) as unit:
        assert queries.complaint_view(unit, ref).reach == "", "for the one who looks into it only"
    with reading(site) as unit:
        told = queries.progress(unit, queries.complaint_of_code(unit, ref, code))
    assert (told.outcome, told.answer) == ("Upheld", "The rating was right: nobody had signed.")
    step(site, world.oversight, ref, "follow-up", note="The leaflet is gone.")
    assert row(site, ref).email is None


def test_what_is_not_ours_is_answered_and_its_address_forgotten(world: World) -> None:
    ref, code = report(world.site, email="mina@example.org")
    step(world.site, world.oversight, ref, "not-ours", answer="Ask your council.")
    outbox.deliver_all(world.site)
    assert row(world.site, ref).email is None
    with reading(world.site) as unit:
        assert (
            queries.progress(unit, queries.complaint_of_code(unit, ref, code)).answer == "Ask your council."
        )


def test_nothing_of_it_reaches_the_ledger(world: World) -> None:
    ref, _code = report(world.site)
    drive(world.site, world.oversight, world.licences, ref, State.FOLLOWED_UP)
    with world.site.engine.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT count(*) FROM ledger_entry e JOIN event v ON v.id = e.event_id WHERE v.kind LIKE 'complaint.%%'"
            if world.site.engine.dialect.name != "sqlite"
            else "SELECT count(*) FROM ledger_entry e JOIN event v ON v.id = e.event_id WHERE v.kind LIKE 'complaint.%'"
        ).scalar_one()
    assert told == 0
