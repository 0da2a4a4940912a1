"""A licence through its life: who may move it, from when it counts, and what it leaves behind."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.kernel.casework import steps_of
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from app.ledger.models import LedgerEntry
from app.licences import commands, queries
from app.licences.queries.rights import past_of
from app.licences.rules import LICENCE, Change, NewLicence, Terms
from app.permissions import Role
from tests.conftest import SetClock
from tests.licences.make import (
    DIGEST,
    change,
    change_accreditation,
    make_body,
    make_manager,
    renew,
    standing,
    terms,
)

TODAY = date(2026, 3, 2)


def entries(site: Site, ref: str) -> list[LedgerEntry]:
    with reading(site) as unit:
        return list(unit.db.scalars(select(LedgerEntry).where(LedgerEntry.subject_ref == ref)))


def test_a_licensed_body_may_take_new_clients_and_issue(site: Site) -> None:
    body = make_body(site, make_manager(site))
    seen = standing(site, body, TODAY)
    assert (seen.status, seen.may_take_new, seen.may_surveil, seen.may_issue) == (
        "licensed",
        True,
        True,
        True,
    )
    assert seen.editions == ("rrn-1.2",) and seen.licence_ref == body.licence and seen.ukas_number
    assert "Northgate Certification" in seen.sentence


def test_a_body_without_a_licence_may_nothing(site: Site) -> None:
    body = make_body(site, make_manager(site), at="applied")
    seen = standing(site, body, TODAY)
    assert seen.status == "none" and not (seen.may_take_new or seen.may_surveil or seen.may_issue)
    assert seen.licence_ref is None, "an application is nobody's business yet"


@pytest.mark.parametrize(("day", "status"), [
    (date(2026, 4, 30), "none"), (date(2026, 5, 1), "licensed"), (date(2026, 12, 31), "licensed"), (date(2027, 1, 1), "expired"),
])  # fmt: skip
def test_the_first_and_the_last_day_of_a_licence_count(site: Site, day: date, status: str) -> None:
    body = make_body(site, make_manager(site), from_on=date(2026, 5, 1), to_on=date(2026, 12, 31))
    assert standing(site, body, day).status == status
    assert standing(site, body, day).may_issue is (status == "licensed")


def test_a_licence_that_begins_before_its_check_was_recorded_still_counts_today(site: Site) -> None:
    body = make_body(site, make_manager(site), from_on=date(2026, 1, 1))
    assert standing(site, body, date(2026, 1, 1)).status == standing(site, body, TODAY).status == "licensed"


def test_a_gap_before_a_renewal_stays_a_gap(site: Site, clock: SetClock) -> None:
    manager = make_manager(site)
    body = make_body(site, manager, to_on=date(2026, 12, 31))
    clock.now = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    renew(site, manager, body, date(2027, 2, 1), date(2029, 1, 31))
    days = [date(2026, 12, 31), date(2027, 1, 15), date(2027, 2, 1), date(2029, 2, 1)]
    assert [standing(site, body, day).status for day in days] == [
        "licensed",
        "expired",
        "licensed",
        "expired",
    ]


def test_a_suspended_body_goes_on_with_surveillance_only(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change(site, manager, body, "suspend", date(2026, 3, 10))
    before, since = standing(site, body, date(2026, 3, 9)), standing(site, body, date(2026, 3, 10))
    assert before.may_take_new and before.may_issue
    assert (since.status, since.may_take_new, since.may_surveil, since.may_issue) == (
        "suspended",
        False,
        True,
        False,
    )
    change(site, manager, body, "reinstate", date(2026, 4, 1))
    assert [standing(site, body, day).may_take_new for day in (date(2026, 3, 31), date(2026, 4, 1))] == [
        False,
        True,
    ]


@pytest.mark.parametrize("step", ["withdraw", "resign"])
def test_after_a_licence_is_over_not_even_surveillance_goes_on(site: Site, step: str) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change(site, manager, body, step, TODAY)
    seen = standing(site, body, TODAY)
    assert not (seen.may_take_new or seen.may_surveil or seen.may_issue)
    with pytest.raises(WrongState):
        change(site, manager, body, "suspend", TODAY)


def test_a_body_on_watch_works_on(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change(site, manager, body, "watch", TODAY)
    assert standing(site, body, TODAY).may_take_new and standing(site, body, TODAY).status == "on_watch"
    change(site, manager, body, "clear", TODAY)
    assert standing(site, body, TODAY).status == "licensed"


def test_a_change_cannot_count_from_before_the_last_one(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change(site, manager, body, "suspend", date(2026, 3, 10))
    with pytest.raises(Invalid) as refused:
        change(site, manager, body, "reinstate", date(2026, 3, 9))
    assert "10 March 2026" in refused.value.fields["effective_on"]
    assert standing(site, body, date(2026, 3, 11)).status == "suspended"


def test_what_was_known_before_a_back_dated_change_is_not_rewritten(site: Site, clock: SetClock) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    known, clock.now = clock.now, datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    change(site, manager, body, "suspend", date(2026, 3, 1))
    with reading(site, manager) as unit:
        assert queries.standing(unit, body.id, TODAY, known_at=known).status == "licensed"
        assert queries.standing(unit, body.id, TODAY).status == "suspended"


def test_readers_remember_a_body_only_until_something_is_added_to_it(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    assert standing(site, body, TODAY).status == "licensed"  # from here on it is remembered
    change(site, manager, body, "withdraw", TODAY)
    assert standing(site, body, TODAY).status == "withdrawn"
    with writing(site, manager) as unit:
        commands.open_licence(unit, NewLicence(body=body.ref))
    with reading(site, manager) as unit:
        assert len(past_of(unit, body.id).licences) == 2  # though no entry of the ledger speaks of it
    assert standing(site, body, TODAY).status == "withdrawn"


def test_a_unit_that_writes_reads_the_licence_itself(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    assert standing(site, body, TODAY).status == "licensed"
    known, remembered = site.memory["licences"]
    site.memory["licences"] = known, dict.fromkeys(remembered)  # nothing a writer could use
    with writing(site, manager) as unit:
        assert queries.standing(unit, body.id, TODAY).status == "licensed"


def test_each_public_change_is_one_ledger_entry_and_nothing_private_is_told(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    assert len(entries(site, body.licence)) == 1, "the licence; application and check are not public"
    change(site, manager, body, "suspend", TODAY)
    change(site, manager, body, "reinstate", TODAY)
    assert len(entries(site, body.licence)) == 3
    with reading(site) as unit:
        told = str(unit.db.execute(text("select told from ledger_told")).all())
    assert "RRN looks into" in told and "no reviewer" not in told


def test_a_change_made_on_an_old_version_is_stale_and_leaves_nothing(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    with reading(site, manager) as unit:
        version = queries.find_licence(unit, body.licence).version
    change(site, manager, body, "watch", TODAY)
    with pytest.raises(Stale):
        change(site, manager, body, "suspend", TODAY, version=version)
    assert standing(site, body, TODAY).status == "on_watch" and len(entries(site, body.licence)) == 2


def test_the_history_of_a_status_cannot_be_rewritten(site: Site) -> None:
    manager = make_manager(site)
    make_body(site, manager)
    for table in ("licence_status", "accreditation_status"):
        for statement in (f"update {table} set public_text = 'x'", f"delete from {table}"):
            with pytest.raises(DBAPIError, match="append-only"), writing(site, manager) as unit:
                unit.db.execute(text(statement))


def test_without_accreditation_nobody_is_licensed_and_the_page_says_why(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager, at="checked", accredited=False)
    with writing(site, manager) as unit:
        licence = queries.find_licence(unit, body.licence)
        agreed = terms(licence.version, TODAY, date(2028, 1, 1))
        with pytest.raises(Refused, match="UKAS accreditation is not in force"):
            commands.license_body(unit, licence, agreed)
    with reading(site, manager) as unit:
        _steps, barred = steps_of(unit, LICENCE, queries.find_licence(unit, body.licence))
    assert "license" in [step.name for step in barred]


def test_terms_with_the_days_the_wrong_way_round_or_an_unknown_edition_are_refused_at_their_fields(
    site: Site,
) -> None:
    manager = make_manager(site)
    body = make_body(site, manager, at="checked")
    with writing(site, manager) as unit:
        licence = queries.find_licence(unit, body.licence)
        form = Terms(
            version=licence.version, effective_on=TODAY, to_on=date(2026, 1, 1), editions=["rrn-9"], agreement_digest=DIGEST,
            royalty_percent=20,
        )  # fmt: skip
        with pytest.raises(Invalid) as refused:
            commands.license_body(unit, licence, form)
    assert set(refused.value.fields) == {"to_on", "editions"}


def test_a_body_has_one_open_licence_at_a_time(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    with pytest.raises(Invalid), writing(site, manager) as unit:
        commands.open_licence(unit, NewLicence(body=body.ref))
    change(site, manager, body, "withdraw", date(2026, 6, 1))
    with writing(site, manager) as unit:
        commands.open_licence(unit, NewLicence(body=body.ref))
    assert standing(site, body, TODAY).status == "licensed", (
        "the licence runs until the day of its withdrawal"
    )
    assert standing(site, body, date(2026, 6, 1)).status == "withdrawn"


def test_a_body_sees_its_own_licence_and_no_other(site: Site) -> None:
    manager = make_manager(site)
    mine, other = make_body(site, manager), make_body(site, manager, "Calder Assurance", "CAL")
    with reading(site, mine.director) as unit:
        view = queries.licence_view(unit, mine.licence)
        assert [row.ref for row in queries.licence_list(unit).items] == [mine.licence]
        assert not view.steps and not view.may_record
        for find, ref in (
            (queries.find_licence, other.licence),
            (queries.find_accreditation, other.accreditation),
        ):
            with pytest.raises(NotFound):
                find(unit, ref)


def test_a_body_may_not_move_its_own_licence(site: Site) -> None:
    body = make_body(site, make_manager(site))
    with pytest.raises(Forbidden):
        change(site, body.director, body, "resign", TODAY)


def test_an_oversight_officer_reads_every_licence_and_moves_none(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    officer = make_manager(site, Role.OVERSIGHT_OFFICER)
    with reading(site, officer) as unit:
        assert queries.licence_view(unit, body.licence).body == "Northgate Certification"
    with pytest.raises(Forbidden):
        change(site, officer, body, "suspend", TODAY)


@pytest.mark.parametrize(
    ("step", "status", "surveil"),
    [("suspend", "accreditation_suspended", True), ("withdraw", "not_accredited", False)],
)
def test_what_ukas_takes_away_counts_as_of_its_day(site: Site, step: str, status: str, surveil: bool) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change_accreditation(site, manager, body, step, date(2026, 3, 10))
    assert standing(site, body, date(2026, 3, 9)).may_take_new
    seen = standing(site, body, date(2026, 3, 10))
    assert (seen.status, seen.may_take_new, seen.may_surveil, seen.may_issue) == (
        status,
        False,
        surveil,
        False,
    )
    assert len(entries(site, body.accreditation)) == 2


def test_an_accreditation_that_ran_out_carries_no_decision(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change_accreditation(
        site, manager, body, "renew", date(2026, 2, 1), scope="Restraint training", to_on=date(2026, 3, 31)
    )
    assert [standing(site, body, day).may_issue for day in (date(2026, 3, 31), date(2026, 4, 1))] == [
        True,
        False,
    ]


def test_a_suspended_licence_is_not_reinstated_while_accreditation_is_away(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change(site, manager, body, "suspend", TODAY)
    change_accreditation(site, manager, body, "suspend", TODAY)
    with pytest.raises(Refused, match="UKAS"):
        change(site, manager, body, "reinstate", TODAY)
    change_accreditation(site, manager, body, "restore", TODAY)
    change(site, manager, body, "reinstate", TODAY)
    assert standing(site, body, TODAY).may_take_new


def test_reasons_in_full_stand_on_the_page_of_rrn_and_the_body(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    change(site, manager, body, "suspend", TODAY)
    with reading(site, body.director) as unit:
        newest = queries.licence_view(unit, body.licence).changes[0]
    assert newest.private_text == "Three files had no reviewer." and newest.status.tone == "pause"


def test_a_form_without_words_for_the_public_is_refused() -> None:
    with pytest.raises(ValueError, match="public_text"):
        Change.model_validate(
            {"version": 1, "effective_on": "2026-03-02", "reason_code": "other", "public_text": ""}
        )
