"""The digest of a version's content: the same content always the same, any change another."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curricula.rules import (
    Answer,
    Content,
    CoverageContent,
    DocumentContent,
    ModuleContent,
    Position,
    TechniqueContent,
    canonical,
    digest_of,
)
from app.standards.rules import InterventionType, Level, Nation, Population, Setting

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
techniques = st.builds(
    TechniqueContent, name=words, position=st.sampled_from(Position), restrictiveness=st.sampled_from(Level), rationale=words,
    risk_assessment=words, elevated_risks=words, high_risk=st.booleans(),
    medical_review_on=st.none() | st.dates(date(1990, 1, 1), date(2100, 12, 31)),
)  # fmt: skip
modules = st.builds(
    ModuleContent, title=words, level=st.sampled_from(Level), minutes=st.integers(0, 12_000), mandatory=st.booleans(),
    lived_experience=st.booleans(), outcomes=words, assessment=words, techniques=st.lists(techniques, max_size=2).map(tuple),
)  # fmt: skip
coverage = st.builds(
    CoverageContent, requirement=st.sampled_from(["1.1.1", "2.10", "3.1"]), answer=st.sampled_from(Answer),
    modules=st.lists(st.integers(1, 9), max_size=3).map(tuple), where=words,
)  # fmt: skip


def some(kind: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.sets(st.sampled_from(kind)).map(lambda chosen: tuple(one for one in kind if one in chosen))


contents = st.builds(
    Content, title=words, summary=words, edition=st.just("rrn-1.2"), nations=some(Nation), settings=some(Setting),
    populations=some(Population), interventions=some(InterventionType), ratio=st.none() | st.integers(1, 100), ratio_reason=words,
    lived_experience=words, modules=st.lists(modules, max_size=3).map(tuple), coverage=st.lists(coverage, max_size=3).map(tuple),
    documents=st.lists(st.builds(DocumentContent, title=words, kind=st.just("pdf"), digest=st.just("0" * 64)), max_size=2).map(tuple),
)  # fmt: skip


def digest(content: Content) -> str:
    return digest_of(canonical(content))


@given(contents)
def test_the_same_content_has_the_same_digest_however_it_came_about(content: Content) -> None:
    again = Content.model_validate_json(content.model_dump_json())
    backwards = Content.model_validate(dict(reversed(content.model_dump().items())))
    assert digest(content) == digest(again) == digest(backwards)


@given(contents, contents)
def test_two_contents_have_one_digest_only_if_they_are_equal(one: Content, other: Content) -> None:
    assert (digest(one) == digest(other)) == (one == other)


@given(contents, st.data())
def test_changing_any_one_field_makes_another_digest(content: Content, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(Content.model_fields)))
    other = data.draw(contents)
    changed = content.model_copy(update={name: getattr(other, name)})
    assert (digest(changed) == digest(content)) == (getattr(other, name) == getattr(content, name))


@given(contents)
def test_the_frozen_text_gives_back_the_content_it_was_made_of(content: Content) -> None:
    assert Content.model_validate_json(canonical(content)) == content


@pytest.mark.parametrize("field", list(TechniqueContent.model_fields))
def test_every_word_about_a_technique_is_under_the_digest(field: str) -> None:
    plain = TechniqueContent(
        name="Hold", position=Position.SEATED, restrictiveness=Level.TERTIARY_RESTRICTIVE_INTERMEDIATE, rationale="a",
        risk_assessment="b", elevated_risks="c", medical_review_on=date(2026, 1, 1), high_risk=False,
    )  # fmt: skip
    changes: dict[str, Any] = {
        "position": Position.FACE_DOWN, "restrictiveness": Level.TERTIARY_NON_RESTRICTIVE, "medical_review_on": None, "high_risk": True,
    }  # fmt: skip
    other = plain.model_copy(update={field: changes.get(field, "something else")})
    assert digest(around(plain)) != digest(around(other))


def around(technique: TechniqueContent) -> Content:
    module = ModuleContent(
        title="m",
        level=Level.PRIMARY,
        minutes=1,
        mandatory=True,
        lived_experience=False,
        outcomes="o",
        assessment="",
        techniques=(technique,),
    )
    return Content(
        title="t", summary="s", edition="rrn-1.2", nations=(), settings=(), populations=(), interventions=(), ratio=None,
        ratio_reason="", lived_experience="", modules=(module,), coverage=(), documents=(),
    )  # fmt: skip
