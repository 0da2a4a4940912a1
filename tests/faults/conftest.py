"""One register in use for all the walks over it; the walks only look at answers, so they may share it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app.main import create_app
from tests.databases import Databases
from tests.faults.ground import Ground, a_register, make_ground


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Faults are made on purpose here: what is logged of them is kept out of the way."""
    with capture_logs():
        yield


@pytest.fixture(scope="session")
def ground(prepared: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A register that only the real commands wrote to, with somebody of every role in front of it."""
    with a_register(prepared, tmp_path_factory.mktemp("ground")) as (site, clock, settings):
        app = create_app(settings, clock, rates={})
        with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
            yield make_ground(site, clock, app, client)
        app.state.site.engine.dispose()
