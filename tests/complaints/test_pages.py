"""Complaints at the screen: an appeal from the page of the decision to its answer, and what each reader sees of it."""

import re

import pytest

from app.complaints.rules import State
from app.curricula import queries as curricula
from app.kernel import outbox
from app.kernel.actor import Actor
from app.kernel.database import Site, reading
from app.kernel.errors import NotFound
from app.settings import Settings
from tests.audits.make import statements
from tests.cases.make import World, told
from tests.complaints.make import DECIDED, appeal, drive, make_refused, report, step
from tests.conftest import SetClock
from tests.curricula.make import a_file, a_pdf
from tests.licences.desk import Desk


@pytest.fixture
def desk(settings: Settings, clock: SetClock) -> Desk:
    return Desk(settings, clock)


def test_an_appeal_goes_from_the_page_of_the_decision_to_its_answer(site: Site, desk: Desk) -> None:
    world = make_refused(site)
    assert f"/appeals/new?against={world.ref}" in told(world, world.client, "refused")[0]
    page = desk.sit(world.client).client.get(f"/cases/{world.ref}")
    assert f'href="/appeals/new?against={world.ref}"' in page.text
    form = desk.client.get(f"/appeals/new?against={world.ref}").text
    assert re.search(rf'value="{world.ref}" selected', form)
    for words in (
        "It is free.",
        "It is decided within 30 working days.",
        "Until then the decision stays in effect.",
    ):
        assert words in form
    shown = desk.send("/appeals", form="/appeals/new", decision=world.ref, words="You read the wrong paper.")
    ref = desk.place.rpartition("/")[2]
    assert "To be decided by 15 April 2026" in shown and "The decision stays in effect" in shown
    _handle(desk, world, ref)
    outbox.deliver_all(site)
    assert "Decided on 2 March 2026: not upheld" in desk.sit(world.client).read(f"/complaints/{ref}")
    assert (
        "FOLLOWED"
        in desk.sit(world.director).send(f"/complaints/{ref}/follow-up", note="The client was told.").upper()
    )


def _handle(desk: Desk, world: World, ref: str) -> None:
    """The body takes it on, gives it away, and it is decided, all at the screen."""
    at = f"/complaints/{ref}"
    desk.sit(world.director).send(f"{at}/accept")
    shown = desk.send(f"{at}/acknowledge", answer="")
    assert "Dafydd Decider No Dafydd Decider had a part in" in shown
    assert "Iris Impartial Yes" in shown
    form = desk.client.get(f"{at}/assign").text
    assert world.impartial.id in form and world.decider.id not in form
    refused = desk.send(f"{at}/assign", status=422, person=world.decider.id)
    assert "It cannot be given to Dafydd Decider" in refused and "Nothing was changed" in refused
    desk.send(f"{at}/assign", person=world.impartial.id)
    desk.sit(world.impartial).send(f"{at}/note", text="Read the file.")
    desk.send(f"{at}/complete")
    desk.send(f"{at}/decide", **DECIDED)


def test_an_involved_person_reads_why_the_decision_is_not_theirs(site: Site, desk: Desk) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.GATHERED)
    seen = desk.sit(world.decider).json(f"/complaints/{ref}")
    barred = {one["name"]: one["reason"] for one in seen["barred"]}
    assert "Iris Impartial was asked to look into this" in barred["decide"]
    assert seen["steps"] == []


def test_what_was_gathered_is_for_those_at_the_desk_alone(site: Site, desk: Desk) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.GATHERING)
    step(
        site,
        world.impartial,
        ref,
        "note",
        text="The register of the day.",
        document=a_file(content=a_pdf("Day 2")),
    )
    page = desk.sit(world.director).client.get(f"/complaints/{ref}").text
    found = re.search(rf"/complaints/{ref}/documents/(\w+)/file", page)
    assert found
    answer = desk.client.get(found[0])
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    assert "attachment" in answer.headers["content-disposition"]
    for stranger in (world.client, world.stranger, world.oversight):
        assert desk.sit(stranger).client.get(found[0]).status_code == 404
    for reader in (world.director, world.assessor, world.client, world.manager):
        with reading(site, reader) as unit, pytest.raises(NotFound):
            curricula.find_document(unit, found[1])


def test_each_reader_finds_what_is_theirs_in_the_list(site: Site, desk: Desk) -> None:
    world = make_refused(site)
    ref, (reported, _code) = appeal(world), report(site)

    def listed(who: Actor) -> list[str]:
        return [one["ref"] for one in desk.sit(who).json("/complaints")["items"]]

    assert listed(world.director) == listed(world.impartial) == listed(world.client) == [ref]
    assert listed(world.oversight) == listed(world.licences) == [reported]
    assert listed(world.stranger) == []
    assert "Nothing is open." in desk.sit(world.stranger).read("/complaints")
    for nobody in (world.assessor, world.reviewer):
        desk.sit(nobody).read("/complaints", status=403)
    step(site, world.client, ref, "take-back")
    assert listed(world.client) == []
    assert ref in desk.client.get("/complaints?every=true").text


def test_the_form_tells_who_is_signed_in_that_their_name_goes_with_it(site: Site, desk: Desk) -> None:
    world = make_refused(site)
    assert f"You are signed in as {world.client.name}" in desk.sit(world.client).read("/report")
    assert "You need no account and no name." in desk.sit(None).read("/report")


def test_the_list_and_a_desk_ask_as_often_with_five_times_as_many(site: Site, desk: Desk) -> None:
    world = make_refused(site)
    for turn in range(5):
        report(site, who=f"Foxglove {turn}")

    def asked(path: str) -> int:
        desk.sit(world.oversight).read(path)
        return statements(desk.app.state.site, lambda: desk.read(path))

    before = {path: asked(path) for path in ("/complaints", "/desk")}
    assert all(before.values())
    for turn in range(15):
        report(site, who=f"Dunlin {turn}")
    assert {path: asked(path) for path in before} == before
