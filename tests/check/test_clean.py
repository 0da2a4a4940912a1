"""A register that only the real commands wrote to is clean, look by look."""

import pytest

from app.check.walk import LOOKS, breaches
from tests.check.world import Clean


@pytest.mark.parametrize("words", [look.words for look in LOOKS])
def test_a_register_written_by_the_real_commands_has_no_breach(clean: Clean, words: str) -> None:
    assert clean.look(words) == []


def test_the_walk_says_what_it_looks_at_and_writes_nothing(clean: Clean) -> None:
    heard: list[str] = []
    assert list(breaches(clean.site, heard.append)) == []
    assert heard == [look.words for look in LOOKS]
