"""One register with certificates in several states, mirrored once; tests that damage it work on a copy."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.certificates.effects import sign_log_again
from app.certificates.effects.keys import freshen_revocations
from app.kernel.clock import system_clock
from app.kernel.database import Site, connect
from app.mirror.writing import export
from app.verifier.anchors import Anchors, Published, anchors_from
from app.verifier.source import folder
from tests.certificates.make import change, issue, make_world, reading_day, refs, work
from tests.conftest import SetClock
from tests.databases import Databases
from tests.statements.make import ask


@dataclass(frozen=True)
class Mirrored:
    """A mirror, the numbers in it by what they are, and the register it was made of."""

    folder: Path
    site: Site
    clock: SetClock
    good: str
    suspended: str
    withdrawn: str
    reduced: str

    def paper(self, number: str, version: int = 1, name: str = "certificate.pdf") -> bytes:
        return (self.folder / "certificates" / number / str(version) / name).read_bytes()

    @property
    def published(self) -> Published:
        return folder(self.folder)

    @property
    def anchors(self) -> Anchors:
        return anchors_from(self.published)


@pytest.fixture(scope="session")
def whole(prepared: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirrored]:
    place = tmp_path_factory.mktemp("mirrored")
    with prepared.copy(place) as settings:
        clock = SetClock(system_clock() - timedelta(hours=1))
        site = connect(settings, clock)
        yield made_of(site, clock, place / "mirror")
        site.engine.dispose()


def made_of(site: Site, clock: SetClock, place: Path) -> Mirrored:
    """Certificates in several states and a mirror of them, made by the real commands."""
    first = make_world(site, "Harbour Lane Training")
    worlds = [first] + [
        make_world(site, name, body=first.body, rrn=first.rrn)
        for name in ("Wrenmoor Trust", "Larkfield Care Homes", "Ŵyn Gofal")
    ]
    good, suspended, withdrawn, reduced = (issue(world) for world in worlds)
    limit = reading_day(site) + timedelta(days=60)
    change(worlds[1], suspended, "suspend", limit_on=limit)
    change(worlds[2], withdrawn, "withdraw")
    change(worlds[3], reduced, "reduce", curricula=refs(site, reduced)[:1])
    work(site)
    ask(site, good)
    work(site)
    sign_log_again(site)
    freshen_revocations(site)
    place.mkdir()
    written, faults = export(site, place, lambda _done, _all: None)
    assert written > 20 and not faults
    return Mirrored(place, site, clock, good, suspended, withdrawn, reduced)


@pytest.fixture
def mirror(whole: Mirrored, tmp_path: Path) -> Mirrored:
    """A copy that may be damaged."""
    shutil.copytree(whole.folder, tmp_path / "mirror")
    return replace(whole, folder=tmp_path / "mirror")
