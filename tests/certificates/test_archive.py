"""Copies for the archive: the certificate's own bytes, a time stamp over all of them, and believed long after everything in it ran out."""

import asyncio
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import crl
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer
from typer.testing import CliRunner

from app.__main__ import rrn
from app.certificates.effects.archiving import NoAuthority, archive
from app.certificates.keys import PublicKeys
from app.certificates.stamp.archive import archive_fault, archived
from app.certificates.stamp.asking import authority_of
from app.certificates.verify import asn1_of
from app.check.stamps import every_archive_copy_begins_with_what_was_issued
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading
from tests.certificates.make import issue, make_world
from tests.certificates.stamping import Tsa, make_tsa
from tests.certificates.test_issuing import file, folder
from tests.certificates.test_stamp import authority, tsa
from tests.conftest import SetClock

__all__ = ["authority", "tsa"]
NOW = timedelta(0)


@pytest.fixture
def number(stamped: Site) -> str:
    return issue(make_world(stamped))


def copy_of(site: Site, number: str) -> bytes:
    return (folder(site, number) / "certificate-archive.pdf").read_bytes()


def breaches(site: Site) -> list[str]:
    with reading(site, SYSTEM) as unit:
        return [one.what for one in every_archive_copy_begins_with_what_was_issued(unit)]


def passes(site: Site, tsa: Tsa, pdf: bytes, at: datetime) -> bool:
    """Whether EN 319 102-1 (section 5.6.3) passes the seal at a moment with what is in the file, revocation demanded, none fetched.

    What nobody can put into a file is whether the newest stamp of all counts today: for that alone there is a list of today.
    """
    tsa.now = at
    today = LocalKnowledge(known_crls=[CRLContainer(crl.CertificateList.load(tsa.list()))])
    anchors = PublicKeys(site.settings.data_dir / "keys").anchors()
    ours = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[asn1_of(one) for one in anchors]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    theirs = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[asn1_of(tsa.root)]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    spec = SignatureValidationSpec(
        cert_validation_policy=ours,
        ts_cert_validation_policy=theirs,
        key_usage_settings=KeyUsageConstraints(),
        local_knowledge=today,
    )
    seal = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures[0]
    timing = ValidationTimingInfo(at, at, True)
    found = asyncio.run(ades_lta_validation(seal, PdfSignatureValidationSpec(spec), timing_info=timing))
    return found.ades_subindic == AdESPassed.OK


def test_the_copy_begins_with_the_certificate_which_stays_as_it_was(
    stamped: Site, number: str, clock: SetClock
) -> None:
    before = file(stamped, number, "certificate.pdf")
    assert [(one.name, one.fault) for one in archive(stamped, NOW)] == [(f"{number} version 1", "")]
    assert file(stamped, number, "certificate.pdf") == before
    copy = copy_of(stamped, number)
    assert copy.startswith(before) and len(copy) > len(before)
    assert breaches(stamped) == []


@pytest.mark.parametrize("days", [1, 30, 900, 365 * 7])
def test_the_copy_is_believed_when_the_certificate_alone_no_longer_is(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock, days: int
) -> None:
    """Seven years on, the certificate of the seal has run out (after six) and its list of revoked seals long before."""
    list(archive(stamped, NOW))
    later = clock.now + timedelta(days=days)
    assert passes(stamped, tsa, copy_of(stamped, number), later)
    if days > 7:
        assert not passes(stamped, tsa, file(stamped, number, "certificate.pdf"), later)


def test_a_copy_made_half_a_year_later_is_as_good(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock
) -> None:
    clock.now += timedelta(days=180)
    tsa.now = clock.now
    list(archive(stamped, NOW))
    assert passes(stamped, tsa, copy_of(stamped, number), clock.now + timedelta(days=900))


def test_a_copy_of_a_copy_bears_a_second_stamp(stamped: Site, tsa: Tsa, number: str, clock: SetClock) -> None:
    authority = authority_of(stamped.settings)
    assert authority
    once = archived(file(stamped, number, "certificate.pdf"), authority, clock.now)
    twice = archived(once, authority, clock.now)
    assert archive_fault(twice, once, authority.roots) == ""


def test_what_is_there_is_not_made_again_and_what_is_young_is_left_alone(
    stamped: Site, tsa: Tsa, number: str
) -> None:
    assert list(archive(stamped, timedelta(days=1))) == []
    assert len(list(archive(stamped, NOW))) == 1
    before, asked = copy_of(stamped, number), len(tsa.asked)
    assert list(archive(stamped, NOW)) == []
    assert (copy_of(stamped, number), len(tsa.asked)) == (before, asked)


def test_without_a_stamp_no_copy_and_the_next_run_makes_it(stamped: Site, tsa: Tsa, number: str) -> None:
    tsa.mood = "broken"
    (one,) = archive(stamped, NOW)
    assert "the time stamp authority gave no stamp: it answers with status 500" in one.fault
    assert not (folder(stamped, number) / "certificate-archive.pdf").exists()
    tsa.mood = "right"
    assert [one.fault for one in archive(stamped, NOW)] == [""]


def test_a_certificate_that_was_changed_is_not_archived(stamped: Site, number: str) -> None:
    path = folder(stamped, number) / "certificate.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    (one,) = archive(stamped, NOW)
    assert one.fault == "the certificate itself was changed: see rrn check"


def test_a_copy_that_was_changed_or_stamped_by_a_stranger_is_found(
    stamped: Site, number: str, clock: SetClock
) -> None:
    list(archive(stamped, NOW))
    pdf, copy = file(stamped, number, "certificate.pdf"), copy_of(stamped, number)
    stranger = make_tsa(clock.now)
    assert archive_fault(copy, pdf, [stranger.root]).endswith("an authority we were not told to believe")
    turned = bytearray(copy)
    turned[len(pdf) + 200] ^= 1
    assert archive_fault(bytes(turned), pdf, []) != ""
    assert archive_fault(copy + b"\n%more", pdf, []) != ""
    assert archive_fault(pdf, pdf, []) == "it does not begin with the paper that was issued"


def test_without_an_authority_nothing_is_archived(site: Site) -> None:
    issue(make_world(site))
    with pytest.raises(NoAuthority):
        list(archive(site, NOW))


def test_the_command_says_what_it_did(
    stamped: Site, tsa: Tsa, number: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = stamped.settings
    for name, value in (
        ("DATA_DIR", settings.data_dir), ("DATABASE_URL", settings.database_url), ("PUBLIC_BASE_URL", "http://127.0.0.1:8000"),
        ("SECRET_KEY", settings.secret_key),
    ):  # fmt: skip
        monkeypatch.setenv(f"RRN_{name}", str(value))
    none = CliRunner().invoke(rrn, ["archive"])
    assert (none.exit_code, "Nothing was archived" in none.output) == (2, True)
    monkeypatch.setenv("RRN_TSA_URL", tsa.url)
    monkeypatch.setenv("RRN_TSA_ROOTS", str(settings.tsa_roots))
    apart = CliRunner().invoke(rrn, ["archive"])
    assert (apart.exit_code, "its clock and ours do not agree" in apart.output) == (1, True)
    tsa.now = datetime.now(tz=tsa.now.tzinfo)
    done = CliRunner().invoke(rrn, ["archive", "--older-than-days", "1"])
    assert (done.exit_code, "Copies made: 1. Not made: 0." in done.output) == (0, True), done.output
