"""The credential: the shape others expect, the same facts as the paper, and status lists a stranger can read."""

import base64
import gzip
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from app.certificates import jose
from app.certificates.credential import (
    Place,
    credential,
    encode_bits,
    sign_credential,
    sign_status_list,
    status_list,
)
from app.certificates.did import Addresses, ListPurpose, did_document, key_set
from app.certificates.keys import Purpose
from app.certificates.lints import TokenSpent, inspect_statement
from app.certificates.rules import LIST_LENGTH, SectionFound, SectionOutcome
from tests.certificates.paper import ADDRESSES, BASE, NOW, PLACE, SECTIONS, WELSH, Ceremony, a_statement, said

BODY = "org_northgate"


def test_another_library_verifies_the_credential_with_the_key_its_did_document_publishes(
    ceremony: Ceremony,
) -> None:
    _, signed = ceremony.issue(a_statement(WELSH))
    document = did_document(ADDRESSES.did(BODY), ceremony.store.all(Purpose.CREDENTIAL, BODY), {})
    kid = json.loads(base64.urlsafe_b64decode(signed.split(".")[0] + "=="))["kid"]
    (method,) = [method for method in document["verificationMethod"] if method["id"] == kid]
    assert kid in document["assertionMethod"]
    opened = jws.deserialize_compact(signed, ECKey.import_key(method["publicKeyJwk"]), algorithms=["ES256"])
    payload = json.loads(opened.payload or b"")
    assert payload["issuer"]["id"] == document["id"] == "did:web:register.example:bodies:org_northgate"
    assert payload["credentialSubject"]["issuedToParty"]["name"] == WELSH
    assert opened.protected["typ"] == "vc+jwt"


def test_the_key_set_opens_it_too(ceremony: Ceremony) -> None:
    _, signed = ceremony.issue(a_statement())
    keys = KeySet.import_key_set(key_set(ceremony.store.all(Purpose.CREDENTIAL)))  # type: ignore[arg-type]
    assert jws.deserialize_compact(signed, keys.keys[0], algorithms=["ES256"]).payload


def test_the_credential_says_what_the_statement_says() -> None:
    statement = a_statement()
    made = credential(statement, PLACE, ADDRESSES)
    subject = made["credentialSubject"]
    assert made["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert made["type"] == ["DigitalConformityCredential", "VerifiableCredential"]
    assert (made["validFrom"], made["validUntil"]) == ("2025-06-30T23:00:00Z", "2028-06-30T22:59:59Z")
    assert (subject["attestationType"], subject["assessorLevel"]) == ("certification", "3rdParty")
    assert subject["referenceProfile"]["id"] == f"{BASE}/scheme/standards/rrn-1.2"
    assert [party["issuingAuthority"]["name"] for party in subject["authorisation"]] == [
        "Restraint Reduction Network", "United Kingdom Accreditation Service",
    ]  # fmt: skip
    assert "lic_3" in subject["authorisation"][0]["name"]
    assert "9217" in subject["authorisation"][1]["name"]
    digest = base64.urlsafe_b64decode(subject["auditableEvidence"]["digestMultibase"][1:] + "==")
    assert digest.hex() == "1220" + statement.digest
    assert "vc" not in made


def test_it_says_section_by_section_what_was_found() -> None:
    others = (SectionOutcome.NOT_CONFORM, SectionOutcome.NOT_ASSESSED)
    more = tuple(SectionFound(number=str(n), label="More", outcome=one) for n, one in enumerate(others, 5))
    said = credential(a_statement(sections=(*SECTIONS, *more)), PLACE, ADDRESSES)
    found = said["credentialSubject"]["conformityAssessment"]
    assert [entry.get("conformance", "unsaid") for entry in found] == [True] * 4 + [False, "unsaid"]
    codes = [entry["assessedPerformance"][0]["score"]["code"] for entry in found]
    assert codes == ["conform"] * 4 + ["not-conform", "not-assessed"]
    assert all(len(entry["assessedProduct"]) == 3 for entry in found)
    assert found[4]["assessmentCriteria"][0]["id"] == f"{BASE}/scheme/standards/rrn-1.2#5"


def test_both_status_entries_have_their_index_as_text() -> None:
    entries = credential(a_statement(), Place(2, 7), ADDRESSES)["credentialStatus"]
    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "suspension"]
    assert {entry["statusListIndex"] for entry in entries} == {"7"}
    assert entries[1]["statusListCredential"] == f"{BASE}/status/{BODY}/suspension/2"


@pytest.mark.parametrize(
    ("base", "did"),
    [
        ("https://register.example", "did:web:register.example"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://example.org/scheme/register", "did:web:example.org:scheme:register"),
    ],
)
def test_a_did_leads_back_to_the_address_it_is_served_at(base: str, did: str) -> None:
    addresses = Addresses(base)
    assert addresses.did() == did
    resolved = addresses.did("ngc").removeprefix("did:web:").replace(":", "/").replace("%3A", ":")
    assert f"{urlsplit(base).scheme}://{resolved}/did.json" == f"{base}/bodies/ngc/did.json"


def test_no_credential_is_signed_without_the_rules_having_looked(ceremony: Ceremony) -> None:
    statement = a_statement()
    unsigned = credential(statement, PLACE, ADDRESSES)
    other = inspect_statement(said(a_statement(WELSH)))
    with pytest.raises(TokenSpent):
        sign_credential(statement, unsigned, ceremony.credential, ADDRESSES, other)
    once = inspect_statement(said(statement))
    sign_credential(statement, unsigned, ceremony.credential, ADDRESSES, once)
    with pytest.raises(TokenSpent):
        sign_credential(statement, unsigned, ceremony.credential, ADDRESSES, once)


def bits_of(encoded: str) -> bytes:
    """As a stranger reads a list, by the words of Bitstring Status List 1.0."""
    assert encoded[0] == "u"
    return gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))


@settings(deadline=None)
@given(st.sets(st.integers(0, LIST_LENGTH - 1), max_size=50))
def test_a_stranger_finds_exactly_the_bits_that_were_set(indexes: set[int]) -> None:
    bits = bits_of(encode_bits(indexes))
    assert len(bits) * 8 == LIST_LENGTH
    assert {n for n in range(LIST_LENGTH) if bits[n // 8] >> (7 - n % 8) & 1} == indexes


def test_the_first_entry_is_the_leftmost_bit_and_the_list_is_always_the_same_bytes() -> None:
    assert bits_of(encode_bits([0]))[0] == 0b1000_0000
    assert encode_bits([0, 5]) == encode_bits([5, 0])


@pytest.mark.parametrize("index", [-1, LIST_LENGTH])
def test_there_is_no_entry_outside_the_list(index: int) -> None:
    with pytest.raises(IndexError):
        encode_bits([index])


def test_a_status_list_is_a_credential_of_the_body_with_an_end(ceremony: Ceremony) -> None:
    made = status_list(BODY, ListPurpose.SUSPENSION, 1, [94_567], NOW, ADDRESSES)
    signed = sign_status_list(made, BODY, ceremony.credential, ADDRESSES)
    kid = ADDRESSES.kid(ceremony.credential.public, BODY)
    opened = jose.verify(signed, {kid: ceremony.credential.public}, "vc+jwt")
    assert opened["issuer"] == ADDRESSES.did(BODY)
    assert opened["id"] == f"{BASE}/status/{BODY}/suspension/1"
    assert datetime.fromisoformat(opened["validUntil"]) > datetime(2025, 6, 26, tzinfo=UTC)
    assert bits_of(opened["credentialSubject"]["encodedList"])[94_567 // 8] == 1 << (7 - 94_567 % 8)
