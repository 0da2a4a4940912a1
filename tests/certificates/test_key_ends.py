"""A key that others may know: said at once, replaced, its papers made anew; and the list of revoked seals."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.certificates import commands
from app.certificates.did import Addresses, did_document
from app.certificates.effects.keys import freshen_revocations, reissue_doubtful
from app.certificates.keys import PublicKey, Purpose
from app.certificates.keys.authority import LIST_TERM
from app.certificates.models import CertificateVersion, SignedRevocationList
from app.certificates.queries.keys import DOUBT_PAUSE, doubt_about, ended_keys, key_list, made_with
from app.certificates.rules import Status
from app.certificates.verify import asn1_of, verify_pdf
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Refused
from app.ledger.models import LedgerEntry
from app.registry.queries.verify import verify_view
from tests.certificates.make import World, change, issue, make_world, row, versions, work
from tests.certificates.test_issuing import keys
from tests.conftest import SetClock
from tests.licences.make import change as change_licence


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def key_of(world: World, purpose: Purpose = Purpose.SEAL) -> PublicKey:
    return keys(world.site).all(purpose, world.body.ref)[0]


def suspect(world: World, key: PublicKey, since: datetime) -> None:
    with writing(world.site, SYSTEM) as unit:
        commands.suspect(unit, key, since, "A disk was lost on its way.", "Kay Keeper")


def drill(world: World, key: PublicKey, since: datetime) -> None:
    """What happens until nothing more happens."""
    suspect(world, key, since)
    work(world.site)
    reissue_doubtful(world.site)
    work(world.site)


def the_list(site: Site) -> x509.CertificateRevocationList:
    with reading(site, SYSTEM) as unit:
        return x509.load_der_x509_crl(unit.db.scalars(select(SignedRevocationList)).one().content)


def test_the_drill_replaces_the_key_and_every_paper_it_made_since_and_no_other(
    world: World, clock: SetClock
) -> None:
    before = issue(world)
    clock.now += timedelta(days=2)
    since = clock.now - timedelta(hours=1)
    ended = issue(world, decision_ref="ended", items=world.versions[:1])
    change(world, ended, "withdraw")
    after = issue(world, decision_ref="after", items=world.versions[:1])
    clock.now += timedelta(days=1)
    old = key_of(world)
    with reading(world.site, SYSTEM) as unit:
        assert [one.name for one in made_with(unit, old.id, since)] == [
            f"{n} version 1" for n in (ended, after)
        ]
    drill(world, old, since)
    assert [len(versions(world.site, number)) for number in (before, after, ended)] == [1, 2, 1]
    first, second = versions(world.site, after)
    assert first.seal_key == old.id != second.seal_key and second.issued_at == clock.now
    assert row(world.site, after).status is Status.ACTIVE
    assert verify_pdf(paper(world, after, 2), keys(world.site).anchors()).genuine
    reissue_doubtful(world.site)
    assert len(versions(world.site, after)) == 2
    assert not (world.site.settings.data_dir / "keys-private" / f"{old.id}.pem").exists()


def paper(world: World, number: str, version: int) -> bytes:
    folder = world.site.settings.issued_dir / number / str(version)
    return (folder / "certificate.pdf").read_bytes()


def test_the_public_is_told_at_once_and_by_one_entry(world: World, clock: SetClock) -> None:
    number = issue(world)
    size = entries(world.site)
    clock.now += timedelta(hours=1)
    suspect(world, key_of(world), clock.now - timedelta(hours=2))
    assert entries(world.site) == [*size, "key.status"]
    with reading(world.site, SYSTEM) as unit:
        assert unit.db.scalars(select(LedgerEntry)).all()[-1].subject_ref == key_of(world).id
        said = verify_view(unit, number, None, None)
        assert said.answer == "certified"
        assert said.doubt.startswith(
            "Others may have known the key behind this certificate’s paper since 2 March 2026"
        )
        assert [one["suspect_since"] for one in key_list(unit) if one["id"] == key_of(world).id] != [None]
    drilled(world)
    with reading(world.site, SYSTEM) as unit:
        assert verify_view(unit, number, None, None).doubt == ""


def drilled(world: World) -> None:
    work(world.site)
    reissue_doubtful(world.site)
    work(world.site)


def entries(site: Site) -> list[str]:
    with reading(site, SYSTEM) as unit:
        return list(unit.db.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.number)))


def test_a_suspect_credential_key_says_so_where_it_is_published(world: World, clock: SetClock) -> None:
    number = issue(world)
    clock.now += timedelta(hours=1)
    old = key_of(world, Purpose.CREDENTIAL)
    drill(world, old, datetime(2026, 3, 2, 8, tzinfo=UTC))
    known = keys(world.site).all(Purpose.CREDENTIAL, world.body.ref)
    with reading(world.site, SYSTEM) as unit:
        document = did_document(Addresses("http://testserver").did(world.body.ref), known, ended_keys(unit))
    assert [one.get("revoked") for one in document["verificationMethod"]] == ["2026-03-02T08:00:00Z", None]
    assert versions(world.site, number)[1].credential_key == known[1].id
    assert key_of(world).retired_at is None


def test_a_paper_that_was_being_made_when_its_key_was_doubted_is_made_again(
    world: World, clock: SetClock
) -> None:
    """Published with the old key after the suspicion was told: the newest paper still ends up with the new key."""
    number = issue(world)
    old = key_of(world)
    clock.now += timedelta(hours=1)
    drill(world, old, clock.now)
    assert len(versions(world.site, number)) == 1
    with writing(world.site, SYSTEM) as unit:
        unit.db.scalars(select(CertificateVersion)).one().issued_at = clock.now
    clock.now += DOUBT_PAUSE
    reissue_doubtful(world.site)
    work(world.site)
    assert versions(world.site, number)[-1].seal_key != old.id


def test_a_licence_that_ended_leaves_no_new_seal_after_the_drill(world: World, clock: SetClock) -> None:
    issue(world)
    clock.now += timedelta(days=1)
    change_licence(world.site, world.rrn, world.body, "withdraw", clock.now.date())
    work(world.site)
    drill(world, key_of(world), clock.now - timedelta(days=2))
    assert len(keys(world.site).all(Purpose.SEAL, world.body.ref)) == 1
    (listed,) = the_list(world.site)
    assert reason(listed) is x509.ReasonFlags.key_compromise


def reason(listed: x509.RevokedCertificate) -> x509.ReasonFlags:
    return listed.extensions.get_extension_for_class(x509.CRLReason).value.reason


def test_what_cannot_be_doubted_is_refused_with_a_sentence(world: World, clock: SetClock) -> None:
    work(world.site)
    with pytest.raises(Refused, match="has to be past"):
        suspect(world, key_of(world), clock.now + timedelta(minutes=1))
    with pytest.raises(Forbidden), writing(world.site, world.rrn) as unit:
        commands.suspect(unit, key_of(world), clock.now, "x", "y")


def test_a_notice_cannot_be_changed(world: World, clock: SetClock) -> None:
    work(world.site)
    suspect(world, key_of(world), clock.now)
    for statement in ("UPDATE key_notice SET owner = 'x'", "DELETE FROM key_notice"):
        with pytest.raises(DBAPIError, match="append-only"), writing(world.site, SYSTEM) as unit:
            unit.db.execute(text(statement))


def test_the_list_is_named_in_the_seal_and_signed_by_the_root(world: World, clock: SetClock) -> None:
    work(world.site)
    certificate = key_of(world).certificate
    assert certificate
    points = certificate.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
    assert "http://testserver/.well-known/seal-ca.crl" in str(points)
    listed, (anchor,) = the_list(world.site), keys(world.site).anchors()
    public = anchor.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey) and listed.is_signature_valid(public)
    assert listed.next_update_utc == clock.now + LIST_TERM
    assert len(listed) == 0


def test_the_list_is_signed_again_long_before_it_runs_out_and_its_number_grows(
    world: World, clock: SetClock
) -> None:
    work(world.site)
    first = number_of(the_list(world.site))
    freshen_revocations(world.site)
    assert number_of(the_list(world.site)) == first
    clock.now += timedelta(hours=13)
    freshen_revocations(world.site)
    assert number_of(the_list(world.site)) > first
    assert the_list(world.site).last_update_utc == clock.now


def number_of(listed: x509.CertificateRevocationList) -> int:
    return listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_after_the_licence_ended_a_seal_from_before_is_valid_and_one_from_after_is_not(
    world: World, clock: SetClock, tmp_path: Path
) -> None:
    """pyHanko at the moment of the seal, and openssl on both sides of the moment of revocation."""
    number = issue(world)
    sealed_at = clock.now
    clock.now += timedelta(days=1)
    change_licence(world.site, world.rrn, world.body, "withdraw", clock.now.date())
    work(world.site)
    (listed,) = the_list(world.site)
    assert (listed.revocation_date_utc, reason(listed)) == (
        clock.now,
        x509.ReasonFlags.cessation_of_operation,
    )
    assert pyhanko_trusts(world, number, sealed_at)
    assert not pyhanko_trusts(world, number, clock.now + timedelta(minutes=1))
    if not shutil.which("openssl"):
        pytest.skip("openssl is not on this machine, so only pyHanko was asked.")
    assert "certificate revoked" in openssl(world, tmp_path, clock.now + timedelta(minutes=1))
    shown = subprocess.run(
        ["openssl", "crl", "-inform", "DER", "-noout", "-text"], capture_output=True, check=True, input=crl(world.site)
    )  # fmt: skip
    assert b"Cessation Of Operation" in shown.stdout


def pyhanko_trusts(world: World, number: str, moment: datetime) -> bool:
    """As of a moment, with our list in hand and nothing fetched."""
    signature = PdfFileReader(open_paper(world, number)).embedded_signatures[0]
    context = ValidationContext(
        trust_roots=[asn1_of(one) for one in keys(world.site).anchors()], crls=[crl(world.site)],
        allow_fetching=False, revocation_mode="soft-fail", moment=moment, time_tolerance=timedelta(days=30),
    )  # fmt: skip
    return bool(validate_pdf_signature(signature, context).trusted)


def open_paper(world: World, number: str) -> BinaryIO:
    return (world.site.settings.issued_dir / number / "1" / "certificate.pdf").open("rb")


def crl(site: Site) -> bytes:
    return the_list(site).public_bytes(Encoding.DER)


def openssl(world: World, folder: Path, moment: datetime) -> str:
    """What openssl says of the seal's certificate with the list at a moment."""
    certificate, (anchor,) = key_of(world).certificate, keys(world.site).anchors()
    assert certificate
    for name, content in (
        ("seal.pem", certificate.public_bytes(Encoding.PEM)), ("root.pem", anchor.public_bytes(Encoding.PEM)),
        ("list.pem", the_list(world.site).public_bytes(Encoding.PEM)),
    ):  # fmt: skip
        (folder / name).write_bytes(content)
    at = str(int(moment.timestamp()))
    asked = [
        "openssl",
        "verify",
        "-attime",
        at,
        "-crl_check",
        "-CAfile",
        "root.pem",
        "-CRLfile",
        "list.pem",
        "seal.pem",
    ]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_of_two_moments_told_the_earlier_counts(world: World, clock: SetClock) -> None:
    work(world.site)
    clock.now += timedelta(days=3)
    for days in (1, 2, 1):
        suspect(world, key_of(world), clock.now - timedelta(days=days))
    with reading(world.site, SYSTEM) as unit:
        assert ended_keys(unit)[key_of(world).id].since == clock.now - timedelta(days=2)
        assert doubt_about(unit, 1) is None
    work(world.site)
    (listed,) = the_list(world.site)
    assert listed.revocation_date_utc == clock.now - timedelta(days=2)
