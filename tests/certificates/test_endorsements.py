"""Endorsements for badges: Open Badges 3.0 as a stranger reads it, given out only while the certificate stands."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app.certificates import queries
from app.certificates.did import Schema
from app.certificates.effects import endorsing
from app.certificates.effects.endorsing import endorse, endorse_older
from app.certificates.models import Endorsement
from app.certificates.rules import Status
from app.kernel.database import Site, reading, writing
from app.kernel.journal import Delivery, history
from app.kernel.outbox import deliver_next
from app.main import create_app
from tests.certificates.make import World, change, grant, issue, make_world, refs, row, work
from tests.certificates.strangers import bit, payload
from tests.certificates.test_schemas import reader
from tests.conftest import SetClock

OB_MEMBERS = {
    "@context", "type", "id", "name", "description", "credentialSubject", "awardedDate", "issuer", "validFrom", "validUntil", "proof",
    "credentialSchema", "credentialStatus", "refreshService", "termsOfUse",
}  # fmt: skip
"""What an EndorsementCredential may have (Open Badges 3.0, appendix B)."""


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


@pytest.fixture
def client(site: Site, clock: SetClock) -> TestClient:
    return TestClient(create_app(site.settings, clock))


def holder(world: World) -> str:
    return world.manager.organisation_ref


def given(client: TestClient, number: str, about: str, version: str = "") -> str:
    answer = client.get(f"/certificates/{number}/{version}endorsements/{about}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jwt"), answer.text
    return answer.text


def refused(client: TestClient, number: str, about: str) -> str:
    answer = client.get(f"/certificates/{number}/endorsements/{about}")
    assert answer.status_code == 422, answer.text
    return answer.text


def header(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_another_library_verifies_it_with_the_key_found_under_the_address_in_its_header(
    world: World, client: TestClient
) -> None:
    token = given(client, issue(world), holder(world))
    kid = header(token)["kid"]
    served = client.get(kid.removeprefix("http://testserver"))
    assert served.headers["content-type"] == "application/jwk+json"
    assert "d" not in served.json()
    jws.deserialize_compact(token, ECKey.import_key(served.json()), algorithms=["ES256"])
    assert payload(token)["credentialSubject"]["id"].endswith(f"/register/services/{holder(world)}")


def test_the_claims_of_the_jwt_say_what_the_credential_says(world: World, client: TestClient) -> None:
    token = given(client, issue(world), holder(world))
    assert set(header(token)) == {"alg", "kid", "typ"}, "Open Badges 3.0 allows no further headers"
    assert header(token)["typ"] == "JWT"
    said = payload(token)
    assert set(said) - {"iss", "jti", "sub", "nbf", "exp"} <= OB_MEMBERS
    assert said["type"] == ["VerifiableCredential", "EndorsementCredential"]
    told = (said["issuer"]["id"], said["id"], said["credentialSubject"]["id"])
    assert (said["iss"], said["jti"], said["sub"]) == told
    for claim, member in (("nbf", "validFrom"), ("exp", "validUntil")):
        assert said[claim] == datetime.fromisoformat(said[member]).timestamp()
    assert "vc" not in said
    assert reader(Schema.ENDORSEMENT).is_valid(said)


def test_it_is_not_to_be_taken_for_a_certificate_nor_a_certificate_for_it(
    world: World, client: TestClient
) -> None:
    number = issue(world)
    endorsement = client.post(
        "/api/v1/verify", files={"document": given(client, number, holder(world)).encode()}
    )
    assert "It is no certificate and says nothing of any learner." in endorsement.json()["sentence"]
    certificate = client.get(f"/certificates/{number}/1/credential.jwt").text
    assert header(certificate)["typ"] == "vc+jwt"
    assert not reader(Schema.ENDORSEMENT).is_valid(payload(certificate))


def test_the_service_and_every_curriculum_are_endorsed_and_nothing_else(
    world: World, client: TestClient
) -> None:
    number = issue(world)
    for ref in refs(world.site, number):
        said = payload(given(client, number, ref))
        assert said["credentialSubject"]["id"].endswith(f"/register/curricula/{ref}")
        assert f"certificate {number}" in said["credentialSubject"]["endorsementComment"]
    assert client.get(f"/certificates/{number}/endorsements/nobody").status_code == 404


def test_a_suspension_stops_the_download_with_a_sentence_and_reaches_badges_already_made(
    world: World, client: TestClient
) -> None:
    number = issue(world)
    token = given(client, number, holder(world))
    status = {one["statusPurpose"]: one for one in payload(token)["credentialStatus"]}

    def is_set(purpose: str) -> bool:
        path = status[purpose]["statusListCredential"].removeprefix("http://testserver")
        return bit(client.get(path).text, int(status[purpose]["statusListIndex"]))

    assert not is_set("suspension") and not is_set("revocation")
    change(world, number, "suspend")
    work(world.site)
    assert f"Certificate {number} is suspended, so nothing is endorsed now." in refused(
        client, number, holder(world)
    )
    assert is_set("suspension") and not is_set("revocation")
    change(world, number, "withdraw")
    work(world.site)
    assert "is withdrawn" in refused(client, number, holder(world))
    assert is_set("revocation")


def test_a_suspended_curriculum_stops_them_all_because_they_share_one_entry(
    world: World, client: TestClient
) -> None:
    number = issue(world)
    first, other = refs(world.site, number)
    change(world, number, "suspend-curricula", curricula=[first])
    work(world.site)
    assert "A curriculum on certificate" in refused(client, number, other)


def test_a_later_version_endorses_anew_and_ends_the_endorsements_before(
    world: World, client: TestClient
) -> None:
    number = issue(world)
    kept, dropped = refs(world.site, number)
    old = given(client, number, kept)
    change(world, number, "reduce", curricula=[dropped])
    work(world.site)
    assert payload(given(client, number, kept))["id"].split("/")[-3] == "2"
    assert client.get(f"/certificates/{number}/endorsements/{dropped}").status_code == 404
    late = client.get(f"/certificates/{number}/1/endorsements/{kept}")
    assert late.status_code == 422 and "A later version took the place of this one." in late.text
    place = payload(old)["credentialStatus"][0]
    path = place["statusListCredential"].removeprefix("http://testserver")
    assert bit(client.get(path).text, int(place["statusListIndex"]))


def test_one_that_ran_out_is_refused(world: World, client: TestClient, clock: SetClock) -> None:
    number = issue(world)
    clock.now = clock.now.replace(year=clock.now.year + 4)
    assert "is expired" in refused(client, number, holder(world))


def test_nothing_is_endorsed_before_the_certificate_is_public(world: World, client: TestClient) -> None:
    number = grant(world)
    assert client.get(f"/certificates/{number}/endorsements/{holder(world)}").status_code == 404
    work(world.site)
    assert given(client, number, holder(world)) == given(client, number, holder(world), "1/")


def test_the_public_entries_lead_to_it(world: World, client: TestClient) -> None:
    number = issue(world)
    (first, _other) = refs(world.site, number)
    for kind, ref in (("services", holder(world)), ("curricula", first)):
        assert (
            f'href="/certificates/{number}/endorsements/{ref}"' in client.get(f"/register/{kind}/{ref}").text
        )
    change(world, number, "suspend")
    work(world.site)
    assert "/endorsements/" not in client.get(f"/register/services/{holder(world)}").text


def test_they_are_signed_once_however_often_the_worker_is_asked(world: World) -> None:
    number = issue(world)
    with reading(world.site) as unit:
        (event,) = [
            one
            for one in history(unit, row(world.site, number).thread)
            if one.kind == "certificate.published"
        ]
        assert endorse(unit, event) is None
        assert unit.db.query(Endorsement).count() == 3
    with pytest.raises(DBAPIError, match="append-only"), writing(world.site) as unit:
        unit.db.query(Endorsement).delete()


def published_before_there_were_any(world: World) -> str:
    """A certificate as a version of the software without endorsements left it."""
    number = grant(world)
    while deliver_next(world.site):
        with writing(world.site) as unit:
            unit.db.execute(delete(Delivery).where(Delivery.effect.endswith("endorsing.endorse")))
    assert row(world.site, number).status is Status.ACTIVE
    return number


def page_of(world: World, number: str) -> list[str]:
    """The endorsements that the certificate's page leads to."""
    with reading(world.site, world.decider) as unit:
        return [one.href for one in queries.certificate_view(unit, number).endorsements]


def test_what_was_published_before_gets_its_endorsements_by_itself_and_until_then_no_page_leads_to_them(
    world: World, client: TestClient, clock: SetClock
) -> None:
    number = published_before_there_were_any(world)
    clock.now += timedelta(days=1)
    first, _other = refs(world.site, number)
    about = {"services": holder(world), "curricula": first}
    assert page_of(world, number) == []
    for kind, ref in about.items():
        assert client.get(f"/api/v1/register/{kind}/{ref}").json()["endorsement"] is None
        assert "/endorsements/" not in client.get(f"/register/{kind}/{ref}").text
    while endorse_older(world.site):
        pass
    assert len(page_of(world, number)) == 3
    with reading(world.site) as unit:
        assert unit.db.query(Endorsement).count() == 3
    client = TestClient(create_app(world.site.settings, world.site.clock))
    for kind, ref in about.items():
        address = client.get(f"/api/v1/register/{kind}/{ref}").json()["endorsement"]
        assert client.get(address).text == given(client, number, ref)
    body = client.get(f"/api/v1/register/bodies/{world.body.ref}").json()["endorsements"]
    assert body.format(number=number, about=holder(world)) == page_of(world, number)[0]


def test_nothing_is_endorsed_for_what_does_not_stand_and_the_walk_goes_on_where_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endorsing, "PIECE", 1)
    ended, standing = (
        published_before_there_were_any(world),
        issue(world, decision_ref="d2", items=world.versions[:1]),
    )
    change(world, ended, "withdraw")
    work(world.site)
    assert endorse_older(world.site), "one piece"
    assert endorse_older(world.site), "and another"
    assert not endorse_older(world.site)
    assert page_of(world, ended) == []
    assert len(page_of(world, standing)) == 2
