"""One person's program: the same acts through JSON, each unsafe call with a key of its own."""

import itertools
from pathlib import Path
from typing import Any

import httpx2

from tests.journeys.cast import Cast
from tests.journeys.live import Live

_keys = itertools.count(1)


class Program:
    """A client with the bearer token of one person; `as_` of None is a stranger."""

    def __init__(self, live: Live, cast: Cast | None = None, who: str = "") -> None:
        headers = {"authorization": f"Bearer {cast.token(who)}"} if cast else {}
        self.http = httpx2.Client(base_url=live.url, headers=headers, timeout=30)

    def asks(self, path: str, expected: int = 200) -> Any:
        """Read something."""
        answer = self.http.get(f"/api/v1{path}")
        assert answer.status_code == expected, f"{path}: {answer.text}"
        return answer.json()

    def does(self, path: str, expected: int = 200, *, key: str = "", **said: Any) -> Any:
        """Change something; `key` repeats a call that may already have arrived."""
        headers = {"idempotency-key": key or f"journey-{next(_keys):06}"}
        answer = self.http.post(f"/api/v1{path}", json=said, headers=headers)
        assert answer.status_code == expected, f"{path}: {answer.text}"
        return answer.json()

    def takes(self, thing: str, step: str, expected: int = 200, **said: Any) -> Any:
        """Take a step of a thing, having looked at it just before."""
        return self.does(f"{thing}/{step}", expected, version=self.asks(thing)["version"], **said)

    def uploads(self, path: str, file: Path, expected: int = 201, **said: str) -> Any:
        """Send a file with a few words."""
        headers = {"idempotency-key": f"journey-{next(_keys):06}"}
        answer = self.http.post(
            f"/api/v1{path}", data=said, files={"file": (file.name, file.read_bytes())}, headers=headers
        )
        assert answer.status_code == expected, f"{path}: {answer.text}"
        return answer.json()

    def fetches(self, path: str) -> bytes:
        """The bytes at a public address."""
        answer = self.http.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.content
