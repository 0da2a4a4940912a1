"""A design that leaves out what a certificate has to say, or cannot be read, is not drawn with."""

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from app.designs.queries import FOLDER
from app.designs.rules import TEXTS, DesignFile, contrast, gaps

GOOD = tomllib.loads((FOLDER / "harbour-2026" / "design.toml").read_text())


def changed(part: str, **values: str | None) -> DesignFile:
    """The design with some of its texts or colours changed, or taken out."""
    kept = {name: value for name, value in (GOOD[part] | values).items() if value is not None}
    return DesignFile.model_validate(GOOD | {part: kept})


def test_each_design_that_lies_there_is_complete() -> None:
    for path in FOLDER.glob("*/design.toml"):
        design = DesignFile.model_validate(tomllib.loads(path.read_text()))
        assert (gaps(design), design.id) == ((), path.parent.name)


@pytest.mark.parametrize(
    ("text", "clause"),
    [("body", "a"), ("accredited", "a"), ("granted", "b"), ("opening", "c"), ("curriculum", "d"), ("edition", "d"), ("valid_dates", "e")],
)  # fmt: skip
def test_what_iso_17065_asks_to_be_said_is_missed(text: str, clause: str) -> None:
    for without in (None, "", "  "):
        (said,) = gaps(changed("texts", **{text: without}))
        assert f"clause 7.7.1 {clause}" in said
        assert f"“{text}”" in said


def test_no_text_of_any_design_can_be_left_out() -> None:
    for _source, wanted in TEXTS.values():
        for text in wanted:
            assert gaps(changed("texts", **{text: None})), text


@pytest.mark.parametrize(
    "text", ["{first} to", "{first} to {last} or {later}", "{first} to {last", "always", "{0} to {1}"]
)
def test_a_date_that_would_not_be_filled_in_is_missed(text: str) -> None:
    (said,) = gaps(changed("texts", valid_dates=text))
    assert said.startswith("It does not say until when it counts")


def test_a_text_that_nothing_shows_is_a_mistake() -> None:
    assert gaps(changed("texts", motto="Trust us")) == ("Nothing on a certificate is called “motto”.",)


def test_colours_that_cannot_be_read_are_refused() -> None:
    (said,) = gaps(changed("colours", quiet="#9aa5a3", sand="#ffffff"))[:1]
    assert said.startswith(
        "What is written in the colour “quiet” on “paper” cannot be read well: the contrast is 2."
    )
    assert gaps(changed("colours", deep=None)) == ("It has no colour called deep.",)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    "change", [{"fonts": {}}, {"id": "Harbour"}, {"colours": {"ink": "red"}}, {"script": "x"}]
)
def test_a_file_of_another_shape_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DesignFile.model_validate(GOOD | change)
