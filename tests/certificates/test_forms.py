"""The form of a statement: one made before forms had numbers reads, writes and verifies as it always did."""

import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from pydantic import ValidationError

from app.certificates import jose
from app.certificates.commands.statements import reduced_statement
from app.certificates.credential import credential
from app.certificates.did import did_document
from app.certificates.rules import LicenceNamed, Statement
from app.ledger.note import NoteKey
from app.verifier.anchors import Anchors
from app.verifier.report import Found
from app.verifier.tokens import open_credential, open_statement
from tests.certificates.paper import ADDRESSES, BASE, PLACE, Ceremony, a_statement

STORED = Path(__file__).parent / "statement-form-1.json"
"""A statement bit for bit as the register wrote it before forms had numbers. Never made again: it is what must stay readable."""
NAMED = LicenceNamed(address=f"{BASE}/bodies/org_northgate/licence/3/credential.jwt", digest="ab" * 32)


def form_2(**changes: Any) -> Statement:
    return a_statement(**{"form": 2, "licence_credential": NAMED.model_dump(), **changes})


def test_a_stored_statement_of_the_first_form_is_read_and_written_again_bit_for_bit() -> None:
    said = Statement.model_validate_json(STORED.read_bytes())
    assert said.form == 1
    assert said.canonical == STORED.read_bytes()
    assert "form" not in json.loads(said.canonical)


def test_a_statement_of_today_names_its_form_and_the_licences_credential() -> None:
    said = json.loads(form_2().canonical)
    assert (said["form"], said["licence_credential"]["digest"]) == (2, "ab" * 32)
    without = json.loads(form_2(licence_credential=None).canonical)
    assert without["licence_credential"] is None
    assert Statement.model_validate_json(form_2().canonical) == form_2()


@pytest.mark.parametrize(
    "changes",
    [
        {"form": 1}, {"form": 3, "licence_credential": None}, {"form": 2}, {"licence_credential": None},
        {"form": "2", "licence_credential": None}, {"form": 2, "licence_credential": None, "more": 1},
        {"form": 2, "licence_credential": {"address": "https://evil.example/x", "digest": "ab" * 32}},
    ],
    ids=["1 said", "one to come", "2 without its member", "1 with a member of 2", "2 as text", "2 with more", "elsewhere"],
)  # fmt: skip
def test_every_form_is_closed(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Statement.model_validate_json(json.dumps(json.loads(STORED.read_bytes()) | changes))


def test_a_paper_made_again_keeps_the_form_of_the_first() -> None:
    old, new = Statement.model_validate_json(STORED.read_bytes()), form_2()
    for said in (old, new):
        again = reduced_statement(said, [item.ref for item in said.scope])
        assert (again.form, again.licence_credential) == (said.form, said.licence_credential)
    assert credential(old, PLACE, ADDRESSES)["credentialSchema"]["id"] == f"{BASE}/schemas/certificate-1.json"
    assert credential(new, PLACE, ADDRESSES)["credentialSchema"]["id"] == f"{BASE}/schemas/certificate-2.json"


def looked_at(ceremony: Ceremony, content: bytes) -> Found:
    """What the verifier says of a statement published with those bytes, whose digest its body signed."""
    key = ceremony.credential
    said = Statement.model_validate_json(STORED.read_bytes())
    unsigned = credential(said, PLACE, ADDRESSES)
    unsigned["credentialSubject"]["auditableEvidence"]["digestMultibase"] = jose.digest_multibase(content)
    token = jose.sign(unsigned, key, ADDRESSES.kid(key.public, "org_northgate"), "vc+jwt")
    document = did_document(ADDRESSES.did("org_northgate"), [key.public], {})
    files = {
        "bodies/org_northgate/did.json": json.dumps(document).encode(),
        f"certificates/{said.number}/1/statement.json": content,
    }
    anchors = Anchors([], [NoteKey("register.example/log", bytes(32))])
    found, opened = open_credential(token, anchors, files.get)
    assert found.found is Found.YES and opened is not None
    return open_statement(opened, anchors, files.get)[0].found


def test_the_verifier_reads_both_forms_and_cannot_tell_of_one_to_come(ceremony: Ceremony) -> None:
    assert looked_at(ceremony, STORED.read_bytes()) is Found.YES
    assert looked_at(ceremony, form_2().canonical) is Found.YES
    later = json.loads(STORED.read_bytes()) | {"form": 3, "licence_credential": None}
    assert looked_at(ceremony, rfc8785.dumps(later)) is Found.CANNOT_TELL
