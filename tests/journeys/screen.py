"""One person's browser: it reads like what they do, and every page it comes to is looked at by axe and on a narrow phone."""

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize

from app.people.models import Person
from tests.journeys.live import Live
from tests.people.make import PASSWORD, code_now

DESK, PHONE, TABLET = 1280, 390, 820
"""Widths of a screen, in pixels."""
HEIGHT = 900
PATIENCE = 20_000
"""Milliseconds for one page on a busy machine."""
SHOTS = os.environ.get("RRN_JOURNEY_SHOTS", "")
"""A folder for pictures of every page, when somebody wants to look at them."""
_REFERENCE = re.compile(
    r"/(?:[A-Za-z]{3}-\d{6}-[\w]|(?=[a-z0-9]*\d)[a-z0-9]{6,}|[1-9]\d?(?:\.[1-9]\d?)+)(?=/|\?|$)"
)
_axe = Axe()


class Screen:
    """The browser of one person in one story."""

    def __init__(
        self, browser: Browser, live: Live, seen: set[str], width: int = DESK, *, scripts: bool = True
    ) -> None:
        self.live, self.seen, self.width = live, seen, width
        self.page = self._opens_page(browser, scripts)
        self.eye = self.page if scripts else self._opens_page(browser, True)
        """Axe is a script: without any it looks at the same address from a page of its own."""

    def _opens_page(self, browser: Browser, scripts: bool) -> Page:
        size = ViewportSize(width=self.width, height=HEIGHT)
        page = browser.new_context(
            viewport=size, java_script_enabled=scripts, accept_downloads=True
        ).new_page()
        page.set_default_timeout(PATIENCE)
        return page

    def closes(self) -> None:
        """The browser is closed; whoever comes back signs in again."""
        for page in {self.page, self.eye}:
            page.context.close()

    # what a person does

    def signs_in(self, person: Person) -> "Screen":
        """Password, then the code when one is asked for; ends at the desk."""
        self.visits("/sign-in")
        self.page.fill("[name=email]", str(person.email))
        self.page.fill("[name=password]", PASSWORD)
        self._leaves(self._form_button())
        if "/sign-in/code" in self.page.url:
            self.page.fill("[name=code]", code_now(self.live.site, person))
            self._leaves(self._form_button())
        assert self.page.url.endswith("/desk"), self.text
        return self

    def visits(self, path: str) -> "Screen":
        """Open an address of the register."""
        answer = self.page.goto(self.live.url + path)
        assert answer and answer.status == 200, f"{path}: {answer and answer.status}\n{self.text}"
        self._looks()
        return self

    def follows(self, words: str) -> "Screen":
        """Follow a link, or press a link that looks like a button."""
        return self._leaves(self.page.get_by_role("link", name=words).first)

    def presses(self, words: str) -> "Screen":
        """Press a button, or what looks like one."""
        button = self.page.get_by_role("button", name=words, exact=True)
        return self._leaves(
            button.first if button.count() else self.page.get_by_role("link", name=words, exact=True).first
        )

    def writes(self, **said: Any) -> "Screen":
        """Fill in fields by their names: words, a choice or several, a day, a file, a tick."""
        for name, value in said.items():
            self._fill(name, value)
        return self

    def sends(self, words: str, **said: Any) -> "Screen":
        """Fill in fields and press the button."""
        return self.writes(**said).presses(words)

    def takes(self, step: str, **said: Any) -> "Screen":
        """Press the button of a step, fill in its page, and press the button there."""
        return self.presses(step).sends(step, **said)

    def downloads(self, words: str) -> bytes:
        """The bytes behind a link that hands out a file."""
        link = self.page.locator("main").get_by_role("link", name=words)
        assert link.count(), f"no link “{words}” on {self.path}:\n{self.text}"
        with self.page.expect_download() as waiting:
            link.first.click()
        return Path(waiting.value.path()).read_bytes()

    def may_fetch(self, path: str) -> bool:
        """Whether this person is given the file at an address."""
        return bool(self.page.request.get(self.live.url + path).ok)

    # what a person reads

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    @property
    def title(self) -> str:
        return self.page.inner_text("h1")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.live.url)

    @property
    def ref(self) -> str:
        """The last part of the address."""
        return self.path.split("?")[0].rstrip("/").rsplit("/", 1)[-1]

    def address_of(self, words: str) -> str:
        """Where a link leads."""
        return self.page.get_by_role("link", name=words, exact=True).first.get_attribute("href") or ""

    def reads(self, *words: str) -> "Screen":
        """The page says all of this."""
        for one in words:
            assert one.lower() in self.text.lower(), f"“{one}” is not on {self.path}:\n{self.text}"
        return self

    def does_not_read(self, *words: str) -> "Screen":
        """The page says nothing of this."""
        for one in words:
            assert one.lower() not in self.text.lower(), f"“{one}” is on {self.path}:\n{self.text}"
        return self

    def offers(self, words: str) -> bool:
        """Whether there is such a button or link."""
        return any(self.page.get_by_role(kind, name=words, exact=True).count() for kind in ("button", "link"))

    # how it is done

    def _form_button(self) -> Locator:
        return self.page.locator("main form button").first

    def _leaves(self, what: Locator) -> "Screen":
        assert what.count(), f"it is not on {self.path}:\n{self.text}"
        with self.page.expect_navigation():
            what.click()
        self._looks()
        return self

    def _fill(self, name: str, value: Any) -> None:
        if isinstance(value, date):
            for part in ("day", "month", "year"):
                self.page.fill(f"main [name={name}-{part}]", str(getattr(value, part)))
            return
        fields = self.page.locator(f"main [name={name}]")
        assert fields.count(), f"no field {name} on {self.path}:\n{self.text}"
        kind = fields.first.get_attribute("type")
        if isinstance(value, Path):
            fields.first.set_input_files(value)
        elif kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                chosen = "true" if one is True else str(one)
                self.page.locator(f"main [name={name}][value='{chosen}']").check(force=True)
        elif fields.first.evaluate("one => one.tagName") == "SELECT":
            fields.first.select_option(str(value))
        else:
            fields.first.fill(str(value))

    # how it looks

    def looks_again(self) -> None:
        """Look at a page that says something else now than when it came."""
        self.seen.clear()
        self._looks()

    def _looks(self) -> None:
        """Axe finds nothing, and a phone need not scroll sideways. Each kind of page once a story and width."""
        parts = " ".join(self.page.locator("h1, main h2").all_inner_texts())
        shape = f"{self.width} {_REFERENCE.sub('/…', self.path.split('?')[0])} {parts}"
        if shape in self.seen:
            return
        self.seen.add(shape)
        if self.eye is not self.page:
            self.eye.goto(self.page.url)
        found = _axe.run(self.eye)
        assert not found.violations_count, f"{self.path}\n{found.generate_report()}"
        self._keeps_picture(shape)
        with self._as_wide_as(PHONE):
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            self._keeps_picture(shape.replace(str(self.width), str(PHONE), 1))
        assert wide <= PHONE, f"{self.path} is {wide} pixels wide on a phone of {PHONE}"

    @contextmanager
    def _as_wide_as(self, width: int) -> Iterator[None]:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        yield
        self.page.set_viewport_size({"width": self.width, "height": HEIGHT})

    def _keeps_picture(self, shape: str) -> None:
        if SHOTS:
            name = f"{re.sub(r'[^A-Za-z0-9]+', '-', shape).strip('-')[:70]}-{zlib.crc32(shape.split(' ', 1)[1].encode()) % 1000:03}"
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
