"""Programs that others wrote, asked what they read in what the register signs; a test that lacks one is skipped aloud."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
JOSE = "/usr/share/nodejs"
"""Where Debian's node-jose is; a Node that is not Debian's does not look there by itself."""


def published_as(keys: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Keys as a JWK set has them: each says itself under which name tokens speak of it."""
    return [key | {"kid": name} for name, key in keys.items()]


def tokens_by_jose(
    tokens: Iterable[str], keys: Iterable[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """What npm's jose reads in tokens, or says why it refuses them; it picks the key by the name in the header."""
    asked = {"tokens": list(tokens), "keys": list(keys), "now": now.isoformat()}
    return _node(
        "tokens.mjs", asked, f"{JOSE}/jose", "node-jose", "NO JOSE BUT PYTHON'S LOOKED AT THE TOKENS"
    )


def lists_by_bitstring(subjects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many entries each list has for Digital Bazaar's decoder, and which are set."""
    decoder = HERE / "node_modules/@digitalbazaar/bitstring"
    return _node("lists.mjs", list(subjects), decoder, "npm ci in tests/foreign", "NO FOREIGN DECODER LOOKED AT THE LISTS")  # fmt: skip


def _node(
    script: str, asked: object, needed: str | Path, comes_from: str, else_say: str
) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if not node or not Path(needed).is_dir():
        pytest.skip(f"node or {needed} is missing ({comes_from}): {else_say}")
    done = subprocess.run(
        [node, str(HERE / script)], input=json.dumps(asked), capture_output=True, text=True, timeout=60,
        env=os.environ | {"NODE_PATH": JOSE},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers
