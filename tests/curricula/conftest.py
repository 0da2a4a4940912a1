"""The world of the curricula tests."""

import pytest

from app.kernel.database import Site
from tests.curricula.make import World


@pytest.fixture
def world(site: Site) -> World:
    return World(site)
