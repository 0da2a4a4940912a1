"""A stranger with a mirror and a licence's credential: genuine, suspended, forged, of another register, behind a certificate."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.certificates import jose
from app.certificates.credential import status_list
from app.certificates.did import Addresses, ListPurpose
from app.certificates.effects import key_store
from app.certificates.keys import RRN, Purpose
from app.certificates.rules import Answer, Statement
from app.verifier.checking import checked
from app.verifier.report import Found, Report, What
from tests.mirror.made import Mirrored
from tests.verifier.test_checking import look, place, rewrite
from tests.verifier.test_keys import keys

Change = Callable[[dict[str, Any]], object]


def path_of(mirror: Mirrored) -> Path:
    (found,) = mirror.folder.glob("bodies/*/licence/1/credential.jwt")
    return found


def licence(mirror: Mirrored) -> bytes:
    return path_of(mirror).read_bytes()


def said(token: bytes) -> dict[str, Any]:
    part = token.decode().split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def signed_by_rrn(mirror: Mirrored, payload: dict[str, Any]) -> bytes:
    """RRN's own key in bad hands."""
    key = key_store(mirror.site.settings).signing(Purpose.CREDENTIAL, RRN, mirror.clock())
    return jose.sign(payload, key, Addresses("http://testserver").kid(key.public), "vc+jwt").encode()


def test_a_genuine_licence_is_told_in_words_of_its_own(whole: Mirrored) -> None:
    found = look(whole, licence(whole))
    assert found.answer is Answer.CERTIFIED
    assert found.sentence.startswith(
        "Northgate Certification is licensed by RRN to certify training services until"
    )
    assert {item.found for item in found.items} == {Found.YES}


def listing(mirror: Mirrored, purpose: ListPurpose, *, signed_ago: timedelta = timedelta()) -> None:
    """RRN's list with the entry of the licence set, signed by RRN."""
    (place,) = [one for one in said(licence(mirror))["credentialStatus"] if one["statusPurpose"] == purpose]
    bits = [int(place["statusListIndex"])]
    moment = mirror.clock() - signed_ago
    made = status_list(RRN, purpose, 1, bits, moment, Addresses("http://testserver"))
    rewrite(mirror, f"status/rrn/{purpose}/1", lambda _old: signed_by_rrn(mirror, made))


@pytest.mark.parametrize(
    ("purpose", "words"),
    [
        (ListPurpose.SUSPENSION, "It is suspended, or its UKAS accreditation is."),
        (ListPurpose.REVOCATION, "It has ended,"),
    ],
)
def test_what_rrns_lists_say_is_told_as_what_was(mirror: Mirrored, purpose: ListPurpose, words: str) -> None:
    listing(mirror, purpose)
    found = look(mirror, licence(mirror))
    assert found.answer is Answer.WAS_CERTIFIED and words in found.sentence


def test_an_old_list_and_a_missing_one_leave_it_open(mirror: Mirrored) -> None:
    listing(mirror, ListPurpose.SUSPENSION, signed_ago=timedelta(days=3))
    assert look(mirror, licence(mirror)).answer is Answer.CANNOT_TELL
    (mirror.folder / "status/rrn/suspension/1").unlink()
    found = look(mirror, licence(mirror))
    assert (found.answer, found.found(What.SUSPENSION)) == (Answer.CANNOT_TELL, Found.CANNOT_TELL)


def test_a_list_of_the_body_is_not_one_of_rrn(mirror: Mirrored) -> None:
    (own,) = (one for one in mirror.folder.glob("status/*/suspension/1") if one.parts[-3] != "rrn")
    rewrite(mirror, "status/rrn/suspension/1", lambda _old: own.read_bytes())
    assert look(mirror, licence(mirror)).found(What.SUSPENSION) is Found.CANNOT_TELL


def test_time_alone_ends_it(whole: Mirrored, monkeypatch: pytest.MonkeyPatch) -> None:
    late = whole.clock.now + timedelta(days=5 * 366)
    monkeypatch.setattr(whole.clock, "now", late)
    found = look(whole, licence(whole))
    assert found.found(What.EXPIRY) is Found.NO and found.answer is Answer.CANNOT_TELL, (
        "its lists are old by then"
    )


def test_a_body_cannot_license_itself(mirror: Mirrored) -> None:
    payload, addresses = said(licence(mirror)), Addresses("http://testserver")
    body = path_of(mirror).parts[-4]
    key = key_store(mirror.site.settings).signing(Purpose.CREDENTIAL, body, mirror.clock())
    itself = replace(mirror.anchors, is_itself=True)
    for kid in (addresses.kid(key.public, body), addresses.kid(key.public)):
        token = jose.sign(payload, key, kid, "vc+jwt").encode()
        assert checked(token, itself, mirror.published, mirror.clock()).answer is Answer.NOT_CERTIFIED
    assert look(mirror, token).answer is Answer.CANNOT_TELL, "a copy may be older than a key of RRN"


def test_rrns_key_signs_no_certificates(mirror: Mirrored) -> None:
    certificate = said((mirror.folder / place(mirror, mirror.good, "credential.jwt")).read_bytes())
    found = look(mirror, signed_by_rrn(mirror, certificate))
    assert (found.answer, found.statement) == (Answer.NOT_CERTIFIED, None)


def test_a_key_of_rrn_that_others_may_know_leaves_it_open(mirror: Mirrored) -> None:
    revoked(mirror)
    assert look(mirror, licence(mirror)).answer is Answer.CANNOT_TELL


def revoked(mirror: Mirrored) -> None:
    document = json.loads((mirror.folder / ".well-known/did.json").read_bytes())
    for one in document["verificationMethod"]:
        one["revoked"] = "2020-01-01T00:00:00Z"
    rewrite(mirror, ".well-known/did.json", lambda _old: json.dumps(document).encode())


def behind(mirror: Mirrored) -> tuple[str, Found | None, Report]:
    """A certificate that names the credential of the licence, and what the verifier says of that."""
    for number in (mirror.good, mirror.suspended, mirror.withdrawn, mirror.reduced):
        statement = (mirror.folder / place(mirror, number, "statement.json")).read_bytes()
        if Statement.model_validate_json(statement).licence_credential:
            found = look(mirror, mirror.paper(number))
            return number, found.found(What.LICENCE), found
    raise AssertionError("no certificate names the credential of a licence")


def test_the_licence_behind_a_certificate_is_looked_at(mirror: Mirrored) -> None:
    _number, found, report = behind(mirror)
    assert found is Found.YES
    assert "RRN licensed Northgate Certification when it decided" in str(report.items)


def test_a_licence_that_was_withdrawn_later_changes_nothing_about_the_certificate(mirror: Mirrored) -> None:
    before = behind(mirror)[2]
    listing(mirror, ListPurpose.REVOCATION)
    assert behind(mirror)[2].answer is before.answer


def test_another_credential_at_its_address_is_a_no_and_none_leaves_it_open(mirror: Mirrored) -> None:
    genuine = licence(mirror)
    path = path_of(mirror).relative_to(mirror.folder).as_posix()
    rewrite(mirror, path, lambda _old: signed_by_rrn(mirror, said(genuine)))
    assert behind(mirror)[1] is Found.NO, "the same words, signed again, are not the bytes that were named"
    assert behind(mirror)[2].answer is Answer.NOT_CERTIFIED
    path_of(mirror).unlink()
    assert behind(mirror)[1] is Found.CANNOT_TELL


def test_a_certificate_of_before_rrn_had_keys_names_none_and_counts(mirror: Mirrored) -> None:
    found = look(mirror, mirror.paper(mirror.good))
    assert (found.found(What.LICENCE), found.answer) == (None, Answer.CERTIFIED)
    assert keys(mirror)[0] is Answer.CERTIFIED
