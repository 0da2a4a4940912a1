"""The digest lock: what was published stays as it was, or nothing starts and a sentence says why."""

import hashlib
import shutil
from pathlib import Path

import pytest

from app.kernel.errors import NotFound
from app.standards.queries import FOLDER, LOCK, catalogue, edition, read_catalogue, rule_pack
from app.standards.rules import StandardsFault

EDITION = Path("editions/rrn-1.2.toml")
PACK = Path("rule_packs/rrn-2026.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("editions", "rule_packs", "legal_notes"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    shutil.copy(FOLDER / LOCK, tmp_path / LOCK)
    return tmp_path


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def lock_again(folder: Path) -> None:
    files = (EDITION, PACK)
    digests = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files}
    (folder / LOCK).write_text("".join(f"{digest}  {file.as_posix()}\n" for file, digest in digests.items()))


def refusal(folder: Path) -> str:
    with pytest.raises(StandardsFault) as refused:
        read_catalogue(folder)
    return str(refused.value)


def test_the_shipped_files_are_read_once_and_carry_their_digest() -> None:
    assert edition("rrn-1.2") is edition("rrn-1.2")
    assert catalogue() is catalogue()
    assert edition("rrn-1.2").digest == hashlib.sha256((FOLDER / EDITION).read_bytes()).hexdigest()
    assert rule_pack("rrn-2026").digest == hashlib.sha256((FOLDER / PACK).read_bytes()).hexdigest()


def test_an_untouched_copy_starts(folder: Path) -> None:
    assert set(read_catalogue(folder).editions) == {"rrn-1.2"}


@pytest.mark.parametrize("file", [EDITION, PACK])
def test_a_published_file_changed_by_one_comment_stops_the_start(folder: Path, file: Path) -> None:
    (folder / file).write_text((folder / file).read_text() + "# a word more\n")
    said = refusal(folder)
    assert file.as_posix() in said
    assert "changed after it was published" in said
    assert "Nothing was started" in said


def test_a_published_file_without_its_digest_stops_the_start(folder: Path) -> None:
    (folder / LOCK).write_text("")
    assert f"{LOCK} lacks the line that `sha256sum editions/rrn-1.2.toml` prints" in refusal(folder)


def test_a_published_edition_that_is_called_a_draft_again_stops_the_start(folder: Path) -> None:
    rewrite(folder / EDITION, 'state = "published"', 'state = "draft"')
    assert "now it is gone or unpublished" in refusal(folder)


def test_a_published_pack_that_was_taken_away_stops_the_start(folder: Path) -> None:
    text = (folder / PACK).read_text().replace('id = "rrn-2026"', 'id = "rrn-2027"')
    (folder / "rule_packs/rrn-2027.toml").write_text(text.replace('state = "published"', 'state = "draft"'))
    (folder / PACK).unlink()
    assert "rule_packs/rrn-2026.toml" in refusal(folder)


def test_a_draft_may_change_freely_beside_a_published_edition(folder: Path) -> None:
    draft = (folder / EDITION).read_text().replace('"rrn-1.2"', '"rrn-2.0"').replace('"published"', '"draft"')
    (folder / "editions/rrn-2.0.toml").write_text(draft)
    assert set(read_catalogue(folder).editions) == {"rrn-1.2", "rrn-2.0"}


@pytest.mark.parametrize("lock", ["only-one-word\n", "a  editions/x.toml\nb  editions/x.toml\n"])
def test_a_lock_that_cannot_be_understood_stops_the_start(folder: Path, lock: str) -> None:
    (folder / LOCK).write_text(lock)
    assert "not a digest and a file name, or a file is named twice" in refusal(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (EDITION, 'number = "1.1.2"', 'number = "1.1.1"', "requirement 1.1.1 stands there more than once"),
        (EDITION, 'label = "Training needs analysis"', 'label = ""', "requirements.1.label"),
        (EDITION, 'id = "rrn-1.2"', 'id = "rrn-1.3"', "must be called rrn-1.3.toml"),
        (EDITION, "[[requirements]]", "[[requirements", "it is not TOML"),
        (PACK, 'editions = ["rrn-1.2"]', 'editions = ["rrn-9"]', "it names editions not here: rrn-9"),
        (
            PACK,
            "in_force_from = 2026-01-01",
            'in_force_from = 2026-01-01\nreplaces = "rrn-2019"\ntransition_until = 2027-01-01',
            "it replaces rrn-2019, which is not here",
        ),
    ],
)
def test_a_faulty_file_is_named_with_its_fault_even_when_its_digest_fits(
    folder: Path, file: Path, old: str, new: str, sentence: str
) -> None:
    rewrite(folder / file, old, new)
    lock_again(folder)
    said = refusal(folder)
    assert file.as_posix() in said or "rrn-1.3" in said
    assert sentence in said


def test_a_file_that_is_not_text_is_a_sentence_too(folder: Path) -> None:
    (folder / PACK).write_bytes(b"\xff\xfe")
    assert "it is not TOML" in refusal(folder)


def test_an_empty_folder_and_a_missing_lock_stop_the_start(folder: Path) -> None:
    (folder / LOCK).unlink()
    assert "cannot be read" in refusal(folder)
    shutil.rmtree(folder / "editions")
    assert "is empty" in refusal(folder)


def test_a_faulty_legal_note_stops_the_start(folder: Path) -> None:
    rewrite(
        folder / "legal_notes/england.toml", "since = 2021-12-07", "since = 2021-12-07\nuntil = 2021-12-06"
    )
    assert "a note ends before it begins" in refusal(folder)


def test_somebody_who_asks_for_an_edition_we_do_not_hold_hears_which_we_hold() -> None:
    with pytest.raises(NotFound, match=r"Those we hold: rrn-1\.2\."):
        edition("rrn-7")
    with pytest.raises(NotFound, match=r"Those we hold: rrn-2026\."):
        rule_pack("")
