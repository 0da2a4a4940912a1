"""The pages of licences, through the browser's face and the program's."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.kernel.database import Site, writing
from app.permissions import Role, Seat
from app.settings import Settings
from tests.conftest import SetClock
from tests.licences.desk import Desk, day
from tests.licences.make import DIGEST, actor_of, make_body, make_manager, make_organisation


@pytest.fixture
def desk(settings: Settings, clock: SetClock) -> Iterator[Desk]:
    made = Desk(settings, clock)
    yield made
    made.app.state.site.engine.dispose()


def test_a_manager_leads_a_body_from_application_to_suspension(site: Site, desk: Desk) -> None:
    manager = make_manager(site)
    with writing(site, manager) as unit:
        body = make_organisation(unit, "Northgate Certification", Seat.BODY, "NGC").ref
    desk.sit(manager)
    assert "There is no licence yet." in desk.read("/licences")
    assert "Applied" in desk.send("/licences", form="/licences/new", body=body)
    path = desk.place
    assert "UKAS accreditation is not in force today" not in desk.read(path), "not its turn yet"
    desk.send(f"{path}/check", private_text="All papers seen.")
    assert "UKAS accreditation is not in force today" in desk.read(path)
    accredited: dict[str, Any] = {
        "ukas_number": "0123",
        "scope": "Restraint training",
        **day("from_on", "2025-01-01"),
    }
    assert "Active" in desk.send(f"{path}/accreditations", form=f"{path}/accreditations/new", **accredited)
    agreed: dict[str, Any] = {
        **day("effective_on", "2026-03-01"),
        **day("to_on", "2029-02-28"),
        "editions": "rrn-1.2",
        "agreement_digest": DIGEST,
        "royalty_percent": "20",
    }
    assert "28 February 2029" in desk.send(f"{path}/license", **agreed)
    said: dict[str, Any] = {
        **day("effective_on", "2026-03-02"),
        "reason_code": "oversight_concern",
        "public_text": "RRN looks into its decisions.",
    }
    text = desk.send(f"{path}/suspend", **said)
    assert (
        "No new agreements, no initial decisions and no certificates" in text
        and "RRN looks into its decisions." in text
    )
    assert desk.json(path)["today"] | {"sentence": ""} == {
        "on": "2026-03-02", "status": {"word": "Suspended", "tone": "pause"}, "sentence": "", "may_take_new": False, "may_surveil": True,
        "may_issue": False,
    }  # fmt: skip


def test_a_suspension_without_words_comes_back_with_what_was_typed(site: Site, desk: Desk) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    said: dict[str, Any] = {
        **day("effective_on", "2026-03-02"),
        "reason_code": "other",
        "private_text": "A long story.",
    }
    text = desk.sit(manager).send(f"/licences/{body.licence}/suspend", status=422, **said)
    assert "Give an answer" in text and "A long story." in text
    assert desk.json(f"/licences/{body.licence}")["status"] == "licensed"


def test_a_director_reads_the_own_licence_and_gets_404_for_another(site: Site, desk: Desk) -> None:
    manager = make_manager(site)
    mine, other = make_body(site, manager), make_body(site, manager, "Calder Assurance", "CAL")
    desk.sit(mine.director)
    assert "Calder" not in desk.read("/licences")
    assert "It may take new clients" in desk.read(f"/licences/{mine.licence}")
    assert "Restraint training" in desk.read(f"/accreditations/{mine.accreditation}")
    desk.read(f"/licences/{other.licence}", status=404)
    desk.read(f"/accreditations/{other.accreditation}", status=404)
    desk.read("/licences/new", status=403)


def test_a_provider_has_no_page_of_licences(site: Site, desk: Desk) -> None:
    with writing(site, make_manager(site)) as unit:
        provider = make_organisation(unit, "Harbour Lane Training", Seat.PROVIDER)
        actor = actor_of(provider, Role.REPRESENTATIVE, "Ŵyn Prydderch")
    desk.sit(actor).read("/licences", status=403)
