"""The keys of one register, made once for all tests of the paper; and a token to keep keys in."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.kernel.database import Site, connect
from app.settings import Settings
from tests.certificates.paper import Ceremony, a_ceremony
from tests.certificates.stamping import Tsa
from tests.conftest import SetClock

LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
PIN = "2468"


@pytest.fixture(scope="session")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    return a_ceremony(tmp_path_factory.mktemp("ceremony"))


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    """Somebody else's keys under somebody else's root, with our body's name on them."""
    return a_ceremony(tmp_path_factory.mktemp("strangers"))


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A fresh token of SoftHSM, as the address of a setting."""
    module = next((path for path in LIBRARIES if Path(path).exists()), None)
    if module is None or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM is not on this machine (Debian: softhsm2), so keys in a token cannot be tested.")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")  # the library reads it once in a process
    making = ["softhsm2-util", "--init-token", "--free", "--label", "seals", "--pin", PIN, "--so-pin", "1357"]
    subprocess.run(making, check=True, capture_output=True)
    (folder / "pin").write_text(f"{PIN}\n")
    return f"pkcs11:token=seals?module-path={module}&pin-source=file:{folder}/pin"


@pytest.fixture
def stamped(settings: Settings, clock: SetClock, tsa: Tsa, tmp_path: Path) -> Iterator[Site]:
    """An installation whose seals are stamped by the authority `tsa` of the file of tests."""
    site = connect(replace(settings, tsa_url=tsa.url, tsa_roots=tsa.roots(tmp_path)), clock)
    yield site
    site.engine.dispose()
