"""Certificate numbers in sentences stay in one piece on a phone, and text stays text."""

import pytest

from app.web.rendering import templates, unbroken


def test_a_number_in_a_sentence_is_not_broken_and_copies_as_it_is() -> None:
    said = unbroken("Harbour Lane is certified: NGC-000217-M, until 30 June 2028.")
    assert said == 'Harbour Lane is certified: <span class="number">NGC-000217-M</span>, until 30 June 2028.'


def test_what_somebody_typed_is_escaped() -> None:
    assert unbroken("<b>NGC-000217-M</b>") == '&lt;b&gt;<span class="number">NGC-000217-M</span>&lt;/b&gt;'


@pytest.mark.parametrize("number", ["AB-000001-2", "NGC-000217-M", "LONGER-000217-M"])
def test_the_numbers_of_every_body_stay_in_one_piece(number: str) -> None:
    assert unbroken(f"Certificate {number}.") == f'Certificate <span class="number">{number}</span>.'


def test_a_number_in_a_table_a_list_or_a_line_to_copy_stays_in_one_piece_and_links_lead_to_it_as_it_is() -> (
    None
):
    number, whole = "NGC-000217-M", '<span class="number">NGC-000217-M</span>'
    macros = {
        "parts/table.html": "cell('Number', number, href='/verify/' ~ number)", "parts/facts.html": "fact('Number', number)",
        "parts/entry.html": "entry('A name', '/x', 'Certificate ' ~ number)", "parts/note.html": "copy_line('Words', number)",
    }  # fmt: skip
    for file, call in macros.items():
        name = call.partition("(")[0]
        drawn = templates.from_string(f"{{% from '{file}' import {name} %}}{{{{ {call} }}}}").render(
            number=number
        )
        assert whole in drawn, file
    assert 'href="/verify/NGC-000217-M"' in templates.from_string(
        "{% from 'parts/table.html' import cell %}{{ cell('Number', number, href='/verify/' ~ number) }}"
    ).render(number=number)
