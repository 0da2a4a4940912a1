"""The keys of one register, made once for all tests of the paper."""

import pytest

from tests.certificates.paper import Ceremony, a_ceremony


@pytest.fixture(scope="session")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    return a_ceremony(tmp_path_factory.mktemp("ceremony"))


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    """Somebody else's keys under somebody else's root, with our body's name on them."""
    return a_ceremony(tmp_path_factory.mktemp("strangers"))
