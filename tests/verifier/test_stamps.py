"""Papers with time stamps in their seals, as a stranger with a mirror and the register itself look at them; and false ones."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from fastapi.testclient import TestClient

from app.certificates.effects import sign_log_again
from app.certificates.effects.keys import freshen_revocations
from app.certificates.keys import RRN, Purpose, revoked_seals_at
from app.certificates.keys.authority import Revoked, revocation_list
from app.certificates.keys.store import KeyStore
from app.certificates.rules import Answer, Stamped
from app.certificates.stamp.judging import TOKEN, stamp_in
from app.certificates.verify import seal_of
from app.check.stamps import every_time_stamp_counts
from app.kernel.actor import SYSTEM
from app.kernel.clock import system_clock
from app.kernel.database import Site, connect, reading
from app.main import create_app
from app.mirror.writing import export
from app.papers.rules import PaperKind
from app.verifier.anchors import STAMP_ROOTS, anchors_from
from app.verifier.checking import checked
from app.verifier.opening import open_pdf
from app.verifier.report import Found, Report, What
from app.verifier.shut_in import OpenedPdf
from app.verifier.source import folder
from app.verifier.stamps import look_at_stamp
from app.web.limits import Rate
from tests.certificates.make import issue, make_world, work
from tests.certificates.stamping import BEGUN, PERSON, Tsa, make_tsa, running
from tests.conftest import SetClock
from tests.databases import Databases
from tests.papers.make import papers
from tests.statements.make import ask
from tests.verifier.test_checking import run

PAPERS = ("certificate", "licence", "statement")


@dataclass(frozen=True)
class Posted:
    """A register whose seals are stamped, its mirror, and one paper of each kind."""

    site: Site
    clock: SetClock
    folder: Path
    tsa: Tsa
    number: str
    papers: dict[str, bytes]

    def look(self, paper: bytes, mirror: Path | None = None) -> Report:
        published = folder(mirror or self.folder)
        return checked(paper, anchors_from(published), published, self.clock(), open_pdf)


@pytest.fixture(scope="module")
def stamped(prepared: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posted]:
    place, clock = tmp_path_factory.mktemp("stamped"), SetClock(system_clock() - timedelta(hours=1))
    tsa = make_tsa(clock.now, "list")
    with prepared.copy(place) as settings, running(tsa):
        tsa.set_right(clock.now)
        site = connect(replace(settings, tsa_url=tsa.url, tsa_roots=tsa.roots(place)), clock)
        number = issue(make_world(site))
        ask(site, number)
        work(site)
        sign_log_again(site)
        freshen_revocations(site)
        (place / "mirror").mkdir()
        export(site, place / "mirror", lambda _done, _all: None)
        made = {
            "certificate": (place / f"mirror/certificates/{number}/1/certificate.pdf").read_bytes(),
            "licence": papers(site, PaperKind.LICENCE)[0].pdf,
            "statement": next((place / "mirror/statements").glob("*/statement.pdf")).read_bytes(),
        }
        yield Posted(site, clock, place / "mirror", tsa, number, made)
        site.engine.dispose()


def told(found: Report) -> str:
    return next((item.sentence for item in found.items if item.what is What.STAMP), "")


@pytest.mark.parametrize("kind", PAPERS)
def test_a_stamp_that_counts_is_told_with_its_authority_and_its_time(stamped: Posted, kind: str) -> None:
    found = stamped.look(stamped.papers[kind])
    at = (stamped.clock.now + timedelta(seconds=2)).astimezone(UTC)
    assert found.found(What.STAMP) is Found.YES
    assert told(found).startswith(f"A time stamp of {PERSON} covers this seal: it was there on {at.day} ")
    assert f"at {at:%H:%M} UTC. The file itself shows that the authority’s certificate counted" in told(found)
    expected = {
        "certificate": Answer.CERTIFIED,
        "licence": Answer.CANNOT_TELL,
        "statement": Answer.WAS_CERTIFIED,
    }[kind]
    assert found.answer is expected, found


def resealed(pdf: bytes, change: Callable[[cms.SignerInfo], None]) -> bytes:
    """The file with another time stamp in the same seal, or none: nothing that the seal covers is touched."""
    signed = seal_of(pdf).copy()
    change(signed["signer_infos"][0])
    seal: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True)
    start = pdf.index(b"/Contents <3082") + len(b"/Contents <")
    end = pdf.index(b">", start)
    made = pdf[:start] + seal.hex().encode().ljust(end - start, b"0") + pdf[end:]
    assert len(made) == len(pdf)
    return made


def with_token(pdf: bytes, token: cms.ContentInfo) -> bytes:
    def put(signer: cms.SignerInfo) -> None:
        attribute = cms.CMSAttribute({"type": TOKEN, "values": [token]})
        signer["unsigned_attrs"] = cms.CMSAttributes([attribute])

    return resealed(pdf, put)


def token_in(pdf: bytes) -> cms.ContentInfo:
    return seal_of(pdf)["signer_infos"][0]["unsigned_attrs"][0]["values"][0]


def token_over(pdf: bytes, tsa: Tsa, at: datetime) -> cms.ContentInfo:
    """An authority's true stamp over the signature of the file, of whatever time its clock says."""
    tsa.stamper.fixed_dt = at
    digest = hashlib.sha256(seal_of(pdf)["signer_infos"][0]["signature"].native).digest()
    return asyncio.run(tsa.stamper.async_timestamp(digest, "sha256"))


def of_another_paper(it: Posted, kind: str) -> bytes:
    other = PAPERS[PAPERS.index(kind) - 1]
    return with_token(it.papers[kind], token_in(it.papers[other]))


def of_a_stranger(it: Posted, kind: str) -> bytes:
    stranger = make_tsa(it.clock.now)
    return with_token(it.papers[kind], token_over(it.papers[kind], stranger, it.clock.now))


def taken_out(it: Posted, kind: str) -> bytes:
    def take(signer: cms.SignerInfo) -> None:
        del signer["unsigned_attrs"]

    return resealed(it.papers[kind], take)


def older_than_the_key(it: Posted, kind: str) -> bytes:
    return with_token(it.papers[kind], token_over(it.papers[kind], it.tsa, BEGUN + timedelta(days=1)))


def of_three_days_later(it: Posted, kind: str) -> bytes:
    return with_token(it.papers[kind], token_over(it.papers[kind], it.tsa, it.clock.now + timedelta(days=3)))


def after_the_authority_ended(it: Posted, kind: str) -> bytes:
    late = datetime(2046, 1, 1, tzinfo=UTC)
    return with_token(it.papers[kind], token_over(it.papers[kind], it.tsa, late))


def twice(it: Posted, kind: str) -> bytes:
    one = token_in(it.papers[kind])

    def put(signer: cms.SignerInfo) -> None:
        signer["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": TOKEN, "values": [one]}) for _unused in range(2)]
        )

    return resealed(it.papers[kind], put)


def rubbish(it: Posted, kind: str) -> bytes:
    return with_token(it.papers[kind], cms.ContentInfo({"content_type": "data", "content": b"no token"}))


NO, DOUBT = Found.NO, Found.CANNOT_TELL
FORGED: dict[str, tuple[Callable[[Posted, str], bytes], Found, str, str]] = {
    "of another paper": (of_another_paper, NO, "is false, or belongs to another file", "false, or about another file"),
    "of a stranger": (of_a_stranger, NO, "is not of the authority that it was sealed with", "of another authority"),
    "taken out": (taken_out, NO, "the time stamp in its seal was taken out", "has none any more"),
    "twice": (twice, NO, "is false, or belongs to another file", "false, or about another file"),
    "older than the key": (older_than_the_key, DOUBT, "The key of the seal was not there before", "nothing shows"),
    "of three days later": (of_three_days_later, DOUBT, "The seal itself names", "of a time after it was told of"),
    "after the authority ended": (after_the_authority_ended, DOUBT, "The seal itself names", "nothing shows"),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.parametrize("kind", PAPERS)
def test_a_false_stamp_is_no_yes_and_says_what_is_wrong(
    stamped: Posted, kind: str, how: str, tmp_path: Path
) -> None:
    forge, found, words, _alarm = FORGED[how]
    forged = forge(stamped, kind)
    report = stamped.look(forged)
    assert report.found(What.SEAL) is Found.YES, "the seal itself is untouched"
    assert report.found(What.STAMP) is found
    assert words in told(report)
    changed_log = kind == "certificate" and found is DOUBT
    expected = Answer.NOT_CERTIFIED if found is NO or changed_log else Answer.CANNOT_TELL
    assert report.answer is expected, report
    if not changed_log:
        assert words in report.sentence


def test_by_an_authority_that_the_mirror_does_not_name_a_stamp_is_told_and_not_counted(
    stamped: Posted, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    mirror.symlink_to(stamped.folder)
    published = folder(mirror)
    known = anchors_from(lambda path: None if path == STAMP_ROOTS else published(path))
    report = checked(stamped.papers["certificate"], known, published, stamped.clock(), open_pdf)
    assert (report.answer, report.found(What.STAMP)) == (Answer.CERTIFIED, Found.ASIDE)
    assert f"of {PERSON}, whom this register does not name. It is not counted" in told(report)


def test_a_stamp_later_than_the_log_is_a_contradiction() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    seal = OpenedPdf(
        genuine=True, whole_file=True, signer="", identifier="", serial="", sealed_at=at, fault="", token=None,
        stamp=Stamped.COUNTS, stamped_by=PERSON, stamped_at=at, sealed_since=at - timedelta(days=1),
    )  # fmt: skip
    assert look_at_stamp(seal, at)[1] == at
    (item,), vouched = look_at_stamp(seal, at - timedelta(hours=2))
    assert (item.found, vouched) == (Found.CANNOT_TELL, None)
    assert "The register’s log told of the file before, on 2 March 2026 at 07:00 UTC" in item.sentence


@pytest.mark.parametrize(("minutes", "doubt"), [(10, False), (-10, True)])
@pytest.mark.parametrize("kind", ["licence", "statement"])
def test_sealed_before_others_may_have_known_the_key_a_paper_is_in_no_doubt(
    stamped: Posted, kind: str, minutes: int, doubt: bool, tmp_path: Path
) -> None:
    """Only the stamp tells when these were sealed: the log has told of neither yet."""
    mirror = shutil.copytree(stamped.folder, tmp_path / "mirror")
    store, now = KeyStore(stamped.site.settings), stamped.clock()
    since = now + timedelta(minutes=minutes)
    lines = [Revoked(key.certificate, since, True) for key in store.all(Purpose.SEAL) if key.certificate]
    content = revocation_list(store.signing(Purpose.ROOT, RRN, now), lines, 2**50, now)
    (mirror / revoked_seals_at(1)).write_bytes(content)
    found = stamped.look(stamped.papers[kind], mirror)
    assert (found.found(What.STAMP), found.found(What.KEYS)) == (
        Found.YES,
        Found.CANNOT_TELL if doubt else Found.YES,
    )
    assert ("Others may know it" in found.sentence) is doubt


@pytest.mark.parametrize("how", [None, "taken out", "of another paper"])
def test_the_page_the_interface_and_the_command_say_the_same(
    stamped: Posted, how: str | None, tmp_path: Path
) -> None:
    paper = FORGED[how][0](stamped, "certificate") if how else stamped.papers["certificate"]
    words = FORGED[how][2] if how else f"A time stamp of {PERSON} covers this seal"
    fast = {"paper": Rate(1000, 1000)}
    with TestClient(
        create_app(replace(stamped.site.settings, tsa_url="", tsa_roots=None), stamped.clock, fast)
    ) as web:
        said = web.post("/api/v1/verify", files={"document": ("certificate.pdf", paper)}).json()
        page = web.post("/verify", files={"document": ("certificate.pdf", paper)}).text
        roots = web.get("/.well-known/tsa-roots.pem").content
    assert roots == (stamped.folder / STAMP_ROOTS).read_bytes() != b""
    assert said["answer"] == ("not_certified" if how else "certified")
    assert words in next(one["sentence"] for one in said["checks"] if one["what"] == "stamp")
    assert "The time stamp" in page and words in page
    (tmp_path / "paper.pdf").write_bytes(paper)
    told = run(str(tmp_path / "paper.pdf"), "--against", str(stamped.folder))
    assert words in told.output and "believing  time stamps " in told.output
    assert told.exit_code == (1 if how else 0)


def alarms(it: Posted) -> list[str]:
    with reading(it.site, SYSTEM) as unit:
        return [f"{one.where} {one.what}" for one in every_time_stamp_counts(unit)]


@pytest.mark.parametrize("how", FORGED)
def test_the_walk_alarms_when_a_kept_stamp_fails(stamped: Posted, how: str) -> None:
    forge, _found, _words, alarm = FORGED[how]
    path = stamped.site.settings.issued_dir / stamped.number / "1" / "certificate.pdf"
    kept = path.read_bytes()
    assert alarms(stamped) == []
    try:
        path.write_bytes(forge(stamped, "certificate"))
        found = alarms(stamped)
    finally:
        path.write_bytes(kept)
    assert len(found) == 1 and alarm in found[0]
    assert found[0].startswith(f"certificate {stamped.number} version 1")


def test_what_is_no_token_at_all_makes_the_seal_unreadable(stamped: Posted) -> None:
    forged = rubbish(stamped, "licence")
    found = stamped.look(forged)
    assert (found.answer, found.sentence) == (
        Answer.NOT_CERTIFIED,
        "Do not rely on this. The seal in the file cannot be read.",
    )
    assert stamp_in(forged, [stamped.tsa.root]).found is Stamped.FALSE
