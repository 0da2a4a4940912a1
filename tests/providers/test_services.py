"""Services and affiliates: who may know of them, who may change them, and on which day an affiliate was approved."""

from datetime import UTC, date, datetime

import pytest

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.ledger.models import LedgerEntry
from app.organisations.queries import organisation
from app.permissions import Role, Seat
from app.providers import commands, queries
from app.providers.queries import lists
from app.providers.rules import NewAffiliate, ServiceDetails
from app.standards.rules import Nation, Setting
from tests.conftest import SetClock
from tests.licences.make import make_manager
from tests.providers.make import (
    TODAY,
    affiliate_actor,
    affiliate_step,
    approved_affiliates,
    details,
    employer_of,
    make_affiliate,
    make_service,
    make_trainer,
)


def test_a_service_says_where_and_for_whom_it_works(site: Site) -> None:
    service = make_service(site)
    with reading(site, service.manager) as unit:
        view = queries.service_view(unit, service.ref)
    assert (
        view.nations == ["England", "Wales"]
        and view.populations == ["Adults", "Autistic people"]
        and view.may_change
    )
    assert view.body == "NGC Certification"


def test_an_organisation_describes_its_service_once(site: Site) -> None:
    service = make_service(site)
    with pytest.raises(Refused, match="already"), writing(site, service.manager) as unit:
        commands.register_service(unit, organisation(unit, service.organisation_id), details())


def change(site: Site, actor: Actor, ref: str, version: int, **more: object) -> None:
    with writing(site, actor) as unit:
        form = ServiceDetails.model_validate(details(**more).model_dump() | {"version": version})
        commands.change_service(unit, queries.find_service(unit, ref), form)


def test_a_change_of_the_settings_alone_makes_a_new_version_and_an_older_form_is_stale(site: Site) -> None:
    service = make_service(site)
    with reading(site, service.manager) as unit:
        version = queries.find_service(unit, service.ref).version
    change(site, service.manager, service.ref, version, settings=[Setting.HEALTH, Setting.EDUCATION])
    with pytest.raises(Stale):
        change(site, service.manager, service.ref, version, settings=[Setting.SOCIAL_CARE])
    with reading(site, service.manager) as unit:
        assert queries.find_service(unit, service.ref).settings == [Setting.EDUCATION, Setting.HEALTH]


def test_a_stranger_does_not_learn_that_a_service_an_affiliate_or_a_trainer_exists(site: Site) -> None:
    service, stranger = make_service(site), make_service(site, "Wrenmoor Trust", "CAL")
    affiliate, trainer = make_affiliate(site, service), make_trainer(site, service)
    for actor in (stranger.manager, stranger.officer):
        with reading(site, actor) as unit:
            for find, ref in (
                (queries.find_service, service.ref),
                (queries.find_affiliate, affiliate),
                (queries.find_trainer, trainer),
            ):
                with pytest.raises(NotFound):
                    find(unit, ref)
            assert [row.ref for row in queries.service_list(unit, "", None, None, None).items] == [
                stranger.ref
            ]


def test_the_body_it_chose_and_rrn_see_a_service_and_somebody_without_the_right_does_not(site: Site) -> None:
    service = make_service(site)
    for actor in (service.officer, make_manager(site)):
        with reading(site, actor) as unit:
            assert not queries.service_view(unit, service.ref).may_change
    with (
        pytest.raises(Forbidden),
        reading(site, Actor("t", "Tia Trustee", frozenset({Role.TRUSTEE}), 1, seat=Seat.RRN)) as unit,
    ):
        queries.service_view(unit, service.ref)


def test_an_affiliate_sees_itself_and_its_trainers_and_not_its_neighbours(site: Site) -> None:
    service = make_service(site)
    own, other = make_affiliate(site, service), make_affiliate(site, service, "Brook Street School")
    trainer = make_trainer(site, service)
    with reading(site, affiliate_actor(site, own)) as unit:
        view = queries.service_view(unit, service.ref)
        assert view.affiliates.all == 1 and view.senior_trainers.all == 0 and not view.history
        assert [row.ref for row in queries.affiliate_list(unit, service.ref, None).items] == [own]
        for find, ref in ((queries.find_affiliate, other), (queries.find_trainer, trainer)):
            with pytest.raises(NotFound):
                find(unit, ref)


def test_nobody_writes_for_another_provider(site: Site) -> None:
    service, stranger = make_service(site), make_service(site, "Wrenmoor Trust", "CAL")
    with writing(site, SYSTEM) as unit:
        found = queries.service_of(unit, service.organisation_id)
        unit.actor = stranger.manager
        with pytest.raises(Forbidden):
            commands.propose_affiliate(unit, found, NewAffiliate(name="Larkfield", nation=Nation.ENGLAND))


def test_an_affiliate_is_approved_for_a_year_of_its_needs_analysis(site: Site) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service, signed=date(2026, 2, 1))
    days = [date(2026, 3, 1), TODAY, date(2027, 1, 31), date(2027, 2, 1)]
    assert [approved_affiliates(site, service, day) == [ref] for day in days] == [False, True, True, False]


def test_an_affiliate_with_an_old_needs_analysis_is_not_approved(site: Site) -> None:
    service = make_service(site)
    with pytest.raises(Refused, match="more than 12 months ago"):
        make_affiliate(site, service, signed=date(2025, 3, 2))
    assert make_affiliate(site, service, "Brook Street School", signed=date(2025, 3, 3))


def test_the_yearly_review_goes_on_from_its_day_and_a_gap_stays_a_gap(site: Site, clock: SetClock) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service)
    clock.now = datetime(2027, 4, 1, 9, tzinfo=UTC)
    with pytest.raises(Invalid):
        affiliate_step(site, service.manager, ref, "renew", signed=date(2026, 3, 15))
    affiliate_step(site, service.manager, ref, "renew", signed=date(2027, 3, 15))
    days = [date(2027, 1, 31), date(2027, 3, 20), date(2027, 4, 1), date(2028, 3, 14), date(2028, 3, 15)]
    assert [approved_affiliates(site, service, day) == [ref] for day in days] == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_an_arrangement_to_end_still_counts_until_its_day(site: Site, clock: SetClock) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service)
    affiliate_step(site, service.manager, ref, "end", ended_on=date(2026, 4, 1))
    assert [
        approved_affiliates(site, service, day) == [ref] for day in (date(2026, 3, 31), date(2026, 4, 1))
    ] == [True, False]
    words = []
    for day in (1, 2):
        clock.now = (
            datetime(2026, 3, 31, 12, tzinfo=UTC) if day == 1 else datetime(2026, 4, 1, 12, tzinfo=UTC)
        )
        with reading(site, service.manager) as unit:
            words.append(queries.affiliate_view(unit, ref).word.word)
    assert words == ["Approved", "Ended"]


def test_each_public_change_of_an_affiliate_is_one_ledger_entry(site: Site) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service)
    quiet = make_affiliate(site, service, "Brook Street School", at="evidence_complete")
    affiliate_step(site, service.manager, ref, "end", ended_on=TODAY)
    affiliate_step(site, service.manager, quiet, "end", ended_on=TODAY)
    with reading(site) as unit:
        counts = [unit.db.query(LedgerEntry).filter_by(subject_ref=one).count() for one in (ref, quiet)]
    assert counts == [2, 0], "one that was never approved is nothing the public was told of"


def test_one_organisation_is_an_affiliate_of_a_service_once_and_again_after_an_end(site: Site) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service)
    form = NewAffiliate(organisation=employer_of(site, ref))
    with pytest.raises(Refused, match="already"), writing(site, service.manager) as unit:
        commands.propose_affiliate(unit, queries.find_service(unit, service.ref), form)
    affiliate_step(site, service.manager, ref, "end", ended_on=TODAY)
    with writing(site, service.manager) as unit:
        assert commands.propose_affiliate(unit, queries.find_service(unit, service.ref), form).ref != ref


def test_a_certification_body_is_nobodys_affiliate(site: Site) -> None:
    service = make_service(site)
    with pytest.raises(Invalid), writing(site, service.manager) as unit:
        commands.propose_affiliate(
            unit,
            queries.find_service(unit, service.ref),
            NewAffiliate(organisation=service.officer.organisation_ref),
        )


def test_a_proposal_without_a_name_or_reference_is_refused_at_its_fields(site: Site) -> None:
    service = make_service(site)
    with pytest.raises(Invalid) as refused, writing(site, service.manager) as unit:
        commands.propose_affiliate(unit, queries.find_service(unit, service.ref), NewAffiliate())
    assert set(refused.value.fields) == {"name", "nation"}


def test_services_are_found_without_accents_by_nation_and_setting(site: Site) -> None:
    first = make_service(site, "Ŵyn Training", "NGC")
    make_service(site, "Harbour Lane", "CAL", nations=[Nation.SCOTLAND], settings=[Setting.EDUCATION])
    with reading(site, make_manager(site)) as unit:
        assert [row.ref for row in queries.service_list(unit, "wyn", None, None, None).items] == [first.ref]
        assert [row.name for row in queries.service_list(unit, "", Nation.SCOTLAND, None, None).items] == [
            "Harbour Lane"
        ]
        assert [row.name for row in queries.service_list(unit, "", None, Setting.HEALTH, None).items] == [
            "Ŵyn Training"
        ]
        assert not queries.service_list(unit, "100%", None, None, None).items


def test_a_long_list_is_read_page_by_page_without_repeats_or_holes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    service = make_service(site)
    names = ["Ann", "Bea", "Bea", "Cem", "Dai"]
    for name in names:
        make_trainer(site, service, name, at="proposed")
    seen, after = [], None
    with reading(site, service.manager) as unit:
        while True:
            page = queries.trainer_list(unit, service.ref, "", after)
            seen += page.items
            if page.next is None:
                break
            after = page.items[-1].ref
    assert [row.name for row in seen] == names and len({row.ref for row in seen}) == 5
