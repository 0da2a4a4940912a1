"""Trainers: from proposal to approval, until the very day something runs out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.casework import take
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, Refused, Stale, WrongState
from app.ledger.models import LedgerEntry
from app.providers import commands, queries
from app.providers.rules import TRAINER, NewTrainer, SentBack, TrainerLevel
from tests.conftest import SetClock
from tests.providers.make import (
    TODAY,
    approved_trainers,
    employer_of,
    make_affiliate,
    make_service,
    make_trainer,
    trainer_row,
    trainer_step,
)


def test_an_approval_holds_until_the_earliest_of_its_days_and_lapses_the_day_after(
    site: Site, clock: SetClock
) -> None:
    service = make_service(site)
    ref = make_trainer(site, service, ils_expires_on=date(2026, 9, 30))
    assert trainer_row(site, ref).lapses_on == date(2026, 9, 30)
    days = [date(2026, 3, 1), TODAY, date(2026, 9, 30), date(2026, 10, 1)]
    assert [approved_trainers(site, service, day) == [ref] for day in days] == [False, True, True, False]
    words = []
    for day in (30, 31):
        clock.now = (
            datetime(2026, 9, 30, 12, tzinfo=UTC) if day == 30 else datetime(2026, 10, 1, 12, tzinfo=UTC)
        )
        with reading(site, service.manager) as unit:
            words.append(queries.trainer_view(unit, ref).word.word)
    assert words == ["Approved", "Lapsed"]


@pytest.mark.parametrize(("field", "day", "lapses"), [
    ("ils_expires_on", date(2026, 5, 1), date(2026, 5, 1)),
    ("cpd_until", date(2026, 6, 1), date(2026, 6, 1)),
    ("reaccredited_on", date(2025, 4, 1), date(2026, 3, 31)),
])  # fmt: skip
def test_each_thing_an_approval_rests_on_can_end_it(site: Site, field: str, day: Any, lapses: date) -> None:
    ref = make_trainer(site, make_service(site), **{field: day})
    assert trainer_row(site, ref).lapses_on == lapses


@pytest.mark.parametrize(("field", "day", "words"), [
    ("ils_expires_on", date(2026, 3, 1), "immediate life support"),
    ("care_from_on", date(2024, 3, 3), "24 months"),
    ("cpd_until", date(2026, 3, 1), "professional development"),
    ("reaccredited_on", date(2025, 3, 2), "last assessed"),
])  # fmt: skip
def test_a_trainer_who_lacks_something_is_not_approved_and_the_sentence_says_what(
    site: Site, field: str, day: Any, words: str
) -> None:
    service = make_service(site)
    with pytest.raises(Refused, match=words):
        make_trainer(site, service, **{field: day})
    assert approved_trainers(site, service, TODAY) == []


@pytest.mark.parametrize(("field", "day"), [
    ("ils_expires_on", TODAY), ("care_from_on", date(2024, 3, 2)), ("cpd_until", TODAY), ("reaccredited_on", date(2025, 3, 3)),
])  # fmt: skip
def test_the_very_day_is_still_enough(site: Site, field: str, day: Any) -> None:
    service = make_service(site)
    assert approved_trainers(site, service, TODAY) == [] and make_trainer(site, service, **{field: day})
    assert len(approved_trainers(site, service, TODAY)) == 1


def test_evidence_from_the_future_is_refused_at_its_field(site: Site) -> None:
    service = make_service(site)
    with pytest.raises(Invalid) as refused:
        make_trainer(site, service, at="evidence_complete", reaccredited_on=date(2026, 3, 3))
    assert set(refused.value.fields) == {"reaccredited_on"}


def test_a_gap_between_a_lapse_and_a_renewal_stays_a_gap(site: Site, clock: SetClock) -> None:
    service = make_service(site)
    ref = make_trainer(site, service, ils_expires_on=date(2026, 4, 30))
    clock.now = datetime(2026, 6, 10, 9, tzinfo=UTC)
    trainer_step(site, service.manager, ref, "renew", ils_expires_on=date(2027, 5, 31))
    days = [
        date(2026, 4, 30),
        date(2026, 5, 15),
        date(2026, 6, 9),
        date(2026, 6, 10),
        date(2026, 12, 31),
        date(2027, 1, 15),
    ]
    assert [approved_trainers(site, service, day) == [ref] for day in days] == [
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_a_renewal_with_something_that_ran_out_is_refused_and_changes_nothing(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service)
    with pytest.raises(Invalid) as refused:
        trainer_step(site, service.manager, ref, "renew", cpd_until=date(2026, 2, 1))
    assert "1 February 2026" in refused.value.fields["cpd_until"]
    assert trainer_row(site, ref).lapses_on == date(2026, 9, 30)


def test_a_renewal_that_shortens_an_approval_counts_from_its_day(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service)
    trainer_step(site, service.manager, ref, "renew", ils_expires_on=date(2026, 5, 1))
    assert approved_trainers(site, service, date(2026, 5, 2)) == []


def test_an_appointment_ends_on_its_day_and_the_days_before_stay_true(site: Site, clock: SetClock) -> None:
    service = make_service(site)
    ref = make_trainer(site, service)
    known = clock.now
    clock.now = datetime(2026, 5, 1, 9, tzinfo=UTC)
    trainer_step(site, service.manager, ref, "end", ended_on=date(2026, 4, 15))
    assert [
        approved_trainers(site, service, day) == [ref] for day in (date(2026, 4, 14), date(2026, 4, 15))
    ] == [True, False]
    with reading(site, service.manager) as unit:
        assert queries.trainers_on(unit, service.id, date(2026, 4, 20), known_at=known), (
            "what we said before is not rewritten"
        )
    with pytest.raises(WrongState):
        trainer_step(site, service.manager, ref, "renew")


def test_an_end_before_the_approval_is_refused(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service)
    with pytest.raises(Invalid) as refused:
        trainer_step(site, service.manager, ref, "end", ended_on=date(2026, 3, 1))
    assert "2 March 2026" in refused.value.fields["ended_on"]


def test_an_associate_teaches_only_where_the_affiliate_is_approved(site: Site) -> None:
    service = make_service(site)
    affiliate = make_affiliate(site, service, at="evidence_complete")
    employer = employer_of(site, affiliate)
    with pytest.raises(Refused, match="not an approved affiliate"):
        make_trainer(site, service, level=TrainerLevel.ASSOCIATE, employer=employer)
    make_affiliate(site, service, "Wrenmoor House")
    other = make_affiliate(site, service, "Brook Street School")
    assert make_trainer(site, service, level=TrainerLevel.ASSOCIATE, employer=employer_of(site, other))


@pytest.mark.parametrize("level", list(TrainerLevel))
def test_a_trainer_is_employed_by_the_provider_or_its_affiliate_as_the_level_says(
    site: Site, level: TrainerLevel
) -> None:
    service, stranger = make_service(site), make_service(site, "Wrenmoor Trust", "CAL")
    affiliate = employer_of(site, make_affiliate(site, service))
    for employer, fits in (
        (stranger.organisation_ref, False),
        (affiliate, level is TrainerLevel.ASSOCIATE),
        (service.organisation_ref, True),
    ):
        with writing(site, service.manager) as unit:
            found = queries.find_service(unit, service.ref)
            form = NewTrainer(person_name="Nguyễn Thị Ánh", level=level, employer=employer)
            if fits:
                assert commands.propose_trainer(unit, found, form).level is level
                continue
            with pytest.raises(Invalid):
                commands.propose_trainer(unit, found, form)


def test_the_provider_may_not_approve_its_own_trainer(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service, at="evidence_complete")
    with pytest.raises(Forbidden):
        trainer_step(site, service.manager, ref, "approve")


def test_evidence_sent_back_can_be_handed_in_again(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service, at="evidence_complete")
    with writing(site, service.officer) as unit:
        row = queries.find_trainer(unit, ref)
        take(
            unit,
            TRAINER,
            row,
            "send-back",
            SentBack(version=row.version, reason="The certificate cannot be read."),
        )
    with reading(site, service.manager) as unit:
        view = queries.trainer_view(unit, ref)
        assert view.history[0].note == "The certificate cannot be read." and "complete-evidence" in [
            step.name for step in view.steps
        ]
    trainer_step(site, service.manager, ref, "complete-evidence")
    trainer_step(site, service.officer, ref, "approve")
    assert approved_trainers(site, service, TODAY) == [ref]


def test_an_old_version_of_an_appointment_is_stale(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service)
    with pytest.raises(Stale):
        trainer_step(site, service.manager, ref, "end", version=1, ended_on=TODAY)
    assert approved_trainers(site, service, TODAY) == [ref]


def test_the_ledger_says_that_a_trainer_is_approved_and_never_who(site: Site) -> None:
    service = make_service(site)
    ref = make_trainer(site, service)
    trainer_step(site, service.manager, ref, "end", ended_on=TODAY)
    with reading(site) as unit:
        kinds = [entry.kind for entry in unit.db.query(LedgerEntry).filter_by(subject_ref=ref)]
        told = str(unit.db.execute(text("select told from ledger_told")).all())
    assert kinds == ["trainer.status", "trainer.status"]
    assert "senior" in told and "Wi" not in told and "nurse" not in told


def test_periods_of_approval_cannot_be_rewritten(site: Site) -> None:
    service = make_service(site)
    make_trainer(site, service)
    make_affiliate(site, service)
    for table in ("trainer_approval", "affiliate_approval"):
        with pytest.raises(DBAPIError, match="append-only"), writing(site, service.manager) as unit:
            unit.db.execute(text(f"update {table} set to_on = '2030-01-01'"))


def test_the_page_of_the_service_names_those_who_soon_lapse_first(site: Site) -> None:
    service = make_service(site)
    make_trainer(site, service, "In Good Time")
    late = make_trainer(site, service, "Soon Over", ils_expires_on=date(2026, 4, 1))
    waiting = make_trainer(site, service, "Waiting Here", at="evidence_complete")
    with reading(site, service.manager) as unit:
        view = queries.service_view(unit, service.ref)
    assert [row.ref for row in view.trainers_due] == [late, waiting]
    assert view.trainers_due[0].soon and (view.senior_trainers.approved, view.senior_trainers.all) == (2, 3)
