"""One clean world for all tests of the check: nothing they plant is ever committed, and every file is put back."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.kernel.database import connect
from app.settings import Settings
from tests.check.world import Clean, make_clean
from tests.conftest import SetClock, _administer, _server


@pytest.fixture(scope="session")
def clean(prepared: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clean]:
    """A register in which a great deal has happened, all of it by the real commands."""
    kind, head = prepared
    folder, name = tmp_path_factory.mktemp("clean"), f"rrn_clean_{uuid.uuid4().hex[:12]}"
    settings = Settings(
        data_dir=folder,
        secret_key="a secret for the tests only, 32+ characters",
        public_base_url="http://testserver",
    )
    if kind == "sqlite":
        shutil.copy(head, folder / "register.db")
    else:
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{head}"')
        settings = replace(settings, database_url=f"{_server()}/{name}")
    clock = SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    site = connect(settings, clock)
    yield make_clean(site, clock)
    site.engine.dispose()
    if kind != "sqlite":
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')
