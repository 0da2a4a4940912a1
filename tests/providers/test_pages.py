"""The pages of services, affiliates and trainers, through the browser's face and the program's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from app.permissions import Role, Seat
from app.providers import commands, queries
from app.settings import Settings
from tests.conftest import SetClock
from tests.licences.desk import Desk, day
from tests.licences.make import actor_of, make_organisation
from tests.providers.make import affiliate_actor, make_affiliate, make_service, make_trainer


@pytest.fixture
def desk(settings: Settings, clock: SetClock) -> Iterator[Desk]:
    made = Desk(settings, clock)
    yield made
    made.app.state.site.engine.dispose()


def test_a_provider_describes_itself_and_brings_an_affiliate_and_a_trainer_to_approval(
    site: Site, desk: Desk
) -> None:
    with writing(site, SYSTEM) as unit:
        holder = make_organisation(unit, "Harbour Lane Training", Seat.PROVIDER)
        body = make_organisation(unit, "Northgate Certification", Seat.BODY, "NGC")
        manager, officer = (
            actor_of(holder, Role.REPRESENTATIVE, "Ŵyn Prydderch"),
            actor_of(body, Role.CASE_OFFICER, "Olive Officer"),
        )
        holder_id, holder_ref, body_id = holder.id, holder.ref, body.id
    desk.sit(manager)
    assert "Describe your training service" in desk.read("/providers")
    chosen: dict[str, Any] = {
        "route": "commercial",
        "nations": ["england"],
        "settings": ["health"],
        "populations": ["adults", "autism"],
    }
    assert "Adults, Autistic people" in desk.send("/providers", form="/providers/new", **chosen)
    path = desk.place
    desk.sit(officer).read(path, status=404)
    with writing(site, SYSTEM) as unit:
        commands.choose_body(unit, queries.service_of(unit, holder_id), body_id)
    desk.sit(manager).send(
        f"{path}/affiliates", form=f"{path}/affiliates/new", name="Larkfield Care Homes", nation="england"
    )
    affiliate = desk.place
    said: dict[str, Any] = {
        "tna_signed_off_by": "Registered manager",
        **day("tna_signed_on", "2026-02-01"),
        **day("board_approved_on", "2026-02-02"),
        "plan": "Fewer at meals.",
    }
    desk.send(f"{affiliate}/complete-evidence", **said)
    assert "31 January 2027" in desk.sit(officer).send(f"{affiliate}/approve", note="")
    desk.sit(manager).send(
        f"{path}/trainers",
        form=f"{path}/trainers/new",
        person_name="Łukasz Wiśniewski",
        level="senior",
        employer=holder_ref,
    )
    trainer = desk.place
    shown: dict[str, Any] = {
        **day("ils_expires_on", "2026-04-30"), "qualification": "Nurse", **day("care_from_on", "2020-01-01"), **day("cpd_until", "2026-12-31"),
        **day("reaccredited_on", "2026-01-15"),
    }  # fmt: skip
    desk.send(f"{trainer}/complete-evidence", **shown)
    text = desk.sit(officer).send(f"{trainer}/approve", note="")
    assert "Lapses soon" in text and "30 April 2026" in text
    page = desk.read(path)
    assert "Needs attention" in page and "1 approved of 1" in page
    assert desk.json(path)["trainers_due"][0]["name"] == "Łukasz Wiśniewski"


def test_a_changed_description_is_saved_and_an_empty_one_comes_back(site: Site, desk: Desk) -> None:
    service = make_service(site)
    desk.sit(service.manager)
    path = f"/providers/{service.ref}"
    chosen: dict[str, Any] = {
        "route": "in_house",
        "nations": ["scotland"],
        "settings": ["education"],
        "populations": ["children"],
        "about": "We teach.",
    }
    assert "Scotland" in desk.send(path, form=f"{path}/change", **chosen)
    assert "Where do you deliver?" in desk.send(
        path, status=422, form=f"{path}/change", route="in_house", about="Much text"
    )
    assert desk.json(path)["about"] == "We teach."


def test_lists_are_searched_and_narrowed(site: Site, desk: Desk) -> None:
    service = make_service(site)
    make_affiliate(site, service)
    make_trainer(site, service)
    desk.sit(service.officer)
    assert "Harbour Lane Training" in desk.read("/providers?q=harbour&nation=wales&setting=health")
    assert "No training service fits" in desk.read("/providers?nation=scotland")
    assert "Larkfield Care Homes" in desk.read(f"/providers/{service.ref}/affiliates")
    assert "Wiśniewski" in desk.read(f"/providers/{service.ref}/trainers?q=ukasz")
    assert "No trainer fits." in desk.read(f"/providers/{service.ref}/trainers?q=nobody")


def test_an_affiliate_reads_its_own_page_and_no_button_that_is_not_its(site: Site, desk: Desk) -> None:
    service = make_service(site)
    own, other = make_affiliate(site, service), make_affiliate(site, service, "Brook Street School")
    desk.sit(affiliate_actor(site, own))
    text = desk.read(f"/affiliates/{own}")
    assert "Approved until" in text and "End the arrangement" not in text
    desk.read(f"/affiliates/{other}", status=404)
    assert "Brook Street" not in desk.read(f"/providers/{service.ref}/affiliates")


def test_what_is_barred_says_why(site: Site, desk: Desk) -> None:
    service = make_service(site)
    ref = make_trainer(site, service, at="evidence_complete", ils_expires_on=date(2026, 3, 1))
    text = desk.sit(service.officer).read(f"/trainers/{ref}")
    assert "immediate life support certificate has run out" in text and "Run out" in text
