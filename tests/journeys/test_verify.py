"""Somebody was handed a paper: an inspector sends the file, a parent has a photo of it, and a forgery is told from the real one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import segno

from app.certificates.effects import sign_log_again
from app.certificates.effects.keys import freshen_revocations
from tests.certificates.make import World, grant, make_world
from tests.journeys.conftest import Opens
from tests.journeys.live import Live
from tests.journeys.screen import PHONE, Screen
from tests.licences.make import make_body, make_manager

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")
READS_CODES = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.codes.map((rawValue) => ({ rawValue })); }
};
"""
"""Chromium reads codes on phones and on few desks, so its part is played here; what we do with the code is real."""


@pytest.fixture
def world(live: Live) -> World:
    today = live.site.clock().date()
    rrn = make_manager(live.site)
    body = make_body(live.site, rrn, from_on=today - timedelta(days=60), to_on=today + timedelta(days=1000))
    return make_world(live.site, body=body, rrn=rrn)


@pytest.fixture
def number(live: Live, world: World) -> str:
    """The number of a certificate with its paper, its lists and its place in the log."""
    given = grant(world)
    live.worker()
    with ThreadPoolExecutor(1) as alone:  # the browser's driver holds this one
        alone.submit(sign_log_again, live.site).result()
        alone.submit(freshen_revocations, live.site).result()
    return given


@pytest.fixture
def paper(live: Live, number: str) -> Path:
    return live.site.settings.issued_dir / number / "1" / "certificate.pdf"


def test_an_inspector_sends_the_file_and_then_one_that_was_changed(
    number: str, paper: Path, opens: Opens, tmp_path: Path
) -> None:
    inspector = opens(scripts=False)
    inspector.visits("/verify").reads("Three ways", "We keep neither the file nor the answer")
    inspector.sends("Check this paper", document=paper)
    inspector.reads("Yes: it is genuine and counts today", "nothing was added or changed", number)
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(paper.read_bytes().replace(b"/Title (C", b"/Title (K"))
    inspector.visits("/verify").sends("Check this paper", document=changed)
    inspector.reads(
        "Do not rely on this paper", "changed after it was sealed", f"What the register says about {number}"
    )
    inspector.follows("Report a false claim or a concern").reads("Report a false claim")


def test_a_parent_with_a_photo_is_led_to_the_answer_or_warned(
    live: Live, number: str, opens: Opens, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    segno.make(f"{live.url}/c/{number}").save(str(photo), scale=6)
    parent = opens(PHONE)
    parent.page.add_init_script(READS_CODES)
    chosen = "[data-scan] input"
    for codes, words in (
        ([], "There is no code to be read in this picture"),
        ([f"https://register.example/c/{number}"], "does not lead to this register"),
        ([f"{live.url}/verify?number={number}"], "does not lead to this register"),
    ):
        parent.visits("/verify").page.evaluate("codes => { window.codes = codes }", codes)
        parent.page.set_input_files(chosen, photo)
        parent.page.get_by_text(words).wait_for()
    parent.page.evaluate("codes => { window.codes = codes }", [f"{live.url}/c/{number}"])
    with parent.page.expect_navigation(url=f"{live.url}/verify/{number}"):
        parent.page.set_input_files(chosen, photo)
    parent.reads("Yes, for both curricula")
    parent.visits("/verify").sends("Check this paper", document=photo).reads("a picture proves nothing")


def test_without_a_browser_that_reads_codes_the_page_says_how_to_scan(number: str, opens: Opens) -> None:
    for scripts in (True, False):
        somebody: Screen = (
            opens(PHONE, scripts=scripts).visits("/verify").reads("Point the camera of your phone")
        )
        assert not somebody.page.locator("[data-scan]").is_visible()
