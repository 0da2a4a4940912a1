"""The pages of certificates at the desk, and everything a stranger needs to check one: files, keys, lists, the log."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import Field

from app.certificates import queries
from app.certificates.commands import CERTIFICATE_STEPS
from app.certificates.did import MEDIA_TYPE, Addresses, ListPurpose, did_document, key_set
from app.certificates.keys import RRN, PublicKeys, Purpose
from app.certificates.models import Certificate
from app.certificates.queries import CertificateList, CertificateView
from app.certificates.rules import CERTIFICATE, Status
from app.kernel.clock import add_months
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.words import _
from app.ledger import tiles
from app.ledger.note import NoteKey, origin_of
from app.ledger.queries import StoredNodes, entries, head, newest_checkpoint
from app.permissions import Permission as P
from app.standards.queries import rule_pack
from app.web.forms import Choices
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area

area = Area("certificates")
Version = Annotated[int, Field(ge=1, le=10_000)]
ListNumber = Annotated[int, Field(ge=1, le=100_000)]
TilePath = Annotated[str, Field(max_length=200)]

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
SHORTLY = {"Cache-Control": "public, max-age=5"}
A_WHILE = {"Cache-Control": "public, max-age=300"}
JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"


@area.page("/certificates", "certificates/index.html", may=P.CERTIFICATE_READ)
def index(unit: Unit, status: Status | None = None, after: Ref | None = None) -> CertificateList:
    """The certificates the reader may know of, newest first."""
    return queries.certificate_list(unit, status, after)


@area.page("/certificates/{number}", "certificates/show.html", may=P.CERTIFICATE_READ)
def show(unit: Unit, number: Ref) -> CertificateView:
    """One certificate: what it says today, its papers, its history, what can be done."""
    return queries.certificate_view(unit, number)


def _certified(unit: Unit, certificate: Certificate) -> Choices:
    return {"curricula": queries.curriculum_choices(unit, certificate, Status.ACTIVE)}


def _suspended(unit: Unit, certificate: Certificate) -> Choices:
    return {"curricula": queries.curriculum_choices(unit, certificate, Status.SUSPENDED)}


def _still_on_it(unit: Unit, certificate: Certificate) -> Choices:
    suspended = queries.curriculum_choices(unit, certificate, Status.SUSPENDED)
    return {"curricula": [*queries.curriculum_choices(unit, certificate, Status.ACTIVE), *suspended]}


def _today(unit: Unit, _certificate: Certificate) -> Mapping[str, Any]:
    return {"effective_on": unit.today.isoformat()}


def _longest(unit: Unit, certificate: Certificate) -> Mapping[str, Any]:
    months = rule_pack(certificate.rule_pack).suspension_limit_months
    return {"effective_on": unit.today.isoformat(), "limit_on": add_months(unit.today, months).isoformat()}


area.steps(
    "/certificates/{number}", CERTIFICATE, find=queries.find_certificate, then=show, doing=CERTIFICATE_STEPS,
    choices={"suspend-curricula": _certified, "reinstate-curricula": _suspended, "reduce": _still_on_it},
    values={
        **{step.name: _today for step in CERTIFICATE.steps}, "suspend": _longest, "suspend-curricula": _longest,
    },
)  # fmt: skip


@area.file("/certificates/{number}/{version}/certificate.pdf", may=PUBLIC)
def certificate_pdf(unit: Unit, number: Ref, version: Version) -> Answer:
    """The certificate on paper, sealed."""
    content = queries.file_of(unit, number, version, "certificate.pdf")
    return Answer(content, "application/pdf", name=f"{number}-{version}.pdf", headers=A_WHILE)


@area.file("/certificates/{number}/{version}/credential.jwt", may=PUBLIC)
def credential_jwt(unit: Unit, number: Ref, version: Version) -> Answer:
    """The certificate for machines."""
    return Answer(queries.file_of(unit, number, version, "credential.jwt"), MEDIA_TYPE, headers=A_WHILE)


@area.file("/certificates/{number}/{version}/statement.json", may=PUBLIC)
def statement_json(unit: Unit, number: Ref, version: Version) -> Answer:
    """What both were made from."""
    return Answer(queries.file_of(unit, number, version, "statement.json"), JSON, headers=A_WHILE)


@area.file("/certificates/{number}/{version}/proof.tlog-proof", may=PUBLIC)
def proof(unit: Unit, number: Ref, version: Version) -> Answer:
    """That its publication stands in the log."""
    return Answer(queries.proof_of(unit, number, version).encode(), PLAIN, headers=SHORTLY)


@area.file("/status/{body}/{purpose}/{number}", may=PUBLIC)
def status_list(unit: Unit, body: Ref, purpose: ListPurpose, number: ListNumber) -> Answer:
    """A body's status list, as the worker signed it last."""
    found = queries.signed_list(unit, body, purpose.value, number)
    return Answer(found.token.encode(), MEDIA_TYPE, headers=SHORTLY)


def _keys(unit: Unit) -> PublicKeys:
    return PublicKeys(unit.site.settings.data_dir / "keys")


def _addresses(unit: Unit) -> Addresses:
    return Addresses(unit.site.settings.public_base_url)


def _json(content: object, media: str = JSON) -> Answer:
    return Answer(json.dumps(content, indent=1).encode(), media, headers=A_WHILE)


@area.file("/.well-known/did.json", may=PUBLIC)
def did_of_register(unit: Unit) -> Answer:
    """The register's own DID document."""
    return _json(
        did_document(_addresses(unit).did(), _keys(unit).all(Purpose.CREDENTIAL, RRN)), "application/did+json"
    )


@area.file("/bodies/{ref}/did.json", may=PUBLIC)
def did_of_body(unit: Unit, ref: Ref) -> Answer:
    """A certification body's DID document: every key it ever signed credentials with."""
    body = queries.body_of(unit, ref)
    keys = _keys(unit).all(Purpose.CREDENTIAL, body.ref)
    return _json(did_document(_addresses(unit).did(body.ref), keys), "application/did+json")


@area.file("/.well-known/jwks.json", may=PUBLIC)
def jwks(unit: Unit) -> Answer:
    """Every credential key as a key set."""
    return _json(key_set(_keys(unit).all(Purpose.CREDENTIAL)), "application/jwk-set+json")


@area.file("/.well-known/seal-ca.pem", may=PUBLIC)
def seal_roots(unit: Unit) -> Answer:
    """RRN's roots for the seals of licensed bodies."""
    roots = b"".join(anchor.public_bytes(Encoding.PEM) for anchor in _keys(unit).anchors())
    return Answer(roots, "application/x-pem-file", headers=A_WHILE)


@area.file("/.well-known/log.vkey", may=PUBLIC)
def log_vkey(unit: Unit) -> Answer:
    """The keys that sign the log's checkpoints, one a line, the oldest first."""
    origin = origin_of(unit.site.settings.host)
    keys = [NoteKey(origin, key.public_key.public_bytes_raw()) for key in _keys(unit).all(Purpose.LOG)]  # type: ignore[union-attr]
    return Answer("".join(f"{key.vkey}\n" for key in keys).encode(), PLAIN, headers=A_WHILE)


@area.file("/log/checkpoint", may=PUBLIC)
def checkpoint(unit: Unit) -> Answer:
    """The newest signed checkpoint."""
    return Answer(newest_checkpoint(unit).note.encode(), PLAIN, headers=SHORTLY)


@area.file("/log/tile/{path:path}", may=PUBLIC)
def tile(unit: Unit, path: TilePath) -> Answer:
    """A tile of hashes or a bundle of entries (C2SP tlog-tiles)."""
    found = tiles.parse_path(f"tile/{path}")
    if found is None or not found.is_in(head(unit).size):
        raise NotFound(_("The log has no such tile."))
    if found.level is None:
        rows = entries(unit, found.span.start, found.span.stop)
        content = tiles.encode_entries([row.data for row in rows])
    else:
        content = tiles.encode_tile(StoredNodes(unit), found)
    return Answer(content, "application/octet-stream", headers=FOR_EVER)
