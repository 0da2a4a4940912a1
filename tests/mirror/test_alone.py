"""The register is gone, and so is the network: what was issued last year still verifies from a mirror, by the command alone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.certificates.effects import sign_log_again
from app.certificates.effects.announcing import announce
from app.certificates.effects.issuing import freshen_lists
from app.certificates.effects.keys import freshen_revocations
from app.certificates.effects.licences import keep_up
from app.daily.effects import close_days
from app.kernel.database import connect
from app.mirror.writing import export
from app.papers.effects import tell as tell_of_papers
from app.papers.rules import PaperKind
from app.statements.effects import tell
from tests.certificates.make import issue, make_world, work
from tests.conftest import SetClock
from tests.databases import Databases
from tests.papers.make import papers
from tests.statements.make import ask

THEN = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
ALONE = """
import runpy, socket, sys
from datetime import datetime
from app.kernel import clock
clock.system_clock = lambda: datetime.fromisoformat("2027-03-10T10:00:00+00:00")
def away(*_some, **_more):
    raise OSError("there is no network")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = away
sys.argv[0] = "rrn verify"
runpy.run_module("app.verifier", run_name="__main__")
"""


@pytest.fixture(scope="module")
def mirror(prepared: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A year of a register, of which only the mirror is left."""
    place = tmp_path_factory.mktemp("last year")
    with prepared.copy(place) as settings:
        clock = SetClock(THEN - timedelta(days=366))
        site = connect(settings, clock)
        number = issue(make_world(site))
        ask(site, number)
        work(site)
        for duty in (announce, tell, tell_of_papers, sign_log_again):
            duty(site)
        (place / "licence.pdf").write_bytes(papers(site, PaperKind.LICENCE)[0].pdf)
        clock.now += timedelta(days=1)
        close_days(site)
        work(site)
        clock.now = THEN
        for duty in (freshen_lists, keep_up, freshen_revocations, sign_log_again):
            duty(site)
        work(site)
        assert export(site, place / "mirror", lambda _done, _of: None)[1] == []
        site.engine.dispose()
        for folder in (settings.data_dir / "issued", settings.data_dir / "keys", settings.data_dir / "files"):
            shutil.rmtree(folder, ignore_errors=True)
        yield place / "mirror"


def verify(mirror: Path, paper: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(paper), "--against", str(mirror)],
        env={name: value for name, value in os.environ.items() if not name.startswith("RRN_")},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "paper",
    ["certificates/*/1/certificate.pdf", "certificates/*/1/credential.jwt", "certificates/*/1/endorsements/*",
     "bodies/*/licence/*/credential.jwt"],
)  # fmt: skip
def test_what_was_issued_last_year_is_certified_by_a_mirror_alone(mirror: Path, paper: str) -> None:
    for one in sorted(mirror.glob(paper)):
        code, said = verify(mirror, one)
        assert (code, "\ncertified: " in said) == (0, True), said
    assert list(mirror.glob(paper))


def test_a_licence_of_last_year_stands_in_the_log_of_a_mirror_alone(mirror: Path) -> None:
    """The paper itself is in no mirror: somebody kept it."""
    assert len(list(mirror.glob("log/papers/*.tlog-proof"))) == 1
    code, said = verify(mirror, mirror.parent / "licence.pdf")
    assert code == 2 and "This is genuine: “Licence of " in said, said
    assert "The register’s log tells of this very file since 9 March 2026 at 09:00 UTC" in said, said


@pytest.mark.parametrize("paper", ["statements/*/statement.pdf", "statements/*/statement.jwt"])
def test_what_was_stated_last_year_is_genuine_and_was_so_then(mirror: Path, paper: str) -> None:
    (one,) = mirror.glob(paper)
    code, said = verify(mirror, one)
    assert (code, "\nwas_certified: A genuine statement of the register about" in said) == (1, True), said


def test_the_report_of_a_day_last_year_is_genuine_and_no_certificate(mirror: Path) -> None:
    (paper,) = mirror.glob("log/days/*/report.pdf")
    code, said = verify(mirror, paper)
    assert code == 2 and "This is genuine: “The register on " in said, said


def test_without_the_mirror_nothing_can_be_told(mirror: Path, tmp_path: Path) -> None:
    (paper,) = mirror.glob("certificates/*/1/certificate.pdf")
    assert verify(tmp_path, paper)[0] == 2
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(paper), "--against", "http://127.0.0.1:9"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2 and "cannot_tell" in done.stdout
