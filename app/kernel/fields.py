"""The types of what people may type: capped, normalised, without characters that hide something (rules page, 8)."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema

from app.kernel.clock import last_second
from app.kernel.words import _

_HIDING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF}


def clean(text: str) -> str:
    """NFC, trimmed, one kind of line end; refuses NUL, surrogates, control and bidirectional characters."""
    for character in text:
        kind = unicodedata.category(character)
        if kind in ("Cs", "Cn") or (kind == "Cc" and character not in "\n\t\r") or ord(character) in _HIDING:
            raise ValueError("contains a character that cannot be shown")
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


Text = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean), AfterValidator(_one_line)]
"""One line of at most 200 characters; may be empty."""
Line = Annotated[Text, StringConstraints(min_length=1)]
"""One line that says something."""
Prose = Annotated[str, StringConstraints(max_length=5000), AfterValidator(clean)]
"""Several lines, at most 5,000 characters; may be empty."""
Words = Annotated[Prose, StringConstraints(min_length=3)]
"""Several lines that say something; blanks say nothing."""
Email = Annotated[
    str,
    StringConstraints(
        max_length=254, pattern=r"^[^@\s<>\"',;:\\()\[\]]{1,64}@[^@\s<>\"',;:\\()\[\]]{1,189}$", to_lower=True
    ),
    AfterValidator(clean),
]
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A civil date between 1990 and 2100."""
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")]
"""A public reference of ours, as it stands in addresses."""


KIND_OF_REASON: Any = Field(
    title="Kind of reason", description="The public does not see it.", json_schema_extra={"kind": "select"}
)
"""How a change of status asks for its reason; which reasons there are, each area says."""


class _Optional:
    """An empty answer in a form or an address is none; JSON has null for that and stays strict about the rest."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler(source)
        return core_schema.json_or_python_schema(
            inner, core_schema.no_info_before_validator_function(_empty_is_none, inner)
        )


Optional = _Optional()


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST = datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC)
_LATEST = datetime(LAST_DAY.year + 1, 1, 1, tzinfo=UTC)


def _moment(value: object) -> object:
    """What RFC 3339 writes, read here: pydantic alone would take a bare number for a moment, and no text from a program."""
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _RFC_3339.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:  # written like one, and there is no such day or hour
        pass
    raise ValueError(_("write a moment like 2026-03-02T10:00:00Z"))


def _in_range(moment: datetime) -> datetime:
    """Moments have the years of days; those at the ends of all time cannot even be told in London's."""
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError(_("write a moment between 1990 and 2100"))
    return moment


def _day_or_moment(value: object) -> object:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _ISO_DAY.fullmatch(value) else None
        return last_second(day) if day else value if value is None else _moment(value)
    except ValueError as error:
        said = _("write a day like 2026-03-02, or a moment like 2026-03-02T10:00:00Z")
        raise ValueError(said) from error


Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_range)]
"""A moment with its offset, between 1990 and 2100."""
MaybeDay = Annotated[Day | None, Optional]
"""A day that may be left out."""
AskedMoment = Annotated[Moment | None, BeforeValidator(_day_or_moment), Optional]
"""As known when: a moment, or a civil day, which is its last second in London. None is now."""


class Form(BaseModel):
    """What a command asks for. Unknown fields are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StepForm(Form):
    """What a step asks for: at least the version of the row the person was looking at (rules page, 21)."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1, title="Version you were looking at")]


class Note(StepForm):
    """What a step asks for unless it says otherwise."""

    note: Annotated[
        Prose, Field(title="Note for the record", description="Optional. Kept in the history.")
    ] = ""


class View(BaseModel):
    """What a query answers with: plain, frozen, already narrowed to the actor."""

    model_config = ConfigDict(frozen=True)
