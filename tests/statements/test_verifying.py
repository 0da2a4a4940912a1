"""A stranger with a mirror and a statement: genuine, changed, of somebody else, or ahead of the log."""

import json
from datetime import date

import pytest

from app.certificates import effects
from app.certificates.effects import sign_log_again
from app.certificates.rules import Answer, Status
from app.kernel import outbox
from app.kernel.database import Site, reading
from app.mirror.contents import everything
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


def look(world: World, paper: bytes, changed: Files | None = None) -> Report:
    sign_log_again(world.site)
    with reading(world.site) as unit:
        published = {
            one.path: one.content().content
            for one in everything(unit)
            if not one.path.startswith("certificates")
        }
    published |= changed or {}
    return checked(paper, anchors_from(published.get), published.get, world.site.clock())


@pytest.mark.parametrize("name", ["pdf", "jwt"])
def test_a_genuine_statement_gives_its_answer_as_known_now(made: tuple[World, Files], name: str) -> None:
    world, papers = made
    found = look(world, papers[name])
    assert (found.answer, found.found(What.LOG)) == (Answer.WAS_CERTIFIED, Found.YES)
    assert found.sentence.startswith("A genuine statement of the register. On 14 March 2026")


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
        forged = press.jose.sign(said, key, kid, "rrn-statement+jws", "json")
        assert look(world, forged.encode()).answer is Answer.NOT_CERTIFIED


def test_a_log_that_is_not_there_or_too_short_is_no_answer(made: tuple[World, Files]) -> None:
    world, papers = made
    gone = look(world, papers["jwt"], {"log/tile/0/000.p/4": b"", "log/tile/0/000.p/5": b""})
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
