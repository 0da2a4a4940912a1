"""RRN's credentials about licences: made when RRN has keys, renewed when they say something else, ended with the licence."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app.ceremony import hold
from app.certificates.commands import suspect
from app.certificates.effects.licences import keep_up
from app.certificates.keys import RRN, Purpose
from app.certificates.models import LicenceCredential, PastStatusList
from app.certificates.queries import file_of, signed_list
from app.certificates.queries.keys import public_keys
from app.certificates.rules import LicenceSaid, Statement
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, reading, writing
from app.main import create_app
from app.organisations.commands import rename
from app.organisations.models import Organisation
from app.organisations.rules import NewName
from app.settings import Settings
from tests.certificates.make import World, issue, make_world, work
from tests.certificates.strangers import bit, payload
from tests.conftest import SetClock
from tests.licences.make import change as change_licence
from tests.licences.make import renew


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site)
    work(site)
    return world


@pytest.fixture
def client(site: Site, clock: SetClock) -> TestClient:
    return TestClient(create_app(site.settings, clock))


def rows(site: Site) -> list[LicenceCredential]:
    with reading(site) as unit:
        return list(unit.db.scalars(select(LicenceCredential).order_by(LicenceCredential.number)))


def newest(client: TestClient, world: World) -> str:
    answer = client.get(f"/bodies/{world.body.ref}/licence/credential.jwt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vc+jwt"), answer.text
    return answer.text


def said_by_lists(client: TestClient, token: str) -> dict[str, bool]:
    """What a stranger reads in the lists that a credential names."""
    found = {}
    for one in payload(token)["credentialStatus"]:
        path = one["statusListCredential"].removeprefix("http://testserver")
        found[one["statusPurpose"]] = bit(client.get(path).text, int(one["statusListIndex"]))
    return found


def do(world: World, step: str, client: TestClient) -> dict[str, bool]:
    world.site.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    change_licence(world.site, world.rrn, world.body, step, world.site.clock.now.date())  # type: ignore[attr-defined]
    work(world.site)
    return said_by_lists(client, newest(client, world))


def test_another_library_verifies_the_licence_with_the_key_that_rrns_did_document_publishes(
    world: World, client: TestClient
) -> None:
    token = newest(client, world)
    document = client.get("/.well-known/did.json").json()
    published = {one["id"]: one["publicKeyJwk"] for one in document["verificationMethod"]}
    header = jws.extract_compact(token.encode()).headers()
    assert header["typ"] == "vc+jwt" and header["kid"] in document["assertionMethod"]
    jws.deserialize_compact(token, ECKey.import_key(published[header["kid"]]), algorithms=["ES256"])
    said = payload(token)
    assert said["issuer"]["id"] == document["id"] == "did:web:testserver"


def test_it_says_whom_rrn_licenses_until_when_for_what_and_what_ukas_accredited(
    world: World, client: TestClient
) -> None:
    said = payload(newest(client, world))
    subject = said["credentialSubject"]
    assert subject["issuedToParty"]["id"] == f"did:web:testserver:bodies:{world.body.ref}"
    assert (said["validFrom"], said["validUntil"]) == ("2026-01-01T00:00:00Z", "2028-12-31T23:59:59Z")
    assert subject["licenceNumber"] == world.body.licence
    assert [one["id"].rpartition("/")[2] for one in subject["referenceProfile"]] == ["rrn-1.2"]
    (held,) = subject["authorisation"]
    assert held["accreditationNumber"] in held["name"] and held["accreditationScope"] == "Restraint training"
    assert held["issuingAuthority"]["name"] == "United Kingdom Accreditation Service"


def test_a_suspended_licence_shows_in_rrns_list_and_the_end_of_a_suspension_too(
    world: World, client: TestClient
) -> None:
    assert said_by_lists(client, newest(client, world)) == {"revocation": False, "suspension": False}
    assert do(world, "suspend", client) == {"revocation": False, "suspension": True}
    assert do(world, "reinstate", client) == {"revocation": False, "suspension": False}
    assert do(world, "withdraw", client) == {"revocation": True, "suspension": False}
    assert len(rows(world.site)) == 1, "what it says did not change, so it is the same credential"


def test_lists_that_were_served_before_can_still_be_asked_for(
    world: World, client: TestClient, clock: SetClock
) -> None:
    before = clock.now
    do(world, "suspend", client)
    place = payload(newest(client, world))["credentialStatus"][1]
    path = place["statusListCredential"].removeprefix("http://testserver")
    then = client.get(path, params={"timestamp": before.isoformat().replace("+00:00", "Z")})
    assert not bit(then.text, int(place["statusListIndex"]))
    with reading(world.site) as unit:
        assert unit.db.query(PastStatusList).count() >= 1


def test_what_changes_makes_a_new_version_and_ends_the_one_before(
    world: World, client: TestClient, clock: SetClock
) -> None:
    first = newest(client, world)
    clock.now += timedelta(days=1)
    renew(world.site, world.rrn, world.body, clock.now.date(), date(2030, 12, 31))
    work(world.site)
    second = newest(client, world)
    assert payload(second)["id"].endswith("/licence/2/credential.jwt")
    assert payload(second)["validUntil"] > payload(first)["validUntil"]
    assert said_by_lists(client, first) == {"revocation": True, "suspension": False}
    assert said_by_lists(client, second) == {"revocation": False, "suspension": False}
    assert client.get(f"/bodies/{world.body.ref}/licence/1/credential.jwt").text == first


def test_a_new_name_is_said_within_the_next_round_and_nothing_is_made_twice(
    world: World, client: TestClient, clock: SetClock
) -> None:
    for _ in range(3):
        keep_up(world.site)
    assert len(rows(world.site)) == 1
    clock.now += timedelta(days=1)
    give_name(world, "Northgate Assurance")
    for _ in range(3):
        keep_up(world.site)
        work(world.site)
    assert payload(newest(client, world))["name"] == "Licence of Northgate Assurance"
    assert [LicenceSaid.model_validate_json(row.content).version for row in rows(world.site)] == [1, 2]


def test_a_day_that_ends_an_accreditation_is_seen_without_anybody_doing_anything(
    site: Site, client: TestClient, clock: SetClock
) -> None:
    world = make_world(site)
    work(site)
    token = newest(client, world)
    clock.now += timedelta(days=3 * 366)
    keep_up(site)
    assert said_by_lists(client, token)["suspension"] is False, "it expired, which its own dates say"
    assert payload(token)["validUntil"] < clock.now.isoformat()


def test_a_certificate_names_the_credential_of_its_bodys_licence_by_address_and_digest(
    world: World, client: TestClient
) -> None:
    number = issue(world)
    with reading(world.site) as unit:
        said = Statement.model_validate_json(file_of(unit, number, 1, "statement.json"))
        certificate = payload(file_of(unit, number, 1, "credential.jwt").decode())
    evidence = certificate["credentialSubject"]["authorisation"][0]["endorsementEvidence"]
    served = client.get(evidence["linkURL"].removeprefix("http://testserver"))
    assert said.licence_credential is not None
    assert hashlib.sha256(served.content).hexdigest() == said.licence_credential.digest
    assert payload(served.text)["credentialSubject"]["issuedToParty"]["id"] == certificate["issuer"]["id"]
    assert "immutable" in served.headers["cache-control"]


def test_the_register_entry_of_the_body_leads_to_it_on_both_faces(world: World, client: TestClient) -> None:
    path = f"/register/bodies/{world.body.ref}"
    address = client.get(f"/api/v1{path}").json()["licence_credential"]
    assert address == f"/bodies/{world.body.ref}/licence/credential.jwt"
    assert f'href="{address}"' in client.get(path).text


def test_a_body_without_a_licence_has_none_and_a_version_that_never_was_is_not_there(
    world: World, client: TestClient
) -> None:
    missing = client.get(
        f"/bodies/{world.body.ref}/licence/7/credential.jwt", headers={"accept": "text/html"}
    )
    assert missing.status_code == 404
    assert "RRN makes one when it licenses the body" in missing.text


def test_nothing_changes_a_credential_that_was_given_out(world: World) -> None:
    with pytest.raises(DBAPIError, match="append-only"), writing(world.site) as unit:
        unit.db.query(LicenceCredential).update({"token": "a.b.c"})


@pytest.fixture
def production(settings: Settings, clock: SetClock) -> Iterator[Site]:
    """Where people reach the register over https: no key is made without an order."""
    site = connect(replace(settings, public_base_url="https://register.example"), clock)
    yield site
    site.engine.dispose()


def test_before_rrn_has_keys_there_is_none_and_it_follows_the_ceremony(
    production: Site, clock: SetClock
) -> None:
    make_world(production)
    work(production)
    keep_up(production)
    assert rows(production) == []
    hold(production.settings, ["Kay Keeper", "Wyn Witness"], clock.now)
    keep_up(production)
    work(production)
    assert [row.number for row in rows(production)] == [1]
    with reading(production) as unit:
        assert signed_list(unit, RRN, "revocation", 1).token
    assert payload(rows(production)[0].token)["issuer"]["id"] == "did:web:register.example"


def test_a_credential_key_others_may_know_makes_a_new_version(
    world: World, client: TestClient, clock: SetClock
) -> None:
    (key,) = public_keys(world.site.settings).all(Purpose.CREDENTIAL, RRN)
    since = clock.now
    clock.now += timedelta(hours=1)
    with writing(world.site, SYSTEM) as unit:
        suspect(unit, key, since, "A disk was lost.", "Kay Keeper")
    work(world.site)
    work(world.site)
    made = rows(world.site)
    assert [row.number for row in made] == [1, 2]
    assert made[0].credential_key == key.id != made[1].credential_key
    with reading(world.site) as unit:
        signed = signed_list(unit, RRN, "revocation", 1).token
    kid = jws.extract_compact(signed.encode()).headers()["kid"]
    assert kid.endswith(f"#{made[1].credential_key}")


def give_name(world: World, name: str) -> None:
    """The body goes by another name from today on."""
    with writing(world.site, SYSTEM) as unit:
        body = unit.db.get_one(Organisation, world.body.id)
        rename(unit, body, NewName(version=body.version, name=name, from_on=unit.today, different=True))
