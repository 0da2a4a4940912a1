"""The pages of evaluations and findings, in both faces."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

import app.main
from app.kernel.actor import Actor
from app.kernel.database import Site
from app.settings import Settings
from app.web.gate import Credentials, Ports, cookie_name, csrf_token
from tests.audits import make
from tests.conftest import SetClock

PEOPLE: dict[str, Actor] = {}


@pytest.fixture
def client(settings: Settings, clock: SetClock) -> Iterator[TestClient]:
    application = app.main.create_app(settings, clock)
    application.state.ports = Ports(identify=lambda _unit, brought: PEOPLE.get(_name(brought)))
    with TestClient(application, follow_redirects=False) as client:
        yield client
    application.state.site.engine.dispose()


def _name(brought: Credentials) -> str:
    return brought.session or brought.token or ""


@pytest.fixture
def world(site: Site) -> make.World:
    world = make.make_world(site)
    for who in ("lead", "assessor", "colleague", "client", "stranger", "overseer"):
        PEOPLE[who] = getattr(world, who)
    return world


def page(client: TestClient, who: str, path: str, expected: int = 200) -> str:
    client.cookies.set(cookie_name(client.app.state.site.settings), who)  # type: ignore[attr-defined]
    answer = client.get(path)
    assert answer.status_code == expected, answer.text
    return answer.text


def send(client: TestClient, who: str, path: str, **said: str) -> tuple[int, str]:
    settings = client.app.state.site.settings  # type: ignore[attr-defined]
    client.cookies.set(cookie_name(settings), who)
    answer = client.post(path, data={"csrf": csrf_token(settings, who), **said})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def api(who: str) -> dict[str, str]:
    return {"authorization": f"Bearer {who}"}


def test_the_recording_page_offers_four_buttons_and_says_what_is_saved(
    client: TestClient, world: make.World
) -> None:
    shown = page(client, "assessor", f"/audits/{world.audit}/requirements/1.1.1")
    assert shown.count('class="results__input"') == 4
    assert "Nothing is recorded here yet." in shown
    assert "Save and go to the next" in shown
    status, place = send(
        client,
        "assessor",
        f"/audits/{world.audit}/requirements/1.1.1",
        outcome="partly",
        note="Two of three.",
        version="0",
        go="next",
    )
    assert status == 303
    assert place.endswith(f"/audits/{world.audit}/requirements/1.1.2")
    again = page(client, "assessor", f"/audits/{world.audit}/requirements/1.1.1")
    assert "Saved 2 March 2026 at 09:00 by Nguyễn Thị Ánh." in again
    assert "Two of three." in again
    assert f"/audits/{world.audit}/findings/new?requirement=1.1.1" in again


def test_a_refused_result_comes_back_with_what_was_typed(client: TestClient, world: make.World) -> None:
    status, shown = send(
        client,
        "assessor",
        f"/audits/{world.audit}/requirements/1.1.1",
        outcome="not_applicable",
        note="Long words of mine.",
        version="0",
    )
    assert status == 422
    assert "Say why this requirement does not apply here." in shown
    assert "Long words of mine." in shown


def test_a_stale_result_says_what_stands_there_now(client: TestClient, world: make.World, site: Site) -> None:
    make.record(site, world, "1.1.1", "met", note="Seen by me first.", by=world.lead)
    status, shown = send(
        client,
        "assessor",
        f"/audits/{world.audit}/requirements/1.1.1",
        outcome="not_met",
        note="My own words.",
        version="0",
    )
    assert status == 409
    assert "Seen by me first." in shown
    assert "My own words." in shown


def test_people_outside_the_team_see_the_result_without_buttons(
    client: TestClient, world: make.World, site: Site
) -> None:
    make.record(site, world, "1.1.1", "partly", note="Two of three.")
    shown = page(client, "colleague", f"/audits/{world.audit}/requirements/1.1.1")
    assert "results__input" not in shown
    assert "Two of three." in shown


def test_the_json_face_records_and_answers_with_the_fresh_result(
    client: TestClient, world: make.World
) -> None:
    path = f"/api/v1/audits/{world.audit}/requirements/1.1.1"
    done = client.post(path, headers=api("lead"), json={"outcome": "met", "note": "All there."})
    assert done.status_code == 200, done.text
    assert (done.json()["outcome"], done.json()["version"], done.json()["progress"]["recorded"]) == (
        "met",
        1,
        1,
    )
    stale = client.post(path, headers=api("lead"), json={"outcome": "not_met", "version": 0})
    assert stale.status_code == 409
    assert client.get(path, headers=api("client")).status_code == 404
    assert client.get(path, headers=api("stranger")).status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        {"outcome": "great"},
        {"outcome": "met", "version": 2**63},
        {"outcome": "met", "note": "\x00"},
        {},
        {"x": 1},
    ],
)
def test_bad_results_are_refused_in_words(
    client: TestClient, world: make.World, bad: dict[str, object]
) -> None:
    answer = client.post(f"/api/v1/audits/{world.audit}/requirements/1.1.1", headers=api("lead"), json=bad)
    assert answer.status_code == 422
    assert answer.json()["fields"]


@pytest.mark.parametrize("number", ["9.9.9", "1.1", "0", "1.1.1.1", "abc"])
def test_a_number_that_is_no_requirement_here_is_not_found_or_refused(
    client: TestClient, world: make.World, number: str
) -> None:
    client.cookies.set(cookie_name(client.app.state.site.settings), "lead")  # type: ignore[attr-defined]
    assert client.get(f"/audits/{world.audit}/requirements/{number}").status_code in (404, 422)


def test_the_evaluation_page_for_team_and_client(client: TestClient, world: make.World, site: Site) -> None:
    make.record(site, world, "1.1.1", "not_met")
    make.draft(site, world)
    inside = page(client, "lead", f"/audits/{world.audit}")
    assert "Continue with 1.1.2" in inside
    assert "Draft finding" in inside
    outside = page(client, "client", f"/audits/{world.audit}")
    assert "Under way" in outside
    assert "Draft finding" not in outside
    assert "Not met" not in outside
    page(client, "stranger", f"/audits/{world.audit}", 404)
    assert world.audit in page(client, "assessor", "/audits")


def test_a_finding_is_written_from_the_result_it_belongs_to(
    client: TestClient, world: make.World, site: Site
) -> None:
    make.record(site, world, "1.1.1", "not_met", note="Page two is missing.")
    form = page(client, "assessor", f"/audits/{world.audit}/findings/new?requirement=1.1.1")
    assert "Page two is missing." in form
    assert 'value="1.1.1" selected' in form
    said = {
        "requirement": "1.1.1",
        "grade": "major",
        "statement": "The analysis has no page two.",
        "evidence": "Seen on 2 March.",
    }
    status, place = send(client, "assessor", f"/audits/{world.audit}/findings?requirement=1.1.1", **said)
    assert status == 303
    ref = place.rsplit("/", 1)[-1]
    assert "Change the draft" in page(client, "assessor", f"/findings/{ref}")
    page(client, "client", f"/findings/{ref}", 404)


def test_a_finding_is_answered_and_judged_through_its_pages(
    client: TestClient, world: make.World, site: Site
) -> None:
    ref = make.issued(site, world)
    shown = page(client, "client", f"/findings/{ref}")
    assert "It is your turn." in shown
    assert "Answer due" in shown
    assert "What will stop it happening again" in page(client, "client", f"/findings/{ref}/respond")
    row = make.finding_row(site, world, ref)
    status, _place = send(
        client, "client", f"/findings/{ref}/respond", version=str(row.version), **make.ANSWER
    )
    assert status == 303
    answered = page(client, "assessor", f"/findings/{ref}")
    assert "A second reader from May." in answered
    assert "Accept the plan" in answered
    row = make.finding_row(site, world, ref)
    refused = send(client, "assessor", f"/findings/{ref}/return", version=str(row.version), reason="")
    assert refused[0] == 422
    judged = client.post(
        f"/api/v1/findings/{ref}/accept-plan", headers=api("assessor"), json={"version": row.version}
    )
    assert judged.json()["status"] == "plan_accepted"
    assert "Report that it is done" in page(client, "client", f"/findings/{ref}")


def test_findings_are_never_issued_one_by_one(client: TestClient, world: make.World, site: Site) -> None:
    ref = make.draft(site, world)
    answer = client.post(f"/api/v1/findings/{ref}/issue", headers=api("lead"), json={"version": 1})
    assert answer.status_code in (404, 405)
    assert make.finding_row(site, world, ref).number is None


def test_the_pages_ask_no_more_of_the_database_when_there_is_more_to_show(
    client: TestClient, world: make.World, site: Site
) -> None:
    own: Site = client.app.state.site  # type: ignore[attr-defined]
    make.record(site, world, "1.1.1")
    make.issued(site, world, "minor")
    paths = [f"/audits/{world.audit}", "/audits", f"/audits/{world.audit}/requirements/1.1.1"]
    few = [make.statements(own, lambda path=path: page(client, "lead", path)) for path in paths]  # type: ignore[misc]
    make.record_all_but(site, world, set())
    for _more in range(5):
        make.issued(site, world, "minor")
        make.make_another(site, world, ())
    assert [make.statements(own, lambda path=path: page(client, "lead", path)) for path in paths] == few  # type: ignore[misc]
