"""The web process never opens a private key: neither the folder they lie in, nor what speaks to a token."""

import os
import subprocess
import sys

import pytest

from app.certificates.keys import Purpose
from app.kernel.database import Site
from tests.certificates.make import World, issue, make_world
from tests.certificates.test_issuing import keys

WEB = """
import sys
touched = []
def watch(event, given):
    if event == "open" and "keys-private" in str(given[0]) or event == "import" and given[0].split(".")[0] == "pkcs11":
        touched.append(str(given[0]))
sys.addaudithook(watch)
from starlette.testclient import TestClient
from app.main import create_app
from app.settings import read_settings
client = TestClient(create_app(read_settings()))
for address in sys.argv[2:]:
    answer = client.get(address)
    print(address, answer.status_code)
if sys.argv[1] == "break it":
    from app.certificates.effects import key_store
    key_store(read_settings())
print("touched", touched)
print("loaded", [name for name in ("pkcs11", "app.certificates.press", "app.certificates.keys.store") if name in sys.modules])
"""


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def serve(world: World, how: str, *addresses: str) -> str:
    """What a web process of its own says it did; its token does not exist, so opening one would end it."""
    settings = world.site.settings
    token = "pkcs11:token=none?module-path=/nowhere/token.so&pin-source=file:/nowhere/pin"
    environment = os.environ | {
        "RRN_DATA_DIR": str(settings.data_dir), "RRN_DATABASE_URL": settings.database_url, "RRN_SECRET_KEY": settings.secret_key,
        "RRN_PUBLIC_BASE_URL": settings.public_base_url, "RRN_SEAL_KEY": token, "RRN_CREDENTIAL_KEY": token, "RRN_LOG_KEY": token,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WEB, how, *addresses], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_answers_everything_about_keys_and_papers_without_one(world: World) -> None:
    number = issue(world)
    assert keys(world.site).all(Purpose.ROOT)
    addresses = [
        "/.well-known/did.json", f"/bodies/{world.body.ref}/did.json", "/.well-known/jwks.json", "/.well-known/seal-ca.pem",
        "/.well-known/seal-ca.crl", "/.well-known/keys.json", f"/verify/{number}", f"/status/{world.body.ref}/revocation/1",
        *(f"/certificates/{number}/1/{name}" for name in ("certificate.pdf", "credential.jwt", "statement.json")),
    ]  # fmt: skip
    said = serve(world, "serve", *addresses).splitlines()
    assert said == [*(f"{address} 200" for address in addresses), "touched []", "loaded []"]


def test_the_watch_sees_a_process_that_does(world: World) -> None:
    """The test above can fail: opening the store loads what it watches for."""
    said = serve(world, "break it")
    assert "app.certificates.keys.store" in said and "touched []" not in said
