"""The application without its memory for answers: what is measured or counted is made anew each time."""

from typing import Any, cast

from fastapi import FastAPI

from app.web.kept import KeptAnswers


def forgetful(app: FastAPI) -> FastAPI:
    """The same application, keeping no answer; to be called before it is asked for the first time."""
    (layer,) = (one for one in app.user_middleware if cast(Any, one.cls) is KeptAnswers)
    layer.kwargs["most"] = 0
    return app
