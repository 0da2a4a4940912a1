"""Somebody without a name reports a false claim on a phone; RRN deals with it, and the code shows what came of it."""

import pytest

from app.kernel.actor import SYSTEM
from app.kernel.database import reading
from app.organisations.models import Organisation
from app.organisations.queries import of_seat
from app.people.models import Person
from app.permissions import Role, Seat
from tests.journeys.conftest import Opens
from tests.journeys.live import Live
from tests.journeys.screen import PHONE, Screen
from tests.licences.make import make_manager
from tests.people.make import make_person

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def rrn(live: Live) -> Organisation:
    make_manager(live.site)
    with reading(live.site, SYSTEM) as unit:
        return of_seat(unit, Seat.RRN)[0]


def test_a_report_goes_from_a_phone_to_its_answer(live: Live, rrn: Organisation, opens: Opens) -> None:
    officer = make_person(
        live.site, rrn, Role.OVERSIGHT_OFFICER, name="Orla Finnegan", email="orla@rrn.example"
    )
    other = make_person(live.site, rrn, Role.LICENCE_MANAGER, name="Mair Bevan", email="mair@rrn.example")
    somebody = opens(PHONE)
    ref, code = it_is_reported(somebody)
    rrn_takes_it_on_and_gives_it_away(opens().signs_in(officer), other)
    it_is_looked_into_and_decided(opens().signs_in(other))
    live.worker()
    somebody.visits("/report/follow").sends("Show where it stands", reference=ref, code=code)
    somebody.reads("It is decided", "Upheld", "They took the leaflet away.").does_not_read("Mair", "Orla")


def it_is_reported(somebody: Screen) -> tuple[str, str]:
    somebody.visits("/").follows("Report a false claim or a concern").reads(
        "You need no account and no name."
    )
    somebody.sends("Send the report", who="Foxglove Homes").reads("Give an answer: What happened")
    words = "A leaflet says “RRN certificate” and gives no number."
    somebody.writes(matter="false_claim").page.fill("main [name=words]", words)
    somebody.presses("Send the report").reads("Write both down now")
    ref, code = somebody.page.locator(".copy-line__text").all_inner_texts()
    return ref, code


def rrn_takes_it_on_and_gives_it_away(officer: Screen, other: Person) -> None:
    officer.reads("Say whether it is yours to deal with.").follows("Concern: a claim that may be false")
    officer.takes("Take it on: it is ours").takes("Acknowledge it")
    officer.reads("Who may look into it").takes("Give it to somebody uninvolved", person=other.ref)
    officer.visits("/complaints").reads("Mair Bevan")


def it_is_looked_into_and_decided(other: Screen) -> None:
    other.follows("Concern: a claim that may be false")
    other.takes("Note what was found out", text="The leaflet is from last year.").takes(
        "Everything needed is there"
    )
    other.takes(
        "Decide it",
        outcome="upheld",
        answer="They took the leaflet away.",
        reasons="We have seen the new one.",
    )
