"""Worlds that are made once: the first test that asks has the real commands make one, the next ones get a copy of all they wrote.

`once` stands on functions that begin in a fresh installation and return what they made. Nothing comes about here that the
commands did not do; they only do not do it a hundred times over.
"""

import functools
import io
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from app.kernel.database import Site
from tests.databases import DATABASE, Content, Databases

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Kept:
    """All that making a world left behind."""

    answer: bytes
    content: Content
    files: Path
    now: datetime


class Shelf:
    """The worlds of one engine, each under what it depends on: who made it, with what, when, and with which settings."""

    def __init__(self, engine: Databases, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.kept: dict[bytes, Kept] = {}

    def begins_here(self, site: Site) -> bool:
        """Whether nothing has happened in this installation yet."""
        return not files_of(site) and self.engine.is_fresh(site.settings)

    def put_away(self, name: bytes, site: Site, made: object) -> None:
        """Keep what stands there now, and what was answered."""
        answer = packed(site, made)
        if str(site.settings.data_dir).encode() in answer:
            return  # it speaks of the folder of this one installation
        files = self.folder / str(len(self.kept))
        files.mkdir()
        for path in files_of(site):
            _copy(path, files / path.name)
        content = self.engine.read(site.settings)
        self.kept[name] = Kept(answer, content, files, site.clock())

    def take_out(self, name: bytes, site: Site) -> Any:
        """Have the same stand in another installation."""
        kept = self.kept[name]
        self.engine.write(site.settings, kept.content)
        for path in kept.files.iterdir():
            _copy(path, site.settings.data_dir / path.name)
        site.clock.now = kept.now  # type: ignore[attr-defined]
        return unpacked(site, kept.answer)


shelves: dict[str, Shelf] = {}
"""By the name of the engine; where a test changes the program itself, there are none."""


def once(make: Callable[Concatenate[Site, P], R]) -> Callable[Concatenate[Site, P], R]:
    """Have a function make its world only for the first who asks."""

    @functools.wraps(make)
    def made(site: Site, /, *args: P.args, **said: P.kwargs) -> R:
        shelf = shelves.get(site.engine.dialect.name)
        if not shelf or not hasattr(site.clock, "now") or not shelf.begins_here(site):
            return make(site, *args, **said)
        settings = replace(site.settings, data_dir=Path(), database_url="")
        name = packed(site, (make.__module__, make.__qualname__, args, said, site.clock(), settings))
        if name in shelf.kept:
            return shelf.take_out(name, site)  # type: ignore[no-any-return]
        answer = make(site, *args, **said)
        shelf.put_away(name, site, answer)
        return answer

    return made


def files_of(site: Site) -> list[Path]:
    """Files and folders of an installation beside its database."""
    return [path for path in site.settings.data_dir.iterdir() if not path.name.startswith(DATABASE)]


def packed(site: Site, what: object) -> bytes:
    """A value with the site left out of it, and the clock and the settings, each of which is another in every test."""
    into = io.BytesIO()
    pickler = pickle.Pickler(into)
    own = {id(site): "site", id(site.clock): "clock", id(site.settings): "settings"}
    pickler.persistent_id = lambda one: own.get(id(one))  # type: ignore[method-assign]
    pickler.dump(what)
    return into.getvalue()


def unpacked(site: Site, answer: bytes) -> Any:
    """The value again, with this site in it."""
    unpickler = pickle.Unpickler(io.BytesIO(answer))  # noqa: S301  we wrote it in this very process
    own = {"site": site, "clock": site.clock, "settings": site.settings}
    unpickler.persistent_load = own.__getitem__  # type: ignore[method-assign]
    return unpickler.load()


def _copy(what: Path, to: Path) -> None:
    if what.is_dir():
        shutil.copytree(what, to)
    else:
        shutil.copy2(what, to)
