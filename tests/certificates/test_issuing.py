"""From a decision to a certificate anybody can check: numbered, drawn, sealed, stored, published."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import select

from app.certificates import commands, effects, jose, queries
from app.certificates.did import Addresses
from app.certificates.effects import issuing
from app.certificates.keys import PublicKeys, Purpose
from app.certificates.keys.store import KeyStore
from app.certificates.models import SignedStatusList
from app.certificates.rules import NumberAnswer, Statement, Status, parse_number
from app.certificates.verify import verify_pdf
from app.kernel.actor import ANYONE, SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.files import Damaged, digest
from app.kernel.journal import Delivery, Event
from app.ledger.models import LedgerEntry
from app.ledger.note import InclusionProof, NoteKey
from app.ledger.tree import leaf_hash
from tests.certificates.make import (
    World,
    a_grant,
    grant,
    issue,
    lines,
    make_world,
    on,
    row,
    status,
    versions,
    work,
)
from tests.conftest import SetClock
from tests.licences.make import change as change_licence

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def folder(site: Site, number: str, version: int = 1) -> Path:
    return site.settings.issued_dir / number / str(version)


def file(site: Site, number: str, name: str, version: int = 1) -> bytes:
    with reading(site, ANYONE) as unit:
        return queries.file_of(unit, number, version, name)


def keys(site: Site) -> PublicKeys:
    return PublicKeys(site.settings.data_dir / "keys")


def test_a_decision_leaves_a_numbered_certificate_that_nobody_outside_hears_of(world: World) -> None:
    number = grant(world)
    assert parse_number(number).answer is NumberAnswer.WELL_FORMED
    assert (number[:10], row(world.site, number).status) == ("NGC-000001", Status.GRANTED)
    assert row(world.site, number).expires_on == date(2029, 3, 1)
    assert not on(world.site, number, TODAY).published
    with reading(world.site, ANYONE) as unit, pytest.raises(NotFound, match="is being issued"):
        queries.file_of(unit, number, 1, "certificate.pdf")


def test_the_statement_is_frozen_from_what_was_true_on_the_day(world: World) -> None:
    number = grant(world)
    said = Statement.model_validate_json(versions(world.site, number)[0].statement)
    assert (said.holder.name, said.holder.address) == ("Harbour Lane Training", "1 High Street")
    assert (said.body.code, said.edition.title[:3], said.affiliates) == ("NGC", "RRN", 3)
    assert [item.title for item in said.scope] == [
        "Reducing Restrictive Practices",
        "Safe Holding: intermediate",
    ]
    assert all(item.nations == ("england",) and len(item.content_hash) == 64 for item in said.scope)
    assert said.verify_url == f"http://testserver/c/{number}"


def test_numbers_count_up_for_each_body_and_are_never_given_twice(world: World) -> None:
    given = [grant(world, decision_ref=f"d{n}") for n in range(3)]
    assert [number[4:10] for number in given] == ["000001", "000002", "000003"]
    with pytest.raises(Refused):
        grant(world, decision_ref="d8", items=())
    assert grant(world, decision_ref="d9")[4:10] == "000004"


def test_the_worker_makes_it_public_and_whole(world: World) -> None:
    number = issue(world)
    assert status(world.site, number) is Status.ACTIVE
    (version,) = versions(world.site, number)
    assert version.issued_at is not None
    assert version.pdf_digest == digest(file(world.site, number, "certificate.pdf"))
    assert version.credential_digest == digest(file(world.site, number, "credential.jwt"))
    assert file(world.site, number, "statement.json").decode() == version.statement
    assert [line.status for line in lines(world.site, number)] == [Status.GRANTED, Status.ACTIVE]
    assert sorted(path.name for path in folder(world.site, number).parent.iterdir()) == ["1"]


def test_everybody_can_verify_seal_credential_and_log_with_published_keys_alone(world: World) -> None:
    number = issue(world)
    published = keys(world.site)
    found = verify_pdf(file(world.site, number, "certificate.pdf"), published.anchors())
    assert found.genuine
    assert found.signer == "Northgate Certification"
    (key,) = published.all(Purpose.CREDENTIAL, world.body.ref)
    token = file(world.site, number, "credential.jwt").decode()
    opened = jws.deserialize_compact(token, ECKey.import_key(dict(jose.jwk_of(key))), algorithms=["ES256"])
    subject = json.loads(opened.payload or b"")["credentialSubject"]
    assert subject["issuedToParty"]["name"] == "Harbour Lane Training"
    assert [part["conformance"] for part in subject["conformityAssessment"]] == [True] * 4
    with reading(world.site, ANYONE) as unit:
        proof = InclusionProof.parse(queries.proof_of(unit, number, 1))
        entry = unit.db.get_one(LedgerEntry, proof.index)
    log = NoteKey("testserver/log", published.all(Purpose.LOG)[0].public_key.public_bytes_raw())  # type: ignore[union-attr]
    assert proof.verify(leaf_hash(entry.data), [log]).size > proof.index
    told = json.loads(entry.data)
    assert (told["kind"], told["subject"]) == ("certificate.published", row(world.site, number).ref)
    assert told["files"]["certificate.pdf"] == digest(file(world.site, number, "certificate.pdf"))
    assert b"Harbour" not in entry.data


@pytest.mark.skipif(
    not (shutil.which("pdfsig") and shutil.which("certutil")),
    reason="pdfsig or certutil is not installed: NO FOREIGN SOFTWARE LOOKED AT THE ISSUED FILE",
)
def test_foreign_software_trusts_the_issued_file(world: World, tmp_path: Path) -> None:
    number = issue(world)
    (tmp_path / "root.pem").write_bytes(keys(world.site).anchors()[0].public_bytes(Encoding.PEM))
    (tmp_path / "nss").mkdir()
    for command in (
        ["certutil", "-N", "-d", "sql:nss", "--empty-password"],
        ["certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "C,C,C", "-i", "root.pem"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True)
    seen = subprocess.run(
        ["pdfsig", "-nssdir", "sql:nss", folder(world.site, number) / "certificate.pdf"],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert all(
        said in seen for said in ("Signature is Valid", "Certificate is Trusted", "Total document signed")
    )


def test_what_was_published_is_one_ledger_entry_and_one_event(world: World) -> None:
    number = issue(world)
    with reading(world.site, SYSTEM) as unit:
        ref = row(world.site, number).ref
        assert [
            entry.kind for entry in unit.db.scalars(select(LedgerEntry).where(LedgerEntry.subject_ref == ref))
        ] == ["certificate.published"]
        kinds = [
            event.kind
            for event in unit.db.scalars(
                select(Event).where(Event.subject == "certificate").order_by(Event.id)
            )
        ]
    assert kinds == ["certificate.granted", "certificate.published"]


class Killed(BaseException):
    """The worker dies here: nothing it would have done in Python is done any more."""


def die(*_more: object, **_named: object) -> None:
    raise Killed


def die_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*more: Any, **named: Any) -> Any:
        function(*more, **named)
        raise Killed

    return wrapped


ARROWS = ["before anything", "before drawing", "before sealing", "before checking", "before storing", "in the middle of storing",
          "before the rename", "after the rename", "before publishing", "in the middle of publishing", "after publishing"]  # fmt: skip


def plant(monkeypatch: pytest.MonkeyPatch, arrow: str) -> None:
    press = effects.press()
    places: dict[str, tuple[object, str, Any]] = {
        "before anything": (press, "kept", die),
        "before drawing": (press, "draw", die),
        "before sealing": (press, "seal", die),
        "before checking": (press, "check", die),
        "before storing": (press, "keep", die),
        "in the middle of storing": (press, "_write", die_after(press._write)),
        "before the rename": (press.os, "rename", die),
        "after the rename": (press, "keep", die_after(press.keep)),
        "before publishing": (issuing, "publish", die),
        "in the middle of publishing": (issuing, "publish", die_after(commands.publish)),
    }
    if arrow in places:
        monkeypatch.setattr(*places[arrow])


@pytest.mark.parametrize("arrow", ARROWS)
def test_a_worker_killed_at_any_arrow_leaves_nothing_half_public_and_the_next_one_finishes(
    world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch, arrow: str
) -> None:
    number = grant(world)
    plant(monkeypatch, arrow)
    if arrow == "after publishing":
        work(world.site)
    else:
        with pytest.raises(Killed):
            work(world.site)
        assert status(world.site, number) is None
        assert not on(world.site, number, TODAY).published
    monkeypatch.undo()
    stored = folder(world.site, number) / "certificate.pdf"
    before = stored.read_bytes() if stored.exists() else None
    clock.now += timedelta(minutes=10)
    work(world.site)
    assert status(world.site, number) is Status.ACTIVE
    assert before is None or before == file(world.site, number, "certificate.pdf")
    assert sorted(path.name for path in folder(world.site, number).parent.iterdir()) == ["1"]
    with reading(world.site, SYSTEM) as unit:
        assert (
            len(unit.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == "certificate.published")).all())
            == 1
        )
        assert not unit.db.scalars(select(Delivery).where(Delivery.done_at.is_(None))).all()


def test_a_delivery_that_comes_twice_publishes_once(world: World) -> None:
    number = issue(world)
    before = file(world.site, number, "certificate.pdf")
    with reading(world.site, SYSTEM) as unit:
        event = unit.db.scalars(select(Event).where(Event.kind == "certificate.granted")).one()
        assert issuing.issue(unit, event) is None
    assert file(world.site, number, "certificate.pdf") == before


def test_two_workers_at_once_publish_once(world: World) -> None:
    number = grant(world)
    with reading(world.site, SYSTEM) as unit:
        event = unit.db.scalars(select(Event).where(Event.kind == "certificate.granted")).one()
        first = issuing.issue(unit, event)
        second = issuing.issue(unit, event)
    assert first and second
    for finish in (first, second):
        with writing(world.site, SYSTEM) as unit:
            finish(unit)
    assert [line.status for line in lines(world.site, number)] == [Status.GRANTED, Status.ACTIVE]


def test_a_stored_file_that_was_exchanged_before_publication_is_not_published(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = grant(world)
    plant(monkeypatch, "after the rename")
    with pytest.raises(Killed):
        work(world.site)
    monkeypatch.undo()
    path = folder(world.site, number) / "certificate.pdf"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with reading(world.site, SYSTEM) as unit:
        event = unit.db.scalars(select(Event).where(Event.kind == "certificate.granted")).one()
        with pytest.raises(effects.press().NotAsItShouldBe):
            issuing.issue(unit, event)


def test_a_published_file_that_was_exchanged_is_not_served(world: World) -> None:
    number = issue(world)
    path = folder(world.site, number) / "certificate.pdf"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged):
        file(world.site, number, "certificate.pdf")
    path.unlink()
    with pytest.raises(Damaged):
        file(world.site, number, "certificate.pdf")


def test_no_certificate_is_granted_under_a_suspended_licence(world: World) -> None:
    change_licence(world.site, world.rrn, world.body, "suspend", TODAY)
    with pytest.raises(Refused, match="nothing can be certified today"):
        grant(world)


def test_a_licence_suspended_between_decision_and_publication_holds_the_certificate_back(
    world: World,
) -> None:
    number = grant(world)
    change_licence(world.site, world.rrn, world.body, "suspend", TODAY)
    work(world.site)
    assert status(world.site, number) is None
    assert row(world.site, number).status is Status.GRANTED
    held = versions(world.site, number)[0]
    assert held.held
    assert "suspended" in held.held
    stored = (folder(world.site, number) / "certificate.pdf").read_bytes()
    change_licence(world.site, world.rrn, world.body, "reinstate", TODAY)
    work(world.site)
    assert status(world.site, number) is Status.ACTIVE
    assert file(world.site, number, "certificate.pdf") == stored


def test_only_who_decides_cases_can_grant(world: World) -> None:
    for who in (world.assessor, world.manager, world.rrn, ANYONE):
        with pytest.raises(Forbidden), writing(world.site, who) as unit:
            commands.grant(unit, a_grant(world))


@pytest.mark.parametrize(
    "changed",
    [{"items": ()}, {"starts_on": TODAY - timedelta(days=1)}, {"decided_on": TODAY + timedelta(days=1)}],
)
def test_a_decision_that_does_not_hang_together_grants_nothing(world: World, changed: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        grant(world, **changed)


def test_another_services_curricula_are_not_certified_here(world: World) -> None:
    other = make_world(world.site, "Tŷ Gwyn Care", 1, world.body, world.rrn)
    with pytest.raises(Refused, match="not one of this training service"):
        grant(world, items=(*world.versions, *other.versions))


def test_a_certificate_that_begins_later_says_so_until_then(world: World) -> None:
    number = issue(world, starts_on=TODAY + timedelta(days=30))
    assert status(world.site, number) is None
    assert on(world.site, number, TODAY).published
    assert status(world.site, number, TODAY + timedelta(days=30)) is Status.ACTIVE


def test_the_web_process_needs_no_private_key(world: World) -> None:
    number = issue(world)
    shutil.rmtree(world.site.settings.data_dir / "keys-private")
    assert file(world.site, number, "certificate.pdf").startswith(b"%PDF")
    with reading(world.site, ANYONE) as unit:
        queries.proof_of(unit, number, 1)
    store = KeyStore(world.site.settings)
    assert store.all()


def test_a_status_list_is_there_with_the_first_certificate(world: World) -> None:
    issue(world)
    with reading(world.site, ANYONE) as unit:
        rows = unit.db.scalars(
            select(SignedStatusList).where(SignedStatusList.body_id == world.body.id)
        ).all()
        assert sorted(row.purpose for row in rows) == ["revocation", "suspension"]
        assert Addresses("http://testserver").did(world.body.ref) in str(
            jose.verify(
                rows[0].token,
                {
                    Addresses("http://testserver").kid(key, world.body.ref): key
                    for key in keys(world.site).all(Purpose.CREDENTIAL, world.body.ref)
                },
                "vc+jwt",
            )["issuer"]
        )
