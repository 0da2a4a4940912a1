"""The desk's pages of certificates and the public files, through the application."""

import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.certificates import jose
from app.certificates.keys import PublicKeys, Purpose
from app.certificates.verify import verify_pdf
from app.kernel.actor import Actor
from app.kernel.database import Site, Unit
from app.ledger import tiles, tree
from app.ledger.note import Checkpoint, InclusionProof, NoteKey, open_note
from app.main import create_app
from app.settings import Settings
from app.web.gate import Credentials, Ports, cookie_name, csrf_token
from tests.certificates.make import World, change, grant, issue, make_world, refs, status, work
from tests.conftest import SetClock


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


@pytest.fixture
def number(world: World) -> str:
    return issue(world)


@pytest.fixture
def web(settings: Settings, clock: SetClock, world: World) -> Iterator[FastAPI]:
    known = {one.id: one for one in (world.decider, world.assessor, world.manager, world.stranger, world.rrn)}

    def identify(_unit: Unit, brought: Credentials) -> Actor | None:
        return known.get(brought.session or brought.token or "")

    made = create_app(settings, clock)
    made.state.ports = Ports(identify=identify)
    yield made
    made.state.site.engine.dispose()


def browser(web: FastAPI, who: Actor) -> TestClient:
    client = TestClient(web, follow_redirects=True)
    client.cookies.set(cookie_name(web.state.site.settings), who.id)
    return client


@pytest.fixture
def public(web: FastAPI) -> TestClient:
    return TestClient(web)


def test_the_desk_shows_the_certificate_its_papers_and_what_can_be_done(
    web: FastAPI, world: World, number: str
) -> None:
    client = browser(web, world.decider)
    assert number in client.get("/certificates").text
    page = client.get(f"/certificates/{number}").text
    for words in (
        "Harbour Lane Training",
        "Safe Holding: intermediate",
        "Suspend the certificate",
        f"/certificates/{number}/1/certificate.pdf",
    ):
        assert words in page
    assert "Suspend the certificate" not in browser(web, world.manager).get(f"/certificates/{number}").text
    assert browser(web, world.stranger).get(f"/certificates/{number}").status_code == 404


def test_a_certificate_is_suspended_through_the_pages_and_a_refused_form_keeps_what_was_typed(
    web: FastAPI, world: World, number: str
) -> None:
    client = browser(web, world.decider)
    form = client.get(f"/certificates/{number}/suspend")
    assert 'value="2026-09-02"' in form.text or "2026" in form.text
    fields = {
        "csrf": csrf_token(web.state.site.settings, world.decider.id), "version": "2", "reason_code": "nonconformity",
        "ends_when": "Both findings are closed.", "limit_on": "2026-12-31", "contact": "Olive Officer",
        "effective_on": "2026-03-02", "public_text": "", "private_text": "",
    }  # fmt: skip
    refused = client.post(f"/certificates/{number}/suspend", data=fields)
    assert refused.status_code == 422
    assert "A suspension lasts at most 6 months" in refused.text
    assert "Both findings are closed." in refused.text
    done = client.post(f"/certificates/{number}/suspend", data=fields | {"limit_on": "2026-08-31"})
    assert done.status_code == 200
    assert "What ends the suspension" in done.text
    assert status(world.site, number) is not None
    assert status(world.site, number).value == "suspended"  # type: ignore[union-attr]


def test_the_same_through_json(web: FastAPI, world: World, number: str) -> None:
    client = TestClient(web, headers={"Authorization": f"Bearer {world.decider.id}"})
    seen = client.get(f"/api/v1/certificates/{number}").json()
    assert [item["title"] for item in seen["items"]] == [
        "Reducing Restrictive Practices",
        "Safe Holding: intermediate",
    ]
    body = {"version": seen["version"], "effective_on": "2026-03-02", "reason_code": "asked_by_the_holder"}
    ended = client.post(f"/api/v1/certificates/{number}/terminate", json=body)
    assert (ended.status_code, ended.json()["status"]) == (200, "terminated")
    again = client.post(
        f"/api/v1/certificates/{number}/terminate", json=body | {"version": ended.json()["version"]}
    )
    assert again.status_code == 409
    only = client.post(
        f"/api/v1/certificates/{number}/reduce", json=body | {"curricula": refs(world.site, number)}
    )
    assert only.status_code in (409, 422)


def test_the_steps_of_the_register_itself_have_no_address(web: FastAPI, world: World, number: str) -> None:
    client = TestClient(web, headers={"Authorization": f"Bearer {world.decider.id}"})
    for step in ("activate", "supersede"):
        assert client.post(f"/api/v1/certificates/{number}/{step}", json={"version": 2}).status_code in (
            404,
            405,
        )


def test_the_public_files_have_their_types_and_carry_no_cookie(public: TestClient, number: str) -> None:
    for path, kind in (
        (f"/certificates/{number}/1/certificate.pdf", "application/pdf"),
        (f"/certificates/{number}/1/credential.jwt", "application/vc+jwt"),
        (f"/certificates/{number}/1/statement.json", "application/json"),
        (f"/certificates/{number}/1/proof.tlog-proof", "text/plain"),
        ("/.well-known/did.json", "application/did+json"),
        ("/.well-known/jwks.json", "application/jwk-set+json"),
        ("/.well-known/seal-ca.pem", "application/x-pem-file"),
        ("/.well-known/log.vkey", "text/plain"),
        ("/log/checkpoint", "text/plain"),
    ):
        answer = public.get(path)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind), path
        assert "set-cookie" not in answer.headers


def test_a_stranger_with_addresses_alone_checks_everything(
    public: TestClient, world: World, number: str
) -> None:
    site = world.site
    pdf = public.get(f"/certificates/{number}/1/certificate.pdf").content
    assert verify_pdf(pdf, PublicKeys(site.settings.data_dir / "keys").anchors()).genuine
    token = public.get(f"/certificates/{number}/1/credential.jwt").text
    kid = jose.kid_of(token)
    assert kid.startswith(f"did:web:testserver:bodies:{world.body.ref}#")
    document = public.get(f"/bodies/{world.body.ref}/did.json").json()
    assert kid in document["assertionMethod"]
    published = PublicKeys(site.settings.data_dir / "keys").all(Purpose.CREDENTIAL)
    keys = {kid: next(key for key in published if kid.endswith(key.id))}
    payload = jose.verify(token, keys, "vc+jwt")
    for entry in payload["credentialStatus"]:
        listed = public.get(entry["statusListCredential"].removeprefix("http://testserver"))
        assert listed.headers["content-type"] == "application/vc+jwt"
        assert jose.verify(listed.text, keys, "vc+jwt")["id"] == entry["statusListCredential"]


def test_the_log_can_be_rebuilt_from_what_is_served(public: TestClient, world: World, number: str) -> None:
    change(world, number, "suspend")
    work(world.site)
    key = NoteKey.parse(public.get("/.well-known/log.vkey").text)
    seen = Checkpoint.parse(open_note(public.get("/log/checkpoint").text, [key]).text)
    entries, nodes = list[bytes](), dict[tuple[int, int], bytes]()
    for tile in tiles.tiles_of(seen.size):
        answer = public.get(f"/log/{tile.path}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        if tile.level is None:
            entries += tiles.decode_entries(answer.content)

    class Shelf:
        def get(self, level: int, index: int) -> bytes:
            return nodes[level, index]

        def put(self, level: int, index: int, digest: bytes) -> None:
            nodes[level, index] = digest

    for size, entry in enumerate(entries):
        tree.append(Shelf(), size, tree.leaf_hash(entry))
    assert tree.root(Shelf(), seen.size) == seen.root
    proof = InclusionProof.parse(public.get(f"/certificates/{number}/1/proof.tlog-proof").text)
    assert json.loads(entries[proof.index])["kind"] == "certificate.published"


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/0/999", "/log/tile/0/000.p/255", "/log/tile/64/000", "/log/tile/..%2f..%2fetc/passwd", "/log/tile/entries/001",
        "/certificates/NGC-000999-A/1/certificate.pdf", "/certificates/NGC-000001-X/9/certificate.pdf",
        "/status/nobody/revocation/1", "/bodies/nobody/did.json",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_so(public: TestClient, number: str, path: str) -> None:
    assert public.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/status/x/gossip/1", "/certificates/NGC-000001-X/0/certificate.pdf", "/certificates?status=gossip"],
)
def test_what_is_no_address_is_refused(public: TestClient, number: str, path: str) -> None:
    assert public.get(path, follow_redirects=False).status_code in (303, 404, 422)


def test_files_of_one_being_issued_say_so_and_are_there_after_the_worker(
    public: TestClient, world: World
) -> None:
    number = grant(world)
    waiting = public.get(f"/certificates/{number}/1/certificate.pdf")
    assert waiting.status_code == 404
    assert "being issued" in waiting.text
    work(world.site)
    assert public.get(f"/certificates/{number}/1/certificate.pdf").status_code == 200
