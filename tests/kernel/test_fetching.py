"""The one way out: which addresses are asked, and what happens when the other side misbehaves."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.kernel.fetching import Unreachable, fetch, is_public


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.org/", "http://example.org/", "https://", "file:///etc/passwd", "https://u:p@example.org/", "http://127.0.0.1:1/",
     "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/",
     "https://2130706433/", "https://example.org:99999/", "https://exämple.org/"],
)  # fmt: skip
def test_what_is_not_public_is_never_asked(url: str) -> None:
    with pytest.raises(Unreachable):
        fetch(url, seconds=2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "ftp://example.org/", "http://a:b@example.org/"])  # fmt: skip
def test_what_is_signed_may_come_over_http_and_still_only_from_public_addresses(url: str) -> None:
    with pytest.raises(Unreachable, match=r"not public|no web address"):
        fetch(url, signed=True, seconds=2)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("10.1.2.3", False), ("100.64.0.1", False), ("::ffff:127.0.0.1", False),
     ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("fe80::1%eth0", False), ("224.0.0.1", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_with_one_inner_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", (one, 443)) for one in ("8.8.8.8", "192.168.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: both)
    with pytest.raises(Unreachable, match="not public"):
        fetch("https://register.example/")


@pytest.fixture
def serving() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """A server that does with each connection what the test says; its address."""
    doors: list[socket.socket] = []

    def serve(what: Callable[[socket.socket], None]) -> str:
        door = socket.create_server(("127.0.0.1", 0))
        doors.append(door)

        def loop() -> None:
            while True:
                try:
                    came, _where = door.accept()
                except OSError:
                    return
                with came:
                    try:
                        what(came)
                    except OSError:
                        continue

        threading.Thread(target=loop, daemon=True).start()
        return f"http://127.0.0.1:{door.getsockname()[1]}/x?y=1"

    yield serve
    for door in doors:
        door.close()


Serving = Callable[[Callable[[socket.socket], None]], str]


def answering(data: bytes) -> Callable[[socket.socket], None]:
    def what(came: socket.socket) -> None:
        came.recv(65_536)
        came.sendall(data)

    return what


def test_an_answer_is_given_with_its_status_and_kind(serving: Serving) -> None:
    url = serving(
        answering(b"HTTP/1.1 409 No\r\nContent-Type: text/x.tlog.size; a=b\r\nContent-Length: 2\r\n\r\n7\n")
    )
    found = fetch(url, b"old 0\n", this_machine=True)
    assert (found.status, found.media, found.content) == (409, "text/x.tlog.size", b"7\n")


def test_this_machine_is_asked_only_where_that_is_said(serving: Serving) -> None:
    url = serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    assert fetch(url, this_machine=True).status == 200
    with pytest.raises(Unreachable, match="https"):
        fetch(url)


def test_a_redirect_is_an_answer_and_not_followed(serving: Serving) -> None:
    url = serving(answering(b"HTTP/1.1 302 Go\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"))
    assert fetch(url, this_machine=True).status == 302


def test_too_much_and_nonsense_are_refused(serving: Serving) -> None:
    with pytest.raises(Unreachable, match="more than 10 bytes"):
        fetch(serving(answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50)), this_machine=True, largest=10)
    with pytest.raises(Unreachable, match="does not answer"):
        fetch(serving(answering(b"\0\0\0 nonsense\r\n\r\n")), this_machine=True)


def test_one_that_drips_is_cut_off(serving: Serving) -> None:
    def drip(came: socket.socket) -> None:
        came.recv(65_536)
        came.sendall(b"HTTP/1.1 200 OK\r\n")
        for _turn in range(100):
            came.sendall(b"X-A: b\r\n")
            time.sleep(0.05)

    started = time.monotonic()
    with pytest.raises(Unreachable):
        fetch(serving(drip), this_machine=True, seconds=0.5)
    assert time.monotonic() - started < 3
