"""Signing in: password, second factor, throttling, and answers that never tell who has an account."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.kernel.database import Site, reading
from app.kernel.journal import Event
from app.organisations.models import Organisation
from app.people.models import Attempt, SecondFactor, Session
from app.people.rules.codes import digest, totp_code
from app.people.rules.passwords import weakness
from app.people.rules.waiting import FREE
from app.permissions import Role
from app.web.gate import cookie_name
from tests.conftest import SetClock
from tests.people.conftest import NewBrowser
from tests.people.make import PASSWORD, code_now, make_person, post, sign_in


def is_signed_in(browser: TestClient) -> bool:
    return browser.get("/account").status_code == 200


def test_a_trainer_signs_in_with_a_password_alone(
    browser: TestClient, site: Site, provider: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    assert not is_signed_in(browser)
    sign_in(browser, site, ann)
    page = browser.get("/account")
    assert "Ann Lee" in page.text
    assert "Harbour Lane Training" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_an_assessor_is_nobody_until_the_code_is_typed(
    browser: TestClient, site: Site, body: Organisation
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    answer = post(browser, "/sign-in", email=eve.email, password=PASSWORD)
    assert answer.headers["location"] == "/sign-in/code"
    for path in ("/account", "/people", "/organisations"):
        assert browser.get(path).headers["location"].startswith("/sign-in")
    assert browser.get("/sign-in/code").status_code == 200
    answer = post(browser, "/sign-in/code", code=code_now(site, eve))
    assert answer.headers["location"] == "/desk"
    assert is_signed_in(browser)


def test_a_code_works_once(open_browser: NewBrowser, site: Site, body: Organisation, clock: SetClock) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    sign_in(open_browser(), site, eve)
    again = open_browser()
    post(again, "/sign-in", email=eve.email, password=PASSWORD)
    assert post(again, "/sign-in/code", code=code_now(site, eve)).status_code == 422
    assert not is_signed_in(again)
    clock.now += timedelta(seconds=30)
    assert post(again, "/sign-in/code", code=code_now(site, eve)).status_code == 303


def test_of_two_who_type_one_code_at_the_same_moment_one_gets_in(
    open_browser: NewBrowser, site: Site, body: Organisation, clock: SetClock
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    for _try in range(5):
        clock.now += timedelta(minutes=5)
        browsers = [open_browser() for _unused in range(3)]
        for one in browsers:
            assert post(one, "/sign-in", email=eve.email, password=PASSWORD).status_code == 303
        code, start = code_now(site, eve), threading.Barrier(len(browsers))
        outcomes: list[int] = []

        def attempt(
            one: TestClient,
            code: str = code,
            start: threading.Barrier = start,
            outcomes: list[int] = outcomes,
        ) -> None:
            start.wait()
            outcomes.append(post(one, "/sign-in/code", code=code).status_code)

        threads = [threading.Thread(target=attempt, args=(one,)) for one in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(303) == 1, outcomes
        assert sum(is_signed_in(one) for one in browsers) == 1


def test_a_code_of_another_time_or_none_at_all_does_not_fit(
    browser: TestClient, site: Site, body: Organisation, clock: SetClock
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    old = code_now(site, eve)
    clock.now += timedelta(minutes=5)
    post(browser, "/sign-in", email=eve.email, password=PASSWORD)
    for code in (old, "000000x", "      "):
        assert post(browser, "/sign-in/code", code=code).status_code == 422
    assert not is_signed_in(browser)


def test_who_has_no_app_yet_sets_one_up_before_anything_else(
    open_browser: NewBrowser, site: Site, body: Organisation, clock: SetClock
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    with site.engine.begin() as connection:
        connection.execute(SecondFactor.__table__.delete())  # type: ignore[attr-defined]
    browser = open_browser()
    assert post(browser, "/sign-in", email=eve.email, password=PASSWORD).headers["location"] == "/sign-in/app"
    assert not is_signed_in(browser)
    page = browser.get("/sign-in/app").text
    assert "data:image/png;base64," in page
    secret = page.split("<code>")[1].split("</code>")[0].replace(" ", "")
    before = browser.cookies[cookie_name(site.settings)]
    wrong = post(browser, "/sign-in/app", code="123")
    assert wrong.status_code == 422
    assert secret in wrong.text.replace(" ", "")
    shown = post(browser, "/sign-in/app", code=totp_code(secret, clock.now))
    codes = [part.split("</code>")[0] for part in shown.text.split("<code>")[1:]]
    assert len(set(codes)) == 10
    assert shown.headers["cache-control"] == "no-store"
    assert browser.cookies[cookie_name(site.settings)] != before
    assert is_signed_in(browser)
    assert codes[0] not in browser.get("/account/recovery-codes").text
    lost = open_browser()
    post(lost, "/sign-in", email=eve.email, password=PASSWORD)
    assert post(lost, "/sign-in/code", code=codes[3].upper().replace("-", " ")).status_code == 303
    assert is_signed_in(lost)
    once_more = open_browser()
    post(once_more, "/sign-in", email=eve.email, password=PASSWORD)
    assert post(once_more, "/sign-in/code", code=codes[3]).status_code == 422
    assert "9 codes are left" in lost.get("/account/recovery-codes").text


def test_the_set_up_app_cannot_be_set_up_again_with_a_password_alone(
    browser: TestClient, site: Site, body: Organisation, clock: SetClock
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    post(browser, "/sign-in", email=eve.email, password=PASSWORD)
    assert browser.get("/sign-in/app").headers["location"] == "/sign-in/code"
    assert post(browser, "/sign-in/app", code=code_now(site, eve)).status_code in (303, 422)
    assert not is_signed_in(browser)


def shape(text: str) -> str:
    """A page without what differs by design: the key of the form and the address that was typed."""
    start = text.index('name="once" value="') + len('name="once" value="')
    return text[:start] + text[text.index('"', start) :]


def test_answers_do_not_tell_whether_there_is_an_account(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    make_person(site, provider, Role.TRAINER, email="ann@harbourlane.example")
    known = post(
        open_browser(), "/sign-in", email="ann@harbourlane.example", password="wrong one, quite wrong"
    )
    unknown = post(
        open_browser(), "/sign-in", email="bob@harbourlane.example", password="wrong one, quite wrong"
    )
    assert known.status_code == unknown.status_code == 422
    assert shape(known.text).replace("ann@", "x@") == shape(unknown.text).replace("bob@", "x@")
    assert "do not belong together" in known.text
    assert "wrong one" not in known.text


def test_throttling_does_not_tell_either(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    make_person(site, provider, Role.TRAINER, email="ann@harbourlane.example")
    seen = {
        who: [
            post(open_browser(), "/sign-in", email=f"{who}@harbourlane.example", password="no").status_code
            for _unused in range(8)
        ]
        for who in ("ann", "bob")
    }
    assert seen["ann"] == seen["bob"] == [422] * 5 + [429] * 3


def test_after_too_many_failures_even_the_right_password_waits_and_then_works(
    browser: TestClient, site: Site, provider: Organisation, clock: SetClock
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    for _unused in range(FREE["account"]):
        post(browser, "/sign-in", email=ann.email, password="no")
    refused = post(browser, "/sign-in", email=ann.email, password=PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "30"
    assert "Nothing was changed: wait 1 minute" in refused.text
    clock.now += timedelta(seconds=31)
    sign_in(browser, site, ann)


def test_waiting_grows_with_each_failure_but_never_beyond_a_quarter_of_an_hour(
    browser: TestClient, site: Site, provider: Organisation, clock: SetClock
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    waits = []
    for _unused in range(14):
        answer = post(browser, "/sign-in", email=ann.email, password="no")
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            clock.now += timedelta(seconds=waits[-1])
            post(browser, "/sign-in", email=ann.email, password="no")
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_codes_are_throttled_too(browser: TestClient, site: Site, body: Organisation) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    post(browser, "/sign-in", email=eve.email, password=PASSWORD)
    seen = [post(browser, "/sign-in/code", code="000000").status_code for _unused in range(6)]
    assert seen == [422] * 5 + [429]
    assert post(browser, "/sign-in/code", code=code_now(site, eve)).status_code == 429


def test_one_address_that_tries_many_accounts_is_slowed_down(open_browser: NewBrowser, site: Site) -> None:
    seen = [
        post(open_browser(), "/sign-in", email=f"p{number}@harbourlane.example", password="no").status_code
        for number in range(FREE["address"] + 1)
    ]
    assert seen == [422] * FREE["address"] + [429]
    with reading(site) as unit:
        assert all("@" not in row.key for row in unit.db.scalars(select(Attempt)))


def test_a_session_planted_before_signing_in_is_worth_nothing_afterwards(
    browser: TestClient, site: Site, body: Organisation
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    name = cookie_name(site.settings)
    browser.cookies.set(name, "planted", domain="testserver.local")
    ids = ["planted"]
    post(browser, "/sign-in", email=eve.email, password=PASSWORD)
    ids.append(browser.cookies[name])
    post(browser, "/sign-in/code", code=code_now(site, eve))
    ids.append(browser.cookies[name])
    assert len(set(ids)) == 3
    with reading(site) as unit:
        assert [row.digest for row in unit.db.scalars(select(Session))] == [digest(ids[2])]


def test_signing_in_again_ends_the_session_that_was_there(
    browser: TestClient, site: Site, provider: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    sign_in(browser, site, ann)
    old = browser.cookies[cookie_name(site.settings)]
    sign_in(browser, site, ann)
    browser.cookies.clear()
    browser.cookies.set(cookie_name(site.settings), old)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/people", "/people"), ("//evil.example", "/desk"), ("https://evil.example", "/desk"), ("/\\evil.example", "/desk"),
        ("/\t/evil.example", "/desk"), ("javascript:alert(1)", "/desk"), ("", "/desk"), ("/ evil", "/desk"),
    ],
)  # fmt: skip
def test_signing_in_leads_only_to_places_of_ours(
    browser: TestClient, site: Site, provider: Organisation, wanted: str, led: str
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    page = browser.get("/sign-in", params={"next": wanted})
    assert "evil" not in page.text or led != "/desk"
    assert (
        post(browser, "/sign-in", email=ann.email, password=PASSWORD, next=wanted).headers["location"] == led
    )
    assert browser.get("/sign-in", params={"next": wanted}).headers["location"] == led


def test_a_session_ends_by_idleness_and_by_age(
    open_browser: NewBrowser, site: Site, provider: Organisation, clock: SetClock
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    idle, busy = open_browser(), open_browser()
    sign_in(idle, site, ann)
    sign_in(busy, site, ann)
    for _unused in range(30):
        clock.now += timedelta(hours=11)
        assert is_signed_in(busy)
    assert not is_signed_in(idle)
    clock.now += timedelta(hours=6)
    assert not is_signed_in(busy)


def test_signing_out_ends_the_session_in_the_register_as_well(
    browser: TestClient, site: Site, provider: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    sign_in(browser, site, ann)
    secret = browser.cookies[cookie_name(site.settings)]
    assert post(browser, "/sign-out").headers["location"] == "/"
    browser.cookies.set(cookie_name(site.settings), secret)
    assert not is_signed_in(browser)


def test_signing_in_is_written_down_in_the_persons_own_name(
    browser: TestClient, site: Site, body: Organisation
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    sign_in(browser, site, eve)
    with reading(site) as unit:
        written = unit.db.scalars(select(Event).where(Event.kind == "person.signed_in")).all()
    assert [event.actor_id for event in written] == [eve.ref]


def test_a_form_of_another_site_signs_nobody_in_or_out(
    browser: TestClient, site: Site, provider: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    typed = {"email": ann.email, "password": PASSWORD}
    assert browser.post("/sign-in", data=typed, headers=foreign).status_code == 403
    sign_in(browser, site, ann)
    assert browser.post("/sign-out", data={}).status_code == 403
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password12345",
        "aaaaaaaaaaaaaaaa",
        "qwertyuiop123!!",
        "123456789012",
        "ann.lee-2026",
        "harbourlane123",
        "            ",
    ],
)
def test_passwords_that_anybody_would_try_are_refused(password: str) -> None:
    assert weakness(password, "ann.lee@harbourlane.example", "Ann Lee")


@pytest.mark.parametrize(
    "password", [PASSWORD, "Tr0ub4dor&3xyz", "ŵyn a'r môr tawel", "my cat ate two shoes"]
)
def test_long_passwords_are_taken(password: str) -> None:
    assert weakness(password, "ann.lee@harbourlane.example", "Ann Lee") is None
