"""Papers on the pages they belong to: who may have which, and what is said while one is being made."""

import hashlib
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

import app.main
from app.certificates.effects import sign_log_again
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.journal import Delivery, Event, effect_named
from app.papers.effects import tell
from app.papers.rules import PaperKind
from app.settings import Settings
from app.web.gate import Ports
from tests.cases import make
from tests.cases.test_pages import PEOPLE, _name, api, known, page
from tests.conftest import SetClock
from tests.papers.make import decided, papers, work


@pytest.fixture
def browser(settings: Settings, clock: SetClock) -> Iterator[TestClient]:
    application = app.main.create_app(settings, clock)
    application.state.ports = Ports(identify=lambda _unit, brought: PEOPLE.get(_name(brought)))
    with TestClient(application, follow_redirects=False) as browser:
        yield browser
    application.state.site.engine.dispose()


@pytest.fixture
def world(site: Site) -> make.World:
    world = known(decided(site))
    PEOPLE.update(manager=world.manager, holder=world.body.director)
    return world


def places(world: make.World) -> dict[PaperKind, str]:
    """Where the papers are, by kind."""
    audit = make.audit_rows(world)[0].ref
    at = {
        PaperKind.REPORT: f"/audits/{audit}",
        PaperKind.DECISION: f"/cases/{world.ref}",
        PaperKind.LICENCE: f"/licences/{world.body.licence}",
    }
    rows = {made.row.kind: made.row.ref for made in reversed(papers(world.site))}
    return {kind: f"{path}/papers/{rows[kind]}" for kind, path in at.items()}


MAY = {
    PaperKind.REPORT: {"lead": 200, "decider": 200, "client": 404, "stranger": 404, "": 303},
    PaperKind.DECISION: {"lead": 200, "client": 200, "decider": 200, "stranger": 404, "": 303},
    PaperKind.LICENCE: {"manager": 200, "holder": 200, "client": 403, "": 303},
}


@pytest.mark.parametrize("kind", list(MAY))
def test_a_paper_is_for_those_who_may_read_its_page(
    browser: TestClient, world: make.World, kind: PaperKind
) -> None:
    work(world.site)
    place = places(world)[kind]
    for who, status in MAY[kind].items():
        browser.cookies.clear()
        assert page(browser, who, place, status) or status == 303, who
    reader = next(iter(MAY[kind]))
    shown = page(browser, reader, place.rpartition("/papers/")[0])
    assert f'href="{place}"' in shown
    assert "(sealed PDF)" in shown


def test_a_paper_is_nowhere_but_on_its_own_page(browser: TestClient, world: make.World) -> None:
    work(world.site)
    at = places(world)
    report, decision = at[PaperKind.REPORT], at[PaperKind.DECISION]
    ref = decision.rpartition("/")[2]
    page(browser, "lead", f"{report.rpartition('/')[0]}/{ref}", 404)
    page(browser, "lead", f"{decision.rpartition('/')[0]}/nobody", 404)
    other = make.audit_rows(world)[1].ref
    page(browser, "lead", f"/audits/{other}/papers/{report.rpartition('/')[2]}", 404)


def test_while_it_is_being_made_the_page_and_the_file_say_so(browser: TestClient, world: make.World) -> None:
    assert "sealed PDF" not in page(browser, "client", f"/cases/{world.ref}")
    _order_only(world.site)
    place = places(world)[PaperKind.DECISION]
    assert "The paper is being made." in page(browser, "client", f"/cases/{world.ref}")
    early = browser.get(place)
    assert (early.status_code, early.headers["retry-after"]) == (429, "30")
    assert "it comes by itself" in early.text
    work(world.site)
    assert browser.get(place).headers["content-disposition"].startswith('attachment; filename="decision-')


def _order_only(site: Site) -> None:
    """Everything but the sealing itself was done."""
    with reading(site, SYSTEM) as unit:
        asked = (
            select(Delivery.effect, Event)
            .join(Event)
            .where(Delivery.effect.like("%.order_%"))
            .order_by(Delivery.id)
        )
        finishes = [effect_named(effect)(unit, event) for effect, event in unit.db.execute(asked)]
    with writing(site, SYSTEM) as unit:
        for finish in finishes:
            assert finish
            finish(unit)


@pytest.mark.parametrize("kind", list(MAY))
def test_the_page_says_once_the_log_tells_of_the_paper_and_gives_anybody_the_proof(
    browser: TestClient, world: make.World, kind: PaperKind
) -> None:
    work(world.site)
    reader, where = next(iter(MAY[kind])), places(world)[kind].rpartition("/papers/")[0]
    assert "does not tell of it yet" in page(browser, reader, where)
    tell(world.site)
    sign_log_again(world.site)
    shown = page(browser, reader, where)
    digest = hashlib.sha256(papers(world.site, kind)[0].pdf).hexdigest()
    assert f'href="/log/papers/{digest}.tlog-proof"' in shown and "does not tell of it yet" not in shown
    proof = browser.get(f"/log/papers/{digest}.tlog-proof")
    assert (proof.status_code, proof.text.splitlines()[0]) == (200, "c2sp.org/tlog-proof@v1")


def test_whoever_sends_a_paper_is_told_whether_the_log_holds_it(
    browser: TestClient, world: make.World
) -> None:
    work(world.site)
    sign_log_again(world.site)
    (decision,) = papers(world.site, PaperKind.DECISION)
    heard = []
    for _turn in ("before it was told of", "afterwards"):
        sent = browser.post("/api/v1/verify", files={"document": ("decision.pdf", decision.pdf)})
        assert "This is genuine" in sent.json()["sentence"], sent.text
        heard += [look["found"] for look in sent.json()["checks"] if look["what"] == "log"]
        tell(world.site)
        sign_log_again(world.site)
    assert heard == ["aside", "yes"]


def test_programs_find_the_paper_in_the_json(browser: TestClient, world: make.World) -> None:
    work(world.site)
    (decision,) = api(browser, "client", f"/cases/{world.ref}")["decisions"]
    assert decision["paper"]["ref"] == places(world)[PaperKind.DECISION].rpartition("/")[2]
    assert decision["paper"]["sealed_at"]
    assert (decision["paper"]["entry"], decision["paper"]["proof"]) == (None, "")
    audit = make.audit_rows(world)[0].ref
    assert api(browser, "client", f"/audits/{audit}")["papers"] == []
    assert len(api(browser, "lead", f"/audits/{audit}")["papers"]) == 1
