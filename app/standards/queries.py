"""Reads the data files of the Standards once, checks them and answers from memory, without a database."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _, label
from app.standards.rules import (
    Appendix,
    Circumstance,
    Edition,
    LegalNote,
    LegalNotes,
    Nation,
    Requirement,
    RulePack,
    Setting,
    StandardsFault,
    State,
    notes_for,
    state_on,
)
from app.standards.rules.documents import Document
from app.standards.rules.holidays import SATURDAY, Part, public_holidays

FOLDER = Path(__file__).parent
LOCK = "digests.lock"
MOST_WORKING_DAYS = 1000
MOST_FAULTS_SHOWN = 5

D = TypeVar("D", bound=Document)
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the data files say, by id; legal notes by nation."""

    editions: Mapping[str, Edition]
    rule_packs: Mapping[str, RulePack]
    legal_notes: tuple[LegalNotes, ...]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped data files, read and checked once. Call it at start: StandardsFault must stop the start."""
    return read_catalogue(FOLDER)


def read_catalogue(folder: Path) -> Catalogue:
    """Reads and checks every data file under a folder. Raises StandardsFault on the first fault."""
    editions = _documents(folder, "editions", Edition)
    packs = _documents(folder, "rule_packs", RulePack)
    _check_digests(folder, {**_published("editions", editions), **_published("rule_packs", packs)})
    _check_references(folder, editions, packs)
    notes = tuple(
        _parsed(path, LegalNotes, _content(path)) for path in sorted(folder.glob("legal_notes/*.toml"))
    )
    return Catalogue(editions, packs, notes)


def edition(name: str) -> Edition:
    """The edition of that id, such as `rrn-1.2`. Raises NotFound with a sentence."""
    return _named(catalogue().editions, name, _("edition of the Standards"))


def rule_pack(name: str) -> RulePack:
    """The rule pack of that id, such as `rrn-2026`. Raises NotFound with a sentence."""
    return _named(catalogue().rule_packs, name, _("rule pack"))


def newest_rule_pack() -> RulePack:
    """The published rule pack that came into force last."""
    published = [pack for pack in catalogue().rule_packs.values() if pack.state is State.PUBLISHED]
    return max(published, key=lambda pack: pack.in_force_from)


def legal_notes(nation: Nation, place: Setting | Circumstance, day: date) -> list[LegalNote]:
    """The notes for a nation and a setting on a civil day; none means nothing noted, not nothing required."""
    return notes_for(catalogue().legal_notes, nation, place, day)


def working_days_after(day: date, n: int, nation: Nation, pack: RulePack | None = None) -> date:
    """The n-th working day after a civil day in a nation; that day does not count, and n = 0 gives it back.

    A case passes the rule pack it is pinned to; without one the newest published pack names the calendar.
    Raises ValueError when n is negative or above 1,000.
    """
    if not 0 <= n <= MOST_WORKING_DAYS:
        raise ValueError(f"working days are counted from 0 to {MOST_WORKING_DAYS}, not {n}")
    part = (pack or newest_rule_pack()).calendar(nation).holidays_of
    while n:
        day += timedelta(days=1)
        n -= _is_working_day(day, part)
    return day


def _is_working_day(day: date, part: Part) -> bool:
    return day.weekday() < SATURDAY and day not in public_holidays(part, day.year)


class RequirementView(View):
    """One line of the tree, with the lines under it."""

    number: str
    label: str
    meaning: str
    provisional: bool
    unsure: str
    only_for: list[str]
    children: list["RequirementView"]


class AppendixView(View):
    """One appendix: whom or which way of working it is for, and its version, as a month."""

    label: str
    meaning: str
    version: str
    only_for: list[str]


class UpdateView(View):
    """What was changed apart from the main text, and in which month."""

    month: str
    text: str


class EditionView(View):
    """An edition of the Standards: its tree in our own labels; the official wording is not ours to show."""

    id: str
    title: str
    state: str
    published_on: date
    in_force_from: date
    copyright_notice: str
    digest: str
    requirements: list[RequirementView]
    appendices: list[AppendixView]
    updates: list[UpdateView]
    provisional_count: int


class EditionLine(View):
    """An edition in a list."""

    id: str
    title: str
    state: str


class WrongClaimView(View):
    """A wording that misleads, and why."""

    words: str
    why: str
    right_with_number: bool


class SchemeView(View):
    """What the page of the scheme takes from the newest rule pack."""

    term_months: int
    percent_observed: int
    stages: list[str]
    editions: list[EditionLine]
    correct: str
    wrong: list[WrongClaimView]


def scheme_view(day: date) -> SchemeView:
    """The scheme in the figures and wordings of the newest rule pack."""
    pack, held = newest_rule_pack(), catalogue().editions
    return SchemeView(
        term_months=pack.term_months, percent_observed=pack.stratum("curricula").percent, stages=[stage.label for stage in pack.stages],
        editions=[EditionLine(id=one.id, title=one.title, state=label(state_on(one, held.values(), day))) for one in held.values()],
        correct=pack.claims.correct.format(body=_("<certification body>"), number=_("<number>")),
        wrong=[WrongClaimView(words=one.words, why=one.why, right_with_number=one.right_with_number) for one in pack.claims.wrong],
    )  # fmt: skip


def edition_view(name: str, day: date) -> EditionView:
    """The page of one edition. Raises NotFound with a sentence."""
    held = edition(name)
    return EditionView(
        id=held.id, title=held.title, state=label(state_on(held, catalogue().editions.values(), day)), published_on=held.published_on,
        in_force_from=held.in_force_from, copyright_notice=held.copyright_notice, digest=held.digest,
        requirements=_tree(held, None), appendices=[_appendix(one) for one in held.appendices],
        updates=[UpdateView(month=spoken_month(one.month), text=one.text) for one in held.updates],
        provisional_count=sum(line.provisional for line in held.requirements),
    )  # fmt: skip


def _tree(held: Edition, parent: str | None) -> list[RequirementView]:
    """The lines under a number, each with those under it."""
    return [
        RequirementView(
            number=line.number, label=line.label, meaning=line.meaning, provisional=line.provisional, unsure=_unsure(line),
            only_for=_only_for(line), children=_tree(held, line.number),
        )
        for line in held.children(parent)
    ]  # fmt: skip


def _unsure(line: Requirement) -> str:
    """What about a line is not confirmed, as a sentence; empty when all is."""
    if not line.unsure_of:
        return ""
    if len(line.unsure_of) > 1:
        return _("Provisional: neither the number nor the topic is confirmed by a public source.")
    if line.unsure_of[0] == "number":
        return _("Provisional: the topic is public, the number is ours.")
    return _("Provisional: the number is public, the topic is our reading.")


def _only_for(line: Requirement | Appendix) -> list[str]:
    """The words for whom a line is, when it is not for everybody."""
    words = newest_rule_pack().labels
    said = [words.populations[one] for one in line.populations]
    if isinstance(line, Appendix):
        return said + [label(one) for one in line.circumstances]
    return [words.routes[one] for one in line.routes] + said + [words.levels[one] for one in line.levels]


def _appendix(one: Appendix) -> AppendixView:
    return AppendixView(
        label=one.label, meaning=one.meaning, version=spoken_month(one.version), only_for=_only_for(one)
    )


def spoken_month(month: str) -> str:
    """`2021-07` as July 2021."""
    return f"{date.fromisoformat(month + '-01'):%B %Y}"


def _named(documents: Mapping[str, D], name: str, kind: str) -> D:
    if name not in documents:
        sentence = _("We hold no {kind} by that name. Nothing was changed. Those we hold: {names}.")
        raise NotFound(sentence.format(kind=kind, names=", ".join(sorted(documents))))
    return documents[name]


def _documents(folder: Path, kind: str, model: type[D]) -> dict[str, D]:
    found: dict[str, D] = {}
    for path in sorted((folder / kind).glob("*.toml")):
        content = _content(path)
        document = _parsed(path, model, content)
        if document.id != path.stem:
            raise _fault(path, f"its id is {document.id}, and the file must be called {document.id}.toml")
        found[document.id] = document.model_copy(update={"digest": hashlib.sha256(content).hexdigest()})
    if not found:
        raise StandardsFault(f"The folder {folder / kind} is empty. Nothing was started; put the files back.")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _fault(path, f"it cannot be read ({error.strerror})") from error


def _parsed(path: Path, model: type[M], content: bytes) -> M:
    try:
        return model.model_validate(tomllib.loads(content.decode()))
    except ValidationError as error:
        raise _fault(path, "; ".join(_plain(line) for line in error.errors()[:MOST_FAULTS_SHOWN])) from error
    except ValueError as error:
        raise _fault(path, f"it is not TOML: {error}") from error


def _plain(line: ErrorDetails) -> str:
    message = line["msg"].removeprefix("Value error, ")
    where = ".".join(str(part) for part in line["loc"])
    return f"{where}: {message}" if where else message


def _published(kind: str, documents: Mapping[str, D]) -> dict[str, str]:
    return {f"{kind}/{name}.toml": d.digest for name, d in documents.items() if d.state is State.PUBLISHED}


def _check_digests(folder: Path, published: Mapping[str, str]) -> None:
    locked = _locked(folder / LOCK)
    for name in sorted(published.keys() | locked.keys()):
        if name not in locked:
            raise _fault(
                folder / name, f"it is published, but {LOCK} lacks the line that `sha256sum {name}` prints"
            )
        if name not in published:
            raise _fault(folder / name, f"{LOCK} says it was published, and now it is gone or unpublished")
        if published[name] != locked[name]:
            raise _fault(folder / name, "it was changed after it was published, and cases rely on it")


def _locked(path: Path) -> dict[str, str]:
    """The lock file, one `<sha256>  <file>` a line, as the program sha256sum writes it."""
    lines = [line.split() for line in _content(path).decode().splitlines() if line]
    if any(len(line) != 2 for line in lines) or len({line[1] for line in lines}) != len(lines):
        raise _fault(path, "a line is not a digest and a file name, or a file is named twice")
    return {name: digest for digest, name in lines}


def _check_references(folder: Path, editions: Mapping[str, Edition], packs: Mapping[str, RulePack]) -> None:
    for kind, documents in (("editions", editions), ("rule_packs", packs)):
        for name, document in documents.items():
            if document.replaces and document.replaces not in documents:
                raise _fault(
                    folder / kind / f"{name}.toml", f"it replaces {document.replaces}, which is not here"
                )
    for name, pack in packs.items():
        if missing := sorted(set(pack.editions) - set(editions)):
            raise _fault(
                folder / "rule_packs" / f"{name}.toml", f"it names editions not here: {', '.join(missing)}"
            )


def _fault(path: Path, why: str) -> StandardsFault:
    return StandardsFault(
        f"The file {path.parent.name}/{path.name} cannot be used: {why}. "
        "Nothing was started and nothing was changed; put the file right, then start again."
    )
