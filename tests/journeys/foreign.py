"""What strangers with software of their own find: the seal, the credential, and the code on the paper."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from tests.journeys.program import Program

TOOLS = ("pdfsig", "certutil", "pdftoppm", "zbarimg")


def need_tools() -> None:
    """Skip aloud when foreign software is missing."""
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        pytest.skip(f"{', '.join(missing)} missing: NO FOREIGN SOFTWARE LOOKED AT THE CERTIFICATE")


def seal_of(pdf: bytes, root: bytes, folder: Path) -> str:
    """What pdfsig says of a file when it trusts our published root."""
    (folder / "certificate.pdf").write_bytes(pdf)
    (folder / "root.pem").write_bytes(root)
    (folder / "nss").mkdir()
    _run(folder, "certutil", "-N", "-d", "sql:nss", "--empty-password")
    _run(folder, "certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "C,C,C", "-i", "root.pem")
    return _run(folder, "pdfsig", "-nssdir", "sql:nss", "certificate.pdf")


def code_on(pdf: bytes, folder: Path) -> str:
    """The address a phone reads from the picture of the first page."""
    (folder / "seen.pdf").write_bytes(pdf)
    _run(folder, "pdftoppm", "-r", "150", "-png", "-singlefile", "-f", "1", "-l", "1", "seen.pdf", "seen")
    return _run(folder, "zbarimg", "-q", "--raw", "seen.png").strip()


def credential(token: str, stranger: Program) -> dict[str, Any]:
    """The credential, verified with the one published key its header names; no code of ours looks at it."""
    kid = str(jws.extract_compact(token.encode()).headers()["kid"])
    keys = json.loads(stranger.fetches("/.well-known/jwks.json"))["keys"]
    (key,) = [one for one in keys if one["kid"] == kid.rsplit("#", 1)[-1]]
    opened = jws.deserialize_compact(token, ECKey.import_key(key), algorithms=["ES256"])
    return dict(json.loads(opened.payload or b""))


def _run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
