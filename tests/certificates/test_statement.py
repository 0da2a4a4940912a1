"""The statement: one spelling, nothing unseen in it, and a chain from version to version."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.certificates.rules import LONGEST_NAME, Statement
from app.certificates.rules.statement import printed
from tests.certificates.paper import POLISH, VIETNAMESE, WELSH, a_statement


def test_the_same_statement_is_the_same_bytes_however_it_was_written_down() -> None:
    one = a_statement()
    turned = dict(reversed(json.loads(one.canonical).items()))
    assert Statement.model_validate_json(json.dumps(turned)).canonical == one.canonical


@pytest.mark.parametrize("name", [WELSH, POLISH, VIETNAMESE])
def test_names_in_every_language_of_the_scheme_are_kept_as_they_are(name: str) -> None:
    assert json.loads(a_statement(name).canonical)["holder"]["name"] == name


@pytest.mark.parametrize(
    "name",
    ["", " Harbour", "Harbour\u202eLane", "Harbour\nLane", "Harbour\0", "Harbour\u200b", "y\u0302", "\ud800",
     "x" * (LONGEST_NAME + 1), "\ue000"],
)  # fmt: skip
def test_what_cannot_be_seen_or_printed_is_in_no_statement(name: str) -> None:
    with pytest.raises(ValidationError):
        a_statement(name)


@pytest.mark.parametrize(
    "changes",
    [{"scope": ()}, {"version": 0}, {"number": "NGC-217-M"}, {"verify_url": "javascript:alert(1)"}, {"colour": "red"},
     {"version": 2}, {"previous_version": "0" * 64}],
)  # fmt: skip
def test_a_statement_that_does_not_hang_together_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_statement(**changes)


def test_a_later_version_names_the_one_it_takes_the_place_of() -> None:
    first = a_statement()
    second = a_statement(version=2, previous_version=first.digest)
    assert second.previous_version == first.digest
    assert second.digest != first.digest


@given(st.integers(0, 1_000_000))
def test_any_change_changes_the_digest(affiliates: int) -> None:
    assert (a_statement(affiliates=affiliates).digest == a_statement().digest) == (affiliates == 14)


def test_words_of_the_scope_are_printed_as_people_write_them() -> None:
    assert printed(("social_care", "health")) == "Social care, health"
    assert printed(("physical", "psycho_social")) == "Physical, psycho-social"
