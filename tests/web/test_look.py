"""The look: what every page promises to a reader, whatever the page is about."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.kernel.casework import StepView
from app.web.forms import FieldView, FormView, OptionView
from app.web.rendering import ROOT, STATIC, render, templates
from app.web.styleguide import styleguide_view

CONTEXT: dict[str, Any] = {
    "csrf": "token",
    "actor": None,
    "nav": [("Search", "/register", True)],
    "path": "/x",
    "demo": True,
    "register_line": "Complete.",
}
PARTS = sorted(path.name for path in (ROOT / "templates" / "parts").glob("*.html"))
CSS = (STATIC / "register.css").read_text(encoding="utf-8")
TONES = ("yes", "partly", "pause", "no", "unknown", "plain")
READABLE = 4.5
"""The contrast WCAG 2.2 asks for of text, success criterion 1.4.3."""


def form_with(*fields: FieldView, **more: Any) -> FormView:
    return FormView(action="/x", title="Apply", submit="Send", fields=list(fields), **more)


def drawn(form: FormView) -> str:
    return render(
        "form.html", page={"title": "Apply", "lead": "", "back": "/", "form": form, "problem": ""}, **CONTEXT
    )


def steps_drawn(*steps: StepView) -> str:
    source = '{% from "parts/steps.html" import steps with context %}{{ steps(views, [], "/cases/C-1", 3) }}'
    return templates.from_string(source).render(views=steps, **CONTEXT)


def colours(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """The named colours of the light scheme and of the dark one."""
    light, dark = re.findall(r":root \{([^}]*--ink[^}]*)\}", css)[:2]
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)) for block in (light, dark)]
    return found[0], found[0] | found[1]


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((text, ground) for text in ("ink", "quiet", "link") for ground in ("paper", "card", "sand")),
    *((tone, f"{tone}-bg") for tone in ("yes", "pause", "no", "unknown", "plain")),
    *(("ink", f"{tone}-bg") for tone in ("yes", "pause", "no", "unknown")),
    ("on-button", "button"),
    ("on-button", "button-over"),
    ("on-shape", "danger"),
    ("on-shape", "danger-over"),
    ("on-deep", "deep"),
    ("on-focus", "focus"),
    ("no", "paper"),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_words_can_be_read_on_their_ground(text: str, ground: str, scheme: int) -> None:
    named = colours(CSS)[scheme]
    assert contrast(named[text], named[ground]) >= READABLE


def test_the_contrast_rule_would_notice_grey_on_sand() -> None:
    assert contrast("#999", "#f1ebdf") < READABLE


@pytest.mark.parametrize("part", PARTS)
def test_every_part_stands_on_the_page_of_parts(part: str) -> None:
    sources = [
        ROOT / "templates" / "styleguide.html",
        *(ROOT / "templates").glob("layouts/*.html"),
        *(ROOT / "templates").glob("parts/*.html"),
    ]
    assert any(f'"parts/{part}"' in path.read_text(encoding="utf-8") for path in sources if path.name != part)


def test_the_page_of_parts_has_no_two_things_with_one_id_and_nothing_inline() -> None:
    text = render("styleguide.html", page=styleguide_view(), **CONTEXT)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|<Macro|None", text)


def test_every_tone_has_a_shape_of_its_own() -> None:
    source = '{% from "parts/icon.html" import tone_icon %}{{ tone_icon(tone) }}'
    shapes = {templates.from_string(source).render(tone=tone) for tone in TONES}
    assert len(shapes) == len(TONES)


def test_a_form_that_comes_back_says_so_on_top_and_keeps_what_was_typed() -> None:
    text = drawn(
        form_with(FieldView(name="reason", label="Reason", value="Because of <b>this</b>", error="Say more."))
    )
    assert 'href="#f-reason"' in text
    assert 'id="f-reason"' in text
    assert "Because of &lt;b&gt;this&lt;/b&gt;" in text
    assert text.count("Say more.") == 2


def test_a_day_that_does_not_exist_comes_back_box_by_box() -> None:
    text = drawn(
        form_with(FieldView(name="day", label="Day", kind="date", value="2026-02-31", error="No such day."))
    )
    boxes = dict(re.findall(r'name="day-(\w+)"[^>]*?value="(\d+)"', text))
    assert boxes == {"day": "31", "month": "02", "year": "2026"}
    assert re.search(r'id="f-day" name="day-day"', text)


def test_the_same_text_comes_back_from_a_long_answer_inside_a_group() -> None:
    typed = "First line.\nSecond line.\n\nAfter a gap."
    text = drawn(
        form_with(FieldView(name="about", label="About", kind="textarea", value=typed, group="About you"))
    )
    assert f">{typed}</textarea>" in text
    assert text.count("<fieldset") == text.count("</fieldset>") == 1


@pytest.mark.parametrize(
    ("kind", "chosen"), [("radios", "checked"), ("checkboxes", "checked"), ("select", "selected")]
)
def test_what_was_chosen_stays_chosen(kind: str, chosen: str) -> None:
    options = [OptionView(value="1", label="One"), OptionView(value="2", label="Two")]
    value = ["2"] if kind == "checkboxes" else 2
    text = drawn(form_with(FieldView(name="which", label="Which?", kind=kind, options=options, value=value)))
    assert re.findall(rf'value="(\d)"[^>]*? {chosen}', text) == ["2"]


def test_a_password_is_never_sent_back() -> None:
    typed = FieldView(name="password", label="Password", kind="password", value="hunter2")
    assert "hunter2" not in drawn(form_with(typed))


def test_a_form_carries_what_makes_the_write_ours_current_and_safe_to_repeat() -> None:
    text = drawn(form_with(version=7, once="key-1"))
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', text))
    assert hidden == {"csrf": "token", "version": "7", "once": "key-1"}


def test_the_step_that_takes_something_away_comes_last_and_only_one_step_leads() -> None:
    grant = StepView(name="grant", label="Grant", clause="7.6", danger=False, asks=True)
    note = StepView(name="note", label="Note", clause="", danger=False, asks=False)
    refuse = StepView(name="refuse", label="Refuse", clause="7.6", danger=True, asks=True)
    text = steps_drawn(refuse, grant, note)
    assert text.index("step-grant") < text.index("step-note") < text.index("step-refuse")
    buttons = re.findall(r'class="govuk-button ?([\w-]*) ?"', text)
    assert buttons == ["", "govuk-button--secondary", "govuk-button--warning"]
    assert 'action="/cases/C-1/note"' in text
    assert 'href="/cases/C-1/grant"' in text


def test_every_refusal_says_what_happened_whether_anything_was_saved_and_what_next() -> None:
    page = {
        "title": "Nothing here",
        "detail": "There is no page at this address.",
        "status": 404,
        "reference": "4f1c22ab",
    }
    text = render("problem.html", page=page, **CONTEXT)
    for words in ("There is no page at this address.", "Was anything saved?", "What to do now", "4f1c22ab"):
        assert words in text


def test_every_component_is_set_in_our_own_type_and_none_in_that_of_government() -> None:
    """The build replaces GOV.UK's own typeface by our `--type`; the style sheet says what that is."""
    vendor = (STATIC / "vendor" / "govuk-frontend.min.css").read_text(encoding="utf-8")
    faces = set(re.findall(r"font-family:([^;}]+)", vendor))
    assert faces == {"var(--type,system-ui,sans-serif)"}
    assert re.search(r"--type:[^;]*Atkinson Hyperlegible Next", CSS)
    assert "GDS Transport" not in vendor
    assert "crest" not in vendor


def test_the_stylesheet_asks_nobody_else_for_anything() -> None:
    addresses = re.findall(r'url\("?([^")]+)', CSS)
    assert addresses
    assert all((STATIC / Path(address)).exists() for address in addresses)
