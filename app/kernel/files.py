"""Files kept by what they contain: named by their SHA-256, hashed on write and on every read (rules page, 10 and 23)."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import obstore
from obstore.exceptions import BaseError

from app.kernel.errors import NotFound
from app.kernel.words import _
from app.settings import Settings


class Damaged(Exception):
    """A stored file is not what was stored: a fault of the store, never of the person who asks."""


class StoreAway(OSError):
    """The store named by RRN_FILES_URL does not answer, or not as it should; nothing was stored."""


PATIENCE: Final = timedelta(seconds=5)
"""How long a store that refuses is asked again."""


@lru_cache(maxsize=4)
def _store(url: str) -> Any:
    return obstore.store.from_url(url, retry_config={"max_retries": 2, "retry_timeout": PATIENCE})


@contextmanager
def _asking(url: str) -> Iterator[Any]:
    try:
        yield _store(url)
    except BaseError as error:
        raise StoreAway(type(error).__name__) from error


def digest(content: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def keep(settings: Settings, content: bytes) -> str:
    """Store the bytes durably and give their name. Storing the same bytes again changes nothing. Raises StoreAway."""
    name = digest(content)
    if settings.files_url:
        with _asking(settings.files_url) as store:
            obstore.put(store, _place(name), content)
    else:
        write_once(settings.data_dir / "files" / _place(name), content)
    return name


def fetch(settings: Settings, name: str) -> bytes:
    """The bytes of that name; NotFound when there are none, Damaged when they are not what was stored, StoreAway."""
    try:
        if settings.files_url:
            with _asking(settings.files_url) as store:
                content = bytes(obstore.get(store, _place(name)).bytes())
        else:
            content = (settings.data_dir / "files" / _place(name)).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(_("The register does not hold that file.")) from error
    if digest(content) != name:
        raise Damaged(name)
    return content


def write_once(target: Path, content: bytes) -> None:
    """Temporary file, fsync, link into place, fsync of the folder: whole or not at all, and never over another.

    Raises Damaged when other bytes stand there already.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, target)
        except FileExistsError as error:
            if target.read_bytes() != content:
                raise Damaged(str(target)) from error
    finally:
        os.unlink(part)
    sync_folder(target.parent)


def write_over(target: Path, content: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder: the old bytes or the new ones, whatever happens. Others may read it."""
    handle, part = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(name: str) -> str:
    return f"{name[:2]}/{name}"
