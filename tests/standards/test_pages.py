"""The public pages of the scheme."""

from collections.abc import Iterator

import pytest

from app.settings import Settings
from app.standards.queries import edition
from tests.conftest import SetClock
from tests.licences.desk import Desk


@pytest.fixture
def desk(settings: Settings, clock: SetClock) -> Iterator[Desk]:
    made = Desk(settings, clock)
    yield made
    made.app.state.site.engine.dispose()


def test_anybody_reads_the_scheme_in_plain_words(desk: Desk) -> None:
    text = desk.read("/scheme")
    for words in (
        "36 months",
        "20 per cent",
        "Nobody has inspected your school",
        "RRN accredited",
        "It is not a regulator",
    ):
        assert words in text


def test_every_requirement_stands_on_the_page_of_the_edition_with_its_mark(desk: Desk) -> None:
    page = desk.client.get("/scheme/standards/rrn-1.2").text
    held = edition("rrn-1.2")
    assert [line.number for line in held.requirements if f'id="r-{line.number}"' not in page] == []
    marked = sum(line.provisional for line in held.requirements)
    assert marked and page.count("Provisional:") == marked
    assert "copyright" in page


def test_programs_read_the_same_tree_without_an_account(desk: Desk) -> None:
    desk.client.headers.pop("Authorization")
    told = desk.json("/standards/rrn-1.2")
    assert [line["number"] for line in told["requirements"]] == ["1", "2", "3", "4"]
    assert told["requirements"][0]["children"][0]["children"][0]["number"] == "1.1.1"


def test_an_edition_we_do_not_hold_is_not_found(desk: Desk) -> None:
    assert "We hold no edition" in desk.read("/scheme/standards/rrn-7", status=404)
