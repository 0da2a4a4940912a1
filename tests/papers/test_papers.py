"""Reports, decisions and licences on paper: what they say, whose seal they bear, and that each is made once."""

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cases.rules import State
from app.certificates import effects
from app.certificates.effects import key_store
from app.certificates.effects import papers as making
from app.certificates.effects.worker import OWNER
from app.certificates.keys import RRN
from app.check.sealed import every_other_paper_is_as_it_was_sealed
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.kernel.journal import Event
from app.papers.commands import order
from app.papers.rules import TYP, PaperKind
from app.settings import Settings
from tests.cases import make
from tests.certificates import test_key_orders as orders
from tests.conftest import SetClock
from tests.licences.make import make_body, make_manager, renew
from tests.papers.make import Made, decided, papers, work

LONGEST_REASONS = ("Ünderstanding語" * 400)[:4_990]
"""As much as the form takes, without a blank, and with a character that our fonts have not."""


@pytest.fixture
def world(site: Site) -> make.World:
    world = decided(site)
    work(site)
    return world


def one(site: Site, kind: PaperKind) -> Made:
    (made,) = papers(site, kind)
    return made


def seal_of(site: Site, made: Made) -> Any:
    return effects.press().verify_pdf(made.pdf, key_store(site.settings).anchors())


def words(pdf: bytes, folder: Path) -> str:
    path = folder / "shown.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return "".join(told.split())


def test_each_evaluation_has_a_report_the_case_a_decision_and_the_body_a_licence(
    site: Site, world: make.World
) -> None:
    found = [
        (made.row.kind, seal_of(site, made).signer, seal_of(site, made).genuine) for made in papers(site)
    ]
    northgate = "Northgate Certification"
    assert found == [
        (PaperKind.LICENCE, OWNER, True), (PaperKind.REPORT, northgate, True), (PaperKind.REPORT, northgate, True),
        (PaperKind.DECISION, northgate, True),
    ]  # fmt: skip


def test_what_is_frozen_is_what_is_signed_and_what_is_drawn(
    site: Site, world: make.World, tmp_path: Path
) -> None:
    press, store = effects.press(), key_store(site.settings)
    addresses = press.Addresses(site.settings.public_base_url)
    for made in papers(site):
        owner = None if made.row.owner == RRN else made.row.owner
        keys = {addresses.kid(key, owner): key for key in store.all(press.Purpose.CREDENTIAL, made.row.owner)}
        assert press.jose.verify(made.token.decode(), keys, TYP) == json.loads(made.row.content)
        shown = words(made.pdf, tmp_path)
        for line in (made.said.name, made.said.lead, made.said.foot, *made.lines):
            assert "".join(line.split()) in shown, line


def test_a_report_tells_every_requirement_and_every_finding_that_was_issued(
    site: Site, world: make.World
) -> None:
    report = papers(site, PaperKind.REPORT)[0]
    audit = make.audit_rows(world)[0]
    assert f"{audit.total} requirements. Met: {audit.total}." in " ".join(report.lines)
    assert sum(line.endswith(": Met") for line in report.lines) == audit.total
    assert "1 finding was issued. None was open when this was sealed." in report.lines
    assert "Finding 1 on 1.1.1, major nonconformity. Closed." in report.lines
    assert "Signed by nobody." in report.lines


def test_no_paper_tells_a_technique_or_what_an_assessor_wrote_down(site: Site, world: make.World) -> None:
    """The technique of the curriculum, the note of each result and the evidence of the finding stay in the register."""
    everything = " ".join(made.row.content for made in papers(site))
    for secret in (
        "forearm",
        "Seated",
        "Breathing is watched",
        "Seen.",
        "Page 2, 3 May",
        "We stopped the course",
    ):
        assert secret not in everything


def test_an_evaluation_that_was_opened_again_has_another_report_and_keeps_the_first(site: Site) -> None:
    world = make.make_case(site, State.IN_REVIEW)
    work(site)
    assert len(papers(site, PaperKind.REPORT)) == 2
    make.step(world, world.reviewer, "return-to-evaluation", reasons="Look at 1.1.1 again.")
    make.step(world, world.lead, "resume-evaluation")
    work(site)
    assert len(papers(site, PaperKind.REPORT)) == 2
    make.record_all(world)
    make.complete(world)
    work(site)
    assert len(papers(site, PaperKind.REPORT)) == 4


def test_an_evaluation_opened_again_before_the_worker_came_has_no_report_of_half_a_work(site: Site) -> None:
    world = make.make_case(site, State.IN_REVIEW)
    make.step(world, world.reviewer, "return-to-evaluation", reasons="Look at 1.1.1 again.")
    make.step(world, world.lead, "resume-evaluation")
    work(site)
    assert papers(site, PaperKind.REPORT) == []
    make.complete(world)
    work(site)
    assert len(papers(site, PaperKind.REPORT)) == 2


def test_a_refusal_gives_its_reasons_the_items_and_the_way_to_appeal(site: Site) -> None:
    world = make.make_case(site)
    make.recommend(world)
    make.step(world, world.decider, "refuse", reasons="Nobody was trained.\nThe plan is from 2019.")
    work(site)
    decision = one(site, PaperKind.DECISION)
    assert decision.said.lead == "Certification is refused."
    assert "Safe Holding, part 1, version 1: refused." in decision.lines
    assert {"Nobody was trained.", "The plan is from 2019."} <= set(decision.lines)
    assert f"/appeals/new?against={world.ref}" in " ".join(decision.lines)
    assert "Decided by Dafydd Decider, who evaluated nothing in this case." in decision.lines


def test_a_deferral_is_the_bodys_own_business_and_has_no_paper(site: Site) -> None:
    world = make.make_case(site)
    make.recommend(world)
    make.step(world, world.decider, "defer", reasons="Look again.")
    work(site)
    assert papers(site, PaperKind.DECISION) == []


def test_the_longest_reasons_in_one_word_and_letters_we_cannot_draw_are_sealed_all_the_same(
    site: Site, tmp_path: Path
) -> None:
    world = make.make_case(site)
    make.recommend(world)
    make.step(world, world.decider, "refuse", reasons=LONGEST_REASONS)
    work(site)
    decision = one(site, PaperKind.DECISION)
    assert seal_of(site, decision).genuine
    assert LONGEST_REASONS.replace("語", "?")[:400] in words(decision.pdf, tmp_path)
    assert LONGEST_REASONS in decision.row.content


def test_each_term_of_a_licence_has_its_own_paper(site: Site, clock: SetClock) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    work(site)
    clock.now += timedelta(days=30)
    renew(site, manager, body, date(2029, 1, 1), date(2031, 12, 31))
    work(site)
    first, second = papers(site, PaperKind.LICENCE)
    assert first.said.lead == "From 1 January 2026 to 31 December 2028"
    assert second.said.lead == "From 1 January 2029 to 31 December 2031"
    assert "ab" * 32 in first.lines
    assert "UKAS accredits it to ISO/IEC 17065 under number" in " ".join(first.lines)


def test_made_again_a_paper_keeps_its_bytes(site: Site, world: make.World) -> None:
    before = [(made.pdf, made.token) for made in papers(site)]
    with reading(site, SYSTEM) as unit:
        events = unit.db.scalars(select(Event).where(Event.kind == "paper.ordered")).all()
        assert [making.make_paper(unit, event) for event in events] == [None] * 4
        first = papers(site)[0]
        ordered = unit.db.get_one(Event, first.row.event_id)
    with writing(site, SYSTEM) as unit:
        assert order(unit, ordered, 99, "nobody", first.said).id == first.row.id
    making.make_waiting_papers(site)
    assert [(made.pdf, made.token) for made in papers(site)] == before


def test_of_two_workers_that_seal_the_same_paper_the_first_counts(site: Site) -> None:
    make_body(site, make_manager(site))
    with reading(site, SYSTEM) as unit:
        licensed = unit.db.scalars(select(Event).where(Event.kind == "licence.licensed")).one()
        finish = making.order_licence(unit, licensed)
    assert finish
    with writing(site, SYSTEM) as unit:
        finish(unit)
    with reading(site, SYSTEM) as unit:
        ordered = unit.db.scalars(select(Event).where(Event.kind == "paper.ordered")).one()
        both = [making.make_paper(unit, ordered) for _unused in range(2)]
    with writing(site, SYSTEM) as unit:
        assert both[0]
        both[0](unit)
    first = one(site, PaperKind.LICENCE)
    with writing(site, SYSTEM) as unit:
        assert both[1]
        both[1](unit)
    assert one(site, PaperKind.LICENCE).pdf == first.pdf


def test_a_paper_without_a_key_says_why_it_waits_and_follows_by_itself(
    settings: Settings, clock: SetClock
) -> None:
    site = connect(replace(settings, public_base_url="https://register.example"), clock)
    world = decided(site)
    work(site)
    assert {made.row.held for made in papers(site)} == {
        "Whoever seals it has no seal key. RRN has one made; the paper follows by itself."
    }
    key_store(site.settings).ensure_root(OWNER, clock.now)
    who = replace(world.manager, name="Mair Licences")
    other = replace(who, id="second", name="Ola Second")
    for owner in (RRN, world.body.ref):
        orders.order(site, who, other, owner)
    making.make_waiting_papers(site)
    assert [(made.row.held, seal_of(site, made).genuine) for made in papers(site)] == [("", True)] * 4
    with reading(site, SYSTEM) as unit:
        kinds = unit.db.scalars(select(Event.kind).where(Event.subject == "paper")).all()
        assert list(every_other_paper_is_as_it_was_sealed(unit)) == []
    assert (kinds.count("paper.held"), kinds.count("paper.sealed")) == (4, 4)
    site.engine.dispose()


@pytest.mark.skipif(
    not shutil.which("pdfsig"),
    reason="pdfsig (poppler-utils) is not installed: NO FOREIGN SOFTWARE LOOKED AT THE SEALS",
)
def test_pdfsig_finds_each_seal_valid_and_each_whole_document_signed(
    site: Site, world: make.World, tmp_path: Path
) -> None:
    for made in papers(site):
        path = tmp_path / f"{made.row.ref}.pdf"
        path.write_bytes(made.pdf)
        told = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid." in told
        assert "Total document signed" in told
