"""Days and moments: what has come, what the register knew before it began, and a yes of before that is none any more."""

from datetime import date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app.certificates.rules import Answer, Status, make_number
from app.kernel.database import Site, reading
from app.kernel.errors import Refused
from app.main import create_app
from app.marks.queries import mark_view
from app.registry import queries
from app.registry.queries import Filters, VerifyView
from app.statements.queries import answer_view
from app.statements.rules import Kind
from tests.conftest import SetClock
from tests.providers.make import make_affiliate
from tests.registry.make import World, add_service, change, make_world, moment, publish

BEGUN = date(2026, 3, 2)
"""The day of the register's first entry."""
THEN = date(2026, 4, 1)
WITHDRAWN = date(2026, 10, 21)
TODAY = date(2026, 12, 1)
LATER = date(2027, 12, 1)
NOBODY_KNOWS = "neither that it was certified nor that it was not"
NOT_YET = "That has not come yet, so nobody can say."


@pytest.fixture
def world(site: Site, clock: SetClock) -> World:
    """A certificate of March 2026 that was withdrawn in October; it is December."""
    world = make_world(site, titles=("Safe Holding: intermediate", "De-escalation and Disengagement"))
    make_affiliate(site, world.service)
    publish(world, starts=date(2026, 3, 10))
    clock.now = moment(WITHDRAWN)
    change(world, Status.WITHDRAWN, WITHDRAWN)
    clock.now = moment(TODAY)
    return world


@pytest.fixture
def client(world: World, clock: SetClock) -> TestClient:
    return TestClient(create_app(world.site.settings, clock, rates={}), raise_server_exceptions=False)


def ask(world: World, on: date | None = None, known_at: datetime | None = None, number: str = "") -> VerifyView:  # fmt: skip
    with reading(world.site) as unit:
        return queries.verify_view(unit, number or world.number, on, known_at)


def refs(world: World) -> dict[str, str]:
    """The reference of one entry of each kind."""
    with reading(world.site) as unit:
        service = queries.service_entry(unit, world.service.organisation_ref, THEN)
    return {
        "services": service.ref, "curricula": service.items[0].curricula[0].ref, "affiliates": service.affiliates[0].ref,
        "bodies": world.body.ref,
    }  # fmt: skip


def test_a_moment_without_a_day_asks_about_the_day_of_that_moment(world: World) -> None:
    said = ask(world, known_at=moment(THEN))
    assert (said.on, said.answer) == (THEN, Answer.CERTIFIED)
    assert said.title == "Yes, on that day, for both curricula"
    assert said.sentence == (
        "As known on 1 April 2026 at 13:00: Harbour Lane Training was certified on 1 April 2026 for 2 curricula. "
        f"Certificate {world.number}."
    )


def test_a_yes_of_before_is_read_after_what_has_become_of_it(world: World, client: TestClient) -> None:
    for query in ({"known_at": "2026-04-01"}, {"on": "2026-04-01"}):
        page = client.get(f"/verify/{world.number}", params=query).text
        main = page[page.index("<h1") :]
        assert main.startswith('<h1 class="verdict__title" id="verdict">Not now: it ended on 20 October 2026')
        assert "Not now: it ended" in page[page.index("<title>") : page.index("</title>")]
        assert main.index("Not now: it ended") < main.index("Yes, on that day")
        assert "is certified until" not in page
        assert "verdict--yes" not in page
        assert "The correct words for it" not in page
        said = client.get(f"/api/v1/verify/{world.number}", params=query).json()
        assert (said["answer"], said["now"][0]["answer"]) == ("certified", "was_certified")


def test_what_is_known_now_of_the_same_day_is_told_too(world: World, clock: SetClock) -> None:
    change(world, Status.SUSPENDED, date(2026, 3, 20))
    said = ask(world, known_at=moment(THEN))
    assert [(one.on, one.title) for one in said.now] == [
        (TODAY, "Not now: it ended on 20 October 2026"), (THEN, "Paused: not certified on that day"),
    ]  # fmt: skip
    assert said.now_first


def test_nothing_is_added_to_an_answer_that_is_still_so(world: World) -> None:
    number = publish(world, 218, starts=date(2026, 3, 10))
    assert ask(world, THEN, number=number).now == []
    assert ask(world, number=number).now == []


def test_the_words_a_holder_may_use_are_given_for_today_with_what_is_known_today(
    world: World, clock: SetClock
) -> None:
    number = publish(world, 218, starts=date(2026, 3, 10))
    clock.now += timedelta(days=10)
    assert ask(world, number=number).claim
    assert ask(world, clock.now.date(), number=number).claim
    assert ask(world, clock.now.date(), moment(date(2026, 12, 5)), number).claim == ""
    assert ask(world, THEN, number=number).claim == ""


def test_the_address_of_the_code_answers_for_now_whatever_is_printed_behind_it(
    world: World, client: TestClient
) -> None:
    page = client.get(f"/c/{world.number}?known_at=2026-04-01&on=2026-04-01").text
    assert "Not now: it ended on 20 October 2026" in page
    assert "Yes" not in page[page.index("<main") : page.index("</main>")]


def test_the_signed_statement_one_is_led_to_is_about_the_same_moment(
    world: World, client: TestClient
) -> None:
    page = client.get(f"/verify/{world.number}?known_at=2026-04-01T10:00:00Z").text
    address = page.split('href="/register/certificates/')[1].split('"')[0].replace("&amp;", "&")
    said = client.get(f"/api/v1/register/certificates/{address}").json()
    assert (said["on"], said["known_at"]) == ("2026-04-01", "2026-04-01T10:00:00Z")


def test_nobody_is_told_of_days_and_moments_to_come(world: World, client: TestClient) -> None:
    for query in ("?on=2027-12-01", "?known_at=2027-12-01", "?on=2026-04-01&known_at=2026-12-02T00:00:00Z"):
        said = client.get(f"/api/v1/verify/{world.number}{query}").json()
        assert (said["answer"], said["holder"], said["status"]) == ("cannot_tell", None, None)
        assert said["sentence"].startswith(NOT_YET)
        assert "What is so today" in client.get(f"/verify/{world.number}{query}").text
    assert ask(world, LATER, number=make_number("NGC", 999)).answer is Answer.CANNOT_TELL
    checked = client.get("/api/v1/check?organisation=harbour lane training&on=2027-12-01").json()
    assert (checked["answer"], checked["sentence"][:41]) == ("cannot_tell", NOT_YET)
    others = [f"/register/{kind}/{ref}" for kind, ref in refs(world).items()]
    others += [f"/register/{kind}/{ref}/statement" for kind, ref in refs(world).items()]
    for path in [*others, "/register", f"/marks/{world.service.organisation_ref}"]:
        answer = client.get(f"/api/v1{path}?on=2027-12-01")
        assert (answer.status_code, answer.json()["detail"][:41]) == (422, NOT_YET), path
        assert client.get(f"{path}?on=2027-12-01").status_code == 422


def test_what_is_left_of_today_asks_for_what_is_known_now(world: World, client: TestClient) -> None:
    for query in ("?known_at=2026-12-01", "?known_at=2026-12-01T20:00:00Z"):
        said = client.get(f"/api/v1/verify/{world.number}{query}").json()
        assert said == client.get(f"/api/v1/verify/{world.number}").json()
        statement = client.get(f"/api/v1/register/certificates/{world.number}/statement{query}")
        assert statement.json()["then"]["facts"]["answer"] == "was_certified"


def test_before_the_register_began_every_face_says_that_it_cannot_tell(world: World, clock: SetClock) -> None:
    before = BEGUN - timedelta(days=1)
    place = refs(world)
    with reading(world.site) as unit:
        entries = [
            queries.service_entry(unit, place["services"], before), queries.curriculum_entry(unit, place["curricula"], before),
            queries.affiliate_entry(unit, place["affiliates"], before), queries.body_entry(unit, place["bodies"], date(2025, 12, 31)),
        ]  # fmt: skip
        for entry in entries:
            assert (entry.title, entry.tag.tone) == ("We cannot tell", "unknown"), entry.ref
            assert NOBODY_KNOWS in entry.sentence
            assert all(link.tag.tone != "no" for link in entry.chain)
        assert NOBODY_KNOWS in entries[0].items[0].sentence  # type: ignore[attr-defined]
        checked = queries.check_view(unit, "Harbour Lane Training", "safe holding", "Nobody", "", before)
        assert (checked.answer, checked.title) == (Answer.CANNOT_TELL, "We cannot tell")
        assert checked.sentence.count(NOBODY_KNOWS) == 1
        mark = mark_view(unit, place["services"], before)
        assert (mark.title, mark.tone, mark.may_use) == ("We cannot tell", "unknown", False)
        assert NOBODY_KNOWS in queries.register_view(unit, Filters(), before).caution
        assert queries.register_view(unit, Filters(), BEGUN).caution == ""
        stated = answer_view(unit, Kind.CERTIFICATES, world.number, before, None).then
    long_ago = ask(world, date(2025, 12, 31)).body
    assert long_ago and NOBODY_KNOWS in long_ago.standing
    for said in (ask(world, before), ask(world, known_at=moment(before))):
        assert (said.answer, said.sentence) == (stated.facts.answer, stated.sentence)


def test_what_the_register_was_told_of_days_before_it_began_it_tells(world: World) -> None:
    number = publish(world, 218, starts=date(2026, 1, 1))
    assert ask(world, date(2026, 2, 1), number=number).answer is Answer.CERTIFIED
    assert ask(world, date(2026, 2, 1), number=make_number("NGC", 999)).answer is Answer.NOT_CERTIFIED


def test_on_the_first_day_of_the_register_a_no_is_a_no(world: World) -> None:
    assert ask(world, BEGUN).answer is Answer.NOT_CERTIFIED
    with reading(world.site) as unit:
        assert queries.service_entry(unit, world.service.organisation_ref, BEGUN).title == "Not certified on that day"  # fmt: skip


def test_answers_about_another_day_speak_of_that_day(world: World) -> None:
    place = refs(world)
    with reading(world.site) as unit:
        service = queries.service_entry(unit, place["services"], THEN)
        affiliate = queries.affiliate_entry(unit, place["affiliates"], THEN)
        body = queries.body_entry(unit, place["bodies"], THEN)
        mark = mark_view(unit, place["services"], THEN)
        line = queries.register_view(unit, Filters(), THEN).items[0].sentence
    assert service.title == "Yes, on that day, for both curricula"
    assert service.sentence == line == "Certified on that day for 2 of 2 curricula."
    assert affiliate.title == "Yes, an approved affiliate on that day"
    assert body.title == "Yes, licensed and accredited on that day"
    assert (mark.title, mark.claim) == ("Yes, on that day it might show the mark", "")
    assert mark.sentence.startswith("On 1 April 2026 Harbour Lane Training might show the mark")


def test_a_body_counts_its_certificates_in_the_words_of_every_page(world: World) -> None:
    publish(world, 218, starts=date(2026, 3, 10))
    with reading(world.site) as unit:
        assert queries.body_entry(unit, world.body.ref).certificates == {"Certified": 1, "Withdrawn": 1}


def test_a_body_without_a_licence_on_a_day_is_told_in_words(world: World) -> None:
    with reading(world.site) as unit, pytest.raises(Refused):
        queries.body_entry(unit, world.body.ref, LATER)
    with reading(world.site) as unit:
        unit.now = moment(date(2029, 6, 1))
        assert queries.body_entry(unit, world.body.ref).title == "Not just now: expired"
        assert queries.body_entry(unit, world.body.ref, date(2029, 2, 1)).title == "Not on that day: expired"


BAD_MOMENTS = (
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00%2B14:00", "1989-12-31", "2101-01-01T00:00:00Z", "0",
    "1700000000", "20260401", "2026-04-01T10:00:00", "2026-02-30",
)  # fmt: skip


@pytest.mark.parametrize("typed", BAD_MOMENTS)
def test_a_moment_that_is_none_is_refused_in_words_on_every_face(
    world: World, client: TestClient, typed: str
) -> None:
    statement = f"/register/certificates/{world.number}/statement"
    paths = [f"/verify/{world.number}", f"/api/v1/verify/{world.number}", statement, f"/api/v1{statement}", f"{statement}.pdf"]  # fmt: skip
    for path in paths:
        answer = client.get(f"{path}?known_at={typed}")
        assert answer.status_code == 422, path
        assert "known_at" in answer.text
    plain = typed.replace("%2B", "+")
    assert client.post(statement, data={"known_at": plain}).status_code == 422
    told = client.post(f"/api/v1{statement}", json={"known_at": plain})
    assert (told.status_code, list(told.json()["fields"])) == (422, ["known_at"])


def test_the_number_at_the_end_of_a_sentence_is_a_number(world: World) -> None:
    for around in ("{}.", "{},", "“{}”", "({})", "'{}'", "[{}];", " « {} » "):
        said = ask(world, number=around.format(world.number))
        assert (said.answer, said.number) == (Answer.WAS_CERTIFIED, world.number), around


def test_checking_only_an_organisation_says_no_more_than_was_asked(world: World) -> None:
    other = add_service(world.site, world.body, "Wrenmoor Partnership Trust")
    publish(world, 218, other, starts=date(2026, 3, 10))

    def check(on: date | None = None, **keys: str) -> tuple[str, str]:
        with reading(world.site) as unit:
            said = queries.check_view(
                unit, "Wrenmoor Partnership Trust", keys.get("curriculum", ""), "", "", on
            )
        assert said.answer is Answer.CERTIFIED
        return said.title, said.sentence

    needed = "A course counts only when the organisation, the curriculum and the trainer are all certified or approved."
    assert check() == (
        "This organisation is certified today",
        f"Wrenmoor Partnership Trust is certified today. Not looked at: the curriculum and the trainer. {needed}",
    )
    assert check(THEN) == (
        "This organisation was certified on 1 April 2026",
        f"Wrenmoor Partnership Trust was certified on that day. Not looked at: the curriculum and the trainer. {needed}",
    )
    assert check(curriculum="safe holding") == (
        "What you asked about holds today",
        f"Certified or approved today: the organisation and the curriculum. Not looked at: the trainer. {needed}",
    )
