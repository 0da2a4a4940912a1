"""The child that opens a file from outside. It runs alone, reads standard input, and imports nothing of ours.

It first takes away from itself what it does not need (time, memory, files, the network), then answers one line of JSON.
"""

import ctypes
import io
import json
import resource
import sys
import zipfile
from typing import Any

CPU_SECONDS = 5
MEMORY = 512 * 1024 * 1024
ANSWER = 64 * 1024
MOST_PAGES = 2000
MOST_OBJECTS = 200_000
MOST_PIXELS = 40_000_000
MOST_MEMBERS = 2000
MOST_UNPACKED = 100 * 1024 * 1024
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "ctypes.dlopen",
)
_PDF_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/RichMediaExecute"}
_PDF_KEYS = {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/RichMediaContent"}
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_OFFICE_ACTIVE = ("vbaproject", "activex/", "embeddings/", "externallinks/", "ctrlprops/")


class Problem(Exception):
    """Why the file is not taken, as a code that the parent has a sentence for."""


def shut_in(answer: int = ANSWER) -> None:
    """Limit this process before anything from outside is read. The network goes where the system lets it."""
    for what, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    system = ctypes.CDLL(None)
    system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    system.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def refuse_the_outside(event: str, _arguments: tuple[Any, ...]) -> None:
    """A second fence inside Python: no sockets and no other programs, whatever a parser is talked into."""
    if event.startswith(_REFUSED_EVENTS):
        raise PermissionError(event)


def look_at_pdf(content: bytes) -> dict[str, Any]:
    """Pages of a PDF that has no password and does nothing by itself."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Problem("encrypted")
    pages = len(reader.pages)
    if not pages:
        raise Problem("broken")
    if pages > MOST_PAGES:
        raise Problem("too_large_inside")
    _search_objects(reader)
    return {"pages": pages}


def _search_objects(reader: Any) -> None:
    """Every object of the file, so that nothing hides behind an unusual path from the root."""
    numbers = {
        (number, generation) for generation, table in reader.xref.items() for number in table if number
    }
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Problem("too_large_inside")
    waiting: list[Any] = [reader.trailer]
    for number, generation in numbers:
        waiting.append(reader.get_object(pypdf.generic.IndirectObject(number, generation, reader)))
        while waiting:
            waiting.extend(_inside(waiting.pop()))


def _inside(thing: Any) -> list[Any]:
    """What stands directly inside; references are not followed, every object is visited anyway."""
    if isinstance(thing, dict):
        if (
            _PDF_KEYS & thing.keys()
            or thing.get("/S") in _PDF_ACTIONS
            or thing.get("/Type") == "/EmbeddedFile"
        ):
            raise Problem("active")
        return [value for value in dict.values(thing) if isinstance(value, dict | list)]
    return (
        [value for value in list.__iter__(thing) if isinstance(value, dict | list)]
        if isinstance(thing, list)
        else []
    )


def look_at_picture(content: bytes, kind: str) -> dict[str, Any]:
    """Width and height of a picture that can really be drawn."""
    picture = PIL.Image.open(io.BytesIO(content), formats=["PNG" if kind == "png" else "JPEG"])
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Problem("too_large_inside")
    picture.verify()
    PIL.Image.open(io.BytesIO(content)).load()
    return {"width": width, "height": height}


def look_at_office(content: bytes) -> dict[str, Any]:
    """A Word or Excel file without macros, embedded or outside parts, and not larger inside than it may be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
            raise Problem("too_large_inside")
        if any(member.flag_bits & 1 for member in members):
            raise Problem("encrypted")
        if any(name.startswith(("/", "\\")) or ".." in name.split("/") or "\0" in name for name in names):
            raise Problem("broken")
        if any(part in name.lower() for part in _OFFICE_ACTIVE for name in names):
            raise Problem("active")
        kind = next((kind for kind, main in _OFFICE.items() if main in names), None)
        if kind is None or "[Content_Types].xml" not in names:
            raise Problem("unknown_kind")
        _read_members(archive, members)
    return {"kind": kind}


def _read_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Read everything once: what a member says about its size is not believed, and its checksum is looked at."""
    total = 0
    for member in members:
        text = b""
        with archive.open(member) as part:
            while chunk := part.read(1024 * 1024):
                total += len(chunk)
                if total > MOST_UNPACKED:
                    raise Problem("too_large_inside")
                if member.filename.endswith((".xml", ".rels")):
                    text += chunk
        _look_at_part(member.filename, text)


def _look_at_part(name: str, text: bytes) -> None:
    if b"\0" in text:  # UTF-16, in which the words below would hide
        raise Problem("broken")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"macroEnabled" in text:
        raise Problem("active")
    if not name.endswith(".rels"):
        return
    for link in defusedxml.ElementTree.fromstring(text, forbid_dtd=True):
        kind = link.get("Type", "").rsplit("/", 1)[-1]
        if link.get("TargetMode") == "External" and kind != "hyperlink":
            raise Problem("active")


def look(content: bytes) -> dict[str, Any]:
    """What the bytes are. Raises Problem, or whatever a parser raises on a broken file."""
    if content.startswith(b"%PDF-"):
        return {"kind": "pdf"} | look_at_pdf(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return {"kind": "png"} | look_at_picture(content, "png")
    if content.startswith(b"\xff\xd8\xff"):
        return {"kind": "jpg"} | look_at_picture(content, "jpg")
    if content.startswith(b"PK\x03\x04"):
        return look_at_office(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem("encrypted_or_old_office")
    raise Problem("unknown_kind")


def main() -> None:
    """One file in, one line out."""
    sys.addaudithook(refuse_the_outside)
    try:
        answer = look(sys.stdin.buffer.read())
    except Problem as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "too_large_inside"}
    except Exception:
        answer = {"problem": "broken"}
    print(json.dumps(answer))


if __name__ == "__main__":
    shut_in()
    import defusedxml.ElementTree
    import PIL.Image
    import pypdf

    main()
