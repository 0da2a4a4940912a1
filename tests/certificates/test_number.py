"""Certificate numbers: made, read as people type them, and wrong ones caught."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates.rules import (
    ALPHABET,
    NumberAnswer,
    check_character,
    last_day,
    make_number,
    parse_number,
)
from app.kernel.words import in_words

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=6)
serials = st.integers(1, 999_999)


def test_the_check_character_is_that_of_the_published_example() -> None:
    """The Global Release Identifier standard prints A1-2425G-ABC1234002-M as its example of MOD 37,36."""
    assert check_character("A12425GABC1234002") == "M"


@given(codes, serials)
def test_a_number_made_is_a_number_read(code: str, serial: int) -> None:
    typed = parse_number(make_number(code, serial))
    assert (typed.answer, typed.body_code, typed.serial) == (NumberAnswer.WELL_FORMED, code, serial)


@pytest.mark.parametrize(
    "typed", ["ngc-000217-m", " NGC 000217 M ", "NGC000217M", "NGC–000217—M", "NGC - 000217 - M"]
)
def test_small_letters_spaces_and_other_dashes_are_forgiven(typed: str) -> None:
    assert parse_number(typed).number == "NGC-000217-M"
    assert parse_number(typed).answer is NumberAnswer.WELL_FORMED


@pytest.mark.parametrize(
    "around", ["{}.", "{},", "“{}”", "‘{}’", "«{}»", "({}).", "[{}];", "<{}>", '"{}"?', "{}…"]
)
def test_marks_around_a_number_that_was_copied_out_of_a_sentence_are_forgiven(around: str) -> None:
    assert parse_number(around.format("NGC-000217-M")).number == "NGC-000217-M"


@pytest.mark.parametrize(
    "typed", ["NGC-000217-M.pdf", "NGC.000217.M", "-NGC-000217-M", "NGC-000217-M/", "no NGC-000217-M"]
)
def test_what_is_more_than_marks_around_it_is_no_number(typed: str) -> None:
    assert parse_number(typed).answer is NumberAnswer.NOT_A_NUMBER


@given(codes, serials, st.data())
def test_every_single_wrong_character_is_caught(code: str, serial: int, data: st.DataObject) -> None:
    number = make_number(code, serial)
    at = data.draw(st.sampled_from([place for place, char in enumerate(number) if char != "-"]))
    other = data.draw(st.sampled_from([char for char in ALPHABET if char != number[at]]))
    assert parse_number(number[:at] + other + number[at + 1 :]).answer is not NumberAnswer.WELL_FORMED


def test_swapped_neighbours_are_caught_but_for_the_few_the_standard_cannot_see() -> None:
    """ISO 7064 hybrid systems miss a swap only of characters next to each other in the alphabet, in one state of 36."""
    swaps = missed = 0
    for serial in range(1, 3_000):
        number = make_number("NGC", serial)
        digits = number[4:10]
        for at in range(5):
            if digits[at] != digits[at + 1]:
                swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
                swaps += 1
                if parse_number(f"NGC-{swapped}-{number[-1]}").answer is NumberAnswer.WELL_FORMED:
                    missed += 1
                    assert abs(int(digits[at]) - int(digits[at + 1])) == 1
    assert swaps > 5_000
    assert missed / swaps < 1 / 100


@pytest.mark.parametrize(
    "typed", ["", "NGC", "000217", "NGC-217-M", "NGC-0000217-M", "N-000217-M", "NGC-000217", "x" * 900]
)
def test_what_has_not_the_shape_is_not_a_number(typed: str) -> None:
    assert parse_number(typed).answer is NumberAnswer.NOT_A_NUMBER


def test_a_wrong_check_character_is_told_apart_from_nonsense() -> None:
    assert parse_number("NGC-000217-A").answer is NumberAnswer.WRONG_CHECK


@pytest.mark.parametrize(
    ("code", "serial"), [("ngc", 1), ("N", 1), ("NGC1", 1), ("NGC", 0), ("NGC", 1_000_000)]
)
def test_no_number_is_made_of_what_has_not_the_shape(code: str, serial: int) -> None:
    with pytest.raises(ValueError, match="no certificate number"):
        make_number(code, serial)


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        (date(2025, 7, 1), 36, date(2028, 6, 30)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 1, 1), 12, date(2025, 12, 31)),
        (date(2025, 12, 15), 1, date(2026, 1, 14)),
    ],
)
def test_a_term_ends_the_day_before_it_has_run(starts_on: date, months: int, ends_on: date) -> None:
    assert last_day(starts_on, months) == ends_on


def test_dates_are_written_as_people_say_them() -> None:
    assert in_words(date(2028, 6, 30)) == "30 June 2028"
