"""A draw: ordered, committed to, decided by a later checkpoint, and drawn again by anybody."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.certificates.effects import sign_log_again
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Refused
from app.kernel.journal import Event
from app.ledger.models import LedgerEntry
from app.surveillance import commands, effects, queries
from app.surveillance.rules import DrawState, PickState, Stratum, order, thawed
from tests.licences.make import change as change_licence
from tests.providers.make import make_affiliate
from tests.surveillance import make
from tests.surveillance.make import make_watched

S = Stratum


def test_a_draw_freezes_its_list_and_tells_nobody_the_value(site: Site) -> None:
    watched = make_watched(site)
    draw = make.order(watched)
    assert draw.status is DrawState.COMMITTED and draw.seed is None
    lists = {one.stratum: one for one in thawed(draw.listed)}
    assert [(len(one.items), one.picks) for one in lists.values()] == [(2, 1), (2, 1), (6, 2), (2, 1)]
    with reading(site, watched.officer) as unit:
        shown = queries.cycle_view(unit, watched.number).model_dump_json()
        proof = queries.proof_of(unit, queries.find_draw(unit, draw.ref)).decode()
        events = [json.dumps(one.data) for one in unit.db.scalars(select(Event))]
        entry = unit.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == "draw.committed")).one()
    assert draw.commitment in shown and draw.commitment in proof
    assert not [said for said in (shown, proof, *events) if draw.value in said]
    assert (entry.number, entry.subject_ref) == (draw.ledger_number, draw.ref)


def test_a_checkpoint_that_holds_nothing_newer_than_the_commitment_decides_nothing(site: Site) -> None:
    watched = make_watched(site)
    sign_log_again(site)
    draw = make.order(watched)
    sign_log_again(site)  # signed later, but the commitment is the newest thing in it
    effects.draw_committed(site)
    assert make.draws(watched)[0].status is DrawState.COMMITTED
    with (
        pytest.raises(Refused, match="no signed checkpoint yet that is later"),
        writing(site, SYSTEM) as unit,
    ):
        commands.carry_out(unit, queries.find_draw(unit, draw.ref))
    make.log_goes_on(watched)
    effects.draw_committed(site)
    made = make.draws(watched)[0]
    assert made.status is DrawState.DRAWN and (made.checkpoint_size or 0) >= draw.ledger_number + 2


def test_the_first_later_checkpoint_decides_and_not_the_newest(site: Site) -> None:
    watched = make_watched(site)
    make.order(watched)
    make.log_goes_on(watched)
    with reading(site, SYSTEM) as unit:
        first = queries.deciding_checkpoint(unit, make.draws(watched)[0])
    make.pass_days(watched, 1)
    make.log_goes_on(watched)
    effects.draw_committed(site)
    assert first and make.draws(watched)[0].checkpoint_size == first.size


def test_the_picks_are_the_first_of_the_order_in_each_stratum(site: Site) -> None:
    watched = make_watched(site)
    picks = make.draw(watched)
    draw = make.draws(watched)[0]
    for one in thawed(draw.listed):
        given = [pick.item for pick in picks if pick.stratum == one.stratum]
        assert given == order(bytes.fromhex(draw.seed or ""), one.items)[: one.picks]
    assert len(picks) == 5 and {pick.status for pick in picks} == {PickState.DRAWN}
    assert all(pick.name for pick in picks)


def test_anybody_draws_it_again_with_the_two_files_and_the_printed_lines(site: Site, tmp_path: Path) -> None:
    watched = make_watched(site)
    picks = make.draw(watched)
    with reading(site, watched.world.client) as unit:
        view = queries.cycle_view(unit, watched.number)
        draw = queries.find_draw(unit, view.draws[0].ref)
        (tmp_path / "list.json").write_text(draw.listed)
        (tmp_path / "proof.json").write_bytes(queries.proof_of(unit, draw))
    (tmp_path / "replay.py").write_text(view.replay)
    said = subprocess.run(
        [sys.executable, "replay.py"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30
    ).stdout
    for stratum in Stratum:
        line = re.search(rf"^{stratum} (\[.*?\]) then", said, re.MULTILINE)
        assert line and json.loads(line[1].replace("'", '"')) == [
            pick.item for pick in picks if pick.stratum is stratum
        ]
    changed = json.loads((tmp_path / "list.json").read_text())
    changed["strata"][2]["items"].pop()
    (tmp_path / "list.json").write_text(json.dumps(changed))
    again = subprocess.run(
        [sys.executable, "replay.py"], cwd=tmp_path, capture_output=True, timeout=30, check=False
    )
    assert again.returncode == 1 and b"AssertionError" in again.stderr


def test_only_one_draw_is_on_its_way_and_none_when_nothing_is_owed(site: Site) -> None:
    watched = make_watched(site)
    make.order(watched)
    with pytest.raises(Refused, match="A draw is on its way"):
        make.order(watched)
    make.log_goes_on(watched)
    effects.draw_committed(site)
    with pytest.raises(Refused, match="As many are drawn"):
        make.order(watched)


def test_a_later_draw_fills_up_what_has_grown_and_picks_nobody_twice(site: Site) -> None:
    watched = make_watched(site, affiliates=4)
    first = {pick.item for pick in make.draw(watched) if pick.stratum is S.AFFILIATES}
    for at in range(8):
        make_affiliate(site, watched.service, f"New home {at}")
    make.draw(watched)
    every = [pick.item for pick in make.picks(watched) if pick.stratum is S.AFFILIATES]
    assert make.numbers(watched)[S.AFFILIATES].owed == len(every) == len(set(every)) == 3
    assert set(every) > first
    assert thawed(make.draws(watched)[1].listed)[2].picked_before == tuple(first)


def test_nobody_is_drawn_for_a_body_that_may_not_look_after_its_clients(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    change_licence(site, watched.world.manager, watched.world.body, "withdraw", make.today(watched))
    with pytest.raises(Refused, match="So nobody can be observed"):
        make.order(watched)


def test_while_a_licence_is_suspended_surveillance_goes_on(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    change_licence(site, watched.world.manager, watched.world.body, "suspend", make.today(watched))
    assert make.order(watched).status is DrawState.COMMITTED
