"""No dependency is installed or locked below the version its advisory asks for (security/floors.toml)."""

import re
import tomllib
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypedDict

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = (ROOT / "requirements/runtime.lock", ROOT / "requirements/dev.lock")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", flags=re.MULTILINE)


class Floor(TypedDict):
    """One entry of the file."""

    package: str
    version: str
    advisory: str
    looked_at: date


FLOORS: list[Floor] = tomllib.loads((ROOT / "security/floors.toml").read_text())["floor"]
each_floor = pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: floor["package"])


def locked(lock: Path) -> dict[str, Version]:
    """Every package of a lock file with the version it pins."""
    return {canonicalize_name(name): Version(pinned) for name, pinned in PINNED.findall(lock.read_text())}


def below(floors: list[Floor], present: dict[str, Version]) -> list[str]:
    """A sentence for every package that is present in a version lower than its floor."""
    return [
        f"{name} is {present[name]}, the floor is {floor['version']}: {floor['advisory']}"
        for floor in floors
        if (name := floor["package"]) in present and present[name] < Version(floor["version"])
    ]


@each_floor
def test_what_is_installed_stands_on_or_above_its_floor(floor: Floor) -> None:
    try:
        installed = Version(version(floor["package"]))
    except PackageNotFoundError:
        pytest.fail(
            f"{floor['package']} has a floor but is not installed: take the entry out, or lock the package."
        )
    assert below([floor], {floor["package"]: installed}) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_locked_stands_on_or_above_its_floor(lock: Path) -> None:
    assert below(FLOORS, locked(lock)) == []


def test_a_version_below_its_floor_is_named_with_the_advisory() -> None:
    floor = Floor(
        package="h11", version="0.16.0", advisory="GHSA-vqfr-h8mv-ghfj", looked_at=date(2026, 11, 22)
    )
    assert below([floor], {"h11": Version("0.14.0")}) == [
        "h11 is 0.14.0, the floor is 0.16.0: GHSA-vqfr-h8mv-ghfj"
    ]


@each_floor
def test_every_floor_names_an_advisory_and_a_day_somebody_looked(floor: Floor) -> None:
    assert re.search(r"GHSA-|CVE-", floor["advisory"])
    assert isinstance(floor["looked_at"], date)
    assert floor["package"] == canonicalize_name(floor["package"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_carries_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_development_lock_pins_what_the_runtime_lock_pins() -> None:
    runtime, development = (locked(lock) for lock in LOCKS)
    assert {name: pin for name, pin in runtime.items() if development.get(name) != pin} == {}


def test_every_declared_dependency_is_locked_in_a_version_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {LOCKS[0]: project["project"]["dependencies"], LOCKS[1]: project["dependency-groups"]["dev"]}
    for lock, requirements in declared.items():
        pinned = locked(lock)
        for requirement in map(Requirement, requirements):
            name = canonicalize_name(requirement.name)
            assert name in pinned, f"{name} is declared but not in {lock.name}: run ./dev lock"
            assert pinned[name] in requirement.specifier, f"{name} is {pinned[name]}: run ./dev lock"
