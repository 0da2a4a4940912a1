"""Somebody was handed a paper: an inspector sends the file, a parent has a photo of it, and a forgery is told from the real one."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageEnhance, ImageFilter
from playwright.sync_api import Browser, Request

from app.certificates.effects import sign_log_again
from app.certificates.effects.keys import freshen_revocations
from tests.certificates.make import World, grant, make_world
from tests.journeys.conftest import ARGUMENTS, Opens
from tests.journeys.live import Live
from tests.journeys.screen import DESK, PHONE, Screen
from tests.licences.make import make_body, make_manager

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")
PIXELS = (4000, 3000)
"""What the camera of a phone takes."""
CHOSEN = "[data-scan] input"


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


def photo_of(paper: Path, place: Path, degrees: float, light: float, skew: int) -> Path:
    """A page on a dark table, turned, taken from the side and in bad light, as a picture of twelve million pixels."""
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", paper, place / "page"], check=True)
    page = Image.open(place / "page.png").convert("RGB")
    width, height = page.size
    seen = (
        -skew,
        0,
        0,
        height,
        width + 2 * skew,
        height - skew,
        width - skew,
        skew,
    )  # the corners, from the upper left one
    page = page.transform(
        page.size, Image.Transform.QUAD, seen, Image.Resampling.BILINEAR, fillcolor="#4a3b2f"
    )
    page = page.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor="#4a3b2f")
    table = Image.new("RGB", PIXELS, "#4a3b2f")
    table.paste(page, ((PIXELS[0] - page.width) // 2, (PIXELS[1] - page.height) // 2))
    made = place / f"photo{degrees}.jpg"
    ImageEnhance.Brightness(table).enhance(light).filter(ImageFilter.GaussianBlur(1.5)).save(made, quality=70)
    return made


@pytest.mark.skipif(
    not shutil.which("pdftoppm"), reason="pdftoppm (poppler-utils) is missing: NO PHOTO WAS TAKEN"
)
@pytest.mark.parametrize("photo", [(0, 1.0, 0), (12, 0.3, 200), (-97, 0.5, 120)])
def test_a_parent_with_a_photo_of_the_paper_is_led_to_the_answer_and_nothing_is_sent(
    photo: tuple[float, float, int], live: Live, number: str, paper: Path, opens: Opens, tmp_path: Path
) -> None:
    taken, parent, asked = photo_of(paper, tmp_path, *photo), opens(PHONE), list[Request]()
    parent.visits("/verify").page.on("request", lambda one: asked.append(one))
    with parent.page.expect_navigation(url=f"{live.url}/verify/{number}"):
        parent.page.set_input_files(CHOSEN, taken)
    parent.reads("Yes, for both curricula")
    assert {one.method for one in asked} == {"GET"}
    assert not [one.url for one in asked if one.post_data_buffer or not one.url.startswith(live.url)]
    before = [one.url.partition("?")[0].removeprefix(live.url) for one in asked]
    reader = ["/static/vendor/qr/decode.js", "/static/vendor/qr/index.js"]
    assert before[:3] == [
        *reader,
        f"/verify/{number}",
    ]  # what is fetched when a photo was chosen, and nothing else


CAMERA = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--use-file-for-fake-video-capture={film}",
)
"""Chromium shows a film where a camera would be, and is allowed to look."""


@pytest.fixture
def filming(browser: Browser, live: Live, tmp_path: Path) -> Iterator[Callable[[str], Screen]]:
    """A desk whose camera sees the code of an address, in front of a dark table."""
    opened: list[Browser] = []

    def holds(address: str) -> Screen:
        segno.make(address).save(str(tmp_path / "code.png"), scale=8, border=4)
        frame, code = (
            Image.new("RGB", (1280, 720), "#4a3b2f"),
            Image.open(tmp_path / "code.png").convert("RGB"),
        )
        frame.paste(code.rotate(20, expand=True, fillcolor="#4a3b2f"), (500, 150))
        frame.save(film := tmp_path / "film.jpg", quality=80)
        film.rename(tmp_path / "film.mjpeg")
        options = [*ARGUMENTS, *(one.format(film=tmp_path / "film.mjpeg") for one in CAMERA)]
        opened.append(browser.browser_type.launch(executable_path=shutil.which("chromium"), args=options))
        return Screen(opened[-1], live, set(), DESK)

    yield holds
    for one in opened:
        one.close()


def test_held_in_front_of_the_camera_the_code_leads_to_the_answer(
    live: Live, number: str, filming: Callable[[str], Screen]
) -> None:
    parent = filming(f"{live.url}/c/{number}").visits("/verify")
    with parent.page.expect_navigation(url=f"{live.url}/verify/{number}"):
        parent.page.get_by_role("button", name="Use the camera of this device").click()
    parent.reads("Yes, for both curricula")


def test_the_camera_is_stopped_when_somebody_has_had_enough_or_the_code_leads_elsewhere(
    number: str, filming: Callable[[str], Screen]
) -> None:
    parent = filming(f"https://register.example/c/{number}").visits("/verify")
    asks, stops = (
        parent.page.get_by_role("button", name=name)
        for name in ("Use the camera of this device", "Stop the camera")
    )
    asks.click()
    parent.page.get_by_text(f"It leads to: https://register.example/c/{number}").wait_for()
    runs = "document.querySelector('video').srcObject.active"
    assert not parent.page.evaluate(runs)
    parent.page.evaluate(
        "HTMLCanvasElement.prototype.getContext = () => ({ drawImage() {}, getImageData() {} })"
    )
    asks.click()  # now it finds nothing, as if nothing were held in front of it
    stops.wait_for()
    while not parent.page.evaluate(runs):  # the page's own rules forbid wait_for_function, which uses eval
        parent.page.wait_for_timeout(50)
    parent.looks_again()
    stops.click()
    asks.wait_for()
    assert not parent.page.evaluate(runs)


def test_a_browser_that_may_not_use_its_camera_says_so(number: str, opens: Opens) -> None:
    parent = opens(PHONE).visits("/verify")
    parent.page.get_by_role("button", name="Use the camera of this device").click()
    parent.page.get_by_text("The camera could not be used").wait_for()


def test_a_code_that_leads_elsewhere_is_warned_of_and_what_cannot_be_read_is_said(
    live: Live, number: str, opens: Opens, tmp_path: Path
) -> None:
    photo, parent = tmp_path / "photo.png", opens(PHONE)
    parent.visits("/verify")
    for address in (
        f"https://register.example/c/{number}",
        f"{live.url}/verify?number={number}",
        f"{live.url}.evil.example/c/{number}",
        f"{live.url}/c/../c/{number}",
        f"javascript:location.assign('{live.url}/c/{number}')",
        f"Certificate {live.url}/c/{number}",
    ):
        segno.make(address).save(str(photo), scale=6, border=4)
        parent.page.set_input_files(CHOSEN, photo)
        parent.page.get_by_text(f"It leads to: {address}").wait_for()
    parent.looks_again()
    photo.write_bytes(b"no picture at all")
    parent.page.set_input_files(CHOSEN, photo)
    parent.page.get_by_text("There is no code to be read in this picture").wait_for()
    assert parent.path == "/verify"
    parent.visits("/verify").sends("Check this paper", document=photo).reads(
        "neither a certificate in PDF nor a credential"
    )


def test_when_the_reader_cannot_be_fetched_the_page_says_so(
    number: str, opens: Opens, tmp_path: Path
) -> None:
    photo, parent = tmp_path / "photo.png", opens(PHONE).visits("/verify")
    segno.make(f"{parent.live.url}/c/{number}").save(str(photo), scale=6)
    parent.page.context.set_offline(True)
    parent.page.set_input_files(CHOSEN, photo)
    parent.page.get_by_text("nobody looked at the picture").wait_for()


def test_without_scripts_the_page_says_how_to_scan(number: str, opens: Opens) -> None:
    somebody = opens(PHONE, scripts=False).visits("/verify").reads("Point the camera of your phone")
    assert not somebody.page.locator("[data-scan]").is_visible()
