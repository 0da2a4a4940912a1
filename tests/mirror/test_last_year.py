"""Last year's paper, with the register stopped and the network gone: whoever keeps a mirror can still say all that was true."""

import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.certificates.effects import issuing, sign_log_again
from app.certificates.effects.keys import freshen_revocations
from app.kernel.database import Site
from app.mirror.writing import export
from tests.certificates.make import issue, make_world
from tests.conftest import SetClock

YEAR = timedelta(days=370)
LOOKS = """
import sys
from datetime import datetime
from pathlib import Path
from app.verifier.anchors import anchors_from
from app.verifier.checking import checked
from app.verifier.source import folder

mirror, paper, now = sys.argv[1:]
published = folder(Path(mirror))
said = checked(Path(paper).read_bytes(), anchors_from(published), published, datetime.fromisoformat(now))
print(said.answer.value, *(f"{one.found.value}: {one.sentence}" for one in said.items), sep="\\n")
"""
"""What `rrn verify` does, at a moment that is still to come."""


def alone(mirror: Path, number: str, now: datetime) -> list[str]:
    """What is said of a paper in a process that has no network at all, and nothing of the register but the mirror."""
    paper = mirror / "certificates" / number / "1" / "certificate.pdf"
    shut_off = ["unshare", "-rn", sys.executable, "-c", LOOKS, str(mirror), str(paper), now.isoformat()]
    done = subprocess.run(shut_off, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def mirrored(site: Site, place: Path) -> Path:
    issuing.freshen_lists(site)
    sign_log_again(site)
    freshen_revocations(site)
    place.mkdir()
    assert export(site, place, lambda _done, _all: None)[1] == []
    return place


@pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run(["unshare", "-rn", "true"]).returncode != 0,
    reason="a process cannot be cut off from the network on this machine: NOBODY TRIED LAST YEAR'S PAPER ALONE",
)
def test_last_years_paper_is_judged_from_a_mirror_alone(
    site: Site, clock: SetClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("mirrors")
    world = make_world(site)
    number = issue(world)
    old = mirrored(site, place / "old")
    clock.now += YEAR
    now = clock.now
    new = mirrored(site, place / "new")
    site.engine.dispose()
    shutil.rmtree(site.settings.data_dir)
    certain, *_items = alone(new, number, now)
    assert certain == "certified"
    doubtful, *items = alone(old, number, now)
    assert doubtful == "cannot_tell"
    open_still = [one for one in items if not one.startswith(("yes", "aside"))]
    assert len(open_still) == 3
    assert all(one.startswith("cannot_tell") and "a newer one is needed" in one for one in open_still)
