"""Kept answers: the same bytes until the ledger grows or the day changes, and never for somebody who is signed in."""

import gzip
from dataclasses import dataclass, field
from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.kept import HEAD_BYTES, KeptAnswers, Stamp


@dataclass
class World:
    """A ledger's size, a day, and how often the application behind the layer was asked."""

    size: int = 5
    day: date = date(2026, 3, 2)
    asked: list[str] = field(default_factory=list)
    broken: bool = False

    def stamp(self) -> Stamp:
        if self.broken:
            raise OSError("gone")
        return self.size, self.day


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def reader(world: World) -> TestClient:
    def answer(request: Request) -> Response:
        world.asked.append(request.url.path)
        status = 404 if "missing" in request.url.path else 200
        kind = "no-store" if "private" in request.url.path else "public, no-cache"
        return PlainTextResponse("certified " * 250 + str(world.size), status, {"Cache-Control": kind})

    inner = Starlette(routes=[Route("/{rest:path}", answer)])
    layer = KeptAnswers(
        inner, world.stamp, "session", in_thread=False, reads=lambda _path: frozenset({"on"}), most=20_000
    )
    return TestClient(layer)


def test_an_answer_is_made_once_while_nothing_changes(reader: TestClient, world: World) -> None:
    first, second = reader.get("/verify/NGC-1"), reader.get("/verify/NGC-1")
    assert first.text == second.text
    assert len(world.asked) == 1


def test_another_address_or_question_is_another_answer(reader: TestClient, world: World) -> None:
    for path in ("/verify/NGC-1", "/verify/NGC-2", "/verify/NGC-1?on=2025-01-01"):
        reader.get(path)
    assert len(world.asked) == 3


def test_what_the_route_does_not_read_makes_no_answer_of_its_own(reader: TestClient, world: World) -> None:
    """Otherwise anybody could push out what is kept by adding `?x=1`, `?x=2` …"""
    for query in ("on=2025-01-01", "on=2025-01-01&x=1", "utm=news&on=2025-01-01", "%6f%6e=2025-01-01"):
        reader.get(f"/verify/NGC-1?{query}")
    assert len(world.asked) == 1
    for query in ("on=2025-01-02", "o%6e=2025-01-03", "on=2025-01-01&on=2025-01-02", "on=", ""):
        reader.get(f"/verify/NGC-1?{query}")
    assert len(world.asked) == 6


def test_the_next_answer_after_a_public_change_is_fresh(reader: TestClient, world: World) -> None:
    reader.get("/verify/NGC-1")
    world.size += 1
    assert reader.get("/verify/NGC-1").text.endswith("6")


def test_the_next_answer_on_a_new_day_is_fresh(reader: TestClient, world: World) -> None:
    reader.get("/verify/NGC-1")
    world.day = date(2026, 3, 3)
    reader.get("/verify/NGC-1")
    assert len(world.asked) == 2


def test_whoever_is_signed_in_is_never_given_a_kept_answer(reader: TestClient, world: World) -> None:
    reader.get("/verify/NGC-1")
    reader.get("/verify/NGC-1", headers={"Cookie": "session=abc"})
    reader.get("/verify/NGC-1", headers={"Authorization": "Bearer abc"})
    assert len(world.asked) == 3


@pytest.mark.parametrize("path", ["/verify/missing", "/verify/private", "/desk"])
def test_refusals_private_answers_and_desks_are_not_kept(reader: TestClient, world: World, path: str) -> None:
    reader.get(path)
    reader.get(path)
    assert len(world.asked) == 2


def test_a_kept_answer_is_squeezed_for_who_takes_it_and_unchanged_for_who_has_it(reader: TestClient) -> None:
    plain = reader.get("/verify/NGC-1", headers={"Accept-Encoding": "identity"})
    with reader.stream("GET", "/verify/NGC-1", headers={"Accept-Encoding": "gzip"}) as answer:
        squeezed = b"".join(answer.iter_raw())
    assert gzip.decompress(squeezed) == plain.content
    tag = reader.get("/verify/NGC-1").headers["etag"]
    assert reader.get("/verify/NGC-1", headers={"If-None-Match": tag}).status_code == 304


def test_while_the_database_is_gone_nothing_kept_is_given_out(reader: TestClient, world: World) -> None:
    reader.get("/verify/NGC-1")
    world.broken = True
    reader.get("/verify/NGC-1")
    assert len(world.asked) == 2


def held(layer: KeptAnswers) -> int:
    """The bytes of everything kept, with their header lines."""
    return sum(HEAD_BYTES + len(one.body) for one in layer.answers.values())


def test_two_who_ask_at_once_are_counted_once() -> None:
    layer = KeptAnswers(
        Starlette(),
        lambda: (5, date(2026, 3, 2)),
        "session",
        in_thread=False,
        reads=lambda _path: frozenset(),
    )
    for _asked in range(2):
        layer.keep((b"/verify/NGC-1", "", (5, date(2026, 3, 2))), [], b"certified " * 250)
    assert layer.bytes == held(layer)


def test_what_is_kept_stays_small(reader: TestClient) -> None:
    for number in range(50):
        for _asked in range(2):
            reader.get(f"/verify/NGC-{number}")
    layer = reader.app
    assert isinstance(layer, KeptAnswers)
    assert layer.bytes <= 20_000
    assert layer.bytes == held(layer)
