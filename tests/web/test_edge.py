"""The edge with a toy area: one function, two faces, and what becomes of bad input."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import pytest
from fastapi import FastAPI
from pydantic import Field
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Mapped, mapped_column
from starlette.testclient import TestClient

import app.main
from app.kernel import casework
from app.kernel.actor import Actor
from app.kernel.database import Record, Table, Unit, connect
from app.kernel.errors import NotFound, Refused
from app.kernel.fields import Form, Line, Ref, StepForm, Text, View, Words
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P
from app.permissions import Role, Seat
from app.settings import Settings
from app.web.gate import Credentials, Ports, cookie_name, csrf_token
from app.web.limits import Buckets, Rate
from app.web.routing import Area, Ask
from tests.conftest import SetClock


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Toys(Table):
    """Tables of tests stand apart from those of the register."""

    __abstract__ = True
    metadata = MetaData()


class Parcel(Record, Toys):
    __tablename__ = "parcel"
    title: Mapped[str]
    status: Mapped[Status] = mapped_column(default=Status.OPEN)


class Closing(StepForm):
    why: Annotated[Words, Field(title="Why it is closed")]


class NewParcel(Form):
    title: Annotated[Line, Field(title="What it holds")]
    weight: Annotated[int, Field(ge=1, le=20, title="Weight")]


class ParcelView(View):
    ref: str
    title: str
    status: str
    version: int


PARCEL = Workflow(
    "parcel", (Step("close", "closed", (Status.OPEN,), Status.CLOSED, P.CASE_OFFICE, form=Closing),)
)
area = Area("parcels")


def find(unit: Unit, ref: Ref) -> Parcel:
    found = unit.db.scalar(select(Parcel).where(Parcel.ref == ref))
    if found is None:
        raise NotFound("There is no such parcel.")
    return found


@area.page("/parcels/{ref}", "styleguide_parcel.html", may=P.CASE_READ)
def show(unit: Unit, ref: Ref, note: Text = "") -> ParcelView:
    parcel = find(unit, ref)
    return ParcelView(ref=parcel.ref, title=parcel.title + note, status=parcel.status, version=parcel.version)


def ask_parcel(_unit: Unit) -> Ask:
    return Ask(title="Send a parcel", submit="Send")


@area.action("/parcels", then=show, may=P.CASE_OFFICE, ask=ask_parcel, form_path="/parcels/new", status=201)
def send(unit: Unit, form: NewParcel) -> dict[str, str]:
    if form.title == "a bomb":
        raise Refused("A bomb is not sent. Nothing was saved.")
    parcel = Parcel(title=form.title)
    casework.begin(unit, PARCEL, parcel, "sent")
    return {"ref": parcel.ref}


area.steps("/parcels/{ref}", PARCEL, find=find, then=show)
OFFICER = Actor("olga", "Olga", frozenset({Role.CASE_OFFICER}), 1, "b", "Body", Seat.BODY)


def identify(_unit: Unit, brought: Credentials) -> Actor | None:
    return OFFICER if "good" in (brought.token, brought.session) else None


@pytest.fixture
def edge(settings: Settings, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    monkeypatch.setattr(app.main, "AREAS", (area,))
    made = app.main.create_app(settings, clock)
    made.state.ports = Ports(identify=identify)
    Toys.metadata.create_all(made.state.site.engine)
    yield made
    made.state.site.engine.dispose()


@pytest.fixture
def program(edge: FastAPI) -> TestClient:
    return TestClient(
        edge, headers={"Authorization": "Bearer good"}, follow_redirects=False, raise_server_exceptions=False
    )


@pytest.fixture
def browser(edge: FastAPI, settings: Settings) -> TestClient:
    return TestClient(
        edge, cookies={cookie_name(settings): "good"}, follow_redirects=False, raise_server_exceptions=False
    )


def sent(program: TestClient, **more: object) -> dict[str, object]:
    answer = program.post("/api/v1/parcels", json={"title": "Books", "weight": 2, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def test_a_program_sends_and_closes_a_parcel(program: TestClient) -> None:
    made = sent(program)
    closed = program.post(
        f"/api/v1/parcels/{made['ref']}/close", json={"version": made["version"], "why": "it arrived"}
    )
    assert closed.json()["status"] == "closed"


def test_a_step_with_an_old_version_is_409_and_changes_nothing(program: TestClient) -> None:
    made = sent(program)
    answer = program.post(f"/api/v1/parcels/{made['ref']}/close", json={"version": 99, "why": "it arrived"})
    assert answer.status_code == 409
    assert "Nothing of yours was saved" in answer.json()["detail"]
    assert program.get(f"/api/v1/parcels/{made['ref']}").json()["status"] == "open"


def test_the_same_key_carries_a_call_out_once(program: TestClient) -> None:
    keyed = {"Idempotency-Key": "k1"}
    first = program.post("/api/v1/parcels", json={"title": "Books", "weight": 2}, headers=keyed)
    again = program.post("/api/v1/parcels", json={"title": "Books", "weight": 2}, headers=keyed)
    other = program.post("/api/v1/parcels", json={"title": "Pens", "weight": 2}, headers=keyed)
    assert first.json()["ref"] == again.json()["ref"]
    assert other.status_code == 422


def test_a_program_that_prefers_little_is_only_told_where_to_look(program: TestClient) -> None:
    short = {"Prefer": "respond-async, return=minimal", "Idempotency-Key": "k2"}
    done = program.post("/api/v1/parcels", json={"title": "Books", "weight": 2}, headers=short)
    assert (done.status_code, done.content, done.headers["preference-applied"]) == (
        204,
        b"",
        "return=minimal",
    )
    again = program.post("/api/v1/parcels", json={"title": "Books", "weight": 2}, headers=short)
    assert again.headers["content-location"] == done.headers["content-location"]
    assert program.get(done.headers["content-location"]).json()["title"] == "Books"


def test_a_refusal_is_told_in_full_whatever_was_preferred(program: TestClient) -> None:
    body = {"title": "a bomb", "weight": 2}
    refused = program.post("/api/v1/parcels", json=body, headers={"Prefer": "return=minimal"})
    assert refused.status_code == 422
    assert "Nothing was saved" in refused.json()["detail"]


def test_the_json_face_ignores_cookies_and_asks_for_a_token(browser: TestClient) -> None:
    answer = browser.get("/api/v1/parcels/abc")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_without_a_session_leads_to_the_sign_in_page(edge: FastAPI) -> None:
    answer = TestClient(edge, follow_redirects=False).get("/parcels/abc")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/parcels/abc")


def test_a_form_without_our_token_is_refused(browser: TestClient) -> None:
    answer = browser.post("/parcels", data={"title": "Books", "weight": "2"})
    assert answer.status_code == 403


def test_a_form_from_another_site_is_refused_even_with_the_token(
    browser: TestClient, settings: Settings
) -> None:
    data = {"title": "Books", "weight": "2", "csrf": csrf_token(settings, "good")}
    assert browser.post("/parcels", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/parcels", data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post("/parcels", data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_refused_form_comes_back_with_what_was_typed(browser: TestClient, settings: Settings) -> None:
    csrf = csrf_token(settings, "good")
    faulty = browser.post("/parcels", data={"title": "Very fine books", "weight": "many", "csrf": csrf})
    assert faulty.status_code == 422
    assert "Very fine books" in faulty.text
    assert "Weight must be a whole number." in faulty.text
    refused = browser.post("/parcels", data={"title": "a bomb", "weight": "3", "csrf": csrf})
    assert refused.status_code == 422
    assert "A bomb is not sent" in refused.text
    assert 'value="a bomb"' in refused.text


def test_a_stale_form_comes_back_with_what_was_typed(
    browser: TestClient, program: TestClient, settings: Settings
) -> None:
    made = sent(program)
    data = {
        "version": "77",
        "why": "a long story that must not be lost",
        "csrf": csrf_token(settings, "good"),
    }
    answer = browser.post(f"/parcels/{made['ref']}/close", data=data)
    assert answer.status_code == 409
    assert "a long story that must not be lost" in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "\\ud800", "weight": 2}',
        b'{"title": "a\\u0000b", "weight": 2}',
        b'{"title": "x", "weight": 9223372036854775808}',
        b'{"title": "x", "weight": true}',
        b'{"title": "x", "weight": "2"}',
        b'{"title": "x", "weight": 2, "more": 1}',
        b"[" * 900 + b"]" * 900,
        b"\xff\xfe",
        b"",
        b"null",
        b'{"title": "' + b"x" * 201 + b'", "weight": 2}',
        b'{"title": "\\u202egnp.exe", "weight": 2}',
    ],
)  # fmt: skip
def test_a_bad_body_is_422_with_a_sentence_and_saves_nothing(program: TestClient, body: bytes) -> None:
    answer = program.post("/api/v1/parcels", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["fields"]


def test_ten_megabytes_are_413_and_another_kind_of_content_415(program: TestClient) -> None:
    large = program.post(
        "/api/v1/parcels", content=b"x" * 10_000_000, headers={"Content-Type": "application/json"}
    )
    other = program.post("/api/v1/parcels", content=b"<x/>", headers={"Content-Type": "text/xml"})
    assert (large.status_code, other.status_code) == (413, 415)


@pytest.mark.parametrize(
    "path", ["/parcels/%00", "/parcels/%ED%A0%80", "/parcels/" + "9" * 400, "/parcels/..%2f..", "/nowhere"]
)
def test_an_address_that_is_none_is_404_in_words(program: TestClient, path: str) -> None:
    for prefix in ("", "/api/v1"):
        answer = program.get(prefix + path)
        assert answer.status_code in (303, 404), answer.text


def test_every_answer_has_the_security_headers(program: TestClient) -> None:
    headers = program.get("/api/v1/parcels/abc").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_openapi_lists_the_json_face_exactly(program: TestClient) -> None:
    described = program.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/parcels",
        "/api/v1/parcels/{ref}",
        "/api/v1/parcels/{ref}/close",
    }
    body = described["paths"]["/api/v1/parcels"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert body == {"$ref": "#/components/schemas/NewParcel"}
    assert described["paths"]["/api/v1/parcels"]["post"]["parameters"][0]["name"] == "Prefer"
    assert set(described["paths"]["/api/v1/parcels"]["post"]["responses"]) >= {"201", "204"}
    assert "weight" in described["components"]["schemas"]["NewParcel"]["properties"]


def test_too_many_requests_are_429_with_the_time_to_wait(edge: FastAPI) -> None:
    edge.state.buckets = Buckets({"desk": Rate(0.1, 2)})
    program = TestClient(edge, headers={"Authorization": "Bearer good"})
    codes = [program.get("/api/v1/parcels/abc").status_code for _try in range(4)]
    assert codes == [404, 404, 429, 429]
    assert int(program.get("/api/v1/parcels/abc").headers["retry-after"]) > 0


def test_a_database_that_is_gone_is_503_and_we_cannot_tell(edge: FastAPI, settings: Settings) -> None:
    edge.state.site = connect(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none"))
    program = TestClient(edge, headers={"Authorization": "Bearer good"}, raise_server_exceptions=False)
    asked = program.get("/api/v1/parcels/abc")
    assert (asked.status_code, asked.json()["answer"], asked.headers["retry-after"]) == (
        503,
        "cannot_tell",
        "30",
    )
    written = program.post("/api/v1/parcels", json={"title": "Books", "weight": 2})
    assert written.status_code == 503
    assert "Nothing was saved" in written.json()["detail"]
