"""The pages of cases in both faces: a whole journey through JSON, the long form, and what each party is shown."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

import app.main
from app.cases.rules import Check, Section, State
from app.kernel.actor import Actor
from app.kernel.database import Site
from app.settings import Settings
from app.web.gate import Credentials, Ports, cookie_name, csrf_token
from tests.cases.make import (
    ANSWER,
    World,
    draft_finding,
    issue_findings,
    items,
    make_case,
    make_world,
    recommend,
    record_all,
    step,
    today,
    whole,
)
from tests.conftest import SetClock

PEOPLE: dict[str, Actor] = {}


@pytest.fixture
def browser(settings: Settings, clock: SetClock) -> Iterator[TestClient]:
    application = app.main.create_app(settings, clock)
    application.state.ports = Ports(identify=lambda _unit, brought: PEOPLE.get(_name(brought)))
    with TestClient(application, follow_redirects=False) as browser:
        yield browser
    application.state.site.engine.dispose()


def _name(brought: Credentials) -> str:
    return brought.session or brought.token or ""


def known(world: World) -> World:
    """Everybody of this world can sign in, under a short name."""
    PEOPLE.clear()
    PEOPLE.update(world.actors | {"client": world.client, "stranger": world.stranger})
    return world


def page(browser: TestClient, who: str, path: str, expected: int = 200) -> str:
    browser.cookies.set(cookie_name(browser.app.state.site.settings), who)  # type: ignore[attr-defined]
    answer = browser.get(path)
    assert answer.status_code == expected, answer.text
    return answer.text


def send(browser: TestClient, who: str, path: str, **said: Any) -> tuple[int, str]:
    settings = browser.app.state.site.settings  # type: ignore[attr-defined]
    browser.cookies.set(cookie_name(settings), who)
    answer = browser.post(path, data={"csrf": csrf_token(settings, who), **said})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def api(browser: TestClient, who: str, path: str, expected: int = 200, **said: Any) -> Any:
    """Ask, or do when something is said, through JSON."""
    headers = {"authorization": f"Bearer {who}"}
    browser.cookies.clear()
    answer = (
        browser.post(f"/api/v1{path}", json=said, headers=headers)
        if said
        else browser.get(f"/api/v1{path}", headers=headers)
    )
    assert answer.status_code == expected, answer.text
    return answer.json()


class Journey:
    """One case, driven through JSON by the people it waits for."""

    def __init__(self, browser: TestClient, world: World, ref: str) -> None:
        self.browser, self.world, self.ref = browser, world, ref

    def seen(self, who: str) -> Any:
        return api(self.browser, who, f"/cases/{self.ref}")

    def take(self, who: str, name: str, expected: int = 200, **said: Any) -> Any:
        return api(
            self.browser,
            who,
            f"/cases/{self.ref}/{name}",
            expected,
            version=self.seen(who)["version"],
            **said,
        )


def test_a_whole_case_goes_through_json(site: Site, browser: TestClient) -> None:
    world = known(make_world(site))
    opened = api(
        browser, "client", "/cases", 201, body=world.body.ref, kind="initial", curricula=world.versions
    )
    case = Journey(browser, world, opened["ref"])
    world.ref = case.ref
    case.take("client", "save", **whole(world))
    assert case.take("client", "submit", true_and_whole=True)["status"] == "submitted"
    case.take("officer", "begin-review")
    case.take("officer", "request-information", question="Which sites?")
    case.take("client", "answer-information", answer="Leeds alone.")
    case.take("officer", "accept-application", checks=[one.value for one in Check])
    shown = case.seen("client")["agreement"]
    case.take("client", "accept-agreement", digest=shown["digest"], entitled=True)
    case.take("officer", "sign-agreement", digest=shown["digest"], entitled=True)
    case.take(
        "officer",
        "plan",
        lead=world.lead.id,
        assessors=[world.assessor.id],
        desk_review_on=today(world).isoformat(),
    )
    case.take("lead", "begin-evaluation")
    audit = case.seen("lead")["audits"][0]["ref"]
    record_all(world)
    assert api(browser, "assessor", f"/audits/{audit}")["progress"]["recorded"] > 20
    finding = draft_finding(world)
    case.take("lead", "issue-findings")
    assert case.seen("client")["turn"]["href"] == f"/findings/{finding}"

    def judge(who: str, name: str, **said: Any) -> None:
        version = api(browser, who, f"/findings/{finding}")["version"]
        api(browser, who, f"/findings/{finding}/{name}", version=version, **said)

    judge("client", "respond", **ANSWER)
    case.take("client", "send-answers")
    judge("assessor", "accept-plan")
    judge("client", "report-implemented", action="Done in May.", evidence="Seen on site.")
    judge("assessor", "accept-implementation", reason="Seen in use.")
    judge("assessor", "close")
    case.take("lead", "complete-evaluation", verdict="grant", report="All was seen.")
    case.take("reviewer", "take-into-review")
    refused = case.take("decider", "grant", 422, granted=items(world), reasons="All is met.")
    assert "review has not ended" in refused["detail"]
    case.take(
        "reviewer", "recommend", sections=[one.value for one in Section], verdict="grant", reasons="In order."
    )
    done = case.take("decider", "grant", granted=items(world), reasons="All is met.")
    assert done["status"] == "granted"
    assert [one["outcome"]["word"] for one in done["scope"]] == ["Granted"]
    assert [one["state"] for one in done["stages"]] == ["done"] * 6 + ["now"]


def test_a_stranger_gets_404_on_every_address_of_a_case(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.AGREEMENT_PENDING))
    for path in ("", "/agreement"):
        page(browser, "stranger", f"/cases/{world.ref}{path}", 404)
        api(browser, "stranger", f"/cases/{world.ref}{path}", 404)
    page(browser, "stranger", f"/cases/{world.ref}/application", 404)
    api(
        browser,
        "stranger",
        f"/cases/{world.ref}/accept-agreement",
        404,
        version=1,
        digest="0" * 64,
        entitled=True,
    )


def test_the_long_form_is_saved_half_done_and_shows_what_is_missing(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.DRAFT))
    shown = page(browser, "client", f"/cases/{world.ref}/application")
    assert "Nothing is saved yet." in shown
    assert 'href="#f-sites"' in shown
    version = api(browser, "client", f"/cases/{world.ref}")["version"]
    status, place = send(
        browser, "client", f"/cases/{world.ref}/save", version=version, sites="1 High Street\nLeeds", curricula=world.versions,
        trainers=[world.trainer], outsourced="none",
    )  # fmt: skip
    assert (status, place) == (303, f"/cases/{world.ref}/application")
    shown = page(browser, "client", place)
    assert "Saved on 2 March 2026 at 09:00." in shown
    assert "1 High Street" in shown
    assert 'href="#f-sites"' not in shown
    assert f'value="{world.trainer}" checked' in shown or "checked" in shown


def test_a_form_that_is_too_long_comes_back_with_what_was_typed(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.DRAFT))
    version = api(browser, "client", f"/cases/{world.ref}")["version"]
    status, text = send(
        browser, "client", f"/cases/{world.ref}/save", version=version, legal_name="x" * 201, notes="Keep me."
    )
    assert status == 422
    assert "must be 200 characters or fewer" in text
    assert "Keep me." in text


def test_a_client_applies_on_a_page(site: Site, browser: TestClient) -> None:
    world = known(make_world(site))
    shown = page(browser, "client", "/cases/new")
    assert "Northgate Certification" in shown
    assert "Safe Holding, part 1, version 1" in shown
    status, place = send(
        browser, "client", "/cases", body=world.body.ref, kind="initial", curricula=world.versions
    )
    assert (status, place) == (303, "/cases/NGC-C-0001")
    assert "Fill in the application" in page(
        browser, "client", place
    ) or "Go on with the application" in page(browser, "client", place)


def test_the_agreement_is_read_before_it_is_accepted(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.AGREEMENT_PENDING))
    case = page(browser, "client", f"/cases/{world.ref}")
    assert f'href="/cases/{world.ref}/agreement"' in case
    shown = page(browser, "client", f"/cases/{world.ref}/agreement")
    assert "The client always meets the requirements" in shown
    seen = api(browser, "client", f"/cases/{world.ref}/agreement")
    status, text = send(
        browser,
        "client",
        f"/cases/{world.ref}/accept-agreement",
        version=seen["version"],
        digest=seen["agreement"]["digest"],
    )
    assert status == 422
    assert "Confirm this to accept the agreement." in text
    status, place = send(
        browser, "client", f"/cases/{world.ref}/accept-agreement", version=seen["version"],
        digest=seen["agreement"]["digest"], entitled="true",
    )  # fmt: skip
    assert (status, place) == (303, f"/cases/{world.ref}")
    assert "Sign the agreement" in page(browser, "officer", f"/cases/{world.ref}/agreement")


@pytest.mark.parametrize(
    "at",
    [
        State.DRAFT,
        State.SUBMITTED,
        State.AGREEMENT_PENDING,
        State.PLANNED,
        State.IN_EVALUATION,
        State.IN_REVIEW,
    ],
)
def test_the_page_of_a_case_is_drawn_for_everybody_in_every_state(
    site: Site, browser: TestClient, at: State
) -> None:
    world = known(make_case(site, at))
    for who in ("client",) if at is State.DRAFT else ("client", *world.actors):
        shown = page(browser, who, f"/cases/{world.ref}")
        assert "Harbour Lane Training" in shown
        assert 'aria-current="step"' in shown
    for one in api(browser, "officer" if at is not State.DRAFT else "client", f"/cases/{world.ref}")["steps"]:
        who = "client" if at is State.DRAFT else "officer"
        if one["asks"] and one["name"] not in ("accept-agreement", "sign-agreement"):
            assert one["label"] in page(browser, who, f"/cases/{world.ref}/{one['name']}")


def test_every_form_of_a_case_is_drawn_with_its_choices(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.AGREEMENT_IN_FORCE))
    assert "Łukasz Wiśniewski" in page(browser, "officer", f"/cases/{world.ref}/plan")
    step(world, world.officer, "plan", lead=world.lead.id, desk_review_on=today(world) + timedelta(days=1))
    assert "Łukasz Wiśniewski, lead assessor" in page(browser, "client", f"/cases/{world.ref}/object-to-team")
    assert "3</" in page(browser, "officer", f"/cases/{world.ref}/plan") or "2026" in page(
        browser, "officer", f"/cases/{world.ref}/plan"
    )


def test_a_decision_form_offers_what_was_applied_for(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.IN_REVIEW))
    recommend(world)
    shown = page(browser, "decider", f"/cases/{world.ref}/grant")
    assert "Safe Holding, part 1, version 1" in shown
    assert "checked" in shown
    status, place = send(
        browser,
        "decider",
        f"/cases/{world.ref}/grant",
        version=1,
        granted=items(world),
        reasons="All is met.",
    )
    assert status == 409
    assert "All is met." in place


def test_the_queue_is_filtered_on_its_page(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.SUBMITTED))
    shown = page(browser, "officer", "/cases?state=submitted&late=false&mine=true")
    assert world.ref in shown
    assert "It is your turn: begin the application review." in shown
    assert "No case fits these filters." in page(browser, "officer", "/cases?state=granted")
    assert world.ref not in page(browser, "stranger", "/cases?every=true")
    page(browser, "officer", "/cases?state=&owner=&older=")


def test_a_client_is_not_shown_the_body_s_inside(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.IN_REVIEW))
    step(world, world.reviewer, "note-section", section="team", text="Who checked the second day?")
    assert "Who checked the second day?" in page(browser, "reviewer", f"/cases/{world.ref}")
    assert "Who checked the second day?" not in page(browser, "client", f"/cases/{world.ref}")


def test_a_write_sent_twice_with_one_key_is_done_once(site: Site, browser: TestClient) -> None:
    world = known(make_world(site))
    said = {"body": world.body.ref, "kind": "initial", "curricula": world.versions}
    headers = {"authorization": "Bearer client", "idempotency-key": "one"}
    refs = {browser.post("/api/v1/cases", json=said, headers=headers).json()["ref"] for _each in range(3)}
    assert refs == {"NGC-C-0001"}
    assert len(api(browser, "client", "/cases")["items"]) == 1


def test_findings_are_listed_for_the_client(site: Site, browser: TestClient) -> None:
    world = known(make_case(site, State.IN_EVALUATION))
    finding = issue_findings(world)
    assert f"/findings/{finding}" in page(browser, "client", f"/cases/{world.ref}")
