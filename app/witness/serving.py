"""The witness over HTTP: two addresses, small requests, nothing answered before it is on disk."""

import asyncio

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.kernel.logging import logger
from app.witness.watching import LARGEST_REQUEST, Forgotten, Reply, Witness

PATIENCE = 10.0
"""Seconds a request may take to arrive."""


def serving(witness: Witness) -> Starlette:
    """The application of one witness."""

    async def add(request: Request) -> Response:
        try:
            body = await asyncio.wait_for(_body(request), PATIENCE)
        except TimeoutError:
            return _response(Reply(408, "The request took too long to arrive.\n"))
        if body is None:
            return _response(Reply(413, "The request is too long.\n"))
        return _response(await run_in_threadpool(_asked, witness, body))

    async def last(request: Request) -> Response:
        return _response(await run_in_threadpool(witness.checkpoint, request.path_params["place"]))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add, methods=["POST"]),
            Route("/{place}/checkpoint", last, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> bytes | None:
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > LARGEST_REQUEST:
            return None
    return found


def _asked(witness: Witness, body: bytes) -> Reply:
    try:
        return witness.add_checkpoint(body)
    except Forgotten:
        logger().exception("witness_forgot")
        return Reply(
            503, "This witness cannot read what it signed last, and signs nothing until that is mended.\n"
        )


def _response(reply: Reply) -> Response:
    return Response(reply.content, reply.status, media_type=None, headers={"Content-Type": reply.media})
