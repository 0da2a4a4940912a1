"""What shows that the authority's own certificate had not been revoked: it lies in the sealed file, or nothing is sealed."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.certificates.effects import OWNER, issuing
from app.certificates.keys.store import KeyStore
from app.certificates.press import revoked_seals
from app.certificates.rules import Stamped, Status
from app.certificates.stamp import asking
from app.certificates.stamp.asking import Authority, NewCertificate, NotStamped, authority_of
from app.certificates.stamp.judging import Proof, stamp_in, told_of
from app.certificates.stamp.proving import proof_for
from app.certificates.verify import seal_of
from app.kernel.database import Site
from app.settings import Settings
from tests.certificates.make import grant, issue, make_world, row, work
from tests.certificates.stamping import Tsa, make_tsa, running
from tests.certificates.test_issuing import file, folder
from tests.certificates.test_stamp import WAITS, believed, failures, waiting
from tests.conftest import SetClock

WAYS = ("list", "responder")
_made: dict[tuple[str, ...], Tsa] = {}


def made(*names: str) -> Tsa:
    """Keys are made once for each kind of authority."""
    if names not in _made:
        _made[names] = make_tsa(datetime.now().astimezone(), *names)
    return _made[names]


@pytest.fixture(params=WAYS)
def tsa(request: pytest.FixtureRequest, clock: SetClock) -> Iterator[Tsa]:
    """An authority whose certificate names a list, or a responder."""
    authority = made(request.param)
    authority.set_right(clock.now)
    with running(authority) as tsa:
        yield tsa


@pytest.fixture
def silent(clock: SetClock) -> Iterator[Tsa]:
    """An authority whose certificate names nobody."""
    authority = made()
    authority.set_right(clock.now)
    with running(authority) as tsa:
        yield tsa


def known(tsa: Tsa, *lists: bytes) -> Authority:
    return Authority(tsa.url, (tsa.root,), this_machine=True, lists=lists)


def stamp(authority: Authority, proof: Proof, now: datetime) -> None:
    asyncio.run(authority.stamper(now, proof).async_timestamp(bytes(32), "sha256"))


def test_those_whom_the_certificate_names_are_asked_once_for_many_papers(tsa: Tsa, clock: SetClock) -> None:
    first = proof_for(known(tsa), clock.now)
    assert len(first.certificates) == 2 and len(first.lists) + len(first.answers) == 1
    assert proof_for(known(tsa), clock.now + timedelta(hours=11)) == first
    assert [path for path in tsa.heard if path != "/tsa"] == ["/list" if first.lists else "/responder"]
    clock.now = tsa.now = clock.now + timedelta(hours=13)
    assert proof_for(known(tsa), clock.now) != first


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("revoked", "revoked"),
        ("stale", "what is said is too old"),
        ("forged", "too old, or false"),
        ("broken", "could not be seen: it answers with status 500"),
        ("slow", "could not be seen: 127.0.0.1 does not answer"),
    ],
)
def test_while_it_cannot_be_seen_that_the_certificate_counts_there_is_no_stamp(
    tsa: Tsa, clock: SetClock, says: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if says == "slow":
        monkeypatch.setattr(asking, "SECONDS", 0.3)
    tsa.says = says
    with pytest.raises(NotStamped, match=why):
        proof_for(known(tsa), clock.now)
    tsa.says = "counts"
    clock.now = tsa.now = clock.now + timedelta(minutes=1)
    assert len(proof_for(known(tsa), clock.now).certificates) == 2


def test_what_was_said_before_serves_while_nobody_answers_and_as_long_as_it_counts(
    tsa: Tsa, clock: SetClock
) -> None:
    first = proof_for(known(tsa), clock.now)
    tsa.says = "broken"
    assert proof_for(known(tsa), clock.now + timedelta(hours=13)) == first
    asked = len(tsa.heard)
    assert proof_for(known(tsa), clock.now + timedelta(hours=13, minutes=5)) == first
    assert len(tsa.heard) == asked, "and nobody is asked again at once"
    tsa.now = clock.now + timedelta(days=8)
    with pytest.raises(NotStamped, match="could not be seen"):
        proof_for(known(tsa), tsa.now)


def test_a_revocation_is_heard_of_half_a_day_later_at_the_latest(tsa: Tsa, clock: SetClock) -> None:
    proof_for(known(tsa), clock.now)
    tsa.now, tsa.says = clock.now + timedelta(hours=13), "revoked"
    for _again in range(2):
        with pytest.raises(NotStamped, match="was revoked"):
            proof_for(known(tsa), tsa.now)


def test_an_authority_that_names_nobody_is_believed_without(silent: Tsa, clock: SetClock) -> None:
    proof = proof_for(known(silent), clock.now)
    assert (len(proof.certificates), proof.lists, proof.answers) == (2, (), ())
    stamp(known(silent), proof, clock.now)


def test_when_the_responder_is_no_help_the_list_is_asked(clock: SetClock) -> None:
    tsa = make_tsa(clock.now, "list", "responder")
    with running(tsa):
        assert len(proof_for(known(tsa), clock.now).answers) == 1
        tsa.set_right(clock.now)
        tsa.silent_responder = True
        assert len(proof_for(known(tsa), clock.now).lists) == 1
        assert tsa.heard == ["/tsa", "/responder", "/list"]


def test_of_a_longer_chain_each_certificate_below_the_root_is_asked_about(clock: SetClock) -> None:
    tsa = make_tsa(clock.now, "list")
    root = tsa.put_below("Hollow Oak summit")
    with running(tsa):
        above = Authority(tsa.url, (root,), this_machine=True)
        proof = proof_for(above, clock.now)
        assert sorted(tsa.heard) == ["/list", "/tsa", "/upper"]
        assert (len(proof.certificates), len(proof.lists)) == (3, 2)
        stamp(above, proof, clock.now)
        tsa.set_right(clock.now)
        tsa.says = "broken"
        with pytest.raises(NotStamped, match="could not be seen"):
            proof_for(above, clock.now)


def test_a_list_beside_the_roots_takes_the_place_of_one_that_is_named(
    silent: Tsa, settings: Settings, clock: SetClock, tmp_path: Path
) -> None:
    beside = x509.load_der_x509_crl(silent.list()).public_bytes(Encoding.PEM)
    roots = silent.roots(tmp_path)
    roots.write_bytes(beside + roots.read_bytes())
    authority = authority_of(replace(settings, tsa_url=silent.url, tsa_roots=roots))
    assert authority and authority.roots == (silent.root,)
    assert proof_for(authority, clock.now).lists == (silent.list(),)
    silent.set_right(clock.now + timedelta(days=8))
    with pytest.raises(NotStamped, match="what is said is too old"):
        proof_for(authority, silent.now)
    silent.says = "revoked"
    with pytest.raises(NotStamped, match="revoked"):
        proof_for(known(silent, silent.list()), silent.now)


def test_a_stamp_without_its_proof_is_believed_beside_lists_of_others(
    tsa: Tsa, settings: Settings, clock: SetClock
) -> None:
    """As in papers that were sealed before the proof was: they hold the list of our own seals alone."""
    digest = bytes(32)
    token = asyncio.run(known(tsa).stamper(clock.now, None).async_timestamp(digest, "sha256"))
    store = KeyStore(settings)
    store.ensure_root(OWNER, clock.now)
    ours = revoked_seals(store, {}, 0, clock.now)
    beside = Proof(lists=ours).context([tsa.root], clock.now)
    assert asyncio.run(told_of(token["content"], lambda _name: digest, beside)).trusted


def test_an_authority_with_a_new_certificate_is_asked_about_it_before_it_is_believed(clock: SetClock) -> None:
    tsa = make_tsa(clock.now, "list")
    with running(tsa):
        before = proof_for(known(tsa), clock.now)
        tsa.new_certificate()
        with pytest.raises(NewCertificate):
            stamp(known(tsa), before, clock.now)
        both = proof_for(known(tsa), clock.now)
        assert set(before.certificates) < set(both.certificates) and len(both.certificates) == 3
        stamp(known(tsa), both, clock.now)


def test_while_nobody_says_whether_it_was_revoked_the_certificate_waits_and_then_follows(
    stamped: Site, tsa: Tsa, clock: SetClock
) -> None:
    tsa.says = "broken"
    number = grant(make_world(stamped))
    work(stamped)
    assert waiting(stamped, number) == WAITS
    assert not folder(stamped, number).exists() and failures(stamped) == []
    tsa.says = "counts"
    clock.now = tsa.now = clock.now + timedelta(minutes=1)
    issuing.release_put_off(stamped)
    assert row(stamped, number).status is Status.ACTIVE


def test_seal_and_stamp_are_believed_by_others_with_nothing_but_the_file_and_two_roots(
    stamped: Site, tsa: Tsa, tmp_path: Path
) -> None:
    """pyHanko, of which revocation is demanded for seal and stamp, and which may fetch nothing; then openssl on the token."""
    pdf = file(stamped, issue(make_world(stamped)), "certificate.pdf")
    found = stamp_in(pdf, [tsa.root])
    assert (found.found, found.proven) == (Stamped.COUNTS, True)
    assert believed(stamped, tsa, pdf)
    assert openssl_believes(pdf, tsa, tmp_path)
    assert not openssl_believes(pdf, made(), tmp_path), "and not under another root"


def openssl_believes(pdf: bytes, tsa: Tsa, place: Path) -> bool:
    """`openssl ts -verify`: the token, taken out of the seal, is about the signature and leads to the root."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: NO FOREIGN PROGRAM LOOKED AT THE TIME STAMP")
    signer = seal_of(pdf)["signer_infos"][0]
    (place / "signature").write_bytes(signer["signature"].native)
    (place / "token").write_bytes(signer["unsigned_attrs"][0]["values"][0].dump())
    asked = ("openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "signature", "-CAfile")
    done = subprocess.run([*asked, tsa.roots(place)], cwd=place, capture_output=True, text=True)
    return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr
