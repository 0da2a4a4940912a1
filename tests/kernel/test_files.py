"""Files kept in a store across the network, which speaks S3: found again by what they contain, or missed in words."""

import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import obstore
import pytest
from fastapi import FastAPI
from moto.server import ThreadedMotoServer
from starlette.testclient import TestClient

import app.main
from app.kernel import files
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.settings import Settings
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area
from tests.conftest import SetClock

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")
BUCKET = "register-files"


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store with an empty bucket; what AWS's own tools read from the environment leads there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/{BUCKET}", method="PUT"))
    _leads_to(monkeypatch, url)
    yield url
    server.stop()


def _leads_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    files._store.cache_clear()
    said = {"ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": "key", "REGION": "eu-west-2", "ENDPOINT": url, "ALLOW_HTTP": "true"}  # fmt: skip
    for name, value in said.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def _bucket() -> Any:
    """The bucket as its owner sees it."""
    return obstore.store.from_url(f"s3://{BUCKET}")


@pytest.fixture
def remote(settings: Settings) -> Iterator[Settings]:
    yield replace(settings, files_url=f"s3://{BUCKET}")
    files._store.cache_clear()


def test_what_was_kept_is_found_by_its_digest(address: str, remote: Settings) -> None:
    name = files.keep(remote, b"evidence")
    assert files.keep(remote, b"evidence") == name
    assert files.fetch(remote, name) == b"evidence"
    assert bytes(obstore.get(_bucket(), f"{name[:2]}/{name}").bytes()) == b"evidence"
    assert not (remote.data_dir / "files").exists()


def test_what_was_never_kept_is_missed_in_words(address: str, remote: Settings) -> None:
    with pytest.raises(NotFound, match="does not hold that file"):
        files.fetch(remote, files.digest(b"never kept"))


def test_what_was_changed_in_the_store_is_not_given_out(address: str, remote: Settings) -> None:
    name = files.keep(remote, b"evidence")
    obstore.put(_bucket(), f"{name[:2]}/{name}", b"other")
    with pytest.raises(files.Damaged):
        files.fetch(remote, name)


def test_a_store_that_is_away_is_said_and_is_no_fault_of_ours(
    remote: Settings, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        _leads_to(monkeypatch, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(files.StoreAway):
            files.keep(remote, b"evidence")
        monkeypatch.setattr(app.main, "AREAS", (shelf,))
        answer = TestClient(_served(remote, clock), raise_server_exceptions=False).get("/shelf")
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.text


shelf = Area("shelf")


@shelf.file("/shelf", may=PUBLIC)
def show(unit: Unit) -> Answer:
    return Answer(files.fetch(unit.site.settings, files.digest(b"evidence")), "text/plain")


def _served(settings: Settings, clock: SetClock) -> FastAPI:
    return app.main.create_app(settings, clock)
