"""The guards of the house: what stands where, how large it may be, and what is written in one place only."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TREE = sorted((ROOT / "app").rglob("*.py"))
AREAS = {
    "cases", "audits", "certificates", "curricula", "providers", "licences", "people", "organisations", "standards", "ledger",
    "marks", "surveillance", "registry", "desks", "complaints", "oversight",
}  # fmt: skip
LONG_FOR_A_REASON = {
    "app/web/styleguide.py:_questions": "one example of every kind of field, one after the other"
}
"""Functions of more than 60 lines, each with its reason."""


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed() -> Iterator[tuple[Path, ast.Module]]:
    for path in TREE:
        yield path, ast.parse(path.read_text())


def functions() -> Iterator[tuple[str, int]]:
    for path, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno
                yield f"{place(path)}:{node.name}", node.end_lineno - node.lineno + 1


def calls(name: str) -> set[str]:
    """The files in which something called `name` (or `x.name`) is called."""
    found = set()
    for path, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called == name:
                    found.add(place(path))
    return found


def test_every_module_says_what_it_is_for() -> None:
    missing = [place(path) for path, tree in parsed() if path.stat().st_size and not ast.get_docstring(tree)]
    assert not missing


def test_no_file_is_longer_than_400_lines() -> None:
    long = {place(path): text.count("\n") for path in TREE if (text := path.read_text()).count("\n") > 400}
    assert not long


def test_functions_are_short() -> None:
    lengths = dict(functions())
    assert {name: n for name, n in lengths.items() if n > 60 and name not in LONG_FOR_A_REASON} == {}
    assert statistics.median(lengths.values()) <= 8
    assert statistics.quantiles(lengths.values(), n=20)[-1] <= 30


def test_nothing_is_imported_inside_a_function() -> None:
    late = []
    for path, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                late += [
                    f"{place(path)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert not late


def test_only_writing_commits() -> None:
    assert calls("commit") == set()
    assert {where for where in calls("begin") if "session.begin" in (ROOT / where).read_text()} == {
        "app/kernel/database.py"
    }


def test_only_the_clock_reads_the_machines_clock() -> None:
    readers = set()
    for path, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in {
                ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today"), ("time", "time"),
            }:  # fmt: skip
                readers.add(place(path))
    assert readers <= {"app/kernel/clock.py", "app/web/rendering.py"}, readers


def test_http_exceptions_stay_at_the_edge() -> None:
    assert {where for where in calls("HTTPException") if not where.startswith("app/web/")} == set()


def test_questions_to_the_database_stand_where_questions_stand() -> None:
    allowed = re.compile(r"app/(kernel|ledger|check|demo)/|/(queries|commands|effects)(\.py|/)")
    assert {where for where in calls("select") if not allowed.search(where)} == set()


def test_status_is_assigned_in_casework_alone() -> None:
    assigned = set()
    for path, tree in parsed():
        for node in ast.walk(tree):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign | ast.AnnAssign)
                else []
            )
            flat = [inner for target in targets for inner in ast.walk(target)]
            if any(
                isinstance(target, ast.Attribute)
                and target.attr == "status"
                and isinstance(target.ctx, ast.Store)
                for target in flat
            ):
                assigned.add(place(path))
    assert assigned <= {"app/kernel/casework.py"}, assigned


def test_areas_hold_only_the_files_an_area_may_have() -> None:
    usual = {"pages", "effects", "commands", "queries", "models", "rules", "__init__"}
    special = {
        "certificates": {
            "seal",
            "document",
            "credential",
            "lints",
            "keys",
            "jose",
            "did",
            "verify",
            "press",
            "specimen",
            "stamp",
        },
        "ledger": {"tree", "note", "tiles"},
    }
    strays = []
    for area in AREAS:
        for item in (ROOT / "app" / area).glob("*"):
            name = item.stem
            is_code = item.suffix == ".py" or (item.is_dir() and any(item.glob("*.py")))
            if is_code and name not in usual | special.get(area, set()):
                strays.append(place(item))
    assert not strays


def test_nothing_is_called_utils_or_service() -> None:
    shy = {"utils", "util", "helpers", "helper", "common", "service", "services", "misc", "manager"}
    assert [place(path) for path in TREE if path.stem in shy or path.parent.name in shy] == []


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_an_address_of_a_registry() -> None:
    bad = re.compile(
        "|".join(["/wo" + "rk/(main|shared)", "[.]libr" + "ary/", "pypi" + "[.]org", "registry[.]npm" + "js"])
    )
    named = [
        place(path)
        for path in tracked()
        if path.stat().st_size < 2_000_000 and bad.search(path.read_text(errors="replace"))
    ]
    assert not named


def test_no_unfinished_marks_are_left() -> None:
    marks = re.compile("TO" + "DO|FIX" + "ME|X" + "XX|NotImplemented" + "Error|lorem " + "ipsum")
    left = [
        place(path)
        for path in tracked()
        if path.suffix in (".py", ".html", ".css", ".toml") and marks.search(path.read_text(errors="replace"))
    ]
    assert not left


def test_templates_escape_everything_and_hold_nothing_inline() -> None:
    faulty = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        if "email" in path.parts:
            continue
        if re.search(
            r"\|\s*safe\b|autoescape\s+false|<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", text
        ):
            faulty.append(place(path))
    assert not faulty


def test_the_interface_never_uses_the_wrong_verbs() -> None:
    """UKAS accredits, RRN licenses, the body certifies; the wrong lines are quoted from the rule pack alone."""
    wrong = re.compile(
        r"RRN[- ](accredited|approved)|accredited by (RRN|BILD)|UKAS[- ]approved", re.IGNORECASE
    )
    faulty = [
        place(path)
        for path in [*(ROOT / "templates").rglob("*.html"), *TREE]
        if wrong.search(path.read_text()) and "lints" not in path.parts
    ]
    assert not faulty
