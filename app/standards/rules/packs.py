"""A rule pack: every number, deadline and wording of the scheme that people decide, not code."""

from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.standards.rules.documents import Count, Data, Document, Key, Percent, Sentence, Text
from app.standards.rules.holidays import Part
from app.standards.rules.scope import AuditKind, InterventionType, Level, Nation, Population, Route, Setting

ADVANCED = Level.TERTIARY_RESTRICTIVE_ADVANCED
Clause = Annotated[str, StringConstraints(pattern=r"^\d+(?:\.\d+)*(?:-\d+)?$")]


class Basis(Data):
    """Where a rule comes from, so that nobody takes a default of ours for a fact."""

    rule: Key
    kind: Literal["fact", "reported", "iso", "inferred"]
    note: Sentence


class Stratum(Data):
    """One population that is sampled over a cycle (domain, section 5)."""

    code: Key
    label: Text
    percent: Percent
    minimum: Count

    def quota(self, size: int) -> int:
        """How many of `size` to observe in a cycle: rounded up, at least the minimum, at most all."""
        return min(size, max(self.minimum, -(-size * self.percent // 100)))


class Grade(Data):
    """A grade of finding. `answer_days` are calendar days from the day the client is told."""

    code: Key
    label: Text
    nonconformity: bool
    blocks_decision: bool
    answer_days: Count | None = None
    overdue_becomes: Key | None = None


class Deadline(Data):
    """A span of time, in working days or calendar days."""

    count: Count
    unit: Literal["working_days", "days"]


class Deadlines(Data):
    """The clocks of complaints and appeals."""

    complaint_acknowledged: Deadline
    appeal_decided: Deadline
    appeal_stays_effect: bool


class LookBack(Data):
    """Months during which earlier work for a client keeps a person away (ISO/IEC 17065, 4.2 and 7.13)."""

    decision_maker_months: Count
    complaint_handler_months: Count


class TrainerRules(Data):
    """What a trainer has to show to be appointed and to stay so."""

    immediate_life_support: bool
    qualification: bool
    continuing_development: bool
    care_role_months: Count
    reaccreditation_months: Count


class RatioRules(Data):
    """Participants for one trainer above which the risk judgement gets a warning; never a prohibition."""

    warn_above: Count
    warn_above_with_advanced: Count

    def limit(self, levels: frozenset[Level]) -> int:
        """The number of participants above which to warn, for a session that teaches these levels."""
        return self.warn_above_with_advanced if ADVANCED in levels else self.warn_above


class NeedsAnalysisRules(Data):
    """How old a training needs analysis may be, and how much incident data it rests on, both in months."""

    max_age_months: Count
    incident_data_months: Count


class Royalty(Data):
    """The percentage a certification body pays under its licence, and whether RRN has confirmed it."""

    percent: Percent
    confirmed: bool


class FeeLine(Data):
    """A line of a quotation. Amounts belong to each certification body and are never in the pack."""

    code: Key
    label: Text


class WorkingDayCalendar(Data):
    """Working days are Monday to Friday without the public holidays of one part of the United Kingdom."""

    code: Key
    label: Text
    nations: tuple[Nation, ...] = Field(min_length=1)
    holidays_of: Part


class Stage(Data):
    """One of the seven stages. Where a state has several, the kind of audit in hand decides."""

    code: Key
    label: Text
    states: tuple[Key, ...] = ()
    audits: tuple[AuditKind, ...] = ()


class WrongClaim(Data):
    """A wording the misuse desk looks for; some are wrong only without a certificate number."""

    words: Text
    why: Sentence
    right_with_number: bool = False


class Claims(Data):
    """What a certified service may say about itself, and what nobody may say."""

    correct: Sentence
    wrong: tuple[WrongClaim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_body_and_number(self) -> Self:
        if {name for _, name, _, _ in Formatter().parse(self.correct) if name is not None} != {
            "body",
            "number",
        }:
            raise ValueError("the correct claim names {body} and {number} and nothing else")
        return self


class Labels(Data):
    """The words people read for the closed lists of the scheme; each list is complete."""

    routes: dict[Route, Text]
    nations: dict[Nation, Text]
    settings: dict[Setting, Text]
    populations: dict[Population, Text]
    levels: dict[Level, Text]
    interventions: dict[InterventionType, Text]
    audits: dict[AuditKind, Text]

    @model_validator(mode="after")
    def _leaves_no_word_out(self) -> Self:
        lists = (Route, Nation, Setting, Population, Level, InterventionType, AuditKind)
        for name, words in zip(type(self).model_fields, lists, strict=True):
            if missing := sorted(set(words) - set(getattr(self, name))):
                raise ValueError(f"labels.{name} has no words for {', '.join(missing)}")
        return self


class RulePack(Document):
    """All rules of one period of the scheme; a case is pinned to one pack and keeps it."""

    editions: tuple[Key, ...] = Field(min_length=1)
    term_months: Count
    suspension_limit_months: Count
    public_reasons: bool
    section_weights: dict[Key, Count]
    sampling: tuple[Stratum, ...] = Field(min_length=1)
    grades: tuple[Grade, ...] = Field(min_length=1)
    deadlines: Deadlines
    look_back: LookBack
    trainers: TrainerRules
    ratio: RatioRules
    needs_analysis: NeedsAnalysisRules
    royalty: Royalty
    fee_lines: tuple[FeeLine, ...]
    calendars: tuple[WorkingDayCalendar, ...]
    clauses: dict[Key, Clause]
    stages: tuple[Stage, ...] = Field(min_length=7, max_length=7)
    claims: Claims
    public_fields: dict[Key, tuple[Key, ...]]
    labels: Labels
    basis: tuple[Basis, ...]

    @model_validator(mode="after")
    def _names_everything_once(self) -> Self:
        for kind in (self.sampling, self.grades, self.fee_lines, self.calendars, self.stages):
            codes = [entry.code for entry in kind]
            if len(codes) != len(set(codes)):
                raise ValueError(f"a code stands there more than once among {', '.join(codes)}")
        if sorted(nation for calendar in self.calendars for nation in calendar.nations) != sorted(Nation):
            raise ValueError("each nation has exactly one working-day calendar")
        if unknown := sorted({entry.rule for entry in self.basis} - set(type(self).model_fields)):
            raise ValueError(f"basis names rules that do not exist: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _upgrades_findings_to_a_grade_that_blocks(self) -> Self:
        blocking = {grade.code for grade in self.grades if grade.blocks_decision}
        for grade in self.grades:
            if grade.overdue_becomes and (grade.overdue_becomes not in blocking or not grade.answer_days):
                raise ValueError(f"grade {grade.code} becomes one that blocks nothing, or is never overdue")
        return self

    @model_validator(mode="after")
    def _puts_each_state_in_a_stage(self) -> Self:
        audits = [audit for stage in self.stages for audit in stage.audits]
        if sorted(audits) != sorted(AuditKind):
            raise ValueError("each kind of audit stands in exactly one stage")
        for state in self.clauses:
            held = [stage for stage in self.stages if state in stage.states]
            if not held or (len(held) > 1 and not all(stage.audits for stage in held)):
                raise ValueError(f"the state {state} has no stage, or several that no audit tells apart")
        if unknown := sorted({state for stage in self.stages for state in stage.states} - set(self.clauses)):
            raise ValueError(f"stages name states without a clause: {', '.join(unknown)}")
        return self

    def grade(self, code: str) -> Grade:
        """The grade of this code. Raises KeyError for a code the pack does not have."""
        return {grade.code: grade for grade in self.grades}[code]

    def stratum(self, code: str) -> Stratum:
        """The sampled population of this code. Raises KeyError for a code the pack does not have."""
        return {stratum.code: stratum for stratum in self.sampling}[code]

    def stage_of(self, state: str, audit: AuditKind | None = None) -> Stage:
        """The stage of a case in this state, given the kind of audit in hand where the state has several.

        Without an audit it is the earliest. Raises KeyError for a state the pack does not know.
        """
        held = [stage for stage in self.stages if state in stage.states]
        if not held:
            raise KeyError(state)
        return next((stage for stage in held if audit in stage.audits), held[0])

    def calendar(self, nation: Nation) -> WorkingDayCalendar:
        """The working-day calendar of a nation."""
        return next(calendar for calendar in self.calendars if nation in calendar.nations)
