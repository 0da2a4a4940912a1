"""Taking visitors in who come all at once."""

import socket
from contextlib import suppress

import uvicorn
from uvicorn.supervisors import Multiprocess

AT_ONCE = 16
"""New connections in one turn of the loop."""


def answer(config: uvicorn.Config) -> None:
    """Serve until told to stop, in as many processes as the configuration says; SystemExit when the port is taken."""
    sockets = listening(config)
    with suppress(KeyboardInterrupt):
        if config.workers > 1:
            Multiprocess(config, sockets).run()
        else:
            uvicorn.Server(config).run(sockets)


def listening(config: uvicorn.Config) -> list[socket.socket]:
    """The socket that visitors come to, several times over.

    uvloop takes one new connection a socket in each turn of its loop, and a turn serves everybody who waits: of 64 who come at
    once, the last would wait for 63 turns, more than a second, before anybody knew of him.
    """
    door = config.bind_socket()
    return [door, *(door.dup() for _ in range(AT_ONCE - 1))]
