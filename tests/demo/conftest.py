"""The demonstration, made once for all these tests: half a minute of work."""

from pathlib import Path

import pytest

from app.__main__ import bring_to_head
from app.demo import start
from app.settings import Settings

PASSWORD = "quiet lamp river stone"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a whole demonstration."""
    folder: Path = tmp_path_factory.mktemp("demonstration")
    settings = start.demo_settings(8000, {"RRN_DATA_DIR": str(folder), "RRN_DEMO_PASSWORD": PASSWORD})
    bring_to_head(settings)
    start.fill(settings, lambda _share: None)
    return settings
