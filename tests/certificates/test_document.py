"""The certificate on paper: every name fits and is drawn as it is written, and the file is the same every time."""

import re
import shutil
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from pypdf import PdfReader
from reportlab.pdfbase import pdfdoc

from app.certificates.document import colour, draw, load_design
from app.certificates.document.design import DesignFault
from app.certificates.document.page import QR_SIZE
from app.certificates.document.qr import modules
from app.certificates.document.text import DoesNotFit, MissingGlyph, fit
from app.certificates.lints import qr
from app.certificates.lints.shown import shown_text
from app.certificates.rules import make_number
from app.designs import queries
from app.designs.rules import DEFAULT
from tests.certificates.paper import (
    NOW,
    POLISH,
    SHORT,
    UKRAINIAN,
    VIETNAMESE,
    WELSH,
    a_statement,
    an_item,
    drawn,
)

DESIGN = load_design(DEFAULT)
NAMES = [SHORT, WELSH, POLISH, VIETNAMESE, UKRAINIAN, "W" * 200, "i" * 200, "Trust " * 33 + "AB", "A"]


def pages(pdf: bytes) -> list[str]:
    return [shown_text(page) for page in PdfReader(BytesIO(pdf), strict=True).pages]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("curricula", [1, 3])
def test_every_name_fits_its_one_page_whole(name: str, curricula: int) -> None:
    (page,) = pages(drawn(a_statement(name, curricula)))
    assert "".join(name.split()) in page


@pytest.mark.parametrize("curricula", [12, 80])
def test_many_curricula_are_counted_on_the_first_page_and_all_listed_after_it(curricula: int) -> None:
    items = tuple(
        an_item(n).model_copy(update={"title": f"Curriculum number {n:04d}"}) for n in range(curricula)
    )
    first, *rest = pages(drawn(a_statement(curricula=curricula, scope=items)))
    left = int(re.findall(r"and(\d+)more", first)[0])
    assert first.count("Curriculumnumber") == curricula - left
    assert re.findall(r"Curriculumnumber(\d{4})", "".join(rest)) == [f"{n:04d}" for n in range(curricula)]
    assert f"Page2of{1 + len(rest)}" in rest[0]


def test_the_same_statement_is_the_same_file_and_another_is_another() -> None:
    assert drawn(a_statement()) == drawn(a_statement())
    assert drawn(a_statement()) != drawn(a_statement(affiliates=15))


def test_a_new_process_draws_the_same_file() -> None:
    python = Path(sys.executable)
    script = (
        "import hashlib; from tests.certificates.paper import *;"
        "print(hashlib.sha256(drawn(a_statement(WELSH))).hexdigest())"
    )
    root = Path(__file__).parents[2]
    made = {
        subprocess.run(
            [python, "-c", script],
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_letter_our_fonts_lack_stops_the_issue() -> None:
    with pytest.raises(MissingGlyph, match="U\\+4E2D") as caught:
        drawn(a_statement("Care 中心"))
    assert caught.value.characters == "中心"


def test_markup_in_a_name_is_drawn_as_it_is_written() -> None:
    name = '<img src="/etc/passwd"/> & (Sons) \\ <b>Co</b>'
    (page,) = pages(drawn(a_statement(name)))
    assert "".join(name.split()) in page


def test_a_statement_is_drawn_with_no_other_design_than_its_own() -> None:
    with pytest.raises(ValueError, match="another-design"):
        draw(a_statement(design="another-design"), DESIGN, NOW, (), 3000)
    with pytest.raises(DesignFault, match="no design"):
        load_design("another-design")


def test_what_is_longer_than_any_place_for_it_is_refused() -> None:
    with pytest.raises(DoesNotFit):
        fit("x" * 40_000, DESIGN.text, 10, 400, lines=1000)
    with pytest.raises(DoesNotFit):
        fit("word " * 100, DESIGN.text, 10, 100, lines=2, smallest=8)


@given(
    st.text(alphabet=st.sampled_from("aWi ŵŁđữЖ-—’"), min_size=1, max_size=200),
    st.floats(60, 500),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_broken_lines_hold_every_letter_and_stay_inside(text: str, width: float, balanced: bool) -> None:
    block = fit(text, DESIGN.display, 20, width, lines=400, balanced=balanced)
    assert "".join(block.lines).replace(" ", "") == "".join(text.split())
    assert all(block.face.width(line, block.size) <= width for line in block.lines)


def test_the_file_says_what_it_is_to_people_who_do_not_see_it() -> None:
    reader = PdfReader(BytesIO(drawn(a_statement())), strict=True)
    catalog: Any = reader.trailer["/Root"].get_object()
    assert catalog["/Lang"] == "en-GB"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    roles = re.findall(r"/S /(\w+)", drawn(a_statement()).decode("latin-1"))
    assert {"Document", "H1", "H2", "P", "Table", "TR", "TH", "TD", "Figure"} <= set(roles)
    assert roles.count("TR") == 4
    assert b"/Alt (QR code. It opens https://register.example/c/" in drawn(a_statement())


def test_every_piece_of_the_page_is_tagged_or_an_artifact() -> None:
    page = PdfReader(BytesIO(drawn(a_statement()))).pages[0]
    contents = page.get_contents()
    assert contents is not None
    code = contents.get_data().decode("latin-1")
    depth = 0
    for line in code.splitlines():
        if line.endswith((" BDC", " BMC")):
            depth += 1
        elif line == "EMC":
            depth -= 1
        elif " Tj" in line or line in ("S", "f", "f*", "B"):
            assert depth == 1, line
    assert depth == 0


def test_streams_end_on_a_line_of_their_own_and_reportlab_elsewhere_is_left_alone() -> None:
    pdf = drawn(a_statement())
    assert len(re.findall(rb"(?<![\r\n])endstream", pdf)) == 0
    stream = pdfdoc.PDFStream(content=b"x")
    assert stream.format(pdfdoc.PDFDocument()).endswith(b"xendstream\n")


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed, so nobody else parsed the file")
def test_another_parser_finds_no_fault_in_the_file(tmp_path: Path) -> None:
    for count, name in ((1, SHORT), (40, VIETNAMESE)):
        path = tmp_path / f"{count}.pdf"
        path.write_bytes(drawn(a_statement(name, count)))
        assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0


@pytest.mark.skipif(
    not shutil.which("zbarimg"), reason="zbarimg is not installed, so no camera looked at the code"
)
@pytest.mark.parametrize("dots", ["120", "150"])
def test_a_camera_reads_the_code_from_the_printed_page(dots: str, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(drawn(a_statement()))
    subprocess.run(["pdftoppm", "-r", dots, "-png", "-singlefile", "c.pdf", "c"], cwd=tmp_path, check=True)
    seen = subprocess.run(["zbarimg", "-q", "--raw", "c.png"], cwd=tmp_path, check=True, capture_output=True)
    assert seen.stdout.decode().strip() == a_statement().verify_url


@pytest.mark.skipif(
    not shutil.which("zbarimg"), reason="zbarimg is not installed, so no camera looked at the codes"
)
def test_a_camera_reads_the_one_mask_under_hundreds_of_numbers_a_little_askew(tmp_path: Path) -> None:
    addresses = {f"https://register.example/c/{make_number('NGC', 1 + 2999 * n)}" for n in range(200)}
    for name, address in enumerate(addresses):
        photograph(modules(address)).save(tmp_path / f"{name}.png")
    seen = subprocess.run(["zbarimg", "-q", "--raw", *tmp_path.iterdir()], capture_output=True, text=True)
    assert set(seen.stdout.split()) == addresses


def photograph(matrix: tuple[tuple[bool, ...], ...]) -> Image.Image:
    """A code as it is on paper at 120 dots an inch, a degree askew."""
    side = len(matrix) + 8
    image = Image.new("L", (side, side), 255)
    for row, cells in enumerate(matrix):
        for column in (place for place, dark in enumerate(cells) if dark):
            image.putpixel((column + 4, row + 4), 0)
    dots = round(QR_SIZE / 72 * 120 * side / len(matrix))
    sharp = image.resize((side * 16, side * 16), Image.Resampling.NEAREST)
    return sharp.resize((dots, dots), Image.Resampling.BOX).rotate(1, fillcolor=255, resample=Image.Resampling.BILINEAR)  # fmt: skip


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60))
@settings(deadline=None)
def test_our_reader_reads_every_code_the_maker_makes(text: str) -> None:
    assert qr.read(modules(text)) == text


@pytest.mark.parametrize("length", [14, 26, 42, 62, 84, 106, 122, 152, 180, 213])
def test_our_reader_knows_every_size_a_register_address_can_need(length: int) -> None:
    assert qr.read(modules("h" * length)) == "h" * length


def test_a_code_with_one_turned_module_in_its_data_is_not_read_as_the_same_text() -> None:
    matrix = [list(row) for row in modules("https://register.example/c/NGC-000217-M")]
    matrix[-1][-3] = not matrix[-1][-3]
    with suppress(qr.Unreadable):
        assert qr.read(matrix) != "https://register.example/c/NGC-000217-M"


def test_the_colour_profile_is_one_that_colour_software_opens() -> None:
    profile = ImageCms.ImageCmsProfile(BytesIO(colour.srgb_profile()))
    ours = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    picture = ImageCms.applyTransform(Image.new("RGB", (1, 1), (16, 63, 60)), ours)
    assert picture is not None
    assert picture.getpixel((0, 0)) == (16, 63, 60)


def test_a_font_that_is_not_the_locked_one_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "designs" / "harbour-2026"
    shutil.copytree(queries.FOLDER / "harbour-2026", folder)
    (folder / "design.toml").write_text((folder / "design.toml").read_text().replace("d31cd1fb", "00000000"))
    monkeypatch.setattr(queries, "FOLDER", tmp_path / "designs")
    load_design.cache_clear()
    with pytest.raises(DesignFault, match="not the one this design was drawn with"):
        load_design("harbour-2026")
    load_design.cache_clear()
