"""Certificate numbers in sentences stay in one piece on a phone, and text stays text."""

from app.web.rendering import unbroken


def test_a_number_in_a_sentence_is_not_broken_and_copies_as_it_is() -> None:
    said = unbroken("Harbour Lane is certified: NGC-000217-M, until 30 June 2028.")
    assert said == 'Harbour Lane is certified: <span class="number">NGC-000217-M</span>, until 30 June 2028.'


def test_what_somebody_typed_is_escaped() -> None:
    assert unbroken("<b>NGC-000217-M</b>") == '&lt;b&gt;<span class="number">NGC-000217-M</span>&lt;/b&gt;'
