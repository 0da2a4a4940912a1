"""The four answers about a certificate, over time and about time."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.certificates.rules import Answer, Status, make_number
from app.kernel.database import Site, reading
from app.main import create_app
from app.registry.queries import VerifyView, verify_view
from app.settings import Settings
from tests.conftest import SetClock
from tests.registry.make import World, change, give_name, make_world, moment, publish

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site, titles=("Safe Holding: intermediate", "De-escalation and Disengagement"))
    publish(world, at=moment(date(2026, 1, 1)))
    return world


def ask(world: World, number: str = "", on: date | None = None, known_at: object = None) -> VerifyView:
    with reading(world.site) as unit:
        return verify_view(unit, number or world.number, on, known_at)  # type: ignore[arg-type]


def test_a_certificate_in_force_is_a_yes_that_names_every_curriculum(world: World) -> None:
    said = ask(world)
    assert (said.answer, said.tone, said.status) == (Answer.CERTIFIED, "yes", "active")
    assert said.title == "Yes, for both curricula"
    assert (
        said.sentence
        == f"Harbour Lane Training is certified until 31 December 2028. Certificate {world.number}."
    )


def test_an_answer_about_a_past_day_speaks_of_the_past(world: World) -> None:
    said = ask(world, on=date(2026, 2, 1))
    assert (
        said.sentence
        == f"Harbour Lane Training was certified on 1 February 2026 for 2 curricula. Certificate {world.number}."
    )


def test_the_first_day_counts_and_the_day_before_does_not(world: World, clock: SetClock) -> None:
    number = publish(world, 218, starts=date(2026, 3, 20))
    clock.now = moment(date(2026, 4, 1))
    assert ask(world, number, on=date(2026, 3, 20)).answer is Answer.CERTIFIED
    before = ask(world, number, on=date(2026, 3, 19))
    assert before.answer is Answer.NOT_CERTIFIED
    assert before.status is None


def test_the_last_day_counts_and_the_day_after_does_not(world: World, clock: SetClock) -> None:
    clock.now = moment(date(2029, 6, 1))
    assert ask(world, on=date(2028, 12, 31)).answer is Answer.CERTIFIED
    after = ask(world, on=date(2029, 1, 1))
    assert (after.answer, after.status) == (Answer.WAS_CERTIFIED, "expired")
    assert after.title.endswith("31 December 2028")


def test_a_certificate_runs_out_by_the_calendar_alone(world: World, clock: SetClock) -> None:
    clock.now = moment(date(2029, 1, 1))
    said = ask(world)
    assert (said.answer, said.status) == (Answer.WAS_CERTIFIED, "expired")
    assert said.title == "Not now: it ended on 31 December 2028"


def test_a_suspended_certificate_is_paused_and_certified_again_when_it_is_reinstated(
    world: World, clock: SetClock
) -> None:
    change(world, Status.SUSPENDED, TODAY)
    paused = ask(world)
    assert (paused.answer, paused.tone, paused.status) == (Answer.WAS_CERTIFIED, "pause", "suspended")
    assert "suspended since 2 March 2026" in paused.sentence
    clock.now += timedelta(days=30)
    change(world, Status.ACTIVE, date(2026, 4, 1))
    assert ask(world).answer is Answer.CERTIFIED
    then = ask(world, on=date(2026, 3, 15))
    assert then.title == "Paused: not certified on that day"


def test_a_suspension_says_what_ends_it_and_how_long_it_may_last(world: World, settings: Settings) -> None:
    reader = TestClient(create_app(settings))
    change(
        world, Status.SUSPENDED, TODAY, ends_when="Every trainer has been assessed again.", limit_on=date(2026, 9, 1)
    )  # fmt: skip
    page = reader.get(f"/verify/{world.number}").text
    assert "Every trainer has been assessed again." in page
    assert "until 1 September 2026 at the latest" in page
    change(world, Status.ACTIVE, TODAY)
    assert "What ends the suspension" not in reader.get(f"/verify/{world.number}").text


def test_a_withdrawn_certificate_says_when_and_by_whom_it_ended(world: World) -> None:
    change(world, Status.WITHDRAWN, TODAY, text="The service stopped.")
    said = ask(world)
    assert (said.answer, said.status, said.tone) == (Answer.WAS_CERTIFIED, "withdrawn", "no")
    assert said.sentence.endswith("The certification body withdrew it.")
    assert "until 1 March 2026" in said.sentence
    assert ask(world, on=date(2026, 3, 1)).answer is Answer.CERTIFIED


def test_what_we_said_then_stays_what_we_said_then(world: World, clock: SetClock) -> None:
    then = clock.now
    clock.now += timedelta(days=10)
    change(world, Status.SUSPENDED, TODAY)
    assert ask(world, on=TODAY).status == "suspended"
    as_known = ask(world, on=TODAY, known_at=then)
    assert (as_known.answer, as_known.asked_then) == (Answer.CERTIFIED, True)
    assert as_known.as_of_log_size == ask(world).as_of_log_size - 1
    assert len(as_known.history) == 1


def test_before_it_was_published_the_register_said_nothing_of_it(world: World, clock: SetClock) -> None:
    before = clock.now + timedelta(days=1)
    clock.now += timedelta(days=10)
    number = publish(world, 218)
    said = ask(world, number, known_at=before)
    assert (said.answer, said.title) == (Answer.NOT_CERTIFIED, "No, not at that moment")
    assert said.holder is None
    assert [one.answer for one in said.now] == [Answer.CERTIFIED, Answer.CERTIFIED]
    assert not said.now_first, "a yes of today is not read before the answer that was asked for"


def test_one_suspended_curriculum_makes_the_answer_amber_and_never_green(world: World) -> None:
    change(world, Status.SUSPENDED, TODAY, title="Safe Holding: intermediate")
    said = ask(world)
    assert (said.title, said.tone, said.answer) == ("Yes, for 1 of 2 curricula", "partly", Answer.CERTIFIED)
    assert "1 curriculum is suspended." in said.sentence
    assert {line.title: line.status for line in said.curricula} == {
        "Safe Holding: intermediate": "suspended",
        "De-escalation and Disengagement": "active",
    }


def test_when_every_curriculum_is_suspended_the_answer_is_no_yes(world: World) -> None:
    for title in ("Safe Holding: intermediate", "De-escalation and Disengagement"):
        change(world, Status.SUSPENDED, TODAY, title=title)
    assert ask(world).answer is Answer.WAS_CERTIFIED
    assert ask(world).tone == "pause"


def test_a_certificate_decided_but_not_published_is_nobodys_business(world: World) -> None:
    number = publish(world, 300, told=False)
    said = ask(world, number)
    assert said.answer is Answer.NOT_CERTIFIED
    assert (said.holder, said.history) == (None, [])


def test_a_slip_of_the_pen_is_never_told_as_a_no(world: World) -> None:
    wrong = world.number[:-1] + ("A" if world.number[-1] != "A" else "B")
    assert ask(world, wrong).answer is Answer.CANNOT_TELL
    assert "look again" in ask(world, wrong).sentence
    assert ask(world, "hello").answer is Answer.CANNOT_TELL


def test_a_well_formed_number_never_issued_is_a_plain_no(world: World) -> None:
    assert ask(world, make_number("NGC", 999)).answer is Answer.NOT_CERTIFIED


def test_small_letters_and_spaces_are_forgiven(world: World) -> None:
    assert ask(world, world.number.lower().replace("-", " ")).answer is Answer.CERTIFIED


def test_the_name_is_the_one_of_the_day_asked_about(world: World, clock: SetClock) -> None:
    clock.now += timedelta(days=60)
    give_name(world, "Safe Harbour Learning", date(2026, 4, 1))
    assert "Safe Harbour Learning" in ask(world).sentence
    assert "Harbour Lane Training was" in ask(world, on=date(2026, 3, 15)).sentence


def test_private_reasons_are_never_told(world: World) -> None:
    change(world, Status.SUSPENDED, TODAY)
    assert "Nobody outside reads this" not in ask(world).model_dump_json()


KEYS = {
    "answer", "sentence", "number", "status", "on", "known_at", "as_of_log_size", "holder", "body", "edition", "granted_on", "expires_on",
    "curricula", "history",
}  # fmt: skip


def test_the_json_has_the_contracts_words_and_a_gone_database_says_we_cannot_tell(
    world: World, settings: Settings, clock: SetClock
) -> None:
    with TestClient(create_app(settings, clock), raise_server_exceptions=False) as client:
        said = client.get(f"/api/v1/verify/{world.number}").json()
        assert said.keys() >= KEYS
        assert {"ref", "title", "version", "status", "from", "to"} <= said["curricula"][0].keys()
        assert {"ref", "name", "ukas_number", "licence"} <= said["body"].keys()
        assert said["known_at"].startswith("2026-01-01T12:00")
        page = client.get(f"/c/{world.number}")
        assert page.status_code == 200
        assert "Yes, for both curricula" in page.text
        assert "What this does not mean" in page.text
        assert client.get("/verify", params={"number": world.number}).status_code == 200


@given(typed=st.text(max_size=300))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_typed_as_a_number_gets_one_of_the_four_answers(site: Site, typed: str) -> None:
    with reading(site) as unit:
        assert verify_view(unit, typed, None, None).answer in Answer
