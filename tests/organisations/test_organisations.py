"""Organisations: names over time, numbers in other registers, look-alikes, and who may know of whom."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.journal import history
from app.organisations import commands, queries
from app.organisations.rules import ChangedDetails, NewName, NewOrganisation, nearly_equal, skeleton
from app.permissions import Role, Seat
from app.standards.rules import Nation
from tests.conftest import SetClock
from tests.organisations.make import make_organisation

MANAGER = Actor("lic", "Lena", frozenset({Role.LICENCE_MANAGER}), 0, "rrn", "RRN", Seat.RRN)


def officer_of(body_id: int) -> Actor:
    return Actor("off", "Olga", frozenset({Role.CASE_OFFICER}), body_id, "b", "Northgate", Seat.BODY)


def representative_of(organisation_id: int) -> Actor:
    return Actor(
        "rep", "Rhys", frozenset({Role.REPRESENTATIVE}), organisation_id, "p", "Harbour Lane", Seat.PROVIDER
    )


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("company_number", ["01234567", "sc123456", "NI123456"], ["1234567", "123456789", "S1234567"]),
        ("charity_england_wales", ["1187984", "123456"], ["12345", "SC012345"]),
        ("charity_scotland", ["SC012345"], ["012345", "SC12345"]),
        ("charity_northern_ireland", ["NIC100123"], ["NIC1001234"]),
        ("cqc_provider", ["1-101668084", "RHA"], ["2-101668084", "1-"]),
        ("cqc_location", ["1-1016680840"], ["101668084"]),
        ("ods_code", ["RHA", "A8K3V"], ["R", "R-A"]),
        ("ukprn", ["10012345"], ["20012345", "1001234"]),
        ("school_urn", ["123456"], ["12345", "1234567"]),
    ],
)
def test_numbers_are_taken_as_their_registers_write_them(field: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        form = NewOrganisation.model_validate(
            {"name": "A", "seat": "affiliate", "nation": "wales", field: value}
        )
        assert getattr(form, field) == value.upper()
    for value in bad:
        with pytest.raises(ValidationError):
            NewOrganisation.model_validate(
                {"name": "A", "seat": "affiliate", "nation": "wales", field: value}
            )


def test_a_name_that_looks_like_a_known_one_is_warned_about_and_can_be_insisted_on(site: Site) -> None:
    make_organisation(site, "Harbour Lane Training Ltd")
    for twin in (
        "Harbour Lane Training Limited",
        "HARBOUR LANE TRAINlNG",
        "Ηarbour Lane Trаining",
        "Harbor Lane Training",
        "Harbour Lane Tráining",
    ):
        with pytest.raises(Invalid) as refused:
            make_organisation(site, twin)
        assert "Harbour Lane Training Ltd" in refused.value.fields["name"]
    assert (
        make_organisation(site, "Harbour Lane Training Limited", different=True).name
        == "Harbour Lane Training Limited"
    )
    assert make_organisation(site, "Wrenmoor Partnership Trust").name == "Wrenmoor Partnership Trust"


@given(st.text(min_size=1, max_size=60))
def test_every_name_has_a_skeleton_and_upper_case_does_not_change_a_plain_one(name: str) -> None:
    skeleton(name)
    if name.isascii():
        assert skeleton(name.upper()) == skeleton(name.lower())


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("abcdef", "abcdef", True),
        ("abcdef", "abcdxf", True),
        ("abcdef", "abcdefg", True),
        ("abcdef", "bcdef", True),
        ("abcdef", "abdcef", False),
        ("ab", "abcd", False),
    ],
)
def test_one_letter_more_less_or_other_is_near(one: str, other: str, near: bool) -> None:
    assert nearly_equal(one, other) is near
    assert nearly_equal(other, one) is near


def test_an_old_name_keeps_leading_to_its_organisation(site: Site, clock: SetClock) -> None:
    made = make_organisation(site, "Harbour Lane Training")
    clock.now = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    with writing(site, MANAGER) as unit:
        found = queries.find_organisation(unit, made.ref)
        commands.rename(
            unit, found, NewName(version=found.version, name="Quayside Learning", from_on=date(2026, 8, 1))
        )
    with reading(site, MANAGER) as unit:
        assert queries.name_on(unit, made.id, date(2026, 7, 31)) == "Harbour Lane Training"
        assert queries.name_on(unit, made.id, date(2026, 8, 1)) == "Quayside Learning"
        assert queries.name_on(unit, made.id, date(2020, 1, 1)) == "Harbour Lane Training"
        listed = queries.organisation_list(unit, "hárbour", None).items
        assert [(row.name, row.found_as) for row in listed] == [
            ("Quayside Learning", "Harbour Lane Training")
        ]
        kinds = [event.kind for event in history(unit, made.thread)]
        assert kinds == ["organisation.registered", "organisation.renamed"]


def test_a_former_name_is_guarded_against_look_alikes_too(site: Site, clock: SetClock) -> None:
    made = make_organisation(site, "Harbour Lane Training")
    clock.now = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    with writing(site, SYSTEM) as unit:
        found = queries.organisation(unit, made.id)
        commands.rename(
            unit, found, NewName(version=found.version, name="Quayside Learning", from_on=date(2026, 8, 1))
        )
    with pytest.raises(Invalid):
        make_organisation(site, "Harbour Lane Training")


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 3, 3), date(2025, 1, 1)])
def test_a_new_name_begins_after_the_old_one_and_not_in_the_future(site: Site, day: date) -> None:
    made = make_organisation(site)
    form = NewName(version=made.version, name="Quayside Learning", from_on=day)
    with pytest.raises(Refused, match="2 March 2026"), writing(site, SYSTEM) as unit:
        commands.rename(unit, queries.organisation(unit, made.id), form)


def test_a_rename_of_an_older_version_is_stale(site: Site) -> None:
    made = make_organisation(site)
    with pytest.raises(Stale), writing(site, SYSTEM) as unit:
        commands.rename(
            unit,
            queries.organisation(unit, made.id),
            NewName(version=9, name="X Y", from_on=date(2026, 3, 2)),
        )


def test_a_number_belongs_to_one_organisation(site: Site) -> None:
    first = make_organisation(site, "Harbour Lane Training", company_number="01234567")
    with pytest.raises(Invalid) as refused:
        make_organisation(site, "Wrenmoor Partnership Trust", company_number="01234567")
    assert "Harbour Lane Training" in refused.value.fields["company_number"]
    with writing(site, SYSTEM) as unit:
        found = queries.organisation(unit, first.id)
        form = ChangedDetails(
            version=found.version, nation=Nation.WALES, company_number="01234567", ukprn="10012345"
        )
        commands.change_details(unit, found, form)
    with reading(site, MANAGER) as unit:
        view = queries.organisation_view(unit, first.ref)
        assert {row.scheme.value: row.value for row in view.identifiers} == {
            "company_number": "01234567",
            "ukprn": "10012345",
        }
        assert queries.organisation_list(unit, "10012345", None).items[0].ref == first.ref


def test_only_a_certification_body_has_a_code_and_it_is_its_own(site: Site) -> None:
    make_organisation(site, "Northgate Certification", Seat.BODY, code="NGC")
    for faulty in (
        {"name": "Calder Assurance", "seat": Seat.BODY, "code": "NGC"},
        {"name": "Tarn Assessment", "seat": Seat.BODY, "code": None},
        {"name": "Larkfield Homes", "seat": Seat.AFFILIATE, "code": "LAR"},
    ):
        with pytest.raises(Invalid) as refused:
            make_organisation(site, **faulty)
        assert "code" in refused.value.fields


def test_a_body_registers_providers_but_no_other_body(site: Site) -> None:
    body = make_organisation(site, "Northgate Certification", Seat.BODY, code="NGC")
    assert (
        make_organisation(site, "Wrenmoor Partnership Trust", actor=officer_of(body.id)).seat is Seat.PROVIDER
    )
    with pytest.raises(Forbidden):
        make_organisation(site, "Calder Assurance", Seat.BODY, actor=officer_of(body.id), code="CAL")
    with pytest.raises(Forbidden):
        make_organisation(site, "Larkfield Care Homes", actor=representative_of(body.id))


def test_a_provider_knows_of_itself_and_the_bodies_but_of_no_other_provider(site: Site) -> None:
    own, other = (
        make_organisation(site, "Harbour Lane Training"),
        make_organisation(site, "Wrenmoor Partnership Trust"),
    )
    body = make_organisation(site, "Northgate Certification", Seat.BODY, code="NGC")
    with reading(site, representative_of(own.id)) as unit:
        assert {row.ref for row in queries.organisation_list(unit, "", None).items} == {own.ref, body.ref}
        assert not queries.organisation_view(unit, own.ref).may_change
        with pytest.raises(NotFound):
            queries.find_organisation(unit, other.ref)
    with reading(site, officer_of(body.id)) as unit:
        assert queries.organisation_view(unit, other.ref).may_change
        assert not queries.organisation_view(unit, body.ref).may_change
