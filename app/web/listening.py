"""Taking visitors in who come all at once."""

import socket
from contextlib import suppress

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from app.terminal import say

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


def free_or_exit(host: str, port: int) -> None:
    """Leave with a sentence when the port cannot be had, before anything is made for it."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except (OSError, OverflowError) as fault:
        say.print(
            f"[bold red]Nobody can be served at {host}, port {port}: {fault}.[/] Nothing was started. End the program that is "
            f"there, or choose another: --port {port % 65_000 + 1}"
        )
        raise typer.Exit(2) from fault
