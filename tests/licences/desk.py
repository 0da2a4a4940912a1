"""A person at the screen: the real application, with the sign-in taken as done."""

import re
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.kernel.actor import Actor
from app.main import create_app
from app.settings import Settings
from app.web.gate import Ports, cookie_name, csrf_token
from tests.conftest import SetClock


class Desk:
    """Reads pages and sends forms as one actor; `sit` changes who it is."""

    def __init__(self, settings: Settings, clock: SetClock) -> None:
        self.settings, self.actor = settings, None
        self.app: FastAPI = create_app(settings, clock)
        self.app.state.ports = Ports(
            identify=lambda _unit, brought: self.actor if brought.session or brought.token else None
        )
        cookies = {cookie_name(settings): "session"}
        self.client = TestClient(
            self.app, cookies=cookies, headers={"Authorization": "Bearer token"}, follow_redirects=True
        )

    actor: Actor | None

    def sit(self, actor: Actor | None) -> "Desk":
        self.actor = actor
        return self

    def read(self, path: str, status: int = 200) -> str:
        """A page as text, without its markup."""
        answer = self.client.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:300]}"
        return plain(answer.text)

    def json(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, status: int = 200, form: str | None = None, **said: Any) -> str:
        """Open the page of a form, fill it in, send it, and read the page it leads to."""
        page = self.client.get(form or path)
        version = re.search(r'name="version" value="(\d+)"', page.text)
        data = {
            "csrf": csrf_token(self.settings, "session"),
            **({"version": version[1]} if version else {}),
            **said,
        }
        answer = self.client.post(path, data=data)
        assert answer.status_code == status, f"{path}: {answer.status_code} {plain(answer.text)[:600]}"
        self.place = answer.url.path
        return plain(answer.text)

    place: str = ""


def plain(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("</header>")[-1]))


def day(name: str, value: str) -> dict[str, Any]:
    """A date in three boxes."""
    year, month, day_of = value.split("-")
    return {f"{name}-year": year, f"{name}-month": month, f"{name}-day": day_of}
