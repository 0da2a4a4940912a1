"""Fair use: how often each kind of route may be asked by one address, and how large a body may be."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.exceptions import HTTPException

from app.kernel.errors import TooSoon
from app.kernel.words import _

KILOBYTE = 1024


@dataclass(frozen=True)
class Rate:
    """A bucket of `burst` requests that fills again at `per_second`."""

    per_second: float
    burst: int


RATES: Mapping[str, Rate] = {
    "look_up": Rate(50, 500),
    "desk": Rate(50, 500),
    "sign_in": Rate(1, 40),
    "paper": Rate(0.5, 30),
    "statement": Rate(0.1, 20),
}
"""By the name a route declares. An address is one IP; behind the trusted proxy, the one it names."""
MOST_ADDRESSES = 50_000


class Buckets:
    """The buckets of one process; the least recently seen address is forgotten first."""

    def __init__(self, rates: Mapping[str, Rate] | None = None) -> None:
        self._rates = RATES if rates is None else rates
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, kind: str, address: str) -> None:
        """Take one request out of the bucket; raises TooSoon when it is empty."""
        if (rate := self._rates.get(kind)) is None:
            return
        now = time.monotonic()
        with self._guard:
            level, since = self._levels.pop((kind, address), (float(rate.burst), now))
            level = min(rate.burst, level + (now - since) * rate.per_second)
            self._levels[kind, address] = (max(0.0, level - 1), now)
            if len(self._levels) > MOST_ADDRESSES:
                self._levels.popitem(last=False)
        if level < 1:
            wait = max(1, round((1 - level) / rate.per_second))
            raise TooSoon(
                _(
                    "Too many requests came from your address. Nothing was changed: wait {wait} seconds and try again."
                ).format(wait=wait),
                wait,
            )


async def read_capped(request: Request, cap: int) -> bytes:
    """The body, or 413 as soon as it is larger than `cap` bytes."""
    if int(request.headers.get("content-length") or 0) > cap:
        raise HTTPException(413)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > cap:
            raise HTTPException(413)
        parts.append(part)
    return b"".join(parts)
