"""What the browser says of a credential, it says in the words of the register: each sentence stands in the verifier as it stands in the page."""

import re

import pytest

from app.web.rendering import ROOT, STATIC

PAGE = (ROOT / "templates" / "registry" / "in_browser.html").read_text()
OWN = PAGE.index("macro own_words()")
SENTENCE = re.compile(r'_\("([^"]+)"\)|counts\("\w+", "([^"]+)", "([^"]+)"\)')
SHARED = sorted(
    {text for found in SENTENCE.findall(PAGE[PAGE.index("macro words()") : OWN]) for text in found if text}
)
SOURCE = "".join(
    path.read_text()
    for path in [
        *(ROOT / "app" / "verifier").glob("*.py"),
        ROOT / "app/registry/queries/paper.py",
        ROOT / "app/registry/pages.py",
    ]
)
SCRIPTS = "".join((STATIC / name).read_text() for name in ("paper.js", "looks.js", "shapes.js"))


@pytest.mark.parametrize("sentence", SHARED)
def test_a_sentence_of_the_browser_is_one_of_the_register(sentence: str) -> None:
    assert f'"{sentence}"' in SOURCE


def test_every_sentence_that_a_script_names_is_in_the_page() -> None:
    there = set(re.findall(r'word\("(\w+)"', PAGE))
    kinds = "kind|credential|statement|log|witnesses|licence|keys|body|begun|expiry|why|answer|title|advice"
    named = set(re.findall(rf'"((?:{kinds})_[a-z_]+)"', SCRIPTS)) | set(re.findall(r'say\("(\w+)"', SCRIPTS))
    assert len(named) > 50
    assert named - there == {
        "witnesses_yes",
        "licence_credential",
    }  # one for each form of the grammar; no sentence


def test_no_script_of_ours_makes_code_or_markup_of_words() -> None:
    for name in ("paper.js", "looks.js", "shapes.js", "tokens.js", "logged.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function", (STATIC / name).read_text())  # fmt: skip
