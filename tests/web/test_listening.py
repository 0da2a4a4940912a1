"""Visitors who come all at once: the loop takes several of them in at each turn, so that nobody waits for dozens of turns."""

import asyncio
import socket

import uvicorn
import uvloop

from app.web.listening import AT_ONCE, listening

VISITORS = 64


class Taken(asyncio.Protocol):
    """Counts who was taken in."""

    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Taken.count += 1
        transport.close()


async def turns_for_all(doors: list[socket.socket]) -> int:
    """How many turns the loop takes until everybody who waits before these doors is in."""
    loop, Taken.count = asyncio.get_running_loop(), 0
    servers = [await loop.create_server(Taken, sock=one) for one in doors]
    turns = 0
    while Taken.count < VISITORS and turns < 100 * VISITORS:
        turns += 1
        await asyncio.sleep(0)
    for one in servers:
        one.close()
    return turns


def turns(doors: int) -> int:
    """The same for visitors who have all come before the loop turns for the first time."""
    made = listening(uvicorn.Config("nothing:nothing", port=0, log_level="warning"))
    made[0].listen(2 * VISITORS)
    visitors = [socket.create_connection(made[0].getsockname()) for _ in range(VISITORS)]
    try:
        return uvloop.new_event_loop().run_until_complete(turns_for_all(made[:doors]))
    finally:
        for one in (*visitors, *made):
            one.close()


def test_many_who_come_at_once_are_taken_in_within_a_few_turns() -> None:
    alone, several = turns(1), turns(AT_ONCE)
    assert several < alone / 4
