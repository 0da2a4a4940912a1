"""Finding a route by the first word of its address: the same answers as trying every route, only sooner."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.finding import ByFirstWord, find_by_first_word, first_word


@pytest.fixture
def reader() -> TestClient:
    app = FastAPI()

    @app.get("/cases/{ref}")
    def show(ref: str) -> str:
        return ref

    @app.post("/api/v1/cases/{ref}")
    def change(ref: str) -> str:
        return f"changed {ref}"

    find_by_first_word(app)
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", ""), ("/cases/4/plan", "cases"), ("/api/v1/cases/4", "api/v1/cases"), ("/api/v1/", "api/v1/"), ("//cases", "cases"),
        ("/api/v2/cases", "api"),
    ],
)  # fmt: skip
def test_the_first_word_tells_pages_and_their_json_apart(path: str, word: str) -> None:
    assert first_word(path) == word


def test_a_page_and_its_json_twin_are_both_found(reader: TestClient) -> None:
    assert reader.get("/cases/4").json() == "4"
    assert reader.post("/api/v1/cases/4").json() == "changed 4"


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nowhere", 404), ("GET", "/cases/4/5", 404), ("POST", "/cases/4", 405), ("GET", "/api/v1/cases/4", 405), ("GET", "//cases/4", 404),
])  # fmt: skip
def test_what_is_not_there_is_answered_as_ever(
    reader: TestClient, method: str, path: str, status: int
) -> None:
    assert reader.request(method, path).status_code == status


def test_no_word_has_more_than_a_fifth_of_the_routes(settings: Settings) -> None:
    app = create_app(settings)
    found = app.router.middleware_stack
    assert isinstance(found, ByFirstWord)
    sizes = {word: len(found.group(word).routes) for word in found.words}
    assert max(sizes.values()) < len(found.every()) / 5, sizes


def test_the_routes_of_a_word_are_made_when_somebody_asks_for_it(settings: Settings) -> None:
    app = create_app(settings)
    found = app.router.middleware_stack
    assert isinstance(found, ByFirstWord)
    assert set(found.groups.values()) == {None}
    TestClient(app).get("/scheme")
    assert [word for word, group in found.groups.items() if group] == ["scheme"]
