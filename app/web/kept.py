"""Public answers kept whole under (address, size of the ledger, day): true until the ledger grows or the day changes.

Of what is asked after the `?` only what the route of the address reads is part of it.

One small ASGI layer in front of everything else. It looks at the size before it looks for an answer, so nothing older
than the last public change is ever given out (performance page, "What follows").
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import monotonic
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIXES = (
    "/verify/", "/c/", "/badge/", "/marks/", "/register", "/check", "/scheme",
    "/api/v1/verify/", "/api/v1/register", "/api/v1/check", "/api/v1/marks/", "/api/v1/standards/",
)  # fmt: skip
"""Addresses whose answers depend on the ledger and the day alone."""
MOST_BYTES = 4 * 1024 * 1024
LARGEST_ANSWER = 512 * 1024
HEAD_BYTES = 1024
"""What the address and the header lines of an answer take in memory, about."""
SMALLEST_SQUEEZED = 2048
QUICKLY = 1
"""The level of gzip: a page of 10 KB takes 0.05 ms and becomes 2.8 KB; the highest level saves a tenth more and takes twice as long."""
Stamp = tuple[int, date]
Key = tuple[bytes, str, Stamp]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Kept:
    """One answer as it is given: header lines, body (a page in gzip, as every browser takes it), the tag a browser may ask with."""

    headers: Headers
    body: bytes
    tag: bytes
    in_gzip: bool

    @property
    def size(self) -> int:
        return HEAD_BYTES + len(self.body)

    def given(self, *, squeeze: bool) -> tuple[Headers, bytes]:
        """Header lines and body for who takes gzip, or does not."""
        if squeeze or not self.in_gzip:
            return self.headers, self.body
        body = gzip.decompress(self.body)
        return [pair for pair in self.headers if pair[0] not in _OF_GZIP] + [_length(body)], body


_OF_GZIP = (b"content-encoding", b"content-length")


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


class KeptAnswers:
    """Serves kept answers before routing; keeps what the application answers with 200 to somebody unknown."""

    def __init__(
        self,
        app: ASGIApp,
        stamp: Callable[[], Stamp],
        cookie: str,
        *,
        reads: Callable[[str], frozenset[str]],
        in_thread: bool,
        most: int = MOST_BYTES,
    ) -> None:
        self.app, self.stamp, self.cookie, self.in_thread, self.most = (
            app,
            stamp,
            cookie.encode(),
            in_thread,
            most,
        )
        self.reads = reads
        self.answers: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.silent_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope)
        if asked is None or (stamp := await self._stamp()) is None:
            await self.app(scope, receive, send)
            return
        key, squeeze, tag = (scope["raw_path"], self._question(scope), stamp), *asked
        found = self.answers.get(key)
        if found is None:
            await self.app(scope, receive, _Keeper(self, key, send))
            return
        self.answers.move_to_end(key)
        await self._give(found, send, squeeze=squeeze, known=tag == found.tag, head=scope["method"] == "HEAD")

    def _asked(self, scope: Scope) -> tuple[bool, bytes] | None:
        """Whether gzip is welcome and which tag the asker holds; None when the answer is not one to keep."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path: str = scope["path"]
        if path != "/" and not path.startswith(PREFIXES):
            return None
        squeeze, tag = False, b""
        for name, value in scope["headers"]:
            if name == b"authorization" or (name == b"cookie" and self.cookie + b"=" in value):
                return None
            if name == b"accept-encoding":
                squeeze = b"gzip" in value
            elif name == b"if-none-match":
                tag = value
        return squeeze, tag

    def _question(self, scope: Scope) -> str:
        """The parameters that the route reads, taken apart exactly as the application takes them apart."""
        if not (query := scope["query_string"]):
            return ""
        reads = self.reads(scope["path"])
        asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        return urlencode([(name, value) for name, value in asked if name in reads])

    async def _stamp(self) -> Stamp | None:
        """The size and the day now; None while the database cannot say, so that the application says so in words."""
        if monotonic() < self.silent_until:
            return None
        try:
            return await run_in_threadpool(self.stamp) if self.in_thread else self.stamp()
        except Exception:
            self.silent_until = monotonic() + 1
            return None

    async def _give(self, found: Kept, send: Send, *, squeeze: bool, known: bool, head: bool) -> None:
        if known:
            same = [pair for pair in found.headers if pair[0] not in (b"content-type", *_OF_GZIP)]
            await send({"type": "http.response.start", "status": 304, "headers": same})
            await send({"type": "http.response.body", "body": b""})
            return
        headers, body = found.given(squeeze=squeeze)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else body})

    def keep(self, key: Key, headers: Headers, body: bytes) -> None:
        """Keep one answer, and let the least asked go when there are too many bytes."""
        tag = b'"%s"' % hashlib.sha256(body).hexdigest()[:20].encode()
        kept = [pair for pair in headers if pair[0] not in (b"content-length", b"vary", b"etag")]
        kept += [(b"etag", tag), (b"vary", b"accept-encoding, cookie")]
        if (same := self.answers.pop(key, None)) is not None:  # two asked at once
            self.bytes -= same.size
        in_gzip = len(body) >= SMALLEST_SQUEEZED
        stored = gzip.compress(body, QUICKLY, mtime=0) if in_gzip else body
        kept += [*([(b"content-encoding", b"gzip")] if in_gzip else ()), _length(stored)]
        self.answers[key] = Kept(kept, stored, tag, in_gzip)
        self.bytes += self.answers[key].size
        while self.bytes > self.most:
            _key, gone = self.answers.popitem(last=False)
            self.bytes -= gone.size


class _Keeper:
    """Passes an answer on and keeps a copy when it is whole, public and of an ordinary size."""

    def __init__(self, layer: KeptAnswers, key: Key, send: Send) -> None:
        self.layer, self.key, self.send = layer, key, send
        self.headers: Headers | None = None
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = list(message["headers"])  # the lines themselves are not copied: most are the same ones
            if any(name == b"cache-control" and value.startswith(b"public") for name, value in headers):
                self.headers = headers
        elif message["type"] == "http.response.body" and self.headers is not None:
            self.parts.append(message.get("body", b""))
            if not message.get("more_body") and sum(map(len, self.parts)) <= LARGEST_ANSWER:
                self.layer.keep(self.key, self.headers, b"".join(self.parts))
        await self.send(message)
