"""What the register's pages say, held against its log: the truth passes, each lie is named."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.certificates.effects import sign_log_again
from app.certificates.rules import Reason
from app.kernel.database import Site
from app.ledger.tiles import decode_entries
from app.main import create_app
from app.monitor.comparing import compare
from app.papers.effects import tell
from app.verifier.anchors import Published
from tests.certificates.make import change, issue, make_world, refs, work
from tests.conftest import SetClock


class Register:
    """A register that is asked through its application, and may be made to lie about one path."""

    def __init__(self, web: TestClient) -> None:
        self.web, self.lies = web, dict[str, Any]()

    def __call__(self, path: str) -> bytes | None:
        answer = self.web.get(f"/{path}")
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, path
        lie = self.lies.get(path)
        return json.dumps(lie(answer.json())).encode() if lie else answer.content

    def entries(self) -> list[bytes]:
        size = int((self("log/checkpoint") or b"").split()[1])
        return decode_entries(self(f"log/tile/entries/000.p/{size}") or b"")


@pytest.fixture
def register(site: Site, clock: SetClock) -> Iterator[Register]:
    world = make_world(site)
    number = issue(world)
    clock.now += timedelta(hours=1)
    change(world, number, "suspend")
    work(site)
    clock.now += timedelta(hours=1)
    change(world, number, "reinstate", reason_code=Reason.RESOLVED)
    change(world, number, "reduce", curricula=refs(site, number)[:1])
    work(site)
    sign_log_again(site)
    with TestClient(create_app(site.settings, clock)) as web:
        made = Register(web)
        made.number = number  # type: ignore[attr-defined]
        yield made


def said(register: Register) -> list[str]:
    published: Published = register
    return list(compare(register.entries(), published))


def test_a_register_that_tells_the_truth_passes(register: Register) -> None:
    assert said(register) == []


def test_entries_about_papers_are_nothing_that_the_register_would_have_to_show(
    register: Register, site: Site
) -> None:
    tell(site)
    sign_log_again(site)
    assert any(b'"kind":"paper.sealed"' in entry for entry in register.entries())
    assert said(register) == []


def lie(register: Register, change: Any) -> list[str]:
    register.lies[f"api/v1/verify/{register.number}"] = change  # type: ignore[attr-defined]
    return said(register)


def forgotten(history: list[dict[str, str]]) -> list[dict[str, str]]:
    """The history without its suspension."""
    return [line for line in history if line["status"] != "suspended"]


def moved(history: list[Any], status: str, day: str) -> list[Any]:
    """The history with the first change to that status counting from another day."""
    at = next(place for place, line in enumerate(history) if line["status"] == status)
    return [line | {"effective_on": day} if place == at else line for place, line in enumerate(history)]


def renamed(history: list[Any], place: int, status: str) -> list[Any]:
    """The history with another status at that place; the oldest change is the last."""
    return [line | {"status": status} if line is history[place] else line for line in history]


def test_each_lie_is_named(register: Register) -> None:
    assert "another expires on" in lie(register, lambda page: page | {"expires_on": "2040-01-01"})[0]
    assert (
        "another holder"
        in lie(register, lambda page: page | {"holder": page["holder"] | {"ref": "another"}})[0]
    )
    assert "does not show" in lie(register, lambda page: page | {"history": forgotten(page["history"])})[0]
    for status in ("suspended", "reduced", "active"):
        told = lie(
            register,
            lambda page, status=status: page | {"history": moved(page["history"], status, "2027-09-08")},
        )
        assert "from 2027-09-08 on, and its log tells of one from 2026-03-02 on" in told[0]
    for shown in ("suspended", "withdrawn", None):
        told = lie(register, lambda page, shown=shown: page | {"status": shown})
        assert len(told) == 1
        assert f"is {shown or 'nothing'} on 2026-03-02, and by its history it is reduced" in told[0]
    unsaid = lie(register, lambda page: page | {"history": renamed(page["history"], -1, "suspended")})
    assert len(unsaid) == 1 and "was published as suspended" in unsaid[0]
    more = {"recorded_at": "2026-01-01T00:00:00Z"}
    assert "does not tell of" in lie(register, lambda page: page | {"history": [*page["history"], more]})[0]
    assert "two people are told two things" in lie(register, lambda page: page | {"as_of_log_size": 3})[0]
    assert "cannot be read" in lie(register, lambda page: [])[0]


def test_a_certificate_that_was_never_logged_is_named(register: Register) -> None:
    entries = register.entries()
    without = [entry for entry in entries if b'"kind":"certificate.published"' not in entry]
    found = list(compare(without, register))
    assert [sentence for sentence in found if "The log does not tell of certificate" in sentence]
    assert list(compare([b"{}"], register)) == ["The log holds an entry that is not one of this register."]
