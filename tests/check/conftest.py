"""One clean world for all tests of the check: nothing they plant is ever committed, and every file is put back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.kernel.database import connect
from tests.check.world import Clean, make_clean
from tests.conftest import SetClock
from tests.databases import Databases


@pytest.fixture(scope="session")
def clean(prepared: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clean]:
    """A register in which a great deal has happened, all of it by the real commands."""
    with prepared.copy(tmp_path_factory.mktemp("clean")) as settings:
        clock = SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        site = connect(settings, clock)
        yield make_clean(site, clock)
        site.engine.dispose()
