"""The longest names that forms take, in four scripts, all at once: one page, everything on it, nothing over anything, and the code is read."""

import itertools
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from app.certificates.document.page import MARGIN
from app.certificates.document.paper import HEIGHT, WIDTH
from app.certificates.lints import Drawn, inspect_document
from app.certificates.rules import Statement, Status, meaning
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from app.organisations.models import Organisation
from app.papers.rules import PaperKind
from tests.certificates.make import issue, make_world, row, versions
from tests.certificates.paper import POLISH, UKRAINIAN, VIETNAMESE, WELSH, a_statement, an_item, drawn
from tests.licences.make import make_body, make_manager
from tests.papers.make import papers

NAME = 200
"""The longest name of an organisation and the longest title of a curriculum (kernel.fields.Text)."""
ADDRESS = 300
"""The longest address on a certificate (certificates.rules.statement)."""
SCRIPTS = {"Welsh": WELSH, "Polish": POLISH, "Vietnamese": VIETNAMESE, "Cyrillic": UKRAINIAN}
TOKEN = b"a.credential.jwt"
BOX = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
OVER = 2.5
"""So many points lines may reach into each other: boxes are those of the font, with room for accents nobody wrote."""
needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("pdftoppm", "pdftotext", "zbarimg")),
    reason="poppler-utils or zbar-tools is not installed: NOBODY LOOKED AT THE LONGEST NAMES ON PAPER",
)


class Word(NamedTuple):
    """A word on the page, in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def longest(text: str, length: int) -> str:
    """The text said again and again until it is as long as a form takes."""
    return " ".join([text] * (1 + length // len(text)))[:length].strip()


def at_its_longest(script: str, curricula: int) -> Statement:
    """A statement of which every typed part is as long as it may be."""
    text = SCRIPTS[script]
    name, plain = longest(text, NAME), a_statement()
    body = plain.body.model_copy(update={"name": name[::-1].strip(), "address": longest(text, ADDRESS)})
    titles = [longest(f"{number} {text}", NAME) for number in range(curricula)]
    scope = tuple(an_item(at).model_copy(update={"title": title}) for at, title in enumerate(titles))
    return a_statement(
        name, curricula, body=body.model_dump(), scope=scope, affiliates=1_000_000,
        holder={**plain.holder.model_dump(), "name": name, "address": longest(text, ADDRESS)},
        sentence=meaning(body.name, plain.edition.title, curricula, plain.expires_on),
    )  # fmt: skip


def words_on(folder: Path, pdf: bytes) -> list[list[Word]]:
    """The words of each page with their boxes, as another program finds them."""
    (folder / "c.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-bbox", "c.pdf", "-"], cwd=folder, check=True, capture_output=True, text=True
    )
    return [
        [Word(found[4], *map(float, found[:4])) for found in BOX.findall(page)]
        for page in told.stdout.split("<page ")[1:]
    ]


def collide(one: Word, other: Word) -> bool:
    """Whether two words stand in each other's way."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    size = min(one.bottom - one.top, other.bottom - other.top)
    return across > 0.5 and down > max(OVER, size / 3)


@needs_tools
@pytest.mark.parametrize("curricula", [1, 3])
@pytest.mark.parametrize("script", SCRIPTS)
def test_the_longest_of_everything_fits_one_page_and_the_code_is_read(
    script: str, curricula: int, tmp_path: Path
) -> None:
    said = at_its_longest(script, curricula)
    pdf = drawn(said, TOKEN)
    inspect_document(Drawn(pdf, said, TOKEN))
    (page,) = words_on(tmp_path, pdf)
    outside = [one for one in page if not (one.left >= MARGIN - 20 and one.right <= WIDTH - MARGIN + 20)]
    assert [one for one in page if one.bottom > HEIGHT or one.top < 0] + outside == []
    assert [(a.text, b.text) for a, b in itertools.combinations(page, 2) if collide(a, b)] == []
    assert scanned(tmp_path) == said.verify_url


def scanned(folder: Path) -> str:
    """What a scanner reads from the page at 120 dots an inch: a poor photo of an office printer's paper."""
    subprocess.run(["pdftoppm", "-r", "120", "-png", "-singlefile", "c.pdf", "c"], cwd=folder, check=True)
    told = subprocess.run(
        ["zbarimg", "-q", "--raw", "c.png"], cwd=folder, check=True, capture_output=True, text=True
    )
    return told.stdout.strip()


@needs_tools
def test_words_that_stand_in_each_others_way_are_found() -> None:
    """The mutant of the test above."""
    line = Word("one", 100, 100, 200, 112)
    assert collide(line, Word("over", 150, 104, 250, 116))
    assert not collide(line, Word("under", 100, 112, 200, 124))
    assert not collide(line, Word("beside", 201, 100, 250, 112))


@pytest.mark.parametrize("script", ["Welsh", "Vietnamese"])
def test_a_body_of_the_longest_name_and_address_issues_and_its_licence_is_on_paper(
    site: Site, script: str
) -> None:
    """Of an address longer than a certificate has room for, whole lines are left out, and never the postcode."""
    name = longest(SCRIPTS[script], NAME)
    rrn = make_manager(site)
    body = make_body(site, rrn, name)
    world = make_world(site, longest(SCRIPTS[script][::-1].strip(), NAME), 3, body, rrn)
    with writing(site, SYSTEM) as unit:
        of = unit.db.get_one(Organisation, body.id)
        of.address, of.postcode = (
            "\n".join(f"{number} {SCRIPTS[script]}" for number in range(6))[:500],
            "LS2 0AA",
        )
    number = issue(world)
    assert row(site, number).status is Status.ACTIVE
    said = Statement.model_validate_json(versions(site, number)[0].statement)
    assert said.body.address.startswith(f"0 {SCRIPTS[script]}")
    assert said.body.address.endswith(", LS2 0AA")
    (licence,) = papers(site, PaperKind.LICENCE)
    assert licence.row.sealed_at
