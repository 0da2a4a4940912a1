"""Searching: by any name anybody may know it by, with filters, page by page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.certificates.rules import Status
from app.kernel.database import Site, reading
from app.main import create_app
from app.registry.queries import Filters, RegisterView, register_view
from app.settings import Settings
from app.standards.rules import Nation, Population, Route, Setting
from tests.conftest import SetClock
from tests.providers.make import make_affiliate
from tests.registry.make import World, add_service, change, give_name, make_world, moment, publish

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site)
    publish(world, former=["PITAS/10053"], at=moment(date(2026, 1, 1)))
    return world


def look(
    world: World, q: str = "", on: date | None = None, after: str | None = None, **narrowed: object
) -> RegisterView:
    with reading(world.site) as unit:
        return register_view(unit, Filters(q=q, **narrowed), on, after)  # type: ignore[arg-type]


def names(view: RegisterView) -> list[str]:
    return [one.holder.name for one in view.items]


@pytest.mark.parametrize(
    "q",
    ["harbour", "HARBOUR lane", "lane har", "safe holding", "harbour intermediate", "PITAS/10053", "000217"],
)
def test_it_is_found_by_name_title_number_and_former_number(world: World, q: str) -> None:
    assert names(look(world, q)) == ["Harbour Lane Training"]


@pytest.mark.parametrize("q", ["wrenmoor", "harbour wrenmoor", "PITAS/99999"])
def test_what_is_not_there_is_not_found(world: World, q: str) -> None:
    assert names(look(world, q)) == []


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("Ymddiriedolaeth Gofal Tŷ Ŵyn", "ty wyn"), ("Ośrodek Szkoleń Łagodne Dłonie", "lagodne dlonie"),
        ("Trung tâm Đào tạo Chăm sóc An toàn", "dao tao cham soc"), ("St Brigid's Training", "st brigids"),
    ],
)  # fmt: skip
def test_names_are_found_without_their_accents(world: World, name: str, q: str) -> None:
    publish(world, 300, add_service(world.site, world.body, name))
    assert names(look(world, q)) == [name]
    assert names(look(world, name)) == [name]


@pytest.mark.parametrize("q", ["harbuor", "harbour lnae", "hrabour", "intermedaite"])
def test_a_mistyped_word_is_mended_and_the_page_says_so(world: World, q: str) -> None:
    found = look(world, q)
    assert names(found) == ["Harbour Lane Training"]
    assert found.instead


def test_an_affiliate_leads_to_its_provider(world: World) -> None:
    make_affiliate(world.site, world.service, "Larkfield Care Homes")
    assert names(look(world, "larkfield")) == ["Harbour Lane Training"]


def test_a_former_name_leads_to_the_name_of_today(world: World, clock: SetClock) -> None:
    clock.now += timedelta(days=60)
    give_name(world, "Safe Harbour Learning", date(2026, 4, 1))
    found = look(world, "harbour lane")
    assert names(found) == ["Safe Harbour Learning"]
    assert found.items[0].formerly == ["Harbour Lane Training"]
    assert names(look(world, "safe harbour", on=date(2026, 3, 1))) == ["Harbour Lane Training"]


def test_a_withdrawn_certificate_is_still_found_and_says_what_it_is(world: World) -> None:
    change(world, Status.WITHDRAWN, TODAY)
    found = look(world, "harbour").items[0]
    assert (found.status, found.tag.tone, found.sentence) == (
        "withdrawn",
        "no",
        "Withdrawn: its last day was 1 March 2026.",
    )


def test_those_in_force_come_first_then_the_newest(world: World) -> None:
    for serial, name in ((301, "Second Service"), (302, "Third Service")):
        publish(world, serial, add_service(world.site, world.body, name))
    change(world, Status.WITHDRAWN, TODAY)
    assert names(look(world)) == ["Second Service", "Harbour Lane Training", "Third Service"]


def test_what_was_never_published_is_not_on_the_register(world: World) -> None:
    publish(world, 301, add_service(world.site, world.body, "Second Service"), told=False)
    assert names(look(world, "second")) == []


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"nation": Nation.ENGLAND}, 1), ({"nation": Nation.WALES}, 0), ({"setting": Setting.HEALTH}, 1), ({"setting": Setting.EDUCATION}, 0),
        ({"population": Population.ADULTS}, 1), ({"population": Population.CHILDREN}, 0), ({"route": Route.COMMERCIAL}, 1),
        ({"route": Route.IN_HOUSE}, 0), ({"status": Status.ACTIVE}, 1), ({"status": Status.SUSPENDED}, 0), ({"status": Status.EXPIRED}, 0),
    ],
)  # fmt: skip
def test_filters_narrow_it_down(world: World, narrowed: dict[str, Any], found: int) -> None:
    assert look(world, **narrowed).count == found


def test_the_body_is_a_filter_too(world: World) -> None:
    assert look(world, body=world.body.ref).count == 1
    assert look(world, body=world.service.organisation_ref).count == 0


def test_status_is_that_of_the_day_asked_about(world: World, clock: SetClock) -> None:
    clock.now += timedelta(days=30)
    change(world, Status.SUSPENDED, TODAY)
    assert look(world, status=Status.SUSPENDED).count == 1
    assert look(world, on=date(2026, 3, 1), status=Status.SUSPENDED).count == 0
    assert look(world, on=date(2026, 3, 1), status=Status.ACTIVE).count == 1
    assert look(world, on=date(2025, 12, 31)).count == 0
    clock.now = moment(date(2029, 2, 1))
    assert look(world, on=date(2029, 1, 1), status=Status.EXPIRED).count == 1


def many(world: World, count: int, start: int = 1000) -> None:
    for serial in range(start, start + count):
        publish(world, serial)


def test_paging_loses_nothing_and_shows_nothing_twice_while_the_register_grows(world: World) -> None:
    many(world, 45)
    change(world, Status.WITHDRAWN, TODAY, number=look(world).items[3].certificate_number)
    before = {one.certificate_number for one in everything(world)}
    first = look(world)
    many(world, 5, 2000)
    later = []
    after = first.next
    while after:
        page = look(world, after=after)
        later += [one.certificate_number for one in page.items]
        after = page.next
    seen = [one.certificate_number for one in first.items] + later
    assert len(seen) == len(set(seen))
    assert set(seen) == before
    assert (first.count, first.count_is_exact) == (46, True)


def everything(world: World) -> Iterator[Any]:
    after: str | None = None
    while True:
        page = look(world, after=after)
        yield from page.items
        after = page.next
        if not after:
            return


def test_a_key_that_is_none_of_ours_begins_again(world: World) -> None:
    assert names(look(world, after="nonsense")) == ["Harbour Lane Training"]


@contextmanager
def counted(client: TestClient) -> Iterator[list[str]]:
    """The statements a request makes."""
    engine = client.app.state.site.engine  # type: ignore[attr-defined]
    said: list[str] = []

    def note(_c: object, _k: object, statement: str, *_more: object) -> None:
        if not statement.upper().startswith(("BEGIN", "PRAGMA")):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_no_page_asks_more_as_the_register_grows(world: World, settings: Settings, clock: SetClock) -> None:
    with reading(world.site) as unit:
        curriculum = register_view(unit, Filters(), None, None).items[0].curricula[0].ref
    affiliate = make_affiliate(world.site, world.service)
    addresses = [
        "/", "/register", "/register?q=harbour", f"/verify/{world.number}", f"/c/{world.number}", "/verify", f"/register/services/{world.service.organisation_ref}",
        f"/register/bodies/{world.body.ref}", f"/register/curricula/{curriculum}", f"/register/affiliates/{affiliate}",
        f"/marks/{world.service.organisation_ref}", f"/badge/{world.number}.svg", f"/check?organisation={world.number}&curriculum=safe%20holding",
    ]  # fmt: skip
    with TestClient(create_app(settings, clock)) as client:
        few = {address: statements(client, address) for address in addresses}
    many(world, 15)
    with TestClient(create_app(settings, clock)) as client:
        more = {address: statements(client, address) for address in addresses}
    assert {address: count for address, count in more.items() if count > few[address]} == {}
    assert {address: count for address, count in more.items() if count > MOST_STATEMENTS} == {}


MOST_STATEMENTS = 16


def statements(client: TestClient, address: str) -> int:
    with counted(client) as said:
        answer = client.get(address, headers={"Cache-Control": "no-cache"})
    assert answer.status_code == 200, (address, answer.text[:500])
    return len(said)


@given(q=st.text(max_size=250))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_words_at_all_get_an_answer(site: Site, settings: Settings, clock: SetClock, q: str) -> None:
    with TestClient(create_app(settings, clock)) as client:
        for face in ("/register", "/api/v1/register"):
            assert client.get(face, params={"q": q}).status_code == 200


def test_an_empty_answer_says_what_it_does_not_mean(
    world: World, settings: Settings, clock: SetClock
) -> None:
    with TestClient(create_app(settings, clock)) as client:
        page = client.get("/register", params={"q": "zzzz qqqq"}).text
        assert "This does not mean that somebody did something wrong" in page
        said = client.get("/api/v1/register").json()
        assert {"items", "next", "count", "count_is_exact", "on", "as_of_log_size"} <= said.keys()
        assert {
            "certificate_number",
            "sentence",
            "status",
            "expires_on",
            "holder",
            "body",
            "edition",
            "curricula",
            "nations",
            "settings",
            "populations",
        } <= said["items"][0].keys()
