"""Statements sealed with a key that others may have known: sealed anew, listed, and the old ones say what took their place."""

from datetime import timedelta

from starlette.testclient import TestClient

from app.certificates import commands
from app.certificates.keys import RRN, Purpose
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.main import create_app
from app.statements.effects import make_left_over, replace_doubtful_statements
from app.statements.queries import find_statement, statement_view
from app.statements.queries.doubted import statements_made_with
from app.statements.queries.views import same_question
from app.statements.rules import Content, Kind
from tests.certificates.test_issuing import keys
from tests.conftest import SetClock
from tests.licences.make import make_body, make_manager
from tests.statements.make import ask


def sealed(site: Site) -> str:
    """A statement about a body, with RRN's seal."""
    body = make_body(site, make_manager(site))
    outbox.deliver_all(site)
    ref = ask(site, body.ref, kind=Kind.BODIES)
    outbox.deliver_all(site)
    return ref


def suspect(site: Site, since: timedelta) -> None:
    (key,) = keys(site).all(Purpose.SEAL, RRN)
    with writing(site, SYSTEM) as unit:
        commands.suspect(unit, key, unit.now - since, "A disk was lost on its way.", "Kay Keeper")
    for _ in range(2):
        outbox.deliver_all(site)
        replace_doubtful_statements(site)


def test_it_is_sealed_anew_and_the_old_one_says_so(site: Site, clock: SetClock) -> None:
    old = sealed(site)
    (key,) = keys(site).all(Purpose.SEAL, RRN)
    clock.now += timedelta(days=1)
    with reading(site, SYSTEM) as unit:
        assert [one.name for one in statements_made_with(unit, key, clock.now - timedelta(days=2))] == [old]
        assert statements_made_with(unit, key, clock.now) == []
    suspect(site, timedelta(days=2))
    outbox.deliver_all(site)
    with reading(site) as unit:
        new = statement_view(unit, old).replaced_by
        first, second = find_statement(unit, old), find_statement(unit, new)
        assert first.content == second.content and second.sealed_at == clock.now
        assert second.seal_key != key.id == first.seal_key and first.pdf_digest != second.pdf_digest
        assert statement_view(unit, new).replaced_by == ""
        assert statement_view(unit, new).known == statement_view(unit, old).known, (
            "the register of the first day"
        )
    with TestClient(create_app(site.settings, clock)) as web:
        page = web.get(f"/statements/{old}")
        assert f'href="/statements/{new}"' in page.text and "Rely on that" in page.text
        assert web.get(f"/statements/{old}/statement.pdf").status_code == 200, "it is kept"
        assert web.get(f"/statements/{new}/statement.pdf").status_code == 200


def test_whoever_asks_the_same_again_is_given_the_newer_one(site: Site, clock: SetClock) -> None:
    old = sealed(site)
    clock.now += timedelta(hours=2)
    suspect(site, timedelta(hours=3))
    with reading(site) as unit:
        asked = Content.model_validate_json(find_statement(unit, old).content)
        found = same_question(unit, asked)
        assert found and found.ref == statement_view(unit, old).replaced_by


def test_one_that_was_sealed_before_the_moment_stands(site: Site, clock: SetClock) -> None:
    old = sealed(site)
    clock.now += timedelta(days=1)
    suspect(site, timedelta(hours=1))
    with reading(site) as unit:
        assert statement_view(unit, old).replaced_by == ""


def test_one_whose_delivery_gave_up_is_made_all_the_same(site: Site, clock: SetClock) -> None:
    old = sealed(site)
    with writing(site, SYSTEM) as unit:
        row = find_statement(unit, old)
        row.sealed_at = row.pdf_digest = row.token_digest = row.seal_key = row.credential_key = None
    make_left_over(site)
    with reading(site) as unit:
        assert find_statement(unit, old).sealed_at is None, "its delivery may still do it"
    clock.now += timedelta(hours=7)
    make_left_over(site)
    with reading(site) as unit:
        assert find_statement(unit, old).sealed_at == clock.now
