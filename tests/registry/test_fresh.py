"""What is kept of public answers never outlives what the register says: each change of a public page grows the ledger."""

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.ledger.models import LedgerEntry
from app.licences import commands as licences
from app.licences.rules import NewLicence
from app.main import create_app
from app.organisations.commands import change_details
from app.organisations.models import Organisation
from app.organisations.rules import ChangedDetails
from app.providers.commands import change_service
from app.providers.queries import find_service
from app.providers.rules import ServiceDetails
from app.settings import Settings
from app.standards.rules import Nation, Population, Route, Setting
from app.web.finding import ByFirstWord
from tests.conftest import SetClock
from tests.licences.make import change as change_licence
from tests.registry.make import World, make_world, moment, publish

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site)
    publish(world, at=moment(date(2026, 1, 1)))
    return world


@pytest.fixture
def door(settings: Settings, clock: SetClock) -> Iterator[TestClient]:
    """The application with what it keeps in front of it."""
    with TestClient(create_app(settings, clock, rates={})) as door:
        yield door


def describe(world: World, route: Route, about: str = "") -> None:
    with writing(world.site, world.service.manager) as unit:
        service = find_service(unit, world.service.ref)
        form = ServiceDetails(
            version=service.version,
            route=route,
            about=about,
            nations=[Nation.ENGLAND],
            settings=[Setting.HEALTH],
            populations=[Population.ADULTS],
        )
        change_service(unit, service, form)


def test_a_service_that_is_described_anew_is_shown_so_at_once(world: World, door: TestClient) -> None:
    address = f"/api/v1/register/services/{world.service.organisation_ref}"
    assert door.get(address).json()["route"] == "commercial"
    describe(world, Route.IN_HOUSE, "For our own wards.")
    shown = door.get(address).json()
    assert (shown["route"], shown["about"]) == ("in_house", "For our own wards.")
    assert len(door.get("/api/v1/register?route=in_house").json()["items"]) == 1


def test_what_is_saved_without_a_change_tells_nobody_anything(world: World, site: Site) -> None:
    before = entries(site)
    describe(world, Route.COMMERCIAL)
    describe(world, Route.COMMERCIAL)
    assert entries(site) == before
    describe(world, Route.COMMERCIAL, "Since 2009.")
    assert entries(site) == before + 1


def test_a_number_of_a_register_is_found_as_soon_as_it_is_written_down(
    world: World, door: TestClient
) -> None:
    asked = "/api/v1/register?q=01234567"
    assert door.get(asked).json()["items"] == []
    with writing(world.site, SYSTEM) as unit:
        holder = unit.db.get_one(Organisation, world.service.organisation_id)
        form = ChangedDetails(version=holder.version, nation=Nation.ENGLAND, company_number="01234567")
        change_details(unit, holder, form)
    assert len(door.get(asked).json()["items"]) == 1


def test_a_body_that_applies_again_stands_where_its_licence_ended(world: World, door: TestClient) -> None:
    address = f"/api/v1/register/bodies/{world.body.ref}"
    change_licence(world.site, world.rrn, world.body, "withdraw", TODAY)
    before = door.get(address).json()
    with writing(world.site, world.rrn) as unit:
        licences.open_licence(unit, NewLicence(body=world.body.ref))
    assert door.get(address).json() == before
    with TestClient(create_app(world.site.settings, world.site.clock, rates={})) as another:
        assert another.get(address).json() == before, "kept or not, it is the same"


@pytest.mark.parametrize(
    ("address", "some"),
    [
        ("/verify/NGC-000217-H", {"on", "known_at"}), ("/api/v1/verify/NGC-000217-H", {"on", "known_at"}), ("/register", {"q", "route", "on"}),
        ("/check", {"organisation", "curriculum", "trainer", "affiliate"}), ("/", set()), ("/register/nowhere/at/all", set()),
    ],
)  # fmt: skip
def test_it_is_known_what_a_page_reads(settings: Settings, address: str, some: set[str]) -> None:
    found = create_app(settings).router.middleware_stack
    assert isinstance(found, ByFirstWord)
    reads = found.reads(address)
    assert reads >= some and bool(reads) == bool(some)
    assert not reads & {"unit", "request", "number", "ref"}


def entries(site: Site) -> int:
    with reading(site) as unit:
        return unit.db.scalar(select(func.count()).select_from(LedgerEntry)) or 0
