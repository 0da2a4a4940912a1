"""The words of the interface, looked up for the language of the request (gettext)."""

from contextvars import ContextVar
from datetime import date, datetime
from gettext import NullTranslations, translation
from pathlib import Path

from app.kernel.clock import LONDON

LOCALES = Path(__file__).resolve().parents[1] / "web" / "locale"
LANGUAGES = ("en", "cy")
language: ContextVar[str] = ContextVar("language", default="en")
_loaded: dict[str, NullTranslations] = {}


def words() -> NullTranslations:
    """The catalogue of the current language; English is the language of the source."""
    code = language.get()
    if code not in _loaded:
        _loaded[code] = translation("messages", LOCALES, [code], fallback=True)
    return _loaded[code]


def _(text: str) -> str:
    """The text in the language of the request. Fill places with `.format`, never with an f-string."""
    return words().gettext(text)


def plural(one: str, many: str, count: int) -> str:
    """`one` or `many` by the grammar of the language, with {count} filled in."""
    return words().ngettext(one, many, count).format(count=count)


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def in_words(day: date) -> str:
    """A date as every page and paper of ours writes it: 30 June 2028."""
    return f"{day.day} {_(MONTHS[day.month - 1])} {day.year}"


def spoken(moment: datetime) -> str:
    """22 November 2026 at 10:00, the time in London."""
    local = moment.astimezone(LONDON)
    return _("{day} at {time}").format(day=in_words(local.date()), time=f"{local:%H:%M}")


NAMES = {"northern_ireland": "Northern Ireland", "psycho_social": "Psycho-social"}
"""Words of the domain that are written otherwise than their parts in a row: names keep every capital, some keep a hyphen."""


def label(value: str) -> str:
    """A word of the domain as people read it: `training_service` becomes "Training service"."""
    text = NAMES.get(str(value)) or str(value).replace("_", " ").replace("-", " ")
    return _(text[:1].upper() + text[1:])


def listed(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return (
        parts[0]
        if len(parts) == 1
        else _("{some} and {last}").format(some=", ".join(parts[:-1]), last=parts[-1])
        if parts
        else ""
    )
