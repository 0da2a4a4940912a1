"""From a Pydantic model to a form on a page, from what was typed back to the model, and from its faults to sentences."""

import types
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo

from app.kernel.errors import Invalid
from app.kernel.fields import View
from app.kernel.words import _, label
from app.web.uploads import Upload

Choices = Mapping[str, Sequence[tuple[str, str]]]
"""Field name -> (value, label) pairs, for choices that come from the database."""


class OptionView(View):
    value: str
    label: str
    hint: str = ""


class FieldView(View):
    """One field as the form macro draws it."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    value: Any = None
    options: list[OptionView] = Field(default_factory=list)
    required: bool = True
    error: str = ""
    autocomplete: str = ""
    rows: int = 5
    group: str = ""


class FormView(View):
    """A whole form; `version` and `once` are hidden fields that make a write safe to repeat."""

    action: str
    title: str
    submit: str
    version: int | None = None
    once: str | None = None
    fields: list[FieldView] = Field(default_factory=list)
    enctype: str = "application/x-www-form-urlencoded"
    danger: bool = False


class KeptView(View):
    """What was typed into a form that cannot be shown again: its sender is no longer signed in, or it is no longer asked for."""

    detail: str
    signed_out: bool
    action: str
    enctype: str
    fields: list[tuple[str, str]]
    shown: list[tuple[str, str]]
    lost: bool
    """Whether there was a file or a password, which a page cannot keep."""


def draw_form(
    model: type[BaseModel], action: str, title: str, submit: str, *, version: int | None = None, once: str | None = None,
    values: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None, choices: Choices | None = None, danger: bool = False,
) -> FormView:  # fmt: skip
    """The form of a model, filled with what is known or was typed, with the sentence of each fault at its field."""
    fields = [
        draw_field(
            name, field, (values or {}).get(name), (errors or {}).get(name, ""), (choices or {}).get(name)
        )
        for name, field in model.model_fields.items()
        if name != "version"
    ]
    enctype = (
        "multipart/form-data"
        if any(field.kind == "file" for field in fields)
        else FormView.model_fields["enctype"].default
    )
    return FormView(
        action=action,
        title=title,
        submit=submit,
        version=version,
        once=once,
        fields=fields,
        enctype=enctype,
        danger=danger,
    )


def draw_field(
    name: str, field: FieldInfo, value: Any, error: str, options: Sequence[tuple[str, str]] | None
) -> FieldView:
    """One field, its kind read from its type unless `json_schema_extra={"kind": …}` says otherwise.

    `{"needed": True}` marks what may be saved empty but is missed in the end: it is never called optional.
    """
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    inner, many = inner_type(field.annotation)
    if options is None and isinstance(inner, type) and issubclass(inner, Enum):
        options = [(item.value, label(item.value)) for item in inner]
    kind = str(extra.get("kind") or _kind(field, inner, many, options))
    if value is None and not field.is_required() and field.default is not None:
        value = field.get_default(call_default_factory=True)
    return FieldView(
        name=name, label=_(field.title) if field.title else label(name), hint=_(field.description) if field.description else "",
        kind=kind, value=_shown(value), options=[OptionView(value=v, label=text) for v, text in options or ()],
        required=field.is_required() or bool(extra.get("needed")), error=error, autocomplete=str(extra.get("autocomplete", "")),
        rows=int(str(extra.get("rows", 5))), group=str(extra.get("group", "")),
    )  # fmt: skip


def takes_files(model: type[BaseModel]) -> bool:
    """Whether a field of the form is a file."""
    kinds = (inner_type(field.annotation)[0] for field in model.model_fields.values())
    return any(isinstance(kind, type) and issubclass(kind, Upload) for kind in kinds)


def kept_view(
    model: type[BaseModel],
    action: str,
    sent: Mapping[str, list[Any]],
    *,
    detail: str = "",
    signed_out: bool = False,
) -> KeptView:
    """Everything that was sent and can be sent again, but no secret and no file."""
    secret = {name for name, field in model.model_fields.items() if _is_secret(field)}
    ours = {*model.model_fields, "once"} - secret
    fields = [
        (name, value)
        for name, values in sent.items()
        for value in values
        if (name in ours or name.rsplit("-", 1)[0] in ours) and isinstance(value, str)
    ]
    titles = {
        name: _(field.title) if field.title else label(name) for name, field in model.model_fields.items()
    }
    shown = [
        (titles[name], value)
        for name, value in fields
        if value.strip() and name in titles and name != "version"
    ]
    lost = any(name in secret or isinstance(one, Upload) for name, values in sent.items() for one in values)
    return KeptView(
        detail=detail,
        signed_out=signed_out,
        action=action,
        enctype=FormView.model_fields["enctype"].default,
        fields=fields,
        shown=shown,
        lost=lost,
    )


def _is_secret(field: FieldInfo) -> bool:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return extra.get("kind") in ("password", "code")


def _kind(field: FieldInfo, inner: Any, many: bool, options: Sequence[tuple[str, str]] | None) -> str:
    if options is not None:
        return "checkboxes" if many else "radios" if len(options) <= 6 else "select"
    if inner is bool:
        return "checkbox"
    if inner is date:
        return "date"
    if inner in (int, float):
        return "number"
    if isinstance(inner, type) and issubclass(inner, Upload):
        return "file"
    if many:
        return "textarea"
    longest = max(
        (item.max_length for item in _constraints(field) if getattr(item, "max_length", None)), default=0
    )
    return "textarea" if longest > 254 else "text"


def _constraints(field: FieldInfo) -> list[Any]:
    nested = [item for part in get_args(field.annotation) for item in getattr(part, "__metadata__", ())]
    return [*field.metadata, *nested]


def inner_type(annotation: Any) -> tuple[Any, bool]:
    """The type inside Annotated, Optional and list; and whether there may be several."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return inner_type(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return inner_type(next(part for part in get_args(annotation) if part is not type(None)))
    if origin in (list, tuple, set, frozenset):
        return inner_type(get_args(annotation)[0])[0], True
    return annotation, False


def _shown(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(item) for item in value]
    if isinstance(value, Upload):  # a page cannot hold a file, whatever field it was sent for
        return None
    return value.isoformat() if isinstance(value, date) else value


def read_form(model: type[BaseModel], sent: Mapping[str, Any]) -> BaseModel:
    """The model from what a browser sent (`typed`). Raises Invalid with a sentence for each field."""
    try:
        return model.model_validate({name: value for name, value in sent.items() if value not in ("", None)})
    except ValidationError as error:
        raise invalid(model, error) from error


def read_json(model: type[BaseModel], body: bytes) -> BaseModel:
    """The model from a JSON body, strictly. Raises Invalid with a sentence for each field."""
    try:
        return model.model_validate_json(body or b"{}", strict=True)
    except ValidationError as error:
        raise invalid(model, error) from error


def typed(model: type[BaseModel], sent: Mapping[str, list[Any]]) -> dict[str, Any]:
    """What a browser sent, by field: lists stay lists, three date boxes become one ISO date, a ticked box is true."""
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        inner, many = inner_type(field.annotation)
        if inner is date and f"{name}-day" in sent:
            values[name] = _joined_date(
                *(str(sent.get(f"{name}-{part}", [""])[0]).strip() for part in ("year", "month", "day"))
            )
        elif many:
            values[name] = _several(inner, [item for item in sent.get(name, []) if item != ""])
        elif inner is bool:
            values[name] = name in sent and sent[name][0] not in ("", "false")
        elif name in sent:
            values[name] = sent[name][0]
    known = {*model.model_fields, "csrf", "once"}
    for name in sent:
        if name.rsplit("-", 1)[0] not in known and name not in known:
            values[name] = sent[name][0]  # not ours: the model refuses it in words
    return values


def _several(inner: Any, items: list[Any]) -> list[Any]:
    """Several values: ticked boxes, or one text box with a line for each."""
    if len(items) == 1 and isinstance(items[0], str) and inner is str:
        return [line.strip() for line in items[0].splitlines() if line.strip()]
    return items


def _joined_date(year: str, month: str, day: str) -> str:
    if not (year or month or day):
        return ""
    return f"{year:0>4}-{month:0>2}-{day:0>2}"


def invalid(model: type[BaseModel], error: ValidationError) -> Invalid:
    """Pydantic's faults as sentences, by dotted field name."""
    fields: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        place = ".".join(str(part) for part in fault["loc"])
        key = name if name in model.model_fields else place
        field = model.model_fields.get(name)
        what = _(field.title) if field and field.title else label(name)
        fields.setdefault(
            key, sentence(what.rstrip("?"), fault["type"], dict(fault.get("ctx", {})), fault["msg"])
        )
    return Invalid(
        _(
            "Some of what you sent cannot be taken as it stands. Nothing was saved: correct it and send it again."
        ),
        fields,
    )


def sentence(what: str, kind: str, context: dict[str, Any], message: str) -> str:
    """One fault of what is called `what`, as a sentence that says what to do. Source of the kinds: Pydantic's own list."""
    said = {
        "missing": _("Give an answer: {what}."),
        "string_too_short": _("Give an answer: {what}."),
        "too_short": _("Choose at least {min_length}: {what}."),
        "string_too_long": _("{what} must be {max_length} characters or fewer."),
        "too_long": _("{what}: at most {max_length}."),
        "int_parsing": _("{what} must be a whole number."),
        "int_type": _("{what} must be a whole number."),
        "greater_than_equal": _("{what} must be {ge} or more."),
        "less_than_equal": _("{what} must be {le} or less."),
        "enum": _("Choose one of the answers offered: {what}."),
        "date_from_datetime_parsing": _("{what} must be a real date, such as 27 3 2026."),
        "date_parsing": _("{what} must be a real date, such as 27 3 2026."),
        "datetime_from_date_parsing": _(
            "{what} must be a day, such as 2026-03-27, or a moment, such as 2026-03-27T12:00:00Z."
        ),
        "datetime_parsing": _(
            "{what} must be a day, such as 2026-03-27, or a moment, such as 2026-03-27T12:00:00Z."
        ),
        "timezone_aware": _(
            "{what} must be a day, such as 2026-03-27, or a moment, such as 2026-03-27T12:00:00Z."
        ),
        "string_pattern_mismatch": _("{what} is not written in the form that is needed."),
        "extra_forbidden": _("There is no field of that name here."),
        "json_invalid": _("The body is not valid JSON."),
        "value_error": "{what}: {problem}.",
    }.get(kind)
    if said is None:
        return f"{what}: {message}."
    return said.format(what=what, problem=message.removeprefix("Value error, "), **context)
