"""The README says only what is true: its state diagrams are those of the tables. RRN_WRITE_DOCS=1 writes them anew."""

import os
import re
from pathlib import Path

from app.kernel.words import label
from tests.house.test_workflows import WORKFLOWS

README = Path(__file__).resolve().parents[2] / "README.md"


def drawn(name: str) -> str:
    return f"<!-- workflow:{name} -->\n### {label(name)}\n\n```mermaid\n{WORKFLOWS[name].mermaid()}\n```\n<!-- end -->"


def test_the_diagrams_are_those_of_the_tables() -> None:
    text = README.read_text()
    head = re.sub(r"\n*<!-- workflow:.*<!-- end -->\n?", "", text, flags=re.DOTALL).rstrip() + "\n"
    wanted = head + "".join(f"\n{drawn(name)}\n" for name in sorted(WORKFLOWS))
    if os.environ.get("RRN_WRITE_DOCS"):
        README.write_text(wanted)
    assert README.read_text() == wanted


def test_every_folder_of_the_tree_is_named() -> None:
    text = README.read_text()
    folders = [
        path.name for path in (README.parent / "app").iterdir() if path.is_dir() and any(path.glob("*.py"))
    ]
    assert [name for name in folders if name not in text] == []
