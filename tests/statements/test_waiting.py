"""A statement asked for before RRN has keys: it waits, says so, and follows the order or the ceremony by itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.ceremony import hold
from app.certificates.effects import OWNER, key_store
from app.certificates.keys import RRN
from app.kernel import outbox
from app.kernel.database import Site, connect, reading
from app.kernel.errors import TooSoon
from app.kernel.journal import Delivery, history
from app.settings import Settings
from app.statements.effects import release_held
from app.statements.queries import file_of, find_statement, statement_view
from app.statements.rules import Kind
from tests.certificates.test_key_orders import order
from tests.conftest import SetClock
from tests.licences.make import make_body, make_manager
from tests.statements.make import ask
from tests.statements.test_statements import files


@pytest.fixture
def production(settings: Settings, clock: SetClock) -> Iterator[Site]:
    """Where people reach the register over https: no key is made without an order."""
    site = connect(replace(settings, public_base_url="https://register.example"), clock)
    yield site
    site.engine.dispose()


@pytest.fixture
def asked(production: Site) -> str:
    """A statement about a licensed body, asked for while RRN has no key at all."""
    body = make_body(production, make_manager(production))
    outbox.deliver_all(production)
    return ask(production, body.ref, kind=Kind.BODIES)


def state(site: Site, ref: str) -> tuple[bool, bool]:
    """Whether it waits, and whether it is sealed."""
    with reading(site) as unit:
        page = statement_view(unit, ref)
    return page.waits, page.sealed_at is not None


def by_order(site: Site, clock: SetClock) -> None:
    key_store(site.settings).ensure_root(OWNER, clock.now)
    manager = make_manager(site)
    order(site, manager, replace(manager, id="ola-second", name="Ola Second"), RRN)


def by_ceremony(site: Site, clock: SetClock) -> None:
    hold(site.settings, ["Kay Keeper", "Wyn Witness"], clock.now)
    release_held(site)


@pytest.mark.parametrize("come", [by_order, by_ceremony], ids=["ordered", "made in the ceremony"])
def test_a_statement_asked_before_rrn_has_keys_waits_and_follows_when_they_come(
    production: Site, clock: SetClock, asked: str, come: Callable[[Site, SetClock], None]
) -> None:
    for _ in range(15):  # more often than a delivery that failed would be tried
        outbox.deliver_all(production)
        release_held(production)
        clock.now += timedelta(hours=1)
    assert state(production, asked) == (True, False)
    with reading(production) as unit, pytest.raises(TooSoon, match="RRN has no seal key yet") as said:
        file_of(unit, find_statement(unit, asked), "pdf")
    assert said.value.wait > 3600
    come(production, clock)
    outbox.deliver_all(production)
    assert state(production, asked) == (False, True)
    assert files(production, asked)["pdf"].startswith(b"%PDF-")


def test_waiting_is_no_failure_and_is_noted_once(production: Site, clock: SetClock, asked: str) -> None:
    outbox.deliver_all(production)
    for _ in range(3):
        release_held(production)
        outbox.deliver_all(production)
    with reading(production) as unit:
        row = find_statement(unit, asked)
        open_ones = unit.db.query(Delivery).filter(Delivery.done_at.is_(None)).count()
        kinds = [event.kind for event in history(unit, row.thread)]
    assert open_ones == 0
    assert kinds == ["statement.asked", "statement.held"]


def test_keys_of_a_body_do_not_release_a_statement_of_rrn(
    production: Site, clock: SetClock, asked: str
) -> None:
    outbox.deliver_all(production)
    key_store(production.settings).ensure_root(OWNER, clock.now)
    manager = make_manager(production)
    with reading(production) as unit:
        body = find_statement(unit, asked).subject_ref
    order(production, manager, replace(manager, id="ola-second", name="Ola Second"), body)
    assert state(production, asked) == (True, False)
