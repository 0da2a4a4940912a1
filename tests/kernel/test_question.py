"""A question asked of the driver says what the ordinary way says, among what the unit has written, and fails as it does."""

import pytest
from sqlalchemy import bindparam, event, select
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Site, reading, writing
from app.kernel.question import Question
from app.organisations.models import Organisation, OrganisationName
from app.permissions import Seat
from tests.licences.make import make_organisation

_NAMES = (
    select(Organisation.ref, Organisation.seat, OrganisationName.from_on, OrganisationName.to_on)
    .join(OrganisationName, OrganisationName.organisation_id == Organisation.id)
    .where(Organisation.name == bindparam("name"))
)


def test_a_question_answers_with_the_same_values_in_both_kinds_of_unit(site: Site) -> None:
    question = Question(_NAMES)
    with writing(site) as unit:
        make_organisation(unit, "Fernwick Training", Seat.PROVIDER)
        written = [tuple(row) for row in question.ask(unit, name="Fernwick Training")]
    with reading(site) as unit:
        read = question.ask(unit, name="Fernwick Training")
        ordinary = unit.db.execute(_NAMES, {"name": "Fernwick Training"}).all()
        assert [tuple(row) for row in read] == [tuple(row) for row in ordinary] == written
        assert read[0].seat is Seat.PROVIDER
        assert question.ask(unit, name="' or 1=1 --") == []


def test_whoever_counts_statements_counts_questions(site: Site) -> None:
    heard: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *seen: heard.append(seen[2]))
    with reading(site) as unit:
        Question(_NAMES).ask(unit, name="Nobody")
    assert len(heard) == 1


def test_a_database_that_fails_is_told_in_the_words_of_the_library(site: Site) -> None:
    with reading(site) as unit:
        question = Question(_NAMES)
        question.ask(unit, name="Nobody")
        assert unit.line
        made = question.made[unit.line.dialect.name]
        question.made[unit.line.dialect.name] = type(made)(
            "SELECT nothing_of_that_name", [], {}, (), made.row
        )
        with pytest.raises(DBAPIError):
            question.ask(unit, name="Nobody")
