"""The rules on certificates: each finds what it is for, and only they open the way to a signature."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfWriter

from app.certificates.document import Attachment, draw, load_design
from app.certificates.lints import (
    Drawn,
    LintPassed,
    LintRefused,
    TokenSpent,
    document,
    inspect_document,
    inspect_statement,
    iso17065,
    scheme,
)
from app.certificates.rules import Statement, make_number
from tests.certificates.paper import BASE, NOW, POLISH, VIETNAMESE, WELSH, a_statement, an_item, drawn, said

TOKEN = b"a.credential.jwt"


def broken(statement: Statement, **changes: Any) -> set[str]:
    with pytest.raises(LintRefused) as caught:
        inspect_statement(said(statement, **changes))
    return {breach.rule for breach in caught.value.breaches}


def spoilt(pdf: bytes, statement: Statement | None = None, token: bytes = TOKEN) -> set[str]:
    with pytest.raises(LintRefused) as caught:
        inspect_document(Drawn(pdf, statement or a_statement(), token))
    return {breach.rule for breach in caught.value.breaches}


def test_every_rule_names_its_source_and_says_its_name_as_a_sentence() -> None:
    sets = (iso17065.RULES, scheme.RULES, document.FIRST, document.RULES)
    rules = [rule for each in sets for rule in each.all]
    assert len(rules) >= 18
    assert all(len(rule.source) > 10 for rule in rules)
    assert all(rule.name.count("_") >= 3 for rule in rules)
    assert len({rule.name for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("name", "curricula"), [("Harbour Lane", 1), (WELSH, 3), (POLISH, 12), (VIETNAMESE, 80)]
)
def test_what_is_as_it_should_be_passes(name: str, curricula: int) -> None:
    statement = a_statement(name, curricula)
    assert inspect_statement(said(statement)).sha256 == statement.digest
    inspect_document(Drawn(drawn(statement), statement, TOKEN))


def test_a_body_without_an_address_is_not_enough() -> None:
    body = a_statement().body.model_copy(update={"address": ""})
    assert broken(a_statement(body=body)) == {"the_certification_body_is_named_with_its_address"}


def test_an_address_the_service_declared_is_not_left_out() -> None:
    holder = a_statement().holder.model_copy(update={"address": ""})
    assert broken(a_statement(holder=holder)) == {"the_client_is_named_with_the_address_it_declared"}
    inspect_statement(said(a_statement(holder=holder), declared_address=False))


def test_nothing_is_granted_on_a_day_that_has_not_come() -> None:
    assert broken(a_statement(), today=date(2025, 6, 23)) == {"it_says_when_certification_was_granted"}


def test_a_grant_before_its_decision_is_refused() -> None:
    assert broken(a_statement(granted_on=date(2025, 6, 23))) == {"it_rests_on_a_decision_made_before"}


def test_a_certificate_does_not_begin_before_it_was_granted() -> None:
    early = a_statement(starts_on=date(2025, 6, 1), expires_on=date(2028, 5, 31))
    assert broken(early) == {"it_rests_on_a_decision_made_before"}


def test_a_certificate_does_not_end_before_it_begins() -> None:
    assert "the_term_has_an_end_after_its_beginning" in broken(a_statement(expires_on=date(2025, 7, 1)))


@pytest.mark.parametrize("day", [date(2028, 6, 29), date(2028, 7, 1)])
def test_the_term_is_neither_a_day_shorter_nor_longer(day: date) -> None:
    assert broken(a_statement(expires_on=day)) == {"the_term_is_the_rule_packs"}


def test_a_later_version_may_end_sooner_but_never_later() -> None:
    later: dict[str, Any] = {"version": 2, "previous_version": "0" * 64}
    inspect_statement(said(a_statement(**later, expires_on=date(2027, 6, 30))))
    assert broken(a_statement(**later, expires_on=date(2029, 6, 30))) == {"the_term_is_the_rule_packs"}


def test_the_same_curriculum_is_not_named_twice() -> None:
    assert broken(a_statement(scope=(an_item(1), an_item(1)))) == {"the_scope_names_each_curriculum_once"}


@pytest.mark.parametrize("number", ["NGC-000217-A", make_number("CAL", 217)])
def test_a_number_that_does_not_check_or_is_anothers_is_refused(number: str) -> None:
    changed = a_statement(number=number, verify_url=f"{BASE}/c/{number}")
    assert broken(changed) == {"the_number_is_the_bodys_and_checks"}


@pytest.mark.parametrize(
    "url", [f"{BASE}/c/NGC-000218-K", "https://evil.example/c/NGC-000217-M", f"{BASE}/verify/NGC-000217-M"]
)
def test_an_address_that_leads_elsewhere_is_refused(url: str) -> None:
    assert broken(a_statement(verify_url=url)) == {"the_address_on_it_leads_to_its_own_answer"}


@pytest.mark.parametrize(
    "words",
    ["This training is RRN accredited.", "Accredited by BILD.", "UKAS approved training", "An RRN approved trainer",
     "approved by the Restraint Reduction Network", "rrn-accredited"],
)  # fmt: skip
def test_words_that_mix_the_three_verbs_are_refused(words: str) -> None:
    assert broken(a_statement(sentence=words)) == {"no_word_mixes_the_three_verbs"}
    item = an_item(1).model_copy(update={"title": words})
    assert broken(a_statement(scope=(item,))) == {"no_word_mixes_the_three_verbs"}


def test_a_drawing_of_another_statement_is_noticed() -> None:
    assert spoilt(drawn(a_statement()), a_statement(WELSH)) == {
        "the_first_page_shows_what_the_statement_says"
    }


def test_a_code_that_leads_elsewhere_is_noticed() -> None:
    other = a_statement(verify_url="https://evil.example/c/NGC-000217-M")
    assert "the_qr_code_leads_to_the_register" in spoilt(drawn(other))


@pytest.mark.parametrize("turn", [b"-%s 0 0 %s", b"%s 0 0 -%s", b"%s 1 0 %s"])
def test_a_code_that_is_mirrored_or_leans_is_noticed(turn: bytes) -> None:
    writer = PdfWriter(clone_from=BytesIO(drawn(a_statement())))
    contents = writer.pages[0].get_contents()
    assert contents is not None
    before = re.compile(rb"(?<=\n|\s)([\d.]+) 0 0 ([\d.]+)(?= \S+ \S+ cm)")
    data, found = before.subn(lambda size: turn % size.groups(), contents.get_data())
    contents.set_data(data)
    writer.pages[0].replace_contents(contents)
    changed = BytesIO()
    writer.write(changed)
    assert found >= 1
    assert "the_qr_code_leads_to_the_register" in spoilt(changed.getvalue())


def test_another_credential_than_its_own_is_noticed() -> None:
    assert spoilt(drawn(a_statement()), token=b"other") == {"it_carries_its_own_credential_and_nothing_else"}
    attachments = tuple(
        Attachment(name, "text/plain", TOKEN, "Data", "x") for name in ("credential.jwt", "more")
    )
    two = draw(a_statement(), load_design("harbour-2026"), NOW, attachments, 3000)
    assert spoilt(two) == {"it_carries_its_own_credential_and_nothing_else"}


@pytest.mark.parametrize(
    ("find", "put", "rule"),
    [
        (rb"/FontFile2", b"/FontFileX", "every_font_is_embedded"),
        (rb"/Lang \(en-GB\)", b"/Lanx (en-GB)", "title_language_and_structure_are_there"),
        (rb"/StructTreeRoot", b"/StructTreeRoox", "title_language_and_structure_are_there"),
        (rb"<pdf:Producer>ReportLab", b"<pdfaid:art>ReportLa", "it_claims_no_conformance_nobody_tested"),
        (rb"/DisplayDocTitle true", b"/OpenAction true     ", "nothing_in_it_is_active"),
        (rb"ETSI\.CAdES\.detached", b"adbe.pkcs7.detached ", "there_is_one_empty_place_for_the_seal"),
        (rb"/Contents <0", b"/Contents <1", "there_is_one_empty_place_for_the_seal"),
        (rb"/MediaBox \[\s*0 0 595", b"/MediaBox [ 0 0 612", "every_page_is_a4_and_a_short_list_is_on_one"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_noticed(find: bytes, put: bytes, rule: str) -> None:
    changed, count = re.subn(find, lambda found: put.ljust(len(found[0])), drawn(a_statement()))
    assert count
    assert rule in spoilt(changed)


def test_something_after_the_end_of_the_file_is_noticed() -> None:
    pdf = drawn(a_statement())
    assert spoilt(pdf + b"junk") == {"the_file_is_one_revision"}
    assert "the_file_is_one_revision" in spoilt(pdf + b"\nstartxref\n0\n%%EOF\n")
    assert spoilt(pdf[:4000]) == {"the_file_is_one_revision", "the_file_can_be_read"}


def test_a_token_is_for_exactly_the_bytes_that_were_looked_at_and_once() -> None:
    statement = a_statement()
    token = inspect_statement(said(statement))
    with pytest.raises(TokenSpent):
        token.redeem(statement.canonical + b" ")
    token.redeem(statement.canonical)
    with pytest.raises(TokenSpent):
        token.redeem(statement.canonical)


def test_nobody_but_the_rules_makes_a_token() -> None:
    with pytest.raises(TokenSpent):
        LintPassed(b"anything", b"guess")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    holder = a_statement().holder.model_copy(update={"address": ""})
    assert (
        len(broken(a_statement(holder=holder, sentence="RRN accredited", expires_on=date(2028, 7, 1)))) == 3
    )
