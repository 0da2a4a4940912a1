"""An answer that may be left out: empty in a form, null in JSON, and otherwise of its own type in both."""

from datetime import UTC, date, datetime
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.kernel.errors import Invalid
from app.kernel.fields import AskedMoment, Day, Form, Optional
from app.permissions import Seat
from app.web.forms import read_form, read_json


class Asked(Form):
    day: Annotated[Day | None, Optional, Field(title="Day")] = None
    seat: Annotated[Seat | None, Optional, Field(title="Seat")] = None


def test_a_day_and_a_choice_are_read_from_a_form_and_from_strict_json() -> None:
    wanted = Asked(day=date(2026, 1, 5), seat=Seat.RRN)
    assert read_form(Asked, {"day": "2026-01-05", "seat": "rrn"}) == wanted
    assert read_json(Asked, b'{"day": "2026-01-05", "seat": "rrn"}') == wanted


def test_nothing_is_an_empty_box_in_a_form_and_null_in_json() -> None:
    assert Asked.model_validate({"day": "", "seat": ""}) == Asked()
    assert read_json(Asked, b'{"day": null}') == Asked()


@pytest.mark.parametrize("body", [b'{"day": 5}', b'{"seat": "moon"}', b'{"day": ""}'])
def test_json_stays_strict(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_json(Asked, body)


def test_a_day_asked_of_as_a_moment_is_its_last_second_here() -> None:
    read = TypeAdapter(AskedMoment).validate_python
    assert read("2026-07-14") == datetime(2026, 7, 14, 22, 59, 59, tzinfo=UTC)
    assert read("2026-01-14") == datetime(2026, 1, 14, 23, 59, 59, tzinfo=UTC)
    assert read("2026-07-14T12:00:00Z") == datetime(2026, 7, 14, 12, tzinfo=UTC)
    assert read("") is None
    for unclear in ("2026-07-14T12:00:00", "14 July", "2026-02-30"):
        with pytest.raises(ValidationError):
            read(unclear)
