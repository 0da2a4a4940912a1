"""The types of what people may type: capped, normalised, without characters that hide something (rules page, 8)."""

import unicodedata
from datetime import date
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
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
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


def _end_of_day(value: object) -> object:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return value if day is None else last_second(day)


MaybeDay = Annotated[Day | None, Optional]
"""A day that may be left out."""
AskedMoment = Annotated[AwareDatetime | None, Optional, BeforeValidator(_end_of_day)]
"""As known when: a moment with its offset, or a civil day, which is its last second in London. None is now."""


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
