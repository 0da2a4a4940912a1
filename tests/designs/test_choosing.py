"""A body chooses what its certificates look like: the next ones follow, those that are there stay as they are."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.certificates.models import CertificateVersion
from app.designs import queries
from app.designs.commands import choose
from app.designs.queries import DesignsView, designs_view, find_body
from app.designs.rules import DEFAULT, ChooseDesign
from app.kernel.actor import Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.organisations.models import Organisation
from app.permissions import Role
from app.settings import Settings
from tests.certificates.make import World, change, issue, make_world, refs, work
from tests.conftest import SetClock
from tests.licences.desk import Desk
from tests.licences.make import actor_of, make_body

FELL = "fell-2026"


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def officer_of(site: Site, body_id: int) -> Actor:
    with reading(site, actor_without_rights()) as unit:
        return actor_of(unit.db.get_one(Organisation, body_id), Role.CERTIFICATE_OFFICER, "Petra Paper")


def actor_without_rights() -> Actor:
    return Actor("nobody", "Nobody")


def chosen(site: Site, actor: Actor, body: str, design: str) -> None:
    with writing(site, actor) as unit:
        choose(unit, find_body(unit, body), ChooseDesign(design=design))


def seen(site: Site, actor: Actor, body: str) -> DesignsView:
    with reading(site, actor) as unit:
        return designs_view(unit, body)


def designs_of(site: Site) -> list[str]:
    with reading(site, actor_without_rights()) as unit:
        return list(unit.db.scalars(select(CertificateVersion.design).order_by(CertificateVersion.id)))


def test_the_next_certificate_is_drawn_so_and_the_one_before_stays(world: World) -> None:
    site, officer = world.site, officer_of(world.site, world.body.id)
    first = issue(world)
    chosen(site, officer, world.body.ref, FELL)
    other = make_world(site, "Wrenmoor Trust", body=world.body, rrn=world.rrn)
    issue(other)
    change(world, first, "reduce", curricula=refs(site, first)[:1])
    work(site)
    assert designs_of(site) == [DEFAULT, FELL, DEFAULT]
    in_use = next(one for one in seen(site, officer, world.body.ref).designs if one.in_use)
    assert (in_use.id, in_use.chosen_at is not None) == (FELL, True)


def test_it_is_chosen_by_the_body_itself_and_once(world: World, clock: SetClock) -> None:
    site, body = world.site, world.body
    officer = officer_of(site, body.id)
    stranger = make_body(site, world.rrn, "Calder Assurance", "CAL")
    with pytest.raises(NotFound, match="no certification body of that reference"):
        chosen(site, officer_of(site, stranger.id), body.ref, FELL)
    with pytest.raises(Forbidden):
        chosen(site, world.rrn, body.ref, FELL)
    with pytest.raises(Forbidden):
        chosen(site, body.officer, body.ref, FELL)
    with pytest.raises(Refused, match="drawn with this design already"):
        chosen(site, officer, body.ref, DEFAULT)
    assert not seen(site, world.rrn, body.ref).may_choose
    assert seen(site, officer, body.ref).may_choose


@pytest.fixture
def half_a_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A design without a word for the day certification was granted, one of another body, and one whose file is broken."""
    folder = tmp_path / "designs"
    shutil.copytree(queries.FOLDER / DEFAULT, folder / DEFAULT)
    text = (folder / DEFAULT / "design.toml").read_text()
    for name, said in {
        "half-2026": text.replace('granted = "First granted"\n', ""),
        "others-2026": text.replace('language = "en-GB"', 'language = "en-GB"\nbodies = ["CAL"]'),
        "broken-2026": "id = ",
    }.items():
        (folder / name).mkdir()
        (folder / name / "design.toml").write_text(said.replace(f'"{DEFAULT}"', f'"{name}"'))
    monkeypatch.setattr(queries, "FOLDER", folder)
    return "half-2026"


def test_an_incomplete_design_is_shown_with_what_is_missing_and_refused(
    world: World, half_a_design: str
) -> None:
    site, officer = world.site, officer_of(world.site, world.body.id)
    shown = {one.id: one for one in seen(site, officer, world.body.ref).designs}
    assert set(shown) == {DEFAULT, half_a_design, "broken-2026"}, "that of another body is not offered"
    assert "clause 7.7.1 b" in shown[half_a_design].gaps[0]
    assert "cannot be read" in shown["broken-2026"].gaps[0]
    for design in (half_a_design, "broken-2026", "others-2026", "nowhere-2026"):
        with pytest.raises(Invalid) as refused:
            chosen(site, officer, world.body.ref, design)
        assert "Choose one of the designs offered." in refused.value.fields["design"]
    assert designs_of(site) == []


def test_the_page_offers_a_specimen_that_is_no_certificate(
    world: World, settings: Settings, clock: SetClock
) -> None:
    desk = Desk(settings, clock)
    desk.sit(officer_of(world.site, world.body.id))
    page = f"/designs/{world.body.ref}"
    assert "Specimen of Fell 2026 (PDF)" in desk.read(page)
    assert "What its certificates look like" in desk.read(f"/licences/{world.body.licence}")
    drawn = desk.client.get(f"{page}/{FELL}/specimen.pdf")
    assert drawn.headers["content-type"] == "application/pdf"
    paper = PdfReader(BytesIO(drawn.content), strict=True)
    assert "this is not a certificate" in " ".join(paper.pages[0].extract_text().split())
    assert "Nothing was examined" in " ".join(paper.pages[0].extract_text().split())
    assert not paper.get_fields(), "there is no seal, and no place for one"
    assert desk.client.get(f"{page}/nowhere-2026/specimen.pdf").status_code == 404
    assert "Since" in desk.send(page, form=f"{page}/new", design=FELL)
    desk.app.state.site.engine.dispose()
