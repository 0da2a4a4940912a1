"""A long application is kept while it is typed: a dropped connection, a closed laptop or a wrong word lose nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.cast import Cast
from tests.journeys.conftest import Opens
from tests.journeys.screen import PATIENCE, Screen
from tests.journeys.teaching import write_curriculum

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def wyn(cast: Cast, opens: Opens, tmp_path: Path) -> Screen:
    """The provider's representative at an application that was just begun."""
    wyn = opens().signs_in(cast.people["provider"])
    write_curriculum(wyn, cast, tmp_path)
    wyn.presses("Submit this version")
    wyn.visits("/cases/new")
    curriculum = wyn.page.locator("main [name=curricula]").first.get_attribute("value")
    wyn.sends("Begin the application", body=cast.body.ref, kind="initial", curricula=curriculum)
    return wyn.follows("Go on with the application")


def test_an_application_is_kept_while_it_is_typed(wyn: Screen) -> None:
    says(wyn, "Nothing is saved yet")
    what_is_typed_is_kept_without_a_button(wyn)
    without_a_connection_the_page_says_so_and_saves_when_it_is_back(wyn)
    the_button_does_not_run_into_what_is_saved_by_itself(wyn)
    what_cannot_be_taken_is_said_and_the_button_shows_where(wyn)


def says(screen: Screen, words: str) -> None:
    expect(screen.page.locator("[data-live=saved]")).to_contain_text(words, timeout=PATIENCE)


def what_is_typed_is_kept_without_a_button(wyn: Screen) -> None:
    wyn.writes(sites="1 High Street, Leeds")
    says(wyn, "Saved")
    wyn.visits(wyn.path)
    assert wyn.page.input_value("[name=sites]") == "1 High Street, Leeds"


def without_a_connection_the_page_says_so_and_saves_when_it_is_back(wyn: Screen) -> None:
    wyn.page.context.set_offline(True)
    wyn.writes(sites="2 Low Road, Leeds")
    says(wyn, "there is no connection")
    wyn.page.context.set_offline(False)
    says(wyn, "Saved")
    wyn.visits(wyn.path)
    assert wyn.page.input_value("[name=sites]") == "2 Low Road, Leeds"


def the_button_does_not_run_into_what_is_saved_by_itself(wyn: Screen) -> None:
    with wyn.page.expect_request("**/save"):
        wyn.writes(sites="3 Middle Lane, Leeds")
    wyn.writes(legal_name="Harbour Lane Training Ltd").presses("Save").reads("Still missing")
    assert wyn.page.input_value("[name=legal_name]") == "Harbour Lane Training Ltd"
    assert wyn.page.input_value("[name=sites]") == "3 Middle Lane, Leeds"


def what_cannot_be_taken_is_said_and_the_button_shows_where(wyn: Screen) -> None:
    wyn.writes(legal_name="x" * 3000)
    says(wyn, "Press Save to see what")
    assert wyn.page.input_value("[name=legal_name]") == "x" * 3000
    wyn.presses("Save").reads("Nothing was saved yet")
