"""The edition as data: its tree, its provisional marks, what applies to whom, and what a file may not say."""

import tomllib
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.standards.queries import FOLDER, edition
from app.standards.rules import (
    Circumstance,
    Edition,
    Level,
    Population,
    Route,
    State,
    applicable,
    applicable_appendices,
    state_on,
)

PREVENTION = [Level.PRIMARY, Level.SECONDARY]
ADULTS = [Population.ADULTS]


@pytest.fixture
def file() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "editions" / "rrn-1.2.toml").read_text())


def line(file: dict[str, Any], number: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in file["requirements"] if entry["number"] == number)
    return found


def numbers(levels: list[Level]) -> set[str]:
    return {found.number for found in applicable(edition("rrn-1.2"), Route.COMMERCIAL, ADULTS, levels)}


def test_the_four_sections_stand_at_the_top_in_order() -> None:
    assert [top.number for top in edition("rrn-1.2").children(None)] == ["1", "2", "3", "4"]


def test_two_point_ten_comes_after_two_point_nine() -> None:
    found = [under.number for under in edition("rrn-1.2").children("2")]
    assert found == [f"2.{n}" for n in range(1, 13)]


def test_only_numbers_and_topics_read_in_a_public_source_go_without_the_provisional_mark() -> None:
    confirmed = {entry.number for entry in edition("rrn-1.2").requirements if not entry.provisional}
    first = {"1", "1.1", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.4", "1.5", "1.6", "1.6.5"}
    assert confirmed == first | {"2", "3", "3.1", "4"}


def test_a_confirmed_number_with_an_unconfirmed_topic_says_which_of_the_two_is_unsure() -> None:
    unsure = {entry.number: entry.unsure_of for entry in edition("rrn-1.2").requirements}
    assert unsure["1.2.2"] == ("topic",)
    assert unsure["1.6.1"] == ("number",)


def test_training_without_physical_skills_is_not_asked_about_them() -> None:
    assert numbers(PREVENTION).isdisjoint({"1.2.2", "2.8", "2.9"})
    assert {"1.1.1", "1.3", "1.5", "2.1", "3.1", "4.1"} <= numbers(PREVENTION)


def test_disengagement_training_answers_for_each_skill_but_not_for_restrictive_ones() -> None:
    found = numbers([*PREVENTION, Level.TERTIARY_NON_RESTRICTIVE])
    assert {"1.2.2", "2.8"} <= found
    assert "2.9" not in found


def test_advanced_holds_bring_in_every_requirement() -> None:
    every = {leaf.number for leaf in edition("rrn-1.2").leaves()}
    assert numbers([Level.TERTIARY_RESTRICTIVE_ADVANCED]) == every


def test_headings_get_no_result_of_their_own() -> None:
    assert numbers(list(Level)).isdisjoint({"1", "1.1", "1.2", "1.6", "2", "3", "4"})


@pytest.mark.parametrize(("route", "asked"), [(Route.IN_HOUSE, True), (Route.COMMERCIAL, False)])
def test_a_requirement_for_one_route_is_left_out_on_the_other(
    file: dict[str, Any], route: Route, asked: bool
) -> None:
    line(file, "1.3")["routes"] = ["in_house"]
    found = applicable(Edition.model_validate(file), route, ADULTS, PREVENTION)
    assert ("1.3" in {entry.number for entry in found}) is asked


@pytest.mark.parametrize(
    ("people", "asked"), [([Population.ADULTS], False), ([Population.ADULTS, Population.DEMENTIA], True)]
)
def test_one_shared_population_is_enough_for_a_requirement_to_apply(
    file: dict[str, Any], people: list[Population], asked: bool
) -> None:
    line(file, "1.3")["populations"] = ["dementia", "children"]
    found = applicable(Edition.model_validate(file), Route.IN_HOUSE, people, PREVENTION)
    assert ("1.3" in {entry.number for entry in found}) is asked


def test_appendices_follow_the_people_and_the_way_of_working() -> None:
    found = applicable_appendices(edition("rrn-1.2"), [Population.AUTISM], [Circumstance.ONLINE_TEACHING])
    assert [appendix.key for appendix in found] == ["learning_disability_and_autism", "online_teaching"]


def test_the_official_wording_is_an_empty_slot_and_no_file_may_fill_it(file: dict[str, Any]) -> None:
    assert all(entry.official_wording is None for entry in edition("rrn-1.2").requirements)
    line(file, "1.4")["official_wording"] = "Somebody else's sentence."
    with pytest.raises(ValidationError, match="official wording is copyright"):
        Edition.model_validate(file)


@pytest.mark.parametrize(
    ("number", "change", "sentence"),
    [
        ("1.1.2", {"number": "1.1.1"}, "requirement 1.1.1 stands there more than once"),
        ("1.3", {"number": "5.1"}, "requirement 5.1 has no parent 5"),
        ("1.4", {"number": "1.7"}, "order of their numbers"),
        ("1.6.5", {"number": "1.6.9"}, "changed names requirements that do not exist: 1.6.5"),
        ("1.4", {"number": "1.4.1.1"}, "pattern"),
        ("1.4", {"label": ""}, "label"),
        ("1.4", {"label": "   "}, "label"),
        ("1.4", {"meaning": "No full stop"}, "meaning"),
        ("1.4", {"meaning": " Begins with a blank."}, "meaning"),
        ("1.4", {"provisional": True}, "provisional goes together with unsure_of"),
        ("1.4", {"unsure_of": ["topic"]}, "provisional goes together with unsure_of"),
        ("1.4", {"levels": ["expert"]}, "levels"),
        ("1.4", {"colour": "green"}, "colour"),
    ],
)
def test_a_faulty_requirement_is_refused(
    file: dict[str, Any], number: str, change: dict[str, Any], sentence: str
) -> None:
    line(file, number).update(change)
    with pytest.raises(ValidationError, match=sentence):
        Edition.model_validate(file)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"in_force_from": date(2019, 12, 31)}, "comes into force before it is published"),
        ({"first_edition_on": date(2021, 1, 1)}, "published before the first edition"),
        ({"state": "retired"}, "the file that replaces it says its end"),
        ({"replaces": "rrn-1.1"}, "given together"),
        ({"replaces": "rrn-1.1", "transition_until": date(2020, 1, 1)}, "transition ends before"),
        ({"requirements": []}, "requirements"),
    ],
)
def test_an_edition_whose_dates_or_life_do_not_fit_is_refused(
    file: dict[str, Any], change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Edition.model_validate(file | change)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2020, 1, 28), State.CONSULTED),
        (date(2020, 1, 29), State.PUBLISHED),
        (date(2027, 3, 31), State.PUBLISHED),
        (date(2027, 4, 1), State.TRANSITION),
        (date(2028, 3, 31), State.TRANSITION),
        (date(2028, 4, 1), State.RETIRED),
    ],
)
def test_a_successor_ends_an_edition_without_touching_its_file(
    file: dict[str, Any], day: date, state: State
) -> None:
    successor = file | {
        "id": "rrn-2.0",
        "published_on": date(2027, 1, 1),
        "in_force_from": date(2027, 4, 1),
        "replaces": "rrn-1.2",
        "transition_until": date(2028, 3, 31),
    }
    assert state_on(edition("rrn-1.2"), [edition("rrn-1.2"), Edition.model_validate(successor)], day) is state
    consulted = Edition.model_validate(successor | {"state": "consulted"})
    assert state_on(edition("rrn-1.2"), [consulted], date(2029, 1, 1)) is State.PUBLISHED
