"""A further root takes over while every seal goes on verifying, here, offline and elsewhere; and the day a root is suspect."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from app.ceremony import hold, why_not_retired
from app.certificates import commands
from app.certificates.effects import OWNER, key_store
from app.certificates.effects.issuing import freshen_lists, sign_log_again
from app.certificates.effects.keys import freshen_revocations, reissue_doubtful, replace_seals
from app.certificates.keys import RRN, Purpose
from app.certificates.keys.store import LEAD, ROOT_LEAD
from app.certificates.models import SignedRevocationList
from app.certificates.pages.published import published
from app.certificates.queries.keys import keys_view, made_with
from app.certificates.rules import Answer, Status
from app.certificates.verify import asn1_of, verify_pdf
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.mirror.writing import export
from app.settings import Settings
from app.verifier.anchors import Published, anchors_from
from app.verifier.checking import checked
from app.verifier.opening import open_pdf
from app.verifier.report import Found, Report, What
from app.verifier.seals import look_at_keys
from app.verifier.source import source
from tests.certificates.make import World, grant, issue, make_world, row, versions, work
from tests.certificates.test_issuing import file, keys
from tests.certificates.test_key_orders import assert_another_library_believes, order, second
from tests.conftest import SetClock


@pytest.fixture
def world(settings: Settings, clock: SetClock) -> Iterator[World]:
    """Where keys are made in ceremonies and by order alone: a body with its keys under the first root."""
    site = connect(replace(settings, public_base_url="https://register.example"), clock)
    world = make_world(site, curricula=5)
    hold(site.settings, ["Kay Keeper", "Wyn Witness"], clock.now)
    order(site, world.rrn, second(world), world.body.ref)
    yield world
    site.engine.dispose()


def duties(site: Site) -> None:
    """What the worker does by itself, in any minute."""
    for duty in (freshen_revocations, freshen_lists, replace_seals, reissue_doubtful):
        duty(site)
    work(site)
    sign_log_again(site)


def lists(site: Site) -> list[x509.CertificateRevocationList]:
    with reading(site, SYSTEM) as unit:
        rows = unit.db.scalars(select(SignedRevocationList).order_by(SignedRevocationList.id))
        return [x509.load_der_x509_crl(row.content) for row in rows]


def answer(world: World, number: str, version: int = 1, against: Published | None = None) -> Report:
    """What our verifier says of one paper, with nothing but what is published."""
    with reading(world.site, SYSTEM) as unit:
        where = against or partial(published, unit)
        pdf = where(f"certificates/{number}/{version}/certificate.pdf")
        assert pdf
        return checked(pdf, anchors_from(where), where, world.site.clock(), open_pdf)


def root_under(world: World, number: str, version: int = 1) -> int:
    """The number of the root that certified the seal of a paper."""
    return verify_pdf(file(world.site, number, "certificate.pdf", version), keys(world.site).anchors()).root


def all_verify(world: World, numbers: Sequence[str]) -> None:
    """Our verifier, pyHanko with the published roots and lists and nothing left open, and joserfc."""
    duties(world.site)
    roots = [asn1_of(one) for one in keys(world.site).anchors()]
    crls = [one.public_bytes(Encoding.DER) for one in lists(world.site)]
    for number in numbers:
        said = answer(world, number)
        assert said.answer is Answer.CERTIFIED, said
        context = ValidationContext(
            trust_roots=roots, crls=crls, allow_fetching=False, revocation_mode="hard-fail", moment=world.site.clock()
        )  # fmt: skip
        with (world.site.settings.issued_dir / number / "1" / "certificate.pdf").open("rb") as pdf:
            signature = PdfFileReader(pdf).embedded_signatures[0]
            assert validate_pdf_signature(signature, context).trusted
        assert_another_library_believes(
            world, file(world.site, number, "credential.jwt").decode(), "https://register.example"
        )


def a_paper(world: World, at: int) -> str:
    """A certificate for a curriculum of its own, so that none takes the place of another."""
    return issue(world, decision_ref=f"d{at}", items=world.versions[at : at + 1])


def test_through_the_change_of_a_root_no_paper_fails_to_verify_at_any_moment(
    world: World, clock: SetClock, tmp_path: Path
) -> None:
    site, store = world.site, key_store(world.site.settings)
    papers = [a_paper(world, 0)]
    all_verify(world, papers)
    further = store.further_root(OWNER, clock.now)
    assert further.signs_from == clock.now + ROOT_LEAD
    all_verify(world, papers)
    papers.append(a_paper(world, 1))
    all_verify(world, papers)
    clock.now += ROOT_LEAD
    papers.append(a_paper(world, 2))
    all_verify(world, papers)
    with reading(site, world.rrn) as unit:
        assert len(keys_view(unit).older) == 2, "the body and RRN itself are to have new keys"
    order(site, world.rrn, second(world), world.body.ref)
    papers.append(a_paper(world, 3))
    all_verify(world, papers)
    clock.now += LEAD
    papers.append(a_paper(world, 4))
    all_verify(world, papers)
    assert [root_under(world, number) for number in papers] == [1, 1, 1, 1, 2]
    order(site, world.rrn, second(world), RRN)
    clock.now += LEAD
    with reading(site, world.rrn) as unit:
        assert keys_view(unit).older == []
    first = store.all(Purpose.ROOT)[0]
    assert why_not_retired(store, first, clock.now) == ""
    store.retire(first.id, clock.now, "Kay Keeper")
    clock.now += timedelta(days=8)
    all_verify(world, papers)
    offline_and_elsewhere(world, papers, tmp_path)


def offline_and_elsewhere(world: World, papers: Sequence[str], folder: Path) -> None:
    """From a mirror, and by openssl and pdfsig with the roots that are published."""
    written, missing = export(world.site, folder / "mirror", lambda _done, _of: None)
    assert written and not missing
    for number in papers:
        assert answer(world, number, against=source(str(folder / "mirror"))).answer is Answer.CERTIFIED
    known = folder / "mirror" / ".well-known"
    if shutil.which("openssl"):
        for seal in keys(world.site).all(Purpose.SEAL):
            assert seal.certificate
            (folder / "seal.pem").write_bytes(seal.certificate.public_bytes(Encoding.PEM))
            root = keys(world.site).root_of(seal.certificate)
            crl = lists(world.site)[root - 1].public_bytes(Encoding.PEM)
            (folder / "list.pem").write_bytes(crl)
            moment = str(int(world.site.clock().timestamp()))
            asked = ["openssl", "verify", "-attime", moment, "-crl_check", "-CAfile", str(known / "seal-ca.pem"), "-CRLfile", "list.pem", "seal.pem"]  # fmt: skip
            assert "seal.pem: OK" in subprocess.run(asked, cwd=folder, capture_output=True, text=True).stdout
    if shutil.which("pdfsig") and shutil.which("certutil"):
        (folder / "nss").mkdir()
        run(folder, "certutil", "-N", "-d", "sql:nss", "--empty-password")
        for at, anchor in enumerate(keys(world.site).anchors(), 1):
            (folder / f"root{at}.pem").write_bytes(anchor.public_bytes(Encoding.PEM))
            run(folder, "certutil", "-A", "-d", "sql:nss", "-n", f"root{at}", "-t", "C,C,C", "-i", f"root{at}.pem")  # fmt: skip
        for number in (papers[0], papers[-1]):
            pdf = world.site.settings.issued_dir / number / "1" / "certificate.pdf"
            said = run(folder, "pdfsig", "-nssdir", "sql:nss", str(pdf))
            assert all(words in said for words in ("Signature is Valid", "Certificate is Trusted", "Total document signed"))  # fmt: skip


def run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_list_names_the_seals_of_its_own_root_and_no_other_is_taken_for_it(
    world: World, clock: SetClock
) -> None:
    store = key_store(world.site.settings)
    store.further_root(OWNER, clock.now)
    clock.now += ROOT_LEAD
    order(world.site, world.rrn, second(world), world.body.ref)
    clock.now += LEAD
    number = issue(world)
    duties(world.site)
    old, new = (key for key in store.all(Purpose.SEAL, world.body.ref) if key.certificate)
    suspect(world, new.id, clock.now - timedelta(minutes=1))
    duties(world.site)
    assert new.certificate and old.certificate
    assert [[one.serial_number for one in crl] for crl in lists(world.site)] == [
        [],
        [new.certificate.serial_number],
    ]
    points = str(new.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value)
    assert "https://register.example/.well-known/seal-ca-2.crl" in points
    assert answer(world, number).answer is Answer.CANNOT_TELL

    def swapped(path: str) -> bytes | None:
        """A mirror that gives out the older root's list, which is true and empty, for that of the further one."""
        with reading(world.site, SYSTEM) as unit:
            return published(unit, path.replace("seal-ca-2.crl", "seal-ca.crl"))

    said = answer(world, number, against=swapped)
    assert said.answer is Answer.CANNOT_TELL and "not a true one" in said.sentence


def suspect(world: World, key: str, since: object) -> None:
    with writing(world.site, SYSTEM) as unit:
        commands.suspect(unit, keys(world.site).find(key), since, "A disk was lost on its way.", "Kay Keeper")  # type: ignore[arg-type]


def test_the_day_a_root_is_suspect(world: World, clock: SetClock) -> None:
    """Nothing is sealed until there is another; what was sealed before the moment stands, what came after is made anew."""
    site, store = world.site, key_store(world.site.settings)
    before = a_paper(world, 0)
    clock.now += timedelta(days=2)
    since = clock.now - timedelta(hours=1)
    after = a_paper(world, 1)
    duties(site)
    (root,) = store.all(Purpose.ROOT)
    clock.now += timedelta(days=1)
    with reading(site, SYSTEM) as unit:
        assert [one.name for one in made_with(unit, root.id, since)] == [f"{after} version 1"]
    suspect(world, root.id, since)
    duties(site)
    waiting = grant(world, decision_ref="waiting", items=world.versions[2:])
    duties(site)
    assert row(site, waiting).status is Status.GRANTED
    assert store.usable(Purpose.ROOT, RRN, clock.now) is None
    assert {one.revocation_date_utc for one in lists(site)[0]} == {since}
    assert answer(world, before).answer is Answer.CERTIFIED
    assert answer(world, after).answer is Answer.CANNOT_TELL
    clock.now += timedelta(hours=1)
    further = store.further_root(OWNER, clock.now)
    assert further.signs_from == clock.now, "no other certifies, so it does at once"
    duties(site)
    duties(site)
    assert row(site, waiting).status is Status.ACTIVE
    assert [root_under(world, waiting), root_under(world, after, 2)] == [2, 2]
    assert [len(versions(site, number)) for number in (before, after)] == [1, 2]
    assert [answer(world, before).answer, answer(world, after, 2).answer] == [Answer.CERTIFIED] * 2
    assert store.usable(Purpose.SEAL, RRN, clock.now) is not None
    made = len(store.all())
    duties(site)
    assert len(store.all()) == made


def test_a_seal_that_others_certified_with_a_suspect_root_is_never_believed(
    world: World, clock: SetClock
) -> None:
    """No list can name it; the register says of the root itself that others may know it."""
    number = issue(world)
    duties(world.site)
    (root,) = key_store(world.site.settings).all(Purpose.ROOT)
    suspect(world, root.id, clock.now)
    duties(world.site)
    genuine = open_pdf(file(world.site, number, "certificate.pdf"), keys(world.site).anchors())
    with reading(world.site, SYSTEM) as unit:
        where = partial(published, unit)
        stolen = genuine.model_copy(update={"serial": "1234"})
        found = look_at_keys(stolen, None, None, anchors_from(where), where, clock.now)
    assert found.what is What.KEYS and found.found is Found.CANNOT_TELL


def test_a_key_is_retired_only_where_another_signs_in_its_place(world: World, clock: SetClock) -> None:
    store = key_store(world.site.settings)
    (root,), (log,) = store.all(Purpose.ROOT), store.all(Purpose.LOG)
    (seal,) = store.all(Purpose.SEAL, world.body.ref)
    assert "make a further root first" in why_not_retired(store, root, clock.now)
    assert "order new keys of the register" in why_not_retired(store, log, clock.now)
    assert "which two people end" in why_not_retired(store, seal, clock.now)
    store.further_root(OWNER, clock.now)
    assert "what takes its place signs from" in why_not_retired(store, root, clock.now)
    order(world.site, world.rrn, second(world), RRN)
    clock.now += LEAD
    assert why_not_retired(store, log, clock.now) == ""
    store.retire(log.id, clock.now, "Kay Keeper")
    assert "signs no more since" in why_not_retired(store, store.find(log.id), clock.now)
    assert '"by": "Kay Keeper"' in (store.folder / f"{log.id}.retired").read_text()
    issue(world)
    duties(world.site)
