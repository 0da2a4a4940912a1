"""Files kept by what they contain: named by their SHA-256, hashed on write and on every read (rules page, 10 and 23)."""

import hashlib
import os
import tempfile
from pathlib import Path

import obstore

from app.kernel.errors import NotFound
from app.kernel.words import _
from app.settings import Settings


class Damaged(Exception):
    """A stored file is not what was stored: a fault of the store, never of the person who asks."""


def digest(content: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def keep(settings: Settings, content: bytes) -> str:
    """Store the bytes durably and give their name. Storing the same bytes again changes nothing."""
    name = digest(content)
    if settings.files_url:
        obstore.put(obstore.store.from_url(settings.files_url), _place(name), content)
    else:
        write_once(settings.data_dir / "files" / _place(name), content)
    return name


def fetch(settings: Settings, name: str) -> bytes:
    """The bytes of that name; NotFound when there are none, Damaged when they are not what was stored."""
    try:
        if settings.files_url:
            content = bytes(obstore.get(obstore.store.from_url(settings.files_url), _place(name)).bytes())
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
