"""A stranger with a mirror and a statement: genuine, changed, of somebody else, or ahead of the log."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.certificates import effects
from app.certificates.effects import sign_log_again
from app.certificates.rules import Answer, Status
from app.curricula.models import Curriculum
from app.kernel import outbox
from app.kernel.database import Site, reading
from app.main import create_app
from app.mirror.contents import everything
from app.statements.rules import Kind
from app.verifier.anchors import anchors_from
from app.verifier.checking import checked
from app.verifier.report import Found, Report, What
from tests.conftest import SetClock
from tests.registry.make import World, change, make_world, moment, publish
from tests.statements.make import ask
from tests.statements.test_statements import DAY, files

Files = dict[str, bytes]


@pytest.fixture
def made(site: Site, clock: SetClock) -> tuple[World, Files]:
    """A suspension told late, its statement, and the files of that."""
    world = make_world(site)
    publish(world)
    clock.now = moment(date(2026, 6, 1))
    change(world, Status.SUSPENDED, date(2026, 3, 10))
    ref = ask(site, world.number, DAY, moment(date(2026, 4, 1)))
    outbox.deliver_all(site)
    return world, files(site, ref)


def look(world: World, paper: bytes, changed: Files | None = None, *, is_itself: bool = False) -> Report:
    sign_log_again(world.site)
    with reading(world.site) as unit:
        published = {
            one.path: one.content().content
            for one in everything(unit)
            if not one.path.startswith("certificates")
        }
    published |= changed or {}
    anchors = replace(anchors_from(published.get), is_itself=is_itself)
    return checked(paper, anchors, published.get, world.site.clock())


@pytest.mark.parametrize("name", ["pdf", "jwt"])
def test_a_genuine_statement_gives_its_answer_as_known_now(made: tuple[World, Files], name: str) -> None:
    world, papers = made
    found = look(world, papers[name])
    assert (found.answer, found.found(What.LOG)) == (Answer.WAS_CERTIFIED, Found.YES)
    assert found.sentence.startswith(
        "A genuine statement of the register about 14 March 2026: it does not say what is so today. On 14 March 2026"
    )
    assert found.about and (found.about.on, found.about.ref, found.named) == (DAY, world.number, world.number)


def test_a_later_log_still_has_the_root(made: tuple[World, Files]) -> None:
    world, papers = made
    for day in range(2, 8):
        change(world, Status.ACTIVE if day % 2 else Status.SUSPENDED, date(2026, 5, day))
    assert look(world, papers["pdf"]).found(What.LOG) is Found.YES


def test_a_changed_statement_is_a_no(made: tuple[World, Files]) -> None:
    world, papers = made
    head, body, sign = papers["jwt"].decode().split(".")
    forged = ".".join([head, body[:-6] + ("A" if body[-6] != "A" else "B") + body[-5:], sign])
    assert look(world, forged.encode()).answer is Answer.NOT_CERTIFIED
    assert look(world, papers["pdf"] + b"x").answer is Answer.NOT_CERTIFIED


def test_a_statement_signed_with_a_key_of_a_body_is_a_no(made: tuple[World, Files]) -> None:
    world, papers = made
    press, now = effects.press(), world.site.clock()
    store = effects.key_store(world.site.settings)
    addresses = press.Addresses(world.site.settings.public_base_url)
    key = store.ensure(press.Purpose.CREDENTIAL, world.body.ref, now)
    said = press.json.loads(papers["json"])
    for kid in (addresses.kid(key.public, world.body.ref), addresses.kid(key.public)):
        forged = press.jose.sign(said, key, kid, "rrn-statement+jws", "json").encode()
        assert look(world, forged, is_itself=True).answer is Answer.NOT_CERTIFIED
    assert look(world, forged).answer is Answer.CANNOT_TELL, "a copy may be older than a key of RRN"


def test_a_log_that_is_not_there_or_too_short_is_no_answer(made: tuple[World, Files]) -> None:
    world, papers = made
    change(world, Status.ACTIVE, date(2026, 5, 2))
    gone = look(world, papers["jwt"], dict.fromkeys((f"log/tile/0/000.p/{n}" for n in range(2, 9)), b""))
    assert gone.answer is Answer.CANNOT_TELL
    assert gone.found(What.LOG) is Found.CANNOT_TELL


def known_to_others(world: World, since: str) -> Files:
    """RRN's DID document when it says that its key may have been known to others since a moment."""
    with reading(world.site) as unit:
        (document,) = [
            one.content().content for one in everything(unit) if one.path == ".well-known/did.json"
        ]
    said = json.loads(document)
    for one in said["verificationMethod"]:
        one["revoked"] = since
    return {".well-known/did.json": json.dumps(said).encode()}


@pytest.mark.parametrize("name", ["pdf", "jwt"])
@pytest.mark.parametrize("since", ["2026-05-01T00:00:00Z", "2026-12-01T00:00:00Z"], ids=["before", "after"])
def test_a_statement_whose_key_others_may_know_is_in_doubt_whatever_day_it_bears(
    made: tuple[World, Files], name: str, since: str
) -> None:
    """Whoever has the key can write any day into a statement, and no entry of the log says when one was made."""
    world, papers = made
    found = look(world, papers[name], known_to_others(world, since))
    assert (found.answer, found.found(What.KEYS)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)
    assert "a key that counts no more since" in found.sentence


def sent(world: World, paper: bytes, name: str) -> tuple[dict[str, Any], str]:
    """A paper on the page where papers are looked at: the answer for programs, and what people read."""
    with TestClient(create_app(world.site.settings, world.site.clock, rates={})) as web:
        file = {"document": (name, paper)}
        answer, page = web.post("/api/v1/verify", files=file), web.post("/verify", files=file)
    assert (answer.status_code, page.status_code) == (200, 200)
    found: dict[str, Any] = answer.json()
    return found, page.text


@pytest.fixture
def withdrawn(site: Site, clock: SetClock) -> tuple[World, Files]:
    """A certificate that was withdrawn, and a statement about a day before."""
    world = make_world(site)
    publish(world)
    clock.now = moment(date(2026, 6, 1))
    change(world, Status.WITHDRAWN, date(2026, 5, 1))
    ref = ask(site, world.number, DAY)
    outbox.deliver_all(site)
    sign_log_again(site)
    return world, files(site, ref)


@pytest.mark.parametrize("name", ["pdf", "jwt"])
def test_a_statement_about_a_day_before_the_end_is_genuine_and_no_yes(
    withdrawn: tuple[World, Files], name: str
) -> None:
    world, papers = withdrawn
    assert look(world, papers[name]).answer is Answer.WAS_CERTIFIED
    found, page = sent(world, papers[name], f"statement.{name}")
    assert (found["answer"], found["title"]) == ("was_certified", "A genuine statement about 14 March 2026")
    assert (found["genuine"], found["number"], found["today"]["answer"]) == (
        True,
        world.number,
        "was_certified",
    )
    said = found["statement"]
    assert (said["on"], said["answer"], said["today"]["stands"]) == ("2026-03-14", "certified", False)
    assert "was certified on 14 March 2026" in page and "A genuine statement about 14 March 2026" in page
    assert (
        "Today: Not now: it ended on 30 April 2026" in page and "The certification body withdrew it." in page
    )
    assert "counts today" not in page and "does not count any more" not in page


@pytest.mark.parametrize("name", ["pdf", "jwt"])
def test_a_statement_about_a_suspended_day_is_itself_genuine(made: tuple[World, Files], name: str) -> None:
    world, papers = made
    sign_log_again(world.site)
    found, page = sent(world, papers[name], f"statement.{name}")
    assert (found["answer"], found["title"]) == ("was_certified", "A genuine statement about 14 March 2026")
    assert "Today: Paused: not certified just now" in page and "It was genuine" not in page


def statement_about(world: World, kind: Kind, ref: str, on: date | None = None) -> bytes:
    made = ask(world.site, ref, on, kind=kind)
    outbox.deliver_all(world.site)
    sign_log_again(world.site)
    return files(world.site, made)["jwt"]


def test_a_statement_about_today_is_still_one_about_a_day(site: Site) -> None:
    """It is kept and shown later; that the entry stands is said beside it, by the register itself."""
    world = make_world(site)
    publish(world)
    paper = statement_about(world, Kind.CERTIFICATES, world.number)
    assert look(world, paper).answer is Answer.WAS_CERTIFIED
    found, page = sent(world, paper, "statement.jwt")
    assert (found["answer"], found["today"]["answer"]) == ("was_certified", "certified")
    assert (found["statement"]["answer"], found["statement"]["today"]["stands"]) == ("certified", True)
    assert "Today: Yes, for the one curriculum on it" in page


@pytest.mark.parametrize("kind", [Kind.SERVICES, Kind.CURRICULA, Kind.BODIES])
def test_other_entries_stand_beside_a_statement_about_them(site: Site, kind: Kind, clock: SetClock) -> None:
    world = make_world(site)
    publish(world)
    with reading(site) as unit:
        curriculum = unit.db.query(Curriculum).one().ref
    refs = {
        Kind.SERVICES: world.service.organisation_ref,
        Kind.CURRICULA: curriculum,
        Kind.BODIES: world.body.ref,
    }
    ref = refs[kind]
    paper = statement_about(world, kind, ref)
    clock.now += timedelta(days=1)
    found, page = sent(world, paper, "statement.jwt")
    assert (found["answer"], found["number"], found["today"]) == ("was_certified", "", None)
    assert found["statement"]["today"]["address"] == f"/register/{kind}/{ref}"
    assert found["statement"]["today"]["stands"] and "Today: Yes" in page
    if kind is not Kind.BODIES:
        change(world, Status.SUSPENDED, date(2026, 3, 2))
        assert "Today: Paused: not certified just now" in sent(world, paper, "statement.jwt")[1]
