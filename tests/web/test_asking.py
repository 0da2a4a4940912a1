"""Where a page is answered: on the event loop or in a thread of its own."""

from threading import get_ident

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import app.main
from app.kernel.database import Site, Unit
from app.kernel.fields import View
from app.settings import Settings
from app.web.gate import PUBLIC, cookie_name
from app.web.routing import Area
from tests.conftest import SetClock


class WhereView(View):
    thread: int


area = Area("where")


@area.page("/where", "where.html", may=PUBLIC)
def where(_unit: Unit) -> WhereView:
    return WhereView(thread=get_ident())


@pytest.fixture
def edge(settings: Settings, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(app.main, "AREAS", (area,))
    return app.main.create_app(settings, clock)


def test_only_a_strangers_look_at_sqlite_is_answered_on_the_event_loop(
    edge: FastAPI, site: Site, settings: Settings
) -> None:
    with TestClient(edge) as reader:
        own = {"Cookie": f"{cookie_name(settings)}=of nobody"}
        loop = reader.portal.call(get_ident)  # type: ignore[union-attr]
        stranger = reader.get("/api/v1/where").json()["thread"]
        somebody = reader.get("/api/v1/where", headers=own).json()["thread"]
    assert (stranger == loop) is site.reads_at_once
    assert somebody != loop
