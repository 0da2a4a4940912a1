"""Routes that only read take their few parameters by one model, a tenth of the work of FastAPI's own reading."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request
from fastapi._compat import field_annotation_is_sequence
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError, create_model
from starlette.concurrency import run_in_threadpool

from app.web.gate import is_stranger

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Asking(APIRoute):
    """A GET route. Whatever its model refuses is read again by FastAPI, which words the refusal; so does a list."""

    may_be_at_once: ClassVar[bool] = False

    def get_route_handler(self) -> Handler:
        """The quick way in, and the ordinary one behind it."""
        ordinary, endpoint, model = super().get_route_handler(), self.endpoint, model_of(self)
        if model is None:
            return ordinary
        guards = [one.call for one in self.dependant.dependencies if one.call]

        async def quick(request: Request) -> Response:
            try:
                asked = model.model_validate({**request.query_params, **request.path_params})
            except ValidationError:
                return await ordinary(request)
            for guard in guards:
                await guard(request)
            if self.may_be_at_once and request.app.state.site.reads_at_once and is_stranger(request):
                answer: Response = endpoint(request=request, **asked.__dict__)
                return answer
            return await run_in_threadpool(endpoint, request=request, **asked.__dict__)

        return quick


class AskingAtOnce(Asking):
    """A public page. SQLite answers a stranger on the event loop: reading waits for nobody there, and a thread costs a quarter of the answer."""

    may_be_at_once = True


def model_of(route: APIRoute) -> type[BaseModel] | None:
    """The parameters of an address as one model; None when there is more to them than single values in path and query."""
    read = route.dependant
    if read.header_params or read.cookie_params or read.body_params:
        return None
    asked = [one for one in inspect.signature(route.endpoint).parameters.values() if one.name != "request"]
    if any(field_annotation_is_sequence(one.field_info.annotation) for one in read.query_params):
        return None
    fields: dict[str, Any] = {
        one.name: (one.annotation, ... if one.default is one.empty else one.default) for one in asked
    }
    return create_model(f"{route.name}.asked", **fields)
