"""Visitors who come all at once: nobody waits for a first answer until the others have had dozens."""

import asyncio
import threading
import time

import uvicorn
from starlette.types import Receive, Scope, Send

from app.web.listening import AT_ONCE, listening

VISITORS, EACH = 32, 20


async def busy(scope: Scope, _receive: Receive, send: Send) -> None:
    """An answer that takes a millisecond of the loop."""
    if scope["type"] == "http":
        time.sleep(0.001)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})


async def answered(port: int) -> list[int]:
    """How many answers all had had together when each visitor got a first one, in that order."""
    had, firsts = 0, list[int]()

    async def visitor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal had
        for turn in range(EACH):
            writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            had += 1
            if turn == 0:
                firsts.append(had)
        writer.close()

    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(VISITORS)]
    await asyncio.gather(*(visitor(*line) for line in lines))
    return firsts


def last_first_answer(doors: int) -> int:
    """How many answers the others had had when the last visitor got a first one."""
    config = uvicorn.Config(busy, port=0, lifespan="off", loop="uvloop", log_level="warning")
    made = listening(config)
    made[0].listen()  # whoever comes before the loop turns waits in front of the door
    sockets, others = made[:doors], made[doors:]
    server = uvicorn.Server(config)
    loop = threading.Thread(target=server.run, kwargs={"sockets": sockets})
    loop.start()
    try:
        return asyncio.run(answered(sockets[0].getsockname()[1]))[-1]
    finally:
        server.should_exit = True
        loop.join(20)
        for one in others:
            one.close()


def test_the_last_of_many_who_come_at_once_is_taken_in_after_a_few_turns() -> None:
    alone, several = last_first_answer(1), last_first_answer(AT_ONCE)
    assert several < alone / 3
