"""The one way out: HTTP asked by the register itself, of public addresses only, within limits (rules page, 11).

Https alone, the name looked up once and every address it has public, no redirect followed, a limit on bytes and on
seconds. There are two exceptions, each only where the caller says so: this machine (127.0.0.1, localhost), and http for
what its maker signed and the caller verifies, such as a list of revoked certificates.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
EMBEDDING: Final = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Networks of IPv6 whose addresses stand for one of IPv4, which may be an inner one."""
LARGEST: Final = 1 << 20
SECONDS: Final = 10.0
_DOORS: Final = {"https": 443, "http": 80}


class Unreachable(Exception):
    """No answer could be had, or none may be asked for; the message says why in a clause."""


@dataclass(frozen=True)
class Fetched:
    """What was answered, whatever the status."""

    status: int
    media: str
    content: bytes


def fetch(
    url: str, body: bytes | None = None, *, media: str = "text/plain", this_machine: bool = False, signed: bool = False,
    largest: int = LARGEST, seconds: float = SECONDS,
) -> Fetched:  # fmt: skip
    """Ask an address: GET, or POST when there is a body of that media type. Raises Unreachable.

    `signed` says that the answer bears its maker's signature and is verified, so it may come over http as well.
    `seconds` counts from the connection to the last byte; looking the name up is bounded by the system's own limit.
    """
    parts = _asked(url, this_machine, signed)
    target = parts.path or "/"
    headers = {"User-Agent": "rrn-register", "Accept": "*/*"} | ({"Content-Type": media} if body else {})
    try:
        with _connected(parts, this_machine, seconds) as connection:
            connection.request(
                "POST" if body is not None else "GET",
                f"{target}?{parts.query}" if parts.query else target,
                body,
                headers,
            )
            answer = connection.getresponse()
            content = answer.read(largest + 1)
            said = (answer.headers.get("Content-Type") or "").split(";")[0].strip().lower()
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Unreachable(f"{parts.hostname} does not answer ({type(fault).__name__})") from fault
    if len(content) > largest:
        raise Unreachable(f"{parts.hostname} answers with more than {largest} bytes")
    return Fetched(answer.status, said, content)


def _asked(url: str, this_machine: bool, signed: bool) -> SplitResult:
    """The parts of an address that may be asked."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as fault:
        raise Unreachable("this is no web address") from fault
    inner = this_machine and parts.hostname in LOOPBACK
    if not parts.hostname or parts.scheme not in _DOORS or parts.username or not url.isascii():
        raise Unreachable("this is no web address")
    if parts.scheme != "https" and not (inner or signed):
        raise Unreachable("only addresses that begin with https:// are asked")
    return parts


def _addresses(parts: SplitResult, this_machine: bool) -> list[str]:
    """Where the name leads: all of it to public addresses, or all of it to this machine where that is allowed."""
    name = parts.hostname or ""
    found = socket.getaddrinfo(name, parts.port or _DOORS[parts.scheme], type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    may = _is_loopback if this_machine and name in LOOPBACK else is_public
    if not addresses or not all(may(one) for one in addresses):
        raise Unreachable(f"{name} leads to an address that is not public")
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is one that anybody on the internet can reach, also behind its other spellings."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in EMBEDDING):
            return False
    return found.is_global and not found.is_multicast


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


@contextmanager
def _connected(
    parts: SplitResult, this_machine: bool, seconds: float
) -> Iterator[http.client.HTTPConnection]:
    """A connection to an address that was looked at, cut off when its time is up, however slowly the other side drips."""
    address, port = _addresses(parts, this_machine)[0], parts.port or _DOORS[parts.scheme]
    late = threading.Event()
    made: list[socket.socket] = [socket.create_connection((address, port), timeout=seconds)]
    watch = threading.Timer(seconds, _cut, (made, late))
    watch.daemon = True
    watch.start()
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        if parts.scheme == "https":
            wrapped = ssl.create_default_context().wrap_socket(
                made[0], server_hostname=parts.hostname, do_handshake_on_connect=False
            )
            made.append(wrapped)
            wrapped.do_handshake()
        connection.sock = made[-1]
        yield connection
        if late.is_set():  # what was read until then looks like a whole answer
            raise TimeoutError("it took too long")
    finally:
        watch.cancel()
        connection.close()
        made[-1].close()


def _cut(made: list[socket.socket], late: threading.Event) -> None:
    late.set()
    try:
        made[-1].shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended by itself
        return
