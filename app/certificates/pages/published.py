"""Everything a stranger needs to check a certificate: files, keys, lists, the log."""

import json
from typing import Annotated

from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import Field

from app.certificates import queries
from app.certificates.did import MEDIA_TYPE, Addresses, Context, ListPurpose, Schema, did_document, key_set
from app.certificates.jose import jwk_of
from app.certificates.keys import RRN, PublicKey, PublicKeys, Purpose
from app.certificates.models import PastStatusList
from app.certificates.pages.door import A_WHILE, FOR_EVER, SHORTLY, area
from app.certificates.queries import keys
from app.certificates.queries.announced import announcements, log_keys
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fetching import Unreachable
from app.kernel.fields import Moment, Ref
from app.kernel.files import Damaged
from app.kernel.words import _
from app.ledger import tiles
from app.ledger.pages import paper_proof, statement_proof
from app.ledger.queries import StoredNodes, entries, head, newest_checkpoint, published_note
from app.web.gate import PUBLIC
from app.web.routing import Answer

Version = Annotated[int, Field(ge=1, le=10_000)]
ListNumber = Annotated[int, Field(ge=1, le=100_000)]
RootNumber = Annotated[int, Field(ge=1, le=1_000)]
Thumbprint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
TilePath = Annotated[str, Field(max_length=200)]

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"


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


@area.file("/certificates/{number}/{version}/endorsements/{about}", may=PUBLIC)
def endorsement(unit: Unit, number: Ref, version: Version, about: Ref) -> Answer:
    """The body's word about the service or a curriculum, to be put into learners' badges (Open Badges 3.0)."""
    token = queries.endorsement_of(unit, number, version, about)
    return Answer(token.encode(), "application/jwt", name=f"{number}-{about}.jwt", headers=SHORTLY)


@area.file("/certificates/{number}/endorsements/{about}", may=PUBLIC)
def newest_endorsement(unit: Unit, number: Ref, about: Ref) -> Answer:
    """The same of the newest version, for links that outlive a version."""
    token = queries.endorsement_of(unit, number, None, about)
    return Answer(token.encode(), "application/jwt", name=f"{number}-{about}.jwt", headers=SHORTLY)


@area.file("/bodies/{ref}/licence/credential.jwt", may=PUBLIC)
def newest_licence(unit: Unit, ref: Ref) -> Answer:
    """RRN's credential about the licence of a certification body, as it was said last."""
    found = queries.of_licence(unit, queries.body_of(unit, ref), None)
    return Answer(found.token.encode(), MEDIA_TYPE, headers=SHORTLY)


@area.file("/bodies/{ref}/licence/{version}/credential.jwt", may=PUBLIC)
def licence_credential(unit: Unit, ref: Ref, version: Version) -> Answer:
    """One version of that credential, for ever: certificates name it by its digest."""
    found = queries.of_licence(unit, queries.body_of(unit, ref), version)
    return Answer(found.token.encode(), MEDIA_TYPE, headers=FOR_EVER)


@area.file("/contexts/{context}", may=PUBLIC)
def context_file(unit: Unit, context: Context) -> Answer:
    """What the words of our credentials mean, where no context of others says it."""
    return Answer(queries.context_of(context, unit.site.settings), "application/ld+json", headers=FOR_EVER)


@area.file("/bodies/{ref}/keys/{key}", may=PUBLIC)
def key_of_body(unit: Unit, ref: Ref, key: Thumbprint) -> Answer:
    """One credential key of a body alone, for readers that know no DIDs (Open Badges 3.0, section 8.6)."""
    known = _keys(unit).all(Purpose.CREDENTIAL, queries.body_of(unit, ref).ref)
    found = [one for one in known if one.id == key]
    if not found:
        raise NotFound(_("This certification body never had a key of that name."))
    return _json(jwk_of(found[0]), "application/jwk+json")


@area.file("/schemas/{name}", may=PUBLIC)
def schema(unit: Unit, name: Schema) -> Answer:
    """What a credential of ours may look like; `credentialSchema` in it leads here."""
    return Answer(queries.schema_of(name), "application/schema+json", headers=FOR_EVER)


@area.file("/status/{body}/{purpose}/{number}", may=PUBLIC)
def status_list(
    unit: Unit, body: Ref, purpose: ListPurpose, number: ListNumber, timestamp: Moment | None = None
) -> Answer:
    """A body's status list, as the worker signed it last, or as it was served at a moment of the past."""
    if timestamp is None:
        found = queries.signed_list(unit, body, purpose.value, number)
        return Answer(found.token.encode(), MEDIA_TYPE, headers=SHORTLY)
    then = queries.past_list(unit, body, purpose.value, number, timestamp)
    over = isinstance(then, PastStatusList)  # the newest goes on counting, so what it answers is not for ever
    return Answer(then.token.encode(), MEDIA_TYPE, headers=FOR_EVER if over else SHORTLY)


def _keys(unit: Unit) -> PublicKeys:
    return keys.public_keys(unit.site.settings)


def _addresses(unit: Unit) -> Addresses:
    return Addresses(unit.site.settings.public_base_url)


def _json(content: object, media: str = JSON) -> Answer:
    return Answer(json.dumps(content, indent=1).encode(), media, headers=A_WHILE)


def _document(did: str, known: list[PublicKey], unit: Unit) -> Answer:
    """A DID document. Whoever finds a key missing in it calls what that signed a forgery, so no copy of it is kept for long."""
    content = did_document(did, known, keys.ended_keys(unit))
    return Answer(json.dumps(content, indent=1).encode(), "application/did+json", headers=SHORTLY)


@area.file("/.well-known/did.json", may=PUBLIC)
def did_of_register(unit: Unit) -> Answer:
    """The register's own DID document."""
    return _document(_addresses(unit).did(), _keys(unit).all(Purpose.CREDENTIAL, RRN), unit)


@area.file("/bodies/{ref}/did.json", may=PUBLIC)
def did_of_body(unit: Unit, ref: Ref) -> Answer:
    """A certification body's DID document: every key it ever signed credentials with."""
    body = queries.body_of(unit, ref)
    return _document(_addresses(unit).did(body.ref), _keys(unit).all(Purpose.CREDENTIAL, body.ref), unit)


@area.file("/.well-known/jwks.json", may=PUBLIC)
def jwks(unit: Unit) -> Answer:
    """Every credential key as a key set."""
    return _json(key_set(_keys(unit).all(Purpose.CREDENTIAL)), "application/jwk-set+json")


@area.file("/.well-known/seal-ca.pem", may=PUBLIC)
def seal_roots(unit: Unit) -> Answer:
    """RRN's roots for the seals of licensed bodies."""
    roots = b"".join(anchor.public_bytes(Encoding.PEM) for anchor in _keys(unit).anchors())
    return Answer(roots, "application/x-pem-file", headers=A_WHILE)


@area.file("/.well-known/tsa-roots.pem", may=PUBLIC)
def stamp_roots(unit: Unit) -> Answer:
    """The roots of every time stamp authority that seals were ever stamped by; empty when none was."""
    roots = b"".join(root.public_bytes(Encoding.PEM) for root in _keys(unit).stamp_roots())
    return Answer(roots, "application/x-pem-file", headers=A_WHILE)


@area.file("/.well-known/seal-ca.crl", may=PUBLIC)
def revoked_seals(unit: Unit) -> Answer:
    """The seals of bodies that count no more, signed by RRN's first root (RFC 5280)."""
    return revoked_seals_of(unit, 1)


@area.file("/.well-known/seal-ca-{root}.crl", may=PUBLIC)
def revoked_seals_of(unit: Unit, root: RootNumber) -> Answer:
    """The same of seals under a later root, signed by that root."""
    return Answer(keys.revocation_list(unit, root).content, "application/pkix-crl", headers=SHORTLY)


@area.file("/.well-known/keys.json", may=PUBLIC)
def all_keys(unit: Unit) -> Answer:
    """Every key ever published: whose, what for, from when until when, whether it counts no more, and the entry of the log that told of it."""
    told = announcements(unit)
    return _json({"keys": [one | {"log_entry": told.get(one["id"])} for one in keys.key_list(unit)]})


@area.file("/.well-known/log.vkey", may=PUBLIC)
def log_vkey(unit: Unit) -> Answer:
    """The keys that sign the log's checkpoints, one a line, the oldest first."""
    return Answer("".join(f"{key.vkey}\n" for key in log_keys(unit)).encode(), PLAIN, headers=A_WHILE)


@area.file("/log/checkpoint", may=PUBLIC)
def checkpoint(unit: Unit) -> Answer:
    """The newest signed checkpoint, with the cosignatures of outside witnesses that came so far."""
    return Answer(published_note(unit, newest_checkpoint(unit)).encode(), PLAIN, headers=SHORTLY)


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


def published(unit: Unit, path: str) -> bytes | None:
    """The bytes served at a path, for who verifies in this process as a stranger would; None when there are none.

    Raises Unreachable when they are there and cannot be had.
    """
    try:
        answer = _served(unit, path.split("/"))
    except (NotFound, ValueError):
        return None
    except (Damaged, OSError) as fault:
        raise Unreachable(_("a file of the register is damaged")) from fault
    return answer.content if answer else None


def _served(unit: Unit, path: list[str]) -> Answer | None:
    """What verifying asks for, each by the function that serves it. ValueError for what is no such address."""
    match path:
        case ["certificates", number, version, "certificate.pdf"]:
            return certificate_pdf(unit, number, int(version))
        case ["certificates", number, version, "statement.json"]:
            return statement_json(unit, number, int(version))
        case ["certificates", number, version, "proof.tlog-proof"]:
            return proof(unit, number, int(version))
        case ["status", body, purpose, number]:
            return status_list(unit, body, ListPurpose(purpose), int(number))
        case ["bodies", body, "did.json"]:
            return did_of_body(unit, body)
        case ["bodies", body, "licence", number, "credential.jwt"]:
            return licence_credential(unit, body, int(number))
        case ["log", "checkpoint"]:
            return checkpoint(unit)
        case ["log", "statements", name]:
            return statement_proof(unit, name.removesuffix(".tlog-proof"))
        case ["log", "papers", name]:
            return paper_proof(unit, name.removesuffix(".tlog-proof"))
        case ["log", "tile", *rest]:
            return tile(unit, "/".join(rest))
        case [".well-known", name] if name in _KNOWN:
            return _KNOWN[name](unit)
        case [".well-known", name] if name.startswith("seal-ca-"):
            return revoked_seals_of(unit, int(name.removeprefix("seal-ca-").removesuffix(".crl")))
    return None


_KNOWN = {
    "did.json": did_of_register, "seal-ca.pem": seal_roots, "tsa-roots.pem": stamp_roots, "seal-ca.crl": revoked_seals, "log.vkey": log_vkey,
    "keys.json": all_keys,
}  # fmt: skip
