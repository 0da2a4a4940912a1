"""Every part of the look with words in it, for the page that shows them all in a demonstration."""

from datetime import UTC, date, datetime

from app.kernel.casework import BarredView, HistoryLine, StageView, StepView, ToneView, TurnView
from app.kernel.fields import View
from app.kernel.words import _
from app.web.forms import FieldView, FormView, OptionView


class RowView(View):
    """A row of the table shown."""

    number: str
    finding: str
    grade: ToneView
    now: str


class ChoiceView(View):
    """A result button."""

    value: str
    label: str
    tone: str


class StyleguideView(View):
    """What the page of parts shows."""

    tags: list[ToneView]
    stages: list[StageView]
    turns: list[TurnView]
    rows: list[RowView]
    results: list[ChoiceView]
    steps: list[StepView]
    barred: list[BarredView]
    history: list[HistoryLine]
    facts: list[tuple[str, str]]
    questions: FormView
    returned: FormView


def styleguide_view() -> StyleguideView:
    """All parts, in plain, long and awkward forms."""
    return StyleguideView(
        tags=_tags(),
        stages=_stages(),
        turns=_turns(),
        rows=_rows(),
        results=_results(),
        steps=_steps(),
        barred=_barred(),
        history=_history(),
        facts=_facts(),
        questions=_questions(),
        returned=_returned(),
    )


def _tags() -> list[ToneView]:
    words = {
        "yes": _("Certified"),
        "partly": _("Certified in part"),
        "pause": _("Suspended since 4 May 2026"),
        "no": _("Withdrawn"),
        "unknown": _("We cannot tell"),
        "plain": _("Draft"),
    }
    return [ToneView(word=word, tone=tone) for tone, word in words.items()]


def _stages() -> list[StageView]:
    done = (_("Eligibility"), _("Application and agreement"), _("Evidence"), _("Desk review"))
    rest = (_("Panel"), _("Review and decision"))
    return [
        *(StageView(label=word, state="done") for word in done),
        StageView(label=_("Practice observation"), state="now"),
        *(StageView(label=word, state="todo") for word in rest),
    ]


def _turns() -> list[TurnView]:
    return [
        TurnView(
            sentence=_("It is your turn."),
            detail=_("Record the observation of 18 November: 37 of 52 requirements have a result."),
            since=date(2026, 11, 17),
            mine=True,
            href="#results",
            button=_("Continue recording"),
        ),
        TurnView(
            sentence=_("Waiting for Wrenmoor Partnership Trust."),
            detail=_("Two findings need an answer."),
            since=date(2026, 11, 2),
        ),
    ]


def _rows() -> list[RowView]:
    return [
        RowView(
            number="1.5",
            finding=_("Lived experience input comes after the first technique"),
            grade=ToneView(word=_("Major"), tone="no"),
            now=_("Answer due 2 December 2026"),
        ),
        RowView(
            number="1.6.5",
            finding=_("No rationale for one trainer to fourteen learners in the April course"),
            grade=ToneView(word=_("Minor"), tone="pause"),
            now=_("Plan accepted"),
        ),
        RowView(
            number="4.4",
            finding=_("One training log is shared by two sites"),
            grade=ToneView(word=_("Observation"), tone="unknown"),
            now=_("Noted"),
        ),
    ]


def _results() -> list[ChoiceView]:
    return [
        ChoiceView(value="met", label=_("Met"), tone="yes"),
        ChoiceView(value="minor", label=_("Minor"), tone="pause"),
        ChoiceView(value="major", label=_("Major"), tone="no"),
        ChoiceView(value="not_applicable", label=_("Does not apply"), tone="unknown"),
    ]


def _steps() -> list[StepView]:
    return [
        StepView(
            name="complete", label=_("Complete the evaluation"), clause="7.4.9", danger=False, asks=True
        ),
        StepView(name="acknowledge", label=_("Acknowledge"), clause="", danger=False, asks=False),
        StepView(
            name="withdraw", label=_("Withdraw the application"), clause="7.3.4", danger=True, asks=True
        ),
    ]


def _barred() -> list[BarredView]:
    reason = _("You evaluated this case on 3 October 2026, so somebody else has to decide.")
    return [BarredView(name="grant", label=_("Grant certification"), reason=reason)]


def _history() -> list[HistoryLine]:
    return [
        HistoryLine(
            at=datetime(2026, 11, 18, 15, 42, tzinfo=UTC),
            who="Ŵyn Prydderch-Llewelyn",
            what=_("Practice observed"),
            note=_("Course of two days, eleven learners."),
        ),
        HistoryLine(
            at=datetime(2026, 10, 3, 8, 5, tzinfo=UTC), who="Nguyễn Thị Ánh Tuyết", what=_("Findings issued")
        ),
        HistoryLine(
            at=datetime(2026, 6, 30, 11, 0, tzinfo=UTC),
            who="Łukasz Wiśniewski-Żółć",
            what=_("Application submitted"),
        ),
    ]


def _facts() -> list[tuple[str, str]]:
    return [
        (_("Certified by"), _("Northgate Certification (UKAS 9217, licensed by RRN)")),
        (_("Standards"), _("RRN Training Standards, version 1.2")),
        (_("First certified"), _("1 July 2022")),
        (_("Number"), "NGC-000217-H"),
    ]


def _options() -> list[OptionView]:
    return [
        OptionView(value="in_house", label=_("In-house"), hint=_("You train your own staff only.")),
        OptionView(value="commercial", label=_("Commercial"), hint=_("You train other organisations.")),
    ]


def _nations() -> list[OptionView]:
    names = {
        "england": _("England"),
        "wales": _("Wales"),
        "scotland": _("Scotland"),
        "northern_ireland": _("Northern Ireland"),
    }
    return [OptionView(value=value, label=name) for value, name in names.items()]


def _questions() -> FormView:
    return FormView(
        action="#questions",
        title=_("Apply"),
        submit=_("Save and continue"),
        version=3,
        once="shown",
        fields=_about(_("About the organisation")) + _to_ask(_("The person to ask")),
        enctype="multipart/form-data",
    )


def _about(group: str) -> list[FieldView]:
    return [
        FieldView(
            name="name",
            label=_("Name of the organisation"),
            value="Cwmni Hyfforddiant Llanfairpwllgwyngyll",
            group=group,
        ),
        FieldView(
            name="route",
            label=_("Who do you train?"),
            kind="radios",
            options=_options(),
            value="commercial",
            group=group,
        ),
        FieldView(
            name="nations",
            label=_("Where do you train?"),
            kind="checkboxes",
            options=_nations(),
            value=["wales"],
            group=group,
        ),
        FieldView(
            name="nation",
            label=_("Head office"),
            kind="select",
            options=_nations(),
            value="wales",
            group=group,
        ),
        FieldView(
            name="since",
            label=_("Training since"),
            hint=_("For example, 27 3 2021"),
            kind="date",
            value="2021-03-27",
            group=group,
        ),
    ]


def _to_ask(group: str) -> list[FieldView]:
    return [
        FieldView(name="email", label=_("E-mail address"), kind="email", autocomplete="email", group=group),
        FieldView(
            name="telephone",
            label=_("Telephone"),
            kind="tel",
            autocomplete="tel",
            required=False,
            group=group,
        ),
        FieldView(
            name="trainers", label=_("How many senior trainers?"), kind="number", value=14, group=group
        ),
        FieldView(
            name="code", label=_("Code from your app"), kind="code", hint=_("Six figures"), group=group
        ),
        FieldView(name="password", label=_("Password"), kind="password", group=group),
        FieldView(
            name="about", label=_("What else should we know?"), kind="textarea", required=False, group=group
        ),
        FieldView(
            name="paper", label=_("The agreement"), hint=_("PDF, at most 10 MB"), kind="file", group=group
        ),
        FieldView(name="agree", label=_("I may speak for this organisation"), kind="checkbox", group=group),
    ]


def _returned() -> FormView:
    fields = [
        FieldView(
            name="reason",
            label=_("Reason"),
            kind="textarea",
            value="",
            error=_("Give an answer: Reason."),
            rows=3,
        ),
        FieldView(
            name="day",
            label=_("From which day?"),
            kind="date",
            value="2026-02-31",
            error=_("From which day must be a real date, such as 27 3 2026."),
        ),
        FieldView(
            name="kind",
            label=_("For how long?"),
            kind="radios",
            options=_options(),
            error=_("Choose one of the answers offered."),
        ),
    ]
    return FormView(
        action="#returned",
        title=_("Suspend"),
        submit=_("Suspend this certificate"),
        version=1,
        fields=fields,
        danger=True,
    )
