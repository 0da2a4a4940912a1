"""The schemas of what we sign, read by a library that knows nothing of us: all we sign fits, and nothing else does."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.certificates import jose
from app.certificates.credential import credential, endorsement, licence_credential, status_list
from app.certificates.did import Addresses, ListPurpose, Schema
from app.certificates.keys import RRN, PublicKeys, Purpose
from app.certificates.models import Endorsement
from app.certificates.queries import (
    every_licence_credential,
    every_list,
    every_paper,
    file_of,
    schema_of,
    signed_list,
)
from app.certificates.rules import (
    AccreditationNamed,
    EditionNamed,
    Endorsed,
    EndorsedKind,
    LicenceSaid,
    LicensedBody,
    SectionFound,
    SectionOutcome,
)
from app.kernel.actor import ANYONE
from app.kernel.database import Site, reading
from app.main import create_app
from tests.certificates.make import change, issue, make_world, refs, work
from tests.certificates.paper import (
    ADDRESSES,
    NOW,
    PLACE,
    SECTIONS,
    UKRAINIAN,
    VIETNAMESE,
    WELSH,
    a_statement,
)
from tests.conftest import SetClock

PUBLISHED = {
    Schema.CERTIFICATE: "dbcea6ba90378500bb87c18b35b3d12a7588ffa800d68dccf366845f03aca09a",
    Schema.CERTIFICATE_2: "7e7c633a8375188523690d830d020af0c26de45291b9551f8301ad1dce478d3d",
    Schema.STATUS_LIST: "cf31668ece51bc8ab011a390db10ad76378b1b22ff5cb2f7f8001b91a396abe1",
    Schema.RRN_STATUS_LIST: "fc6d2c9aeca6ed99dfc1c3188d3c8809bc7c2880daa26eb1ffc57e2970829ef8",
    Schema.LICENCE: "f322e7cb101c1ad116e5f332dd9fbd0bf37c3902258f654ec1b253b867658534",
    Schema.ENDORSEMENT: "41510f0449f83f34050aac5352099cbc50fac8f6ceb54240767320f25946fd71",
}
"""A schema stands at its address for ever: change one and it needs a new number, a new file and a new line here."""
OTHERS = tuple(
    SectionFound(number=str(n), label="More", outcome=one)
    for n, one in enumerate((SectionOutcome.NOT_CONFORM, SectionOutcome.NOT_ASSESSED), 5)
)


def reader(name: Schema) -> Any:
    schema = json.loads(schema_of(name))
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.validator_for(schema)


def a_credential(**changes: Any) -> dict[str, Any]:
    return credential(a_statement(**{"sections": (*SECTIONS, *OTHERS), **changes}), PLACE, ADDRESSES)


def a_list(issuer: str = "org_northgate") -> dict[str, Any]:
    return status_list(issuer, ListPurpose.SUSPENSION, 1, [7], NOW, ADDRESSES)


LICENCE = LicenceSaid(
    version=3, licence="lic_3", licensor="Restraint Reduction Network", body=LicensedBody(ref="org_northgate", name=WELSH),
    from_on=date(2025, 1, 1), to_on=date(2027, 12, 31), editions=(EditionNamed(id="rrn-1.2", title="RRN Training Standards, version 1.2"),),
    accreditation=AccreditationNamed(ukas_number="9217", scope="Restraint training", from_on=date(2024, 1, 1), to_on=date(2028, 1, 1)),
)  # fmt: skip
FORM_2 = {
    "form": 2,
    "licence_credential": {
        "address": "https://register.example/bodies/org_northgate/licence/3/credential.jwt",
        "digest": "ab" * 32,
    },
}


def whole(name: Schema) -> dict[str, Any]:
    """One of what a schema is about, with everything in it that may be in it."""
    about = Endorsed(EndorsedKind.CURRICULUM, "cur_1", "Safe Holding: intermediate")
    made: dict[Schema, Callable[[], dict[str, Any]]] = {
        Schema.CERTIFICATE: a_credential,
        Schema.CERTIFICATE_2: lambda: a_credential(**FORM_2),
        Schema.STATUS_LIST: a_list,
        Schema.RRN_STATUS_LIST: lambda: a_list(RRN),
        Schema.LICENCE: lambda: licence_credential(LICENCE, PLACE, ADDRESSES),
        Schema.ENDORSEMENT: lambda: endorsement(a_statement(), about, PLACE, ADDRESSES),
    }
    return made[name]()


MAY_BE_LEFT_OUT = {
    Schema.CERTIFICATE_2: {"gone credentialSubject/authorisation/0/endorsementEvidence"},
    Schema.LICENCE: {"gone credentialSubject/authorisation/0/accreditedUntil"},
}
"""A certificate decided on before RRN had keys names no credential of a licence; not every accreditation has an end."""
NUMBERS = {"number nbf", "number exp"}


@pytest.mark.parametrize("name", Schema)
def test_a_published_schema_never_changes(name: Schema) -> None:
    assert hashlib.sha256(schema_of(name)).hexdigest() == PUBLISHED[name]


@pytest.mark.parametrize("name", Schema)
def test_every_object_is_closed_and_every_array_ends(name: Schema) -> None:
    found = [part for part in parts(json.loads(schema_of(name))) if isinstance(part, dict)]
    objects = [part for part in found if part.get("type") == "object"]
    assert objects and all(part["additionalProperties"] is False for part in objects)
    arrays = [part for part in found if part.get("type") == "array"]
    assert all("maxItems" in part or part["items"] is False for part in arrays)


def parts(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


@pytest.mark.parametrize("name", [WELSH, VIETNAMESE, UKRAINIAN, "x" * 200])
def test_what_we_make_fits(name: str) -> None:
    assert reader(Schema.CERTIFICATE).is_valid(a_credential(name=name))
    assert reader(Schema.CERTIFICATE_2).is_valid(a_credential(name=name, **FORM_2))
    body = LICENCE.model_copy(update={"body": LicensedBody(ref="org_northgate", name=name)})
    assert reader(Schema.LICENCE).is_valid(licence_credential(body, PLACE, ADDRESSES))
    about = Endorsed(EndorsedKind.SERVICE, "org_harbour", name)
    assert reader(Schema.ENDORSEMENT).is_valid(endorsement(a_statement(name=name), about, PLACE, ADDRESSES))


@pytest.mark.parametrize("name", Schema)
def test_no_schema_takes_what_another_is_about(name: Schema) -> None:
    fits = [one for one in Schema if reader(name).is_valid(whole(one))]
    assert fits == [name]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every member of every object and array, by its path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*at, key)
        yield from places(one, (*at, key))


def mutants(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every member left out, of another type, empty, doubled, with something beside it."""
    for path in places(whole):
        for how in ("gone", "number", "object", "null", "empty", "blank", "more"):
            made = copy.deepcopy(whole)
            holder = made
            for key in path[:-1]:
                holder = holder[key]
            last, value = path[-1], holder[path[-1]]
            if how == "gone":
                del holder[last]
            elif how == "more" and isinstance(value, dict):
                value["more"] = "more"
            elif how == "more" and isinstance(value, list):
                value.append("more")
            elif how == "more":
                continue
            else:
                holder[last] = {"number": 7, "object": {"a": 1}, "null": None, "empty": "", "blank": []}[how]
            yield f"{how} {'/'.join(map(str, path))}", made
    yield "more", {**whole, "more": "more"}


FREE = (["assessedProduct"], ["conformityAssessment"])
"""Lists of as many as there are: with one less, the rest still fits."""


@pytest.mark.parametrize("name", Schema)
def test_nothing_can_be_left_out_added_or_of_another_kind(name: Schema) -> None:
    made, check = whole(name), reader(name)
    check.validate(made)
    passed = {how for how, mutant in mutants(made) if check.is_valid(mutant)}
    left = {how for how in passed if not (how.startswith("gone") and how.split("/")[-2:-1] in FREE)}
    assert left - NUMBERS == MAY_BE_LEFT_OUT.get(name, set())


@pytest.mark.parametrize(
    ("at", "code", "conforms"), [(0, "conform", False), (4, "not-conform", True), (5, "not-assessed", False)]
)
def test_score_and_conformance_may_not_disagree(at: int, code: str, conforms: bool) -> None:
    made = a_credential()
    one = made["credentialSubject"]["conformityAssessment"][at]
    assert one["assessedPerformance"][0]["score"]["code"] == code
    one["conformance"] = conforms
    assert not reader(Schema.CERTIFICATE).is_valid(made)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("issuer", "id"), "did:key:z6Mk"), (("issuer", "id"), "did:web:register.example"), (("id",), "https://register.example/x"),
        (("validFrom",), "2025-06-30"), (("credentialStatus", 0, "statusListIndex"), "007"),
        (("credentialStatus", 0, "statusPurpose"), "suspension"), (("credentialSubject", "assessorLevel"), "Self"),
        (("credentialSubject", "auditableEvidence", "digestMultibase"), "uEiA"),
        (("credentialSubject", "authorisation", 1, "issuingAuthority", "id"), "https://evil.example"),
    ],
)  # fmt: skip
def test_a_value_of_the_right_kind_and_the_wrong_meaning_is_refused(
    path: tuple[Any, ...], value: str
) -> None:
    made = holder = a_credential()
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert not reader(Schema.CERTIFICATE).is_valid(made)


def test_everything_a_register_signed_fits_the_schema_it_names(site: Site, clock: SetClock) -> None:
    world = make_world(site)
    number = issue(world)
    change(world, number, "reduce", curricula=refs(site, number)[:1])
    work(site)
    change(world, number, "suspend")
    work(site)
    signed = []
    with reading(site, ANYONE) as unit:
        signed += [
            file_of(unit, row.certificate, row.number, "credential.jwt").decode() for row in every_paper(unit)
        ]
        signed += [signed_list(unit, *row).token for row in every_list(unit)]
        signed += [row.token for row in every_licence_credential(unit)]
        signed += list(unit.db.scalars(select(Endorsement.token)))
    assert len(signed) == 2 + 4 + 1 + 5
    addresses, store = Addresses(site.settings.public_base_url), PublicKeys(site.settings.data_dir / "keys")
    known = {
        name(key.owner, key): key
        for key in store.all(Purpose.CREDENTIAL)
        for name in (lambda owner, key: addresses.kid(key, owner), addresses.key)
    }
    for token in signed:
        payload = jose.verify(token, known, jose.typ_of(token))
        named = payload["credentialSchema"]
        address = (named[0] if isinstance(named, list) else named)["id"]
        name = Schema(address.removeprefix(f"{addresses.base}/schemas/"))
        reader(name).validate(payload)


def test_a_schema_is_served_at_the_address_the_credential_names(site: Site, clock: SetClock) -> None:
    client = TestClient(create_app(site.settings, clock))
    for name in Schema:
        answer = client.get(f"/schemas/{name}")
        assert (answer.status_code, answer.content) == (200, schema_of(name))
        assert answer.headers["content-type"] == "application/schema+json"
        assert "immutable" in answer.headers["cache-control"]
    for wrong in ("certificate-9.json", "..%2Fmodels.py", "certificate-1"):
        assert client.get(f"/schemas/{wrong}").status_code in (404, 422)
