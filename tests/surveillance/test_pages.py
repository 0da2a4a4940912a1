"""The pages of surveillance and the lines on the desks, through the real application."""

from datetime import timedelta

import pytest

from app.desks.queries import DeskView, desk
from app.kernel.actor import Actor
from app.kernel.database import Site, reading
from app.settings import Settings
from app.surveillance import effects
from tests.conftest import SetClock
from tests.licences.desk import Desk, day
from tests.surveillance import make
from tests.surveillance.make import SEEN, make_watched


@pytest.fixture
def at_desk(settings: Settings, clock: SetClock) -> Desk:
    return Desk(settings, clock)


def lines(site: Site, actor: Actor) -> DeskView:
    with reading(site, actor) as unit:
        return desk(unit)


def said(site: Site, actor: Actor) -> list[str]:
    """The sentences about surveillance on somebody's desk."""
    seen = lines(site, actor)
    every = (*seen.late, *seen.waiting_for_me, *seen.i_wait_for)
    return [one.sentence for one in every if one.kind == "surveillance"]


def test_a_sample_is_drawn_planned_and_observed_at_the_screen(site: Site, at_desk: Desk) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    place = f"/surveillance/{watched.number}"
    at_desk.sit(watched.officer)
    assert "Nothing has been drawn in this cycle yet" in at_desk.read(place)
    assert "It is drawn by itself" in at_desk.send(f"{place}/draw", form=place)
    assert "A draw is on its way" in at_desk.read(place)
    make.log_goes_on(watched)
    effects.draw_committed(site)
    page = at_desk.read(place)
    assert "Draw it again yourself" in page and "0 of 3 observed; 3 are still owed" in page
    pick = make.picks(watched)[0]
    picked, today = f"/surveillance/picks/{pick.ref}", make.today(watched).isoformat()
    late = at_desk.send(
        f"{picked}/plan", status=422, observer=watched.world.lead.id, **day("planned_on", "2026-01-01")
    )
    assert "Choose a day from today to the last day of the cycle" in late
    at_desk.send(f"{picked}/plan", observer=watched.world.lead.id, **day("planned_on", today))
    at_desk.sit(watched.world.lead)
    assert "Observed" in at_desk.send(f"{picked}/observe", note=SEEN, **day("observed_on", today))
    assert SEEN in at_desk.sit(watched.world.client).read(picked)
    assert "What was drawn, what was observed" in at_desk.read(f"/certificates/{watched.number}")


def test_the_files_of_a_draw_are_those_that_were_hashed(site: Site, at_desk: Desk) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    make.draw(watched)
    draw = make.draws(watched)[0]
    at_desk.sit(watched.world.client)
    listed = at_desk.client.get(f"/surveillance/draws/{draw.ref}/list.json")
    proof = at_desk.client.get(f"/surveillance/draws/{draw.ref}/proof.json").json()
    assert listed.text == draw.listed and listed.headers["content-disposition"].endswith('"list.json"')
    assert (proof["seed"], proof["root"], proof["value"]) == (draw.seed, draw.root, draw.value)
    assert proof["ledger"]["told"]["commitment"] == proof["commitment"]
    assert proof["checkpoint"]["note"].split("\n")[1] == str(draw.checkpoint_size)
    twin = at_desk.json(f"/surveillance/{watched.number}")
    assert twin["draws"][0]["seed"] == draw.seed and len(twin["draws"][0]["picks"]) == len(
        make.picks(watched)
    )
    stranger = at_desk.sit(watched.world.stranger).client
    assert stranger.get(f"/surveillance/draws/{draw.ref}/list.json").status_code == 404
    assert stranger.get(f"/surveillance/{watched.number}").status_code == 404


def test_desks_say_what_is_next(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    officer, lead, client = watched.officer, watched.world.lead, watched.world.client
    assert said(site, officer) == ["A draw is due: 3 are still to be drawn."]
    assert said(site, client) == said(site, watched.world.reviewer) == []
    make.order(watched)
    assert said(site, officer) == [
        "A draw is committed to and is made as soon as the public log has gone on."
    ]
    make.log_goes_on(watched)
    effects.draw_committed(site)
    assert said(site, officer) == ["3 observations have no day yet: plan them."]
    first, *rest = make.picks(watched)
    make.plan(watched, first, make.today(watched) + timedelta(days=7))
    assert "Observation planned for 9 March 2026: say what you saw." in said(site, lead)
    assert said(site, client) == ["Łukasz Wiśniewski observes this on 9 March 2026."]
    make.observe(watched, rest)
    assert said(site, officer) == []
    make.pass_days(watched, 8)
    late = lines(site, lead).late
    assert [one.kind for one in late] == ["surveillance"]
    make.pass_days(watched, 800)
    assert said(site, officer) == ["1 still owed, the cycle ends on 1 March 2029."]


def test_a_debt_is_late_on_the_desk_until_it_is_answered(site: Site, at_desk: Desk) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    make.end_cycle(watched)
    ends = make.cycle(watched).ends_on
    assert said(site, watched.officer) == [
        f"The cycle ended on {ends.day} {ends:%B %Y} with 1 still owed: say what follows from it."
    ]
    assert lines(site, watched.officer).late
    page = at_desk.sit(watched.officer).read(f"/certificates/{watched.number}")
    assert "The sample was not reached" in page
    figures = {one.words: one.number for one in lines(site, watched.world.manager).figures}
    assert figures["surveillance cycles that ended in debt, unanswered"] == 1
    place = f"/surveillance/{watched.number}"
    assert "It rained" in at_desk.send(f"{place}/answer", answer="It rained for three years.")
    assert said(site, watched.officer) == []
    assert "The cycle ended with 1 of 1 still owed" in at_desk.read(place)


def test_the_list_is_read_by_key_and_narrowed(site: Site, at_desk: Desk) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    at_desk.sit(watched.world.manager)
    (line,) = at_desk.json("/surveillance")["items"]
    assert (line["number"], line["owed"], line["to_draw"]) == (watched.number, 3, 3)
    assert at_desk.json("/surveillance?status=in_debt")["items"] == []
    assert at_desk.json(f"/surveillance?after={watched.number}")["items"] == []
    assert "What each certification body owes" in at_desk.read("/surveillance")
    assert at_desk.client.get("/surveillance?status=nothing").status_code == 422
