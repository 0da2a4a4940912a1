"""What a browser sent with a form: its fields by name, files read and let go of."""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app.web.limits import KILOBYTE, read_capped
from app.web.uploads import Upload

_FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data", b"")
SMALL = 256 * KILOBYTE
"""Body cap of a route without files, in bytes."""


async def form_fields(request: Request, cap: int) -> dict[str, list[Any]]:
    """What a browser sent, by name, each a list. Files become Uploads here, before the connection is let go."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind not in _FORMS or options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise HTTPException(415)  # another charset could bring in what no text may hold
    body = await read_capped(request, cap)
    again = Request(request.scope, receive=_receive(body))
    async with again.form(max_files=5, max_fields=1000, max_part_size=SMALL) as data:
        return await _collected(data)


def _receive(body: bytes) -> Callable[[], Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _collected(data: FormData) -> dict[str, list[Any]]:
    fields: dict[str, list[Any]] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if not content and not value.filename:
                continue
            fields.setdefault(name, []).append(Upload(value.filename or "", content))
        else:
            fields.setdefault(name, []).append(value)
    return fields
