"""The rule pack as data: quotas, grades, stages, claims, calendars, and what a pack may not say."""

import tomllib
from datetime import date
from typing import Any, get_args

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.standards.queries import FOLDER, legal_notes, rule_pack, working_days_after
from app.standards.rules import AuditKind, Circumstance, Level, Nation, RulePack, Setting
from app.standards.rules.holidays import SATURDAY, Part, public_holidays


@pytest.fixture
def file() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "rule_packs" / "rrn-2026.toml").read_text())


@pytest.mark.parametrize(("size", "quota"), [(0, 0), (1, 1), (5, 1), (6, 2), (15, 3), (16, 4), (1001, 201)])
def test_a_fifth_rounded_up_is_observed_and_at_least_one(size: int, quota: int) -> None:
    assert rule_pack("rrn-2026").stratum("curricula").quota(size) == quota


@given(st.integers(0, 10**6))
def test_a_quota_never_asks_for_more_than_there_are_nor_for_less_than_a_fifth(size: int) -> None:
    quota = rule_pack("rrn-2026").stratum("affiliates").quota(size)
    assert quota <= size <= quota * 5


def test_the_four_strata_are_sampled() -> None:
    codes = [stratum.code for stratum in rule_pack("rrn-2026").sampling]
    assert codes == ["curricula", "senior_trainers", "affiliates", "associate_trainer_records"]


def test_only_a_major_blocks_and_an_overdue_minor_becomes_one() -> None:
    pack = rule_pack("rrn-2026")
    assert [grade.code for grade in pack.grades if grade.blocks_decision] == ["major"]
    assert pack.grade(pack.grade("minor").overdue_becomes or "").answer_days == 30
    assert pack.grade("minor").answer_days == 90
    assert pack.grade("good_practice").answer_days is None


def test_advanced_holds_lower_the_number_of_participants_that_draws_a_warning() -> None:
    ratio = rule_pack("rrn-2026").ratio
    assert ratio.limit(frozenset({Level.SECONDARY, Level.TERTIARY_RESTRICTIVE_INTERMEDIATE})) == 12
    assert ratio.limit(frozenset({Level.SECONDARY, Level.TERTIARY_RESTRICTIVE_ADVANCED})) == 8


def test_terms_and_look_backs_are_those_of_the_scheme() -> None:
    pack = rule_pack("rrn-2026")
    assert (pack.term_months, pack.suspension_limit_months, pack.look_back.decision_maker_months) == (
        36,
        6,
        24,
    )
    assert (pack.trainers.care_role_months, pack.needs_analysis.max_age_months) == (24, 12)
    assert not pack.public_reasons
    assert not pack.royalty.confirmed
    assert pack.section_weights == {}


def test_the_seven_stages_have_their_names_in_order() -> None:
    assert [stage.label for stage in rule_pack("rrn-2026").stages] == [
        "Eligibility",
        "Application and agreement",
        "Evidence",
        "Desk review",
        "Practice observation",
        "Panel",
        "Review and decision",
    ]


@pytest.mark.parametrize(
    ("state", "audit", "stage"),
    [
        ("enquiry", None, "eligibility"),
        ("draft", None, "application_and_agreement"),
        ("planned", None, "evidence"),
        ("in_evaluation", None, "desk_review"),
        ("in_evaluation", AuditKind.OFFICE_VISIT, "desk_review"),
        ("in_evaluation", AuditKind.PRACTICE_OBSERVATION, "practice_observation"),
        ("client_response", AuditKind.PANEL, "panel"),
        ("returned", AuditKind.PANEL, "review_and_decision"),
    ],
)
def test_the_audit_in_hand_tells_the_stage_of_an_evaluation(
    state: str, audit: AuditKind | None, stage: str
) -> None:
    assert rule_pack("rrn-2026").stage_of(state, audit).code == stage


def test_a_state_nobody_named_is_no_stage() -> None:
    with pytest.raises(KeyError):
        rule_pack("rrn-2026").stage_of("lost")


def test_the_correct_claim_names_body_and_number_and_holds_none_of_the_wrong_ones() -> None:
    claims = rule_pack("rrn-2026").claims
    said = claims.correct.format(body="Northgate Certification", number="NGC-000217-H")
    assert "Certified by Northgate Certification" in said
    assert "certificate NGC-000217-H" in said
    assert not [wrong.words for wrong in claims.wrong if wrong.words.casefold() in said.casefold()]


def test_no_public_field_tells_a_reason_or_a_technique() -> None:
    named = {field for fields in rule_pack("rrn-2026").public_fields.values() for field in fields}
    assert named.isdisjoint({"private_text", "reason", "reason_code", "techniques", "modules", "email"})


@pytest.mark.parametrize(
    ("place", "change", "sentence"),
    [
        (("claims",), {"correct": "Certified by {body}."}, r"names \{body\} and \{number\}"),
        (("labels", "nations"), {"wales": ""}, "labels.nations.wales"),
        (("clauses",), {"lost": "7.4"}, "the state lost has no stage"),
        (("ratio",), {"warn_above": True}, "warn_above"),
        (("ratio",), {"warn_above": 0}, "warn_above"),
        (("royalty",), {"percent": 101}, "percent"),
        (("stages", 0), {"states": ["enquiry", "lost"]}, "states without a clause: lost"),
        (("stages", 0), {"states": ["enquiry", "planned"]}, "several that no audit tells apart"),
        (("stages", 0), {"audits": ["panel"]}, "exactly one stage"),
        (("grades", 1), {"overdue_becomes": "observation"}, "becomes one that blocks nothing"),
        (("grades", 1), {"code": "major"}, "more than once"),
        (("calendars", 1), {"nations": ["wales"]}, "exactly one working-day calendar"),
        (("basis", 0), {"rule": "weather"}, "rules that do not exist: weather"),
    ],
)
def test_a_faulty_pack_is_refused(
    file: dict[str, Any], place: tuple[str | int, ...], change: dict[str, Any], sentence: str
) -> None:
    part: Any = file
    for step in place:
        part = part[step]
    part.update(change)
    with pytest.raises(ValidationError, match=sentence):
        RulePack.model_validate(file)


def test_a_list_of_words_with_a_hole_is_refused(file: dict[str, Any]) -> None:
    del file["labels"]["levels"]["secondary"]
    with pytest.raises(ValidationError, match=r"labels.levels has no words for secondary"):
        RulePack.model_validate(file)


@pytest.mark.parametrize(
    ("nation", "day", "n", "expected"),
    [
        (Nation.ENGLAND, date(2026, 4, 2), 5, date(2026, 4, 13)),
        (Nation.SCOTLAND, date(2026, 4, 2), 5, date(2026, 4, 10)),
        (Nation.WALES, date(2026, 12, 24), 1, date(2026, 12, 29)),
        (Nation.SCOTLAND, date(2026, 12, 31), 1, date(2027, 1, 5)),
        (Nation.ENGLAND, date(2026, 12, 31), 1, date(2027, 1, 4)),
        (Nation.NORTHERN_IRELAND, date(2026, 3, 16), 1, date(2026, 3, 18)),
        (Nation.ELSEWHERE, date(2026, 3, 16), 1, date(2026, 3, 17)),
        (Nation.ENGLAND, date(2026, 11, 21), 0, date(2026, 11, 21)),
        (Nation.ENGLAND, date(2026, 11, 21), 1, date(2026, 11, 23)),
    ],
)
def test_working_days_skip_weekends_and_the_bank_holidays_of_the_nation(
    nation: Nation, day: date, n: int, expected: date
) -> None:
    assert working_days_after(day, n, nation) == expected


@pytest.mark.parametrize("part", get_args(Part))
def test_the_holidays_are_those_of_the_package_that_follows_the_proclamations(part: Part) -> None:
    """A newer `holidays` that knows a new day fails here, and the day is written down."""
    for year in range(2019, 2101):
        known = holidays.country_holidays("GB", subdiv=part, years=year)
        assert public_holidays(part, year) == {day for day in known if day.weekday() < SATURDAY}, year


def test_a_case_counts_by_the_calendar_of_its_own_pack(file: dict[str, Any]) -> None:
    file["calendars"][0]["holidays_of"] = "SCT"
    pinned = RulePack.model_validate(file)
    assert working_days_after(date(2026, 4, 2), 5, Nation.ENGLAND, pinned) == date(2026, 4, 10)


@pytest.mark.parametrize("n", [-1, 1001])
def test_working_days_are_not_counted_backwards_or_without_end(n: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 1000"):
        working_days_after(date(2026, 4, 2), n, Nation.ENGLAND)


def test_a_legal_note_shows_from_its_day_for_its_nation_and_setting_only() -> None:
    def said(nation: Nation, place: Setting | Circumstance, day: date) -> list[str]:
        return [note.dated for note in legal_notes(nation, place, day)]

    assert said(Nation.ENGLAND, Setting.HEALTH, date(2021, 12, 7)) == ["2021", "7 December 2021"]
    assert said(Nation.ENGLAND, Setting.HEALTH, date(2021, 12, 6)) == ["2021"]
    assert said(Nation.ENGLAND, Circumstance.SECURE_TRANSPORT, date(2026, 11, 22)) == ["22 November 2026"]
    assert said(Nation.SCOTLAND, Setting.HEALTH, date(2026, 11, 22)) == []
