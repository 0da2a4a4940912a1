"""The application without its memory for answers: what is measured or counted is made anew each time."""

from fastapi import FastAPI

from app.web.kept import KeptAnswers


def forgetful(app: FastAPI) -> FastAPI:
    """The same application, keeping no answer; to be called before it is asked for the first time."""
    build = app.build_middleware_stack

    def without() -> KeptAnswers:
        layer = build()
        assert isinstance(layer, KeptAnswers)
        layer.most = 0
        return layer

    app.build_middleware_stack = without  # type: ignore[method-assign]
    return app
