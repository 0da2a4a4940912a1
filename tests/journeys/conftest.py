"""A served register with its people, and a browser, for the stories."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.settings import Settings
from tests.journeys.cast import Cast, gather
from tests.journeys.live import Live, serve
from tests.journeys.screen import DESK, Screen

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
Opens = Callable[..., Screen]


@pytest.fixture
def live(settings: Settings) -> Iterator[Live]:
    with serve(settings) as running:
        yield running


@pytest.fixture
def cast(live: Live) -> Cast:
    return gather(live.site)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each file: while it is open the driver's event loop runs in this thread, and a seal could not be made in it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("chromium is not installed: NO BROWSER WALKED THROUGH THE PAGES")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def opens(browser: Browser, live: Live) -> Iterator[Opens]:
    """Open a browser of one's own, of some width; all of a story share what was looked at already."""
    seen: set[str] = set()
    screens: list[Screen] = []

    def one(width: int = DESK, *, scripts: bool = True) -> Screen:
        screens.append(Screen(browser, live, seen, width, scripts=scripts))
        return screens[-1]

    yield one
    for screen in screens:
        screen.closes()
