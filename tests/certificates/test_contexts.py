"""JSON-LD without a network: every word of what we sign is defined in our own context or in those of others it names.

`foreign_terms.json` records which of the words we use the contexts of others define, and where (read from copies with
those SHA-256 on 22 November 2026; names only). A word that is in none of them would be lost when somebody expands a credential.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.certificates.did import Context, Schema
from app.certificates.queries import context_of
from app.kernel.database import Site
from app.main import create_app
from app.settings import Settings
from tests.certificates.paper import BASE
from tests.certificates.test_schemas import whole
from tests.conftest import SetClock

FOREIGN: dict[str, Any] = json.loads((Path(__file__).parent / "foreign_terms.json").read_bytes())
PUBLISHED = {Context.REGISTER: "89376984bb94173c9802058d631ef434a78171a291c9129456602cfea01218b7"}
"""A context stands at its address for ever: change one and it needs a new number, a new file and a new line here."""
CLAIMS = {"iss", "jti", "sub", "nbf", "exp"}
"""Claims of a JWT (RFC 7519): of the envelope, not of the credential."""
KEYWORDS = {"id", "type", "@context"}
Terms = dict[str, Any]


def ours(settings: Settings) -> Terms:
    found: Terms = json.loads(context_of(Context.REGISTER, settings))["@context"]
    return found


def names(context: Terms) -> Terms:
    """The words a context of ours defines, each with those defined below it."""
    return {
        term: names(what.get("@context", {})) if isinstance(what, dict) else {}
        for term, what in context.items()
        if not term.startswith("@")
    }


def lost(node: Any, active: Terms, at: str = "") -> set[str]:
    """Words that no active context defines. What a type defines holds for its own node, what a member defines for all below it."""
    if isinstance(node, list):
        return {word for one in node for word in lost(one, active, at)}
    if not isinstance(node, dict):
        return set()
    types = node.get("type", [])
    types = [types] if isinstance(types, str) else types
    found, local = {f"{at} type {one}" for one in types if one not in active}, dict(active)
    for one in sorted(types):
        local |= active.get(one, {})
    for member, value in node.items():
        if member in KEYWORDS:
            continue
        if member not in local:
            found.add(f"{at}/{member}")
        else:
            found |= lost(value, active | local[member], f"{at}/{member}")
    return found


def all_lost(made: Terms, settings: Settings) -> set[str]:
    active: Terms = {}
    for address in made["@context"]:
        active |= FOREIGN[address]["terms"] if address in FOREIGN else names(ours(settings))
    return lost({name: value for name, value in made.items() if name not in CLAIMS}, active)


@pytest.mark.parametrize("name", [one for one in Schema if one is not Schema.CERTIFICATE])
def test_every_word_of_a_credential_is_defined_in_a_context_it_names(
    name: Schema, settings: Settings
) -> None:
    assert all_lost(whole(name), settings) == set()


def test_the_first_shape_of_certificates_lost_two_types_and_that_is_why_there_is_a_second(
    settings: Settings,
) -> None:
    assert all_lost(whole(Schema.CERTIFICATE), settings) == {
        " type DigitalConformityCredential",
        "/credentialSubject/authorisation type Endorsement",
    }


def test_a_word_nobody_defines_is_found(settings: Settings) -> None:
    made = whole(Schema.LICENCE)
    made["credentialSubject"]["issuedToParty"]["colour"] = "blue"
    made["credentialSubject"]["authorisation"][0]["type"] = ["Party", "Marvel"]
    assert all_lost(made, settings) == {
        "/credentialSubject/issuedToParty/colour", "/credentialSubject/authorisation type Marvel",
    }  # fmt: skip


@pytest.mark.parametrize("name", Schema)
def test_a_credential_names_contexts_of_ours_or_those_we_have_read(name: Schema) -> None:
    own = {f"{BASE}/contexts/{one}" for one in Context}
    assert set(whole(name)["@context"]) <= own | FOREIGN.keys()


def test_we_define_nothing_that_others_define(settings: Settings) -> None:
    """A protected word may not be defined twice (JSON-LD 1.1, section 4.1.11): whoever expands would be refused."""
    for address, context in FOREIGN.items():
        assert not names(ours(settings)).keys() & context["terms"].keys(), address


@pytest.mark.parametrize("name", Context)
def test_a_published_context_never_changes_and_is_served_with_the_registers_own_address(
    name: Context, site: Site, clock: SetClock
) -> None:
    file = Path(__file__).parents[2] / "app" / "certificates" / "contexts" / name
    assert hashlib.sha256(file.read_bytes()).hexdigest() == PUBLISHED[name]
    answer = TestClient(create_app(site.settings, clock)).get(f"/contexts/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ld+json")
    assert "immutable" in answer.headers["cache-control"]
    meant = answer.json()["@context"]["CertificationLicence"]["@id"]
    assert meant == f"{site.settings.public_base_url}/contexts/{name}#CertificationLicence"
