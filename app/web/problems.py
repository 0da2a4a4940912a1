"""The only translator of problems into HTTP: problem+json for programs, the same page shape for people."""

import secrets
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.kernel.errors import Forbidden, Invalid, NotFound, Problem, Refused, Stale, TooSoon, WrongState
from app.kernel.files import StoreAway
from app.kernel.logging import logger
from app.kernel.words import _, label
from app.web.forms import sentence
from app.web.gate import FormTooOld
from app.web.rendering import render

STATUS: dict[type[Problem], int] = {
    NotFound: 404, Forbidden: 403, FormTooOld: 403, WrongState: 409, Refused: 422, Stale: 409, Invalid: 422, TooSoon: 429,
}  # fmt: skip
TITLE: dict[int, str] = {
    400: "The request cannot be read",
    401: "Please sign in",
    403: "You may not do this",
    404: "Nothing here",
    405: "That cannot be done here",
    409: "This has changed, or is not at that point",
    413: "That is too large",
    415: "That kind of content is not taken here",
    422: "This cannot be done just now",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "The register cannot be read just now",
}
LOG_FILES = ("/log/checkpoint", "/log/tile/", "/log/statements/", "/log/papers/")
"""Files of the log (C2SP tlog-tiles): programs fetch them, and people in a terminal read what went wrong."""
_log = logger()


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/status/"))


def answer(request: Request, error: Exception) -> Response:
    """A Problem becomes its status, its sentence and a reference to quote."""
    assert isinstance(error, Problem)
    fields = error.fields if isinstance(error, Invalid) else {}
    return problem(
        request,
        STATUS[type(error)],
        error.detail,
        kind=type(error).__name__,
        fields=fields,
        headers=waiting(error),
    )


def waiting(error: Problem | None) -> dict[str, str]:
    """When to come back, for whoever asked too soon."""
    return {"Retry-After": str(error.wait)} if isinstance(error, TooSoon) else {}


def answer_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (no such address, wrong method) in our words."""
    assert isinstance(error, HTTPException)
    said = {
        404: _(
            "There is no page at this address. If you typed it, look at it again; if a link led here, tell us."
        ),
        400: _("What you sent could not be read as a form. Nothing was saved: go back and send it again."),
        405: _("This address does not take that kind of request. Nothing was changed."),
        413: _(
            "What you sent is larger than is taken here. Nothing was saved: send less, or a smaller file."
        ),
        415: _("What you sent is of a kind that is not taken here. Nothing was saved: send a form or JSON."),
    }.get(error.status_code, _("The request could not be carried out. Nothing was changed."))
    return problem(request, error.status_code, said, headers=dict(error.headers or {}))


def answer_invalid(request: Request, error: Exception) -> Response:
    """Faults in an address: in its path there is no such page, in its query there is a field to mend."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["loc"][0] == "path" for fault in faults):
        return problem(request, 404, _("There is no page at this address."))
    fields = {
        (name := str(fault["loc"][-1])): sentence(
            label(name), fault["type"], dict(fault.get("ctx", {})), fault["msg"]
        )
        for fault in faults
    }
    names = ", ".join(f"“{name}”" for name in fields)
    return problem(
        request,
        422,
        _("Part of the address cannot be understood: {names}. Correct it and try again.").format(names=names),
        fields=fields,
    )


def answer_database(request: Request, error: Exception) -> Response:
    """The database or the store of files is gone or will not wait: 503, and whether anything was saved."""
    _log.error("store_unavailable", kind=type(error).__name__, path=request.url.path)
    if isinstance(error, IntegrityError):
        return problem(
            request,
            409,
            _("Somebody else did the same thing at the same moment. Nothing of yours was saved: look again."),
        )
    asked = request.method in ("GET", "HEAD") or getattr(request.state, "asks", False)
    said = (
        _("The register cannot be read just now, so we cannot tell. Try again in a minute.")
        if asked
        else _(
            "The register could not be written just now. Nothing was saved: wait a minute and send it again."
        )
    )
    extra: dict[str, Any] = {"answer": "cannot_tell"} if asked else {}
    return problem(request, 503, said, headers={"Retry-After": "30"}, **extra)


def answer_bug(request: Request, error: Exception) -> Response:
    """A fault of ours: a reference to quote, nothing of the exception."""
    reference = secrets.token_hex(4)
    _log.error("unexpected", reference=reference, kind=type(error).__name__, exc_info=error)
    return problem(
        request,
        500,
        _(
            "Something went wrong on our side. Nothing of yours was saved. Try again, and tell us the reference if it happens again."
        ),
        reference=reference,
    )


def answer_sign_in(request: Request, error: Exception) -> Response:
    """Nobody is signed in: a page leads to the sign-in page and back, a program is told 401."""
    assert isinstance(error, Problem)
    if wants_json(request):
        return problem(request, 401, error.detail, headers={"WWW-Authenticate": "Bearer"})
    return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)


def problem(
    request: Request, status: int, detail: str, *, kind: str = "", reference: str = "",
    fields: dict[str, str] | None = None, headers: dict[str, str] | None = None, **extra: Any,
) -> Response:  # fmt: skip
    body: dict[str, Any] = {
        "type": f"/problems/{kind or status}", "title": _(TITLE.get(status, TITLE[400])), "status": status, "detail": detail,
        "reference": reference or secrets.token_hex(4), **extra,
    }  # fmt: skip
    if fields:
        body["fields"] = fields
    kept = {"Cache-Control": "no-store", **(headers or {})}
    if request.url.path.startswith(LOG_FILES):
        return PlainTextResponse(f"{detail}\n", status, kept)
    if wants_json(request):
        return JSONResponse(body, status, kept, media_type="application/problem+json")
    context = request.app.state.context(request) if hasattr(request.app.state, "context") else {}
    return HTMLResponse(render("problem.html", page=body, **context), status, kept)


HANDLERS = {
    Problem: answer,
    HTTPException: answer_http,
    RequestValidationError: answer_invalid,
    OperationalError: answer_database,
    InterfaceError: answer_database,
    IntegrityError: answer_database,
    PoolTimeout: answer_database,
    TimeoutError: answer_database,
    StoreAway: answer_database,
    Exception: answer_bug,
}
