"""Time stamps: a paper is sealed with one or not at all, and what is needed to believe it later lies in the same revision."""

import asyncio
import pickle
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from app.certificates.effects import issuing
from app.certificates.effects import papers as making
from app.certificates.effects.reissue import go_on
from app.certificates.keys import PublicKeys
from app.certificates.rules import ReissueState, Status
from app.certificates.seal import RESERVE, STAMPED
from app.certificates.stamp import asking as stamp
from app.certificates.verify import asn1_of, verify_pdf
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading
from app.kernel.journal import Delivery, Event
from app.papers.rules import PaperKind
from app.settings import Settings, SettingsFault, read_settings
from app.statements.queries import file_of, find_statement
from tests.certificates.make import grant, issue, make_world, row, versions, work
from tests.certificates.stamping import BEGUN, PERSON, Tsa, make_tsa, running
from tests.certificates.test_issuing import file, folder
from tests.certificates.test_reissue import go_to_the_end, job, start
from tests.conftest import SetClock
from tests.licences.make import change as change_licence
from tests.papers.make import papers
from tests.statements.make import ask as have_signed

WAITS = "The time stamp authority gives no time stamp just now, and nothing is sealed without one. It is asked again every minute."


@pytest.fixture(scope="module")
def authority() -> Tsa:
    """Its keys are made once; whether its certificate was revoked stands in a list."""
    return make_tsa(BEGUN, "list")


@pytest.fixture
def tsa(authority: Tsa, clock: SetClock) -> Iterator[Tsa]:
    authority.set_right(clock.now)
    with running(authority) as tsa:
        yield tsa


def token_of(pdf: bytes, tsa: Tsa) -> Any:
    """What somebody who believes the authority's root finds about the time stamp in a paper."""
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[asn1_of(tsa.root)], allow_fetching=False)
    status = asyncio.run(async_validate_pdf_signature(signature, context, context))
    return status.timestamp_validity


def hole_of(pdf: bytes) -> int:
    """How many bytes are kept free for the seal."""
    start, end = (int(n) for n in re.findall(rb"/ByteRange \[0000000000 (\d+) (\d+)", pdf)[0])
    return (end - start - 2) // 2


def test_a_certificate_bears_a_time_stamp_of_the_authority_that_fits_its_seal(
    stamped: Site, tsa: Tsa, clock: SetClock
) -> None:
    number = issue(make_world(stamped))
    pdf = file(stamped, number, "certificate.pdf")
    assert verify_pdf(pdf, PublicKeys(stamped.settings.data_dir / "keys").anchors()).genuine
    found = token_of(pdf, tsa)
    assert (found.intact, found.valid, found.trusted) == (True, True, True)
    assert found.timestamp == clock.now + timedelta(seconds=2)
    assert found.signing_cert.subject.native["common_name"] == PERSON


def test_the_authority_learns_nothing_but_a_digest_for_each_paper(stamped: Site, tsa: Tsa) -> None:
    issue(make_world(stamped))
    """One more request, over nothing, is for the certificates that come with every stamp."""
    assert len(tsa.asked) == len(set(tsa.asked)) == 1 + 1 + len(papers(stamped))
    assert {len(one) for one in tsa.asked} == {64}


def test_every_other_paper_is_stamped_as_well(stamped: Site, tsa: Tsa) -> None:
    number = issue(make_world(stamped))
    (licence,) = papers(stamped, PaperKind.LICENCE)
    assert token_of(licence.pdf, tsa).trusted
    ref = have_signed(stamped, number)
    work(stamped)
    assert token_of(statement(stamped, ref), tsa).trusted


def statement(site: Site, ref: str) -> bytes:
    with reading(site) as unit:
        return file_of(unit, find_statement(unit, ref), "pdf")


def test_with_an_authority_more_room_is_kept_free(stamped: Site) -> None:
    assert hole_of(file(stamped, issue(make_world(stamped)), "certificate.pdf")) == STAMPED


def test_without_an_authority_a_seal_takes_the_room_it_always_took(site: Site) -> None:
    pdf = file(site, issue(make_world(site)), "certificate.pdf")
    assert hole_of(pdf) == RESERVE
    assert b"/DSS" not in pdf


@pytest.mark.parametrize("curricula", [1, 3])
def test_what_is_needed_to_believe_the_seal_later_lies_in_the_same_revision(
    stamped: Site, tsa: Tsa, curricula: int, clock: SetClock
) -> None:
    """Another library finds a list of revoked seals in the file, asks nobody, and believes the seal."""
    pdf = file(stamped, issue(make_world(stamped, curricula=curricula)), "certificate.pdf")
    assert pdf.count(b"%%EOF") == 1
    reader = PdfFileReader(BytesIO(pdf))
    store = reader.root["/DSS"]
    assert (len(store["/Certs"]), len(store["/CRLs"])) == (4, 2)
    assert believed(stamped, tsa, pdf)


def believed(site: Site, tsa: Tsa, pdf: bytes) -> bool:
    """Whether seal and stamp are trusted with what is in the file alone: revocation has to be looked at, and nothing is fetched.

    The moment is that of the time stamp, which is where whoever looks years later has to begin.
    """
    anchors = PublicKeys(site.settings.data_dir / "keys").anchors()
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    given = {
        "trust_roots": [asn1_of(one) for one in anchors], "allow_fetching": False, "revocation_mode": "require",
        "moment": token_of(pdf, tsa).timestamp,
    }  # fmt: skip
    ours = DocumentSecurityStore.read_dss(signature.reader).as_validation_context(given)
    theirs = DocumentSecurityStore.read_dss(signature.reader).as_validation_context(
        given | {"trust_roots": [asn1_of(tsa.root)]}
    )
    status = asyncio.run(async_validate_pdf_signature(signature, ours, theirs))
    stamp_of = status.timestamp_validity
    return bool(status.intact and status.trusted and stamp_of and stamp_of.trusted)


def test_without_that_store_nobody_could_tell_whether_the_seal_was_revoked(stamped: Site, tsa: Tsa) -> None:
    """The same look without what the store holds: the seal is whole, and not believed."""
    pdf = file(stamped, issue(make_world(stamped)), "certificate.pdf")
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    (anchor,) = PublicKeys(stamped.settings.data_dir / "keys").anchors()
    bare = ValidationContext(
        trust_roots=[asn1_of(anchor)], allow_fetching=False, revocation_mode="require", crls=[], ocsps=[],
        moment=token_of(pdf, tsa).timestamp,
    )  # fmt: skip
    status = asyncio.run(async_validate_pdf_signature(signature, bare))
    assert (status.intact, status.trusted) == (True, False)


WRONG = ("other digest", "other nonce", "other clock", "refuses", "rubbish", "page", "broken", "huge")


@pytest.mark.parametrize("mood", WRONG)
def test_a_wrong_answer_is_taken_for_none_and_the_certificate_waits(
    stamped: Site, tsa: Tsa, mood: str, clock: SetClock
) -> None:
    tsa.mood = mood
    number = grant(make_world(stamped))
    work(stamped)
    assert waiting(stamped, number) == WAITS
    assert not folder(stamped, number).exists()
    assert failures(stamped) == []
    clock.now += timedelta(minutes=1)
    tsa.mood, tsa.now = "right", clock.now
    issuing.release_put_off(stamped)
    assert row(stamped, number).status is Status.ACTIVE
    assert token_of(file(stamped, number, "certificate.pdf"), tsa).trusted


def waiting(site: Site, number: str) -> str | None:
    (version,) = versions(site, number)
    assert version.issued_at is None
    return version.held


def failures(site: Site) -> list[str]:
    with reading(site, SYSTEM) as unit:
        return [one for one in unit.db.scalars(select(Delivery.failure)) if one]


def test_a_stamp_of_somebody_we_were_not_told_to_believe_is_none(
    settings: Settings, clock: SetClock, tsa: Tsa, tmp_path: Path
) -> None:
    stranger = make_tsa(clock.now)
    site = connect(replace(settings, tsa_url=tsa.url, tsa_roots=stranger.roots(tmp_path)), clock)
    number = grant(make_world(site))
    work(site)
    assert waiting(site, number) == WAITS
    site.engine.dispose()


def test_while_nobody_answers_the_certificate_waits_and_then_follows_by_itself(
    settings: Settings, clock: SetClock, authority: Tsa, tmp_path: Path
) -> None:
    authority.set_right(clock.now)
    with running(authority) as tsa:
        url = tsa.url
    site = connect(replace(settings, tsa_url=url, tsa_roots=authority.roots(tmp_path)), clock)
    world = make_world(site)
    number = grant(world)
    work(site)
    assert waiting(site, number) == WAITS
    assert {made.row.held for made in papers(site)} == {WAITS}
    for _minute in range(3):
        clock.now += timedelta(minutes=1)
        issuing.release_put_off(site)
        making.make_waiting_papers(site)
    assert told(site, "certificate.held") == 1
    assert told(site, "paper.held") == len(papers(site))
    site.engine.dispose()
    clock.now += timedelta(minutes=1)
    authority.now = clock.now
    with running(authority) as tsa:
        site = connect(replace(site.settings, tsa_url=tsa.url), clock)
        issuing.release_put_off(site)
        making.make_waiting_papers(site)
        work(site)
        assert row(site, number).status is Status.ACTIVE
        assert versions(site, number)[0].held is None
        assert token_of(file(site, number, "certificate.pdf"), tsa).trusted
        assert [made.row.held for made in papers(site) if not made.row.sealed_at] == []
        site.engine.dispose()


def test_new_paper_for_many_waits_for_the_stamp_and_then_goes_on(
    stamped: Site, tsa: Tsa, clock: SetClock
) -> None:
    world = make_world(stamped)
    number = issue(world)
    clock.now += timedelta(days=1)
    tsa.mood, tsa.now = "other digest", clock.now
    start(world)
    assert not go_on(stamped)
    state, at = job(stamped)
    assert (state, at.done, at.failed, at.waits) == (ReissueState.RUNNING, 0, 0, WAITS)
    clock.now += timedelta(minutes=2)
    tsa.mood, tsa.now = "right", clock.now
    go_to_the_end(stamped)
    state, at = job(stamped)
    assert (state, at.done, at.failed) == (ReissueState.DONE, 1, 0)
    assert token_of(file(stamped, number, "certificate.pdf", 2), tsa).trusted


def test_the_authority_can_be_sent_to_the_processes_that_draw(stamped: Site) -> None:
    known = stamp.authority_of(stamped.settings)
    assert known is not None
    assert pickle.loads(pickle.dumps(known)) == known  # noqa: S301  made a moment ago


def told(site: Site, kind: str) -> int:
    with reading(site, SYSTEM) as unit:
        return len(unit.db.scalars(select(Event.id).where(Event.kind == kind)).all())


def test_an_authority_that_takes_too_long_is_not_waited_for_again_by_each_paper(
    stamped: Site, tsa: Tsa, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    world = make_world(stamped)
    tsa.mood = "slow"
    monkeypatch.setattr(stamp, "SECONDS", 0.3)
    numbers = [grant(world, decision_ref=f"decision-{n}") for n in range(3)]
    work(stamped)
    assert [waiting(stamped, number) for number in numbers] == [WAITS] * 3
    tsa.mood = "right"
    clock.now += timedelta(minutes=1)
    tsa.now = clock.now
    monkeypatch.setattr(stamp, "SECONDS", 10.0)
    issuing.release_put_off(stamped)
    making.make_waiting_papers(stamped)
    assert all(versions(stamped, number)[0].issued_at for number in numbers)
    assert len(set(tsa.asked)) <= 1 + 3 + len(papers(stamped)), "one of the silence, then one a paper"


def test_a_certificate_whose_licence_ended_meanwhile_waits_for_that_and_not_for_a_stamp(
    stamped: Site, tsa: Tsa, clock: SetClock
) -> None:
    world = make_world(stamped)
    tsa.mood = "broken"
    number = grant(world)
    work(stamped)
    change_licence(stamped, world.rrn, world.body, "suspend", clock.now.date())
    work(stamped)
    tsa.mood = "right"
    issuing.release_put_off(stamped)
    assert "Northgate Certification: suspended." in (waiting(stamped, number) or "")
    change_licence(stamped, world.rrn, world.body, "reinstate", clock.now.date())
    work(stamped)
    assert row(stamped, number).status is Status.ACTIVE


def test_a_statement_is_tried_again_until_it_has_its_stamp(stamped: Site, tsa: Tsa, clock: SetClock) -> None:
    number = issue(make_world(stamped))
    tsa.mood = "broken"
    ref = have_signed(stamped, number)
    work(stamped)
    assert [one for one in failures(stamped) if one.startswith("NotStamped")]
    tsa.mood = "right"
    clock.now += timedelta(minutes=5)
    tsa.now = clock.now
    outbox.deliver_all(stamped)
    assert token_of(statement(stamped, ref), tsa).trusted


def test_made_again_after_a_crash_a_stored_paper_needs_no_second_stamp(stamped: Site, tsa: Tsa) -> None:
    world = make_world(stamped)
    work(stamped)
    number = grant(world)
    before = len(tsa.asked)
    with reading(stamped, SYSTEM) as unit:
        event = unit.db.scalars(select(Event).where(Event.kind == "certificate.granted")).one()
        assert issuing.issue(unit, event)
    tsa.mood = "broken"
    work(stamped)
    assert row(stamped, number).status is Status.ACTIVE
    assert len(tsa.asked) == before + 1


@pytest.mark.skipif(
    not (shutil.which("pdfsig") and shutil.which("certutil")),
    reason="pdfsig or certutil (poppler-utils, libnss3-tools) is not installed: NO FOREIGN SOFTWARE LOOKED AT THE SEAL",
)
def test_pdfsig_says_valid_trusted_and_total_document_signed(stamped: Site, tsa: Tsa, tmp_path: Path) -> None:
    pdf = file(stamped, issue(make_world(stamped)), "certificate.pdf")
    (anchor,) = PublicKeys(stamped.settings.data_dir / "keys").anchors()
    (tmp_path / "root.pem").write_bytes(anchor.public_bytes(Encoding.PEM))
    (tmp_path / "stamped.pdf").write_bytes(pdf)
    (tmp_path / "nss").mkdir()

    def run(*command: str) -> str:
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    run("certutil", "-N", "-d", "sql:nss", "--empty-password")
    run("certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "C,C,C", "-i", "root.pem")
    said = run("pdfsig", "-nssdir", "sql:nss", "stamped.pdf")
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said


def setting(folder: Path, url: str, roots: bytes | None, base: str = "https://register.example") -> str:
    said = {"RRN_DATA_DIR": str(folder), "RRN_PUBLIC_BASE_URL": base, "RRN_TSA_URL": url}
    if roots is not None:
        (folder / "roots.pem").write_bytes(roots)
        said["RRN_TSA_ROOTS"] = str(folder / "roots.pem")
    try:
        read_settings(said)
    except SettingsFault as fault:
        return str(fault)
    return ""


def test_an_authority_needs_an_address_and_somebody_to_believe(tmp_path: Path, tsa: Tsa) -> None:
    pem = tsa.root.public_bytes(Encoding.PEM)
    assert setting(tmp_path, "https://tsa.example/", pem) == ""
    assert setting(tmp_path, tsa.url, pem, "http://127.0.0.1:8000") == ""
    assert "must be the https:// address" in setting(tmp_path, tsa.url, pem)
    assert "must be the https:// address" in setting(tmp_path, "http://tsa.example/", pem)
    assert "must be the https:// address" in setting(tmp_path, "", pem)
    assert "RRN_TSA_ROOTS must be a file" in setting(tmp_path, "https://tsa.example/", None)
    assert "holds no certificate" in setting(tmp_path, "https://tsa.example/", b"a root")
