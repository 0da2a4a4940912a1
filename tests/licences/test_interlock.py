"""A decision and a suspension at the same moment: one waits for the other (rules page, 20)."""

import threading
from datetime import date

import pytest

from app.kernel.database import Site, writing
from app.licences import queries
from tests.licences.make import change, change_accreditation, make_body, make_manager

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize("who", ["rrn", "ukas"])
def test_a_suspension_waits_until_the_decision_that_looked_at_the_licence_is_written(
    site: Site, who: str
) -> None:
    manager = make_manager(site)
    body = make_body(site, manager)
    suspended = threading.Event()

    def suspend() -> None:
        (change if who == "rrn" else change_accreditation)(site, manager, body, "suspend", TODAY)
        suspended.set()

    other = threading.Thread(target=suspend)
    with writing(site, body.officer) as unit:
        assert queries.standing(unit, body.id, TODAY).may_issue
        other.start()
        assert not suspended.wait(0.5), "the licence moved under a decision"
    other.join(10)
    assert suspended.is_set()
    with writing(site, body.officer) as unit:
        assert not queries.standing(unit, body.id, TODAY).may_issue
