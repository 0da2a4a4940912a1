"""The whole application with a body, a provider and browsers in front of it."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.kernel.database import Site
from app.main import create_app
from app.organisations.models import Organisation
from app.permissions import Seat
from app.settings import Settings
from tests.conftest import SetClock
from tests.organisations.make import make_organisation
from tests.people.make import browser_of

NewBrowser = Callable[[], TestClient]


@pytest.fixture
def app(settings: Settings, clock: SetClock) -> Iterator[FastAPI]:
    made = create_app(settings, clock, rates={})
    yield made
    made.state.site.engine.dispose()


@pytest.fixture
def open_browser(app: FastAPI) -> NewBrowser:
    return lambda: browser_of(app)


@pytest.fixture
def browser(open_browser: NewBrowser) -> TestClient:
    return open_browser()


@pytest.fixture
def provider(site: Site) -> Organisation:
    return make_organisation(site, "Harbour Lane Training")


@pytest.fixture
def body(site: Site) -> Organisation:
    return make_organisation(site, "Northgate Certification", Seat.BODY, code="NGC")
