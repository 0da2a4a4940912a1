"""The demonstration holds what its contract promises, and nothing in it is out of order."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.__main__ import rrn
from app.audits.models import Finding
from app.audits.rules import FindingStatus
from app.cases.models import Case
from app.cases.rules import Kind, State
from app.certificates.models import Certificate
from app.certificates.queries import status_on
from app.certificates.rules import Status
from app.check.walk import breaches
from app.complaints.models import Complaint
from app.complaints.rules import Matter
from app.complaints.rules import State as ComplaintState
from app.curricula.models import Curriculum, CurriculumVersion
from app.curricula.rules import VersionStatus
from app.demo import start
from app.demo.cast import BODIES
from app.demo.start import SignIn
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, connect, reading
from app.kernel.errors import NotFound
from app.kernel.journal import Event
from app.kernel.outbox import waiting
from app.licences.models import Licence
from app.licences.queries import standing
from app.licences.rules import LicenceState
from app.main import create_app
from app.organisations.models import Organisation
from app.people.models import Person
from app.people.queries import by_email
from app.people.rules.passwords import matches
from app.providers.models import Affiliate, TrainerAppointment, TrainingService
from app.settings import Settings
from app.surveillance.models import Cycle, Draw, Pick
from app.surveillance.rules import CycleState, DrawState, PickState
from tests.demo.conftest import PASSWORD
from tests.people.make import post

pytestmark = pytest.mark.slow
MOMENTARY = {State.REFUSED}
"""The register itself moves on from a refusal as soon as the reasons are sent, so no case stands there; and from a draw that
is committed to, as soon as the log has gone on."""


@pytest.fixture
def site(made: Settings) -> Iterator[Site]:
    site = connect(made)
    yield site
    site.engine.dispose()


@pytest.fixture
def unit(site: Site) -> Iterator[Unit]:
    with reading(site, SYSTEM) as unit:
        yield unit


@pytest.fixture(scope="module")
def browser(made: Settings) -> TestClient:
    return TestClient(create_app(made), base_url=made.public_base_url, follow_redirects=False)


def every(unit: Unit, column: Any) -> list[Any]:
    return list(unit.db.scalars(select(column)))


def test_nothing_in_it_is_out_of_order(site: Site) -> None:
    assert list(breaches(site)) == []


def test_nothing_waits_to_be_delivered(unit: Unit) -> None:
    assert waiting(unit) == (0, 0)


def test_a_case_stands_in_every_state_in_which_one_can_stand(unit: Unit) -> None:
    assert set(State) - set(every(unit, Case.status)) == MOMENTARY
    assert "case.refused" in every(unit, Event.kind)


def test_there_is_a_case_of_every_kind(unit: Unit) -> None:
    assert set(every(unit, Case.kind)) == set(Kind)


def test_a_certificate_has_every_status_today(unit: Unit) -> None:
    found = {status_on(unit, one, unit.today).status for one in every(unit, Certificate.id)}
    stored = set(every(unit, Certificate.status))
    assert found | stored >= set(Status)
    assert Status.EXPIRED in found


def test_findings_versions_and_licences_stand_in_every_state(unit: Unit) -> None:
    assert set(every(unit, Finding.status)) == set(FindingStatus)
    assert set(every(unit, CurriculumVersion.status)) == set(VersionStatus)
    assert set(every(unit, Licence.status)) == set(LicenceState)


def test_samples_stand_in_every_state_and_one_cycle_ended_in_debt(unit: Unit) -> None:
    assert set(every(unit, Cycle.status)) == set(CycleState)
    assert set(every(unit, Pick.status)) == set(PickState)
    assert set(DrawState) - set(every(unit, Draw.status)) == {DrawState.COMMITTED}
    assert "draw.committed" in every(unit, Event.kind)
    unfinished = {
        one.draw_id for one in unit.db.scalars(select(Pick).where(Pick.status != PickState.OBSERVED))
    }
    assert set(every(unit, Draw.id)) - unfinished, "one draw is finished"


def test_a_complaint_or_appeal_stands_in_every_state_in_which_one_can_stand(unit: Unit) -> None:
    found = set(every(unit, Complaint.status))
    assert set(ComplaintState) - found == {ComplaintState.DECIDED}, (
        "the register moves on once the outcome is sent"
    )
    assert "complaint.decided" in every(unit, Event.kind)
    assert set(every(unit, Complaint.matter)) == set(Matter)


def test_tarns_licence_is_suspended_and_what_it_granted_that_day_is_held(unit: Unit) -> None:
    tarn = unit.db.scalars(select(Organisation).where(Organisation.code == "TRN")).one()
    assert standing(unit, tarn.id, unit.today).status == "suspended"
    held = unit.db.scalars(
        select(Certificate).where(Certificate.body_id == tarn.id, Certificate.status == Status.GRANTED)
    ).one()
    assert status_on(unit, held.id, unit.today).published is False


def test_it_is_as_large_as_promised(unit: Unit) -> None:
    rows = [
        len(every(unit, kind.id)) for kind in (TrainingService, Curriculum, TrainerAppointment, Affiliate)
    ]
    assert rows == [12, 30, 81, 40]


@pytest.mark.parametrize("kind", [TrainerAppointment, Affiliate])
def test_some_have_lapsed_and_most_may_deliver_today(unit: Unit, kind: Any) -> None:
    last_days = [
        one.lapses_on for one in unit.db.scalars(select(kind)) if one.status == "approved" and one.lapses_on
    ]
    lapsed = [day for day in last_days if day < unit.today]
    assert 0 < len(lapsed) < len(last_days) * 0.2


def test_names_from_wales_poland_and_viet_nam_are_written_right(unit: Unit) -> None:
    names = " ".join(
        [
            *every(unit, Organisation.name),
            *every(unit, Person.name),
            *every(unit, TrainerAppointment.person_name),
        ]
    )
    for name in (
        "Llanfihangel-y-Bryncoed",
        "Łukasz Wiśniewski",
        "Nguyễn Thị Ánh Tuyết",
        "Świętosława Brzozowska-Żółkiewska",
    ):
        assert name in names


def test_the_years_lie_behind_and_nothing_ahead(unit: Unit) -> None:
    moments = every(unit, Event.at)
    assert max(moments) < unit.now
    assert max(moments) - min(moments) > timedelta(days=3 * 365)


def test_everybody_of_the_contract_has_an_account_with_the_password(unit: Unit) -> None:
    people = [by_email(unit, one.email) for one in start.sign_ins()]
    assert len(people) == 27
    known = {person.password_hash for person in people if person}
    assert len(known) == 1
    assert matches(PASSWORD, known.pop())


@pytest.mark.parametrize("one", start.sign_ins(), ids=lambda one: one.email)
def test_each_role_signs_in_and_sees_its_desk(made: Settings, site: Site, one: SignIn) -> None:
    browser = TestClient(create_app(made), base_url=made.public_base_url, follow_redirects=False)
    answer = post(browser, "/sign-in", email=one.email, password=PASSWORD)
    assert answer.status_code == 303
    asked = answer.headers["location"].startswith("/sign-in/code")
    assert asked is one.second_factor
    if asked:
        answer = post(browser, "/sign-in/code", code=start.code_now(site, one.email))
    assert answer.headers["location"] == "/desk"
    desk = browser.get("/desk")
    assert desk.status_code == 200
    assert one.organisation in desk.text


def test_a_token_carries_the_rights_of_its_person(browser: TestClient, site: Site) -> None:
    bearer = {"Authorization": f"Bearer {start.token_now(site, 'officer@northgate.example')}"}
    cases = browser.get("/api/v1/cases", headers=bearer)
    assert cases.status_code == 200
    assert {item["ref"][:3] for item in cases.json()["items"]} == {"NGC"}


def test_a_stranger_gets_neither_code_nor_token(site: Site) -> None:
    for ask in (start.code_now, start.token_now):
        with pytest.raises(NotFound):
            ask(site, "nobody@example.org")


def test_an_evaluator_who_may_decide_elsewhere_is_told_why_not_here(
    browser: TestClient, site: Site, unit: Unit
) -> None:
    bearer = {"Authorization": f"Bearer {start.token_now(site, 'assessor@northgate.example')}"}
    ref = unit.db.scalars(select(Case.ref).where(Case.status == State.IN_REVIEW)).one()
    barred = browser.get(f"/api/v1/cases/{ref}", headers=bearer).json()["barred"]
    assert "are for somebody who did not" in next(one["reason"] for one in barred if one["name"] == "grant")


def test_a_second_start_finds_it_and_takes_a_new_password(made: Settings) -> None:
    assert start.is_made(made)
    other = dataclasses.replace(made, demo_password="another four plain words")
    try:
        assert start.password_of(other) == "another four plain words"
        assert start.password_of(dataclasses.replace(made, demo_password="")) == "another four plain words"
    finally:
        assert start.password_of(made) == PASSWORD


def test_a_half_made_world_is_not_taken_for_a_whole_one(made: Settings) -> None:
    path = made.data_dir / start.MADE
    text = path.read_text()
    path.unlink()
    try:
        assert not start.is_made(made)
    finally:
        path.write_text(text)


@pytest.mark.parametrize("size", ["national", "huge"])
def test_other_sizes_are_refused_in_words(size: str) -> None:
    answer = CliRunner().invoke(rrn, ["demo", "--size", size])
    assert answer.exit_code == 2
    assert "Nothing was made." in " ".join(answer.output.split())


def test_the_demonstration_never_touches_a_configured_database(tmp_path: Path) -> None:
    settings = start.demo_settings(
        8000,
        {
            "RRN_DATABASE_URL": "postgresql://live/register",
            "RRN_SMTP_URL": "smtp://live",
            "RRN_DATA_DIR": str(tmp_path),
        },
    )
    assert settings.database.startswith("sqlite:///")
    assert settings.smtp_url == ""
    assert settings.demo


def test_every_body_of_the_cast_is_on_the_books_under_its_code(unit: Unit) -> None:
    codes = {one.name: one.code for one in unit.db.scalars(select(Organisation))}
    assert {body.name: codes.get(body.name) for body in BODIES} == {body.name: body.code for body in BODIES}
