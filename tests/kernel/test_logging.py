"""What is logged holds no secret, whoever logs and however early."""

import ast
import subprocess
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
EARLY = """
from app.kernel.logging import logger

def sign_in(password):
    try:
        raise ValueError("no such person")
    except ValueError:
        logger().exception("sign_in_failed", token=password, person="ref1")

sign_in("quiet lamp river stone")
"""


def test_what_is_logged_before_anything_is_set_up_holds_no_values_of_variables() -> None:
    done = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True, cwd=APP.parent)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "sign_in_failed" in told and "ValueError: no such person" in told and '"person": "ref1"' in told
    assert "quiet lamp" not in told
    assert len(told.splitlines()) == 1


def test_loggers_come_from_one_place() -> None:
    """A module that imports structlog itself could log before that place has said how."""
    found = [
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "structlog" in (getattr(node, "module", None) or "", *(name.name for name in node.names))
    ]
    assert found == ["kernel/logging.py"]
