"""Pages drawn from Views: one Jinja environment, autoescape for every template, the words of the request's language."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

from app.kernel.clock import civil_date
from app.kernel.words import _, in_words, label, listed, plural, spoken, words

ROOT = Path(__file__).resolve().parents[2]
STATIC = Path(__file__).resolve().parent / "static"
NEEDED = ("vendor/govuk-frontend.min.css", "vendor/qr/decode.js", "register.css")


class Unstyled(Exception):
    """The styles are not there: the software does not start without them."""


def check_assets() -> None:
    """Refuse to start unstyled, and say how to mend it."""
    if missing := [name for name in NEEDED if not (STATIC / name).exists()]:
        raise Unstyled(
            f"The styles are missing ({', '.join(missing)} in {STATIC}). They are brought in when the project is installed: "
            "run ./dev demo, or pip install -e . in the project's folder, and start again."
        )


def spoken_date(day: date | datetime | str | None) -> str:
    """30 June 2028."""
    if day is None or day == "":
        return ""
    if isinstance(day, str):
        day = date.fromisoformat(day[:10])
    if isinstance(day, datetime):
        day = civil_date(day)
    return in_words(day)


def ago(moment: datetime | date, now: datetime | None = None) -> str:
    """today, yesterday, 12 days ago, 30 June 2028."""
    today = civil_date(now or datetime.now(UTC))
    day = civil_date(moment) if isinstance(moment, datetime) else moment
    days = (today - day).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return plural("{count} day ago", "{count} days ago", days) if 1 < days <= 60 else spoken_date(day)


@cache
def asset(name: str) -> str:
    """The address of a static file with a piece of its digest, so that it may be kept for a year."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


NUMBER = re.compile(r"\b[A-Z]{2,6}-\d{6}-[0-9A-Z]\b")


def unbroken(sentence: str) -> Markup:
    """A sentence whose certificate numbers are not broken at their hyphens, and still copy as they are."""
    return Markup(NUMBER.sub(r'<span class="number">\g<0></span>', str(escape(sentence))))


def hidden_fields(pairs: Iterable[tuple[str, Any]]) -> Markup:
    """Hidden inputs, escaped."""
    return Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value) for name, value in pairs
    )


def said(text: str, **values: Any) -> Markup:
    """`_` in a template: Jinja's own takes twice as long, and a page has fifty sentences."""
    spoken = Markup(words().gettext(text))
    return spoken % values if "%" in spoken else spoken


def make_environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(ROOT / "templates"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words().gettext(text),
        lambda one, many, count: words().ngettext(one, many, count),
        newstyle=True,
    )
    environment.filters.update(
        civil=civil_date, date=spoken_date, datetime=spoken, ago=ago, listed=listed, unbroken=unbroken
    )
    environment.globals.update(_=said, gettext=said, label=label, asset=asset, hidden_fields=hidden_fields)
    return environment


templates = make_environment()


def render(template: str, **context: Any) -> str:
    """One page as text."""
    return templates.get_template(template).render(**context)
