"""Keys that a service far away holds: slow, refusing or wrong, nothing is ever half published, and people read that it waits."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.certificates.did import ListPurpose
from app.certificates.effects import issuing, papers, pool, press, reissue
from app.certificates.effects.worker import UNSIGNED
from app.certificates.keys import RRN, KeyAway, Purpose
from app.certificates.keys.public import hash_of
from app.certificates.keys.store import KeyStore
from app.certificates.models import SignedStatusList
from app.certificates.queries.reissue import reissue_view
from app.certificates.rules import Status
from app.certificates.verify import verify_pdf
from app.desks.queries import desk
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.kernel.errors import NotFound
from app.kernel.files import Damaged
from app.ledger.models import LedgerEntry
from app.papers.models import Paper
from app.settings import Settings, SettingsFault, read_settings
from tests.certificates.far_away import Service, a_service, installed
from tests.certificates.make import World, change, grant, issue, make_world, row, versions, work
from tests.certificates.paper import NOW
from tests.certificates.test_issuing import file, folder, keys
from tests.certificates.test_key_ends import pyhanko_trusts
from tests.certificates.test_reissue import go_to_the_end, officer, some, start
from tests.conftest import SetClock


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.syspath_prepend(str(installed(tmp_path / "packages")))
    with a_service() as service:
        yield service


@pytest.fixture
def far(settings: Settings, clock: SetClock, service: Service) -> Iterator[Site]:
    """A register whose keys are all with the service."""
    uri = service.uri
    site = connect(replace(settings, seal_key=uri, credential_key=uri, log_key=uri), clock)
    yield site
    site.engine.dispose()


@pytest.fixture
def world(far: Site) -> World:
    """With its keys made, so that what is asked of the service from now on is signatures for papers."""
    world = make_world(far)
    work(far)
    return world


def test_a_package_that_holds_keys_is_found_by_the_address_and_no_other_is(
    settings: Settings, service: Service, tmp_path: Path
) -> None:
    assert read_settings({"RRN_DATA_DIR": str(tmp_path), "RRN_SEAL_KEY": service.uri}).seal_key == service.uri
    with pytest.raises(SettingsFault, match="No installed package holds keys"):
        read_settings({"RRN_DATA_DIR": str(tmp_path), "RRN_SEAL_KEY": "nearby:http://127.0.0.1"})
    store = KeyStore(replace(settings, seal_key=service.uri, log_key=service.uri))
    root, log = store.ensure_root("Restraint Reduction Network", NOW), store.ensure(Purpose.LOG, RRN, NOW)
    assert isinstance(root.public.public_key, ec.EllipticCurvePublicKey)
    root.public.public_key.verify(root.sign(b"x"), b"x", ec.ECDSA(hash_of(root.public.public_key)))
    assert isinstance(log.public.public_key, ed25519.Ed25519PublicKey)
    log.public.public_key.verify(log.sign(b"x"), b"x")
    assert not (settings.data_dir / "keys-private").exists()
    store.retire(log.public.id, NOW + timedelta(days=1))
    assert log.public.id not in service.keys


def test_an_answer_that_is_no_signature_never_leaves_the_port(far: Site, service: Service) -> None:
    store = KeyStore(far.settings)
    key = store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW)
    service.lies = True
    with pytest.raises(KeyAway, match="is no signature of it"):
        key.sign(b"x")
    service.lies = False
    assert key.sign(b"x")


def test_while_the_signer_takes_its_time_nothing_is_public_and_then_all_of_it(
    world: World, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.certificates.far_away.SECONDS", 30)
    number, told = grant(world), entries(world.site)
    service.open.clear()
    working = threading.Thread(target=work, args=(world.site,))
    working.start()
    nothing_is_public(world, number, told)
    assert working.is_alive()
    service.open.set()
    working.join(30)
    is_public(world, number)


@pytest.mark.parametrize(
    "which", [1, 2], ids=["at the credential", "at the seal, with the credential signed"]
)
def test_a_signer_that_fails_midway_leaves_nothing_half_made_and_is_asked_again(
    world: World, service: Service, clock: SetClock, which: int
) -> None:
    service.fail(which)
    number = waits(world)
    clock.now += timedelta(minutes=1)
    issuing.release_put_off(world.site)
    work(world.site)
    is_public(world, number)


def test_a_signer_that_answers_too_late_or_wrongly_is_asked_again(world: World, service: Service) -> None:
    service.open.clear()
    number = waits(world)
    service.open.set()
    service.lies = True
    issuing.release_put_off(world.site)
    assert versions(world.site, number)[0].held == UNSIGNED
    service.lies = False
    issuing.release_put_off(world.site)
    work(world.site)
    is_public(world, number)


def waits(world: World) -> str:
    """A certificate is decided on while the service does not do its part: it waits, and whoever looks reads so."""
    number, told = grant(world), entries(world.site)
    work(world.site)
    nothing_is_public(world, number, told)
    assert versions(world.site, number)[0].held == UNSIGNED
    with reading(world.site, officer(world)) as unit:
        said = [line.sentence for line in desk(unit).i_wait_for if number in line.about]
    assert said == [f"The certificate waits and is not published. {UNSIGNED}"]
    return number


def nothing_is_public(world: World, number: str, told: int) -> None:
    assert row(world.site, number).status is Status.GRANTED
    assert not folder(world.site, number).exists()
    with pytest.raises((NotFound, Damaged)):
        file(world.site, number, "certificate.pdf")
    assert entries(world.site) == told


def is_public(world: World, number: str) -> None:
    assert row(world.site, number).status is Status.ACTIVE
    assert len(versions(world.site, number)) == 1
    assert verify_pdf(file(world.site, number, "certificate.pdf"), keys(world.site).anchors()).genuine
    assert pyhanko_trusts(world, number, world.site.clock())


def entries(site: Site) -> int:
    with reading(site, SYSTEM) as unit:
        return unit.db.query(LedgerEntry).count()


def test_a_paper_beside_the_certificates_waits_with_the_same_words(world: World, service: Service) -> None:
    with writing(world.site, SYSTEM) as unit:
        paper = unit.db.query(Paper).first()
        assert paper and paper.sealed_at, "the licence on paper"
        paper.sealed_at = paper.pdf_digest = paper.token_digest = None
    service.fail(1)
    papers.make_waiting_papers(world.site)
    with reading(world.site, SYSTEM) as unit:
        assert unit.db.query(Paper).one().held == UNSIGNED
    papers.make_waiting_papers(world.site)
    with reading(world.site, SYSTEM) as unit:
        assert unit.db.query(Paper).one().sealed_at


def test_much_new_paper_stops_where_the_signer_stopped_and_goes_on_there(
    far: Site, service: Service, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By processes of their own, each with its own way to the service."""
    monkeypatch.setattr(pool, "FEW", 0)
    world = make_world(far, curricula=4)
    numbers = some(world, 4)
    clock.now += timedelta(days=1)
    ref = start(world)
    service.fail(3)
    go_to_the_end(far)
    with reading(far, officer(world)) as unit:
        assert UNSIGNED in reissue_view(unit, ref).sentence
        assert not reissue_view(unit, ref).failed
    clock.now += timedelta(minutes=2)
    go_to_the_end(far)
    reissue._presses.end()
    assert [len(versions(far, number)) for number in numbers] == [2, 2, 2, 2]
    for number in numbers:
        assert verify_pdf(file(far, number, "certificate.pdf", 2), keys(far).anchors()).genuine
    with reading(far, officer(world)) as unit:
        assert (reissue_view(unit, ref).done, reissue_view(unit, ref).failed) == (4, 0)


def test_a_status_list_that_cannot_be_signed_leaves_the_one_before_and_is_signed_by_itself(
    world: World, service: Service, clock: SetClock
) -> None:
    number = issue(world)
    place = versions(world.site, number)[0].status_index
    change(world, number, "suspend")
    service.fail(1)
    work(world.site)
    assert place not in suspended(world)
    clock.now += timedelta(minutes=3)
    work(world.site)
    assert place in suspended(world)


def suspended(world: World) -> set[int]:
    with reading(world.site, SYSTEM) as unit:
        kept = unit.db.get_one(SignedStatusList, (world.body.id, ListPurpose.SUSPENSION.value, 1))
        return set(press().listed(kept.token))
