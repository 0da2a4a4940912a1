"""Who may use the mark, when, and what is handed out."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from app.certificates.models import Certificate
from app.certificates.rules import Status, make_number
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, NotFound, Refused
from app.marks import commands, queries
from app.marks.commands import NewLogo
from app.marks.models import LogoFile
from app.marks.queries import MarkView
from app.marks.rules import FileKind, badge_svg
from app.permissions import Role, Seat
from tests.conftest import SetClock
from tests.licences.make import actor_of, make_organisation
from tests.licences.make import change as change_licence
from tests.providers.make import affiliate_step, employer_of, make_affiliate
from tests.registry.make import World, add_service, change, make_world, moment, publish

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site, titles=("Safe Holding: intermediate", "De-escalation and Disengagement"))
    publish(world, at=moment(date(2026, 1, 1)))
    return world


def authority(world: World, ref: str = "", on: date | None = None) -> MarkView:
    with reading(world.site) as unit:
        return queries.mark_view(unit, ref or world.service.organisation_ref, on)


def make(world: World, kind: FileKind = FileKind.SVG, **who: object) -> tuple[str, bytes]:
    with writing(world.site, who.get("actor", world.service.manager)) as unit:  # type: ignore[arg-type]
        certificate = queries.find_certificate(unit, world.number)
        file = commands.make_logo(unit, certificate, NewLogo(kind=kind))
        return file.ref, commands.drawn(unit, certificate, file)


def badge(world: World, number: str = "") -> str:
    with reading(world.site) as unit:
        return badge_svg(queries.badge_view(unit, number or world.number)).decode()


def test_the_holder_of_a_certificate_in_force_may_show_the_mark(world: World) -> None:
    said = authority(world)
    assert said.may_use
    assert (
        said.claim
        == f"Certified by Northgate Certification as complying with the RRN Training Standards, certificate {world.number}, for the curricula listed there."
    )
    assert all(scope.may_use for scope in said.scopes)


def test_the_day_before_the_certificate_nothing_might_be_shown(world: World) -> None:
    assert not authority(world, on=date(2025, 12, 31)).may_use


def test_a_suspension_ends_the_right_to_the_mark_the_moment_it_is_committed(world: World) -> None:
    _ref, drawing = make(world)
    assert drawing
    change(world, Status.SUSPENDED, TODAY)
    assert not authority(world).may_use
    with pytest.raises(Refused, match="Nothing was made"):
        make(world)
    with reading(world.site, world.service.manager) as unit, pytest.raises(Refused):
        commands.check_authority(unit, queries.find_certificate(unit, world.number))


def test_one_suspended_curriculum_takes_the_mark_from_that_one_alone(world: World) -> None:
    change(world, Status.SUSPENDED, TODAY, title="Safe Holding: intermediate")
    said = authority(world)
    assert (said.may_use, said.tone) == (True, "partly")
    assert {scope.title: scope.may_use for scope in said.scopes} == {
        "Safe Holding: intermediate": False,
        "De-escalation and Disengagement": True,
    }


def test_a_withdrawn_licence_of_the_body_takes_the_mark_away(world: World) -> None:
    change_licence(world.site, world.rrn, world.body, "suspend", TODAY)
    assert authority(world).may_use
    change_licence(world.site, world.rrn, world.body, "withdraw", TODAY)
    assert not authority(world).may_use
    with pytest.raises(Refused):
        make(world)


def test_an_affiliate_shows_the_mark_of_its_provider_while_both_stand(world: World, clock: SetClock) -> None:
    ref = make_affiliate(world.site, world.service)
    place = employer_of(world.site, ref)
    assert "approved affiliate of Harbour Lane Training" in authority(world, place).sentence
    change(world, Status.SUSPENDED, TODAY)
    assert not authority(world, place).may_use
    change(world, Status.ACTIVE, TODAY)
    clock.now += timedelta(days=5)
    affiliate_step(
        world.site, world.service.manager, ref, "end", ended_on=date(2026, 3, 5), reason="It moved on."
    )
    assert not authority(world, place).may_use
    assert authority(world, place, date(2026, 3, 4)).may_use


def test_somebody_never_certified_may_not_and_is_told_so(world: World) -> None:
    other = add_service(world.site, world.body, "Wrenmoor Partnership Trust")
    said = authority(world, other.organisation_ref)
    assert (said.may_use, said.scopes) == (False, [])
    with pytest.raises(NotFound):
        authority(world, "0000000000")


def test_each_file_has_an_id_of_its_own_and_leaves_a_trace(world: World) -> None:
    first, drawing = make(world)
    second, _other = make(world)
    assert first != second
    assert first.encode() in drawing
    assert world.number.encode() in drawing
    with reading(world.site) as unit:
        assert {row.made_by for row in unit.db.query(LogoFile)} == {world.service.manager.id}


def test_the_png_is_drawn_of_the_same_geometry(world: World) -> None:
    _ref, drawing = make(world, FileKind.PNG)
    image = Image.open(BytesIO(drawing))
    assert image.size == (1680, 480)
    assert image.getpixel((16 * 4, 60 * 4)) == (16, 63, 60)


def test_only_the_holder_makes_files(world: World) -> None:
    stranger = add_service(world.site, world.body, "Wrenmoor Partnership Trust").manager
    with pytest.raises(NotFound):
        make(world, actor=stranger)
    with writing(world.site) as unit:
        officer = actor_of(make_organisation(unit, "Anybody", Seat.PROVIDER), Role.TRAINER, "Tom")
    with writing(world.site, officer) as unit, pytest.raises(Forbidden):
        commands.make_logo(unit, unit.db.query(Certificate).first(), NewLogo(kind=FileKind.SVG))  # type: ignore[arg-type]


def test_the_holders_page_offers_words_and_files_only_while_the_right_lives(world: World) -> None:
    make(world)
    with reading(world.site, world.service.manager) as unit:
        one = queries.marks_view(unit).certificates[0]
    assert (one.may_make, len(one.files)) == (True, 1)
    change(world, Status.WITHDRAWN, TODAY)
    with reading(world.site, world.service.manager) as unit:
        page = queries.marks_view(unit)
    assert (page.certificates[0].may_make, page.certificates[0].claim, page.certificates[0].files) == (
        False,
        "",
        [],
    )
    assert any(wrong.words == "RRN accredited" for wrong in page.wrong)


def test_the_badge_says_what_is_so_now(world: World, clock: SetClock) -> None:
    assert "Certified until 31 December 2028" in badge(world)
    change(world, Status.SUSPENDED, TODAY)
    assert "Suspended" in badge(world)
    assert "Certified until" not in badge(world)
    change(world, Status.ACTIVE, TODAY)
    clock.now = moment(date(2029, 1, 1))
    assert "Expired" in badge(world)
    change(world, Status.WITHDRAWN, date(2029, 1, 1))
    assert "Withdrawn" in badge(world)


@pytest.mark.parametrize("number", ["hello", "<script>", make_number("NGC", 999)])
def test_a_number_never_issued_gets_a_badge_that_says_nothing_good(world: World, number: str) -> None:
    said = badge(world, number)
    assert "Unknown number" in said
    assert "<script>" not in said
