"""Which certification body looks after a service is between the two until there is a certificate: nothing public says it."""

from typing import Any

from fastapi.testclient import TestClient

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from app.ledger.queries import head
from app.main import create_app
from app.providers.commands import choose_body
from app.providers.models import TrainingService
from tests.licences.make import make_body
from tests.registry.make import World, make_world, publish


def everything_public(world: World) -> list[Any]:
    """What strangers are told of the service, by a process that has kept nothing."""
    holder, site = world.service.organisation_ref, world.site
    paths = (
        "register", "register?body=NGC", "register?body=CAL", f"register/services/{holder}", f"verify/{world.number}",
        f"marks/{holder}", f"register/bodies/{world.body.ref}",
    )  # fmt: skip
    with TestClient(create_app(site.settings, site.clock)) as web:
        answers = [web.get(f"/api/v1/{path}") for path in paths]
        assert all(answer.status_code == 200 for answer in answers), answers
        return [answer.json() for answer in answers]


def test_an_application_to_another_body_changes_nothing_that_the_public_is_told(site: Site) -> None:
    world = make_world(site)
    world.number = publish(world)
    other = make_body(site, world.rrn, code="CAL", name="Calder Assurance")
    before = everything_public(world)
    with writing(site, SYSTEM) as unit:
        size = head(unit).size
        choose_body(unit, unit.db.get_one(TrainingService, world.service.id), other.id)
        assert head(unit).size == size
    assert everything_public(world) == before
