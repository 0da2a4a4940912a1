"""`serve` and `demo` say who is in their way, before they make anything."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.__main__ import rrn


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_said_before_anything_is_made(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RRN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("RRN_DATABASE_URL", f"sqlite:///{tmp_path}/var/register.db")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = CliRunner().invoke(rrn, [command, "--port", str(port)])
    words = " ".join(said.output.split())
    assert said.exit_code == 2, said.output
    assert f"Nobody can be served at 127.0.0.1, port {port}" in words
    assert "Nothing was started" in words
    assert not (tmp_path / "var").exists()
