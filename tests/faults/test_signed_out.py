"""Nothing typed is lost: signed out while typing, signed in again elsewhere, or somebody else was faster."""

import re
from html import unescape

import pytest

from tests.faults.ground import Ground

WORDS = "It took three visits & a <long> talk to find out why."
WHO = "organisational_representative"


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def test_a_form_sent_after_the_session_ended_is_kept_and_can_be_sent_on_once_signed_in(
    ground: Ground,
) -> None:
    said = {"csrf": ground.csrf(WHO), "title": "Kept title", "summary": WORDS, "nations": "wales"}
    out = ground.ask("POST", "/curricula", "", data=said)
    assert out.status_code == 401
    assert "You were signed out" in out.text
    assert "no-store" in out.headers["cache-control"]
    kept = hidden(out.text)
    assert (kept["title"], kept["summary"], kept["nations"]) == ("Kept title", WORDS, "wales")
    assert "csrf" not in kept or kept["csrf"] != said["csrf"]
    again = ground.ask("POST", "/curricula", WHO, data=kept)
    assert again.status_code == 403
    assert "Nothing was saved yet" in again.text
    assert "Kept title" in again.text
    sent = ground.ask("POST", "/curricula", WHO, data={**kept, "csrf": hidden(again.text)["csrf"]})
    assert sent.status_code == 303


def test_a_password_is_never_kept_on_a_page(ground: Ground) -> None:
    said = {
        "current": "quiet lamp river stone",
        "password": "quiet lamp river stones",
        "again": "quiet lamp river stones",
    }
    out = ground.ask("POST", "/account/password", "", data=said)
    assert "quiet lamp" not in out.text


def test_words_for_a_form_that_is_not_asked_for_any_more_stay_on_the_page(ground: Ground) -> None:
    """The version was certified while somebody wrote on its draft."""
    address = ground.address("/curricula/versions/{ref}/details")
    out = ground.ask(
        "POST",
        address,
        WHO,
        data={"csrf": ground.csrf(WHO), "version": "1", "title": "Safe Holding", "summary": WORDS},
    )
    assert out.status_code in (409, 422)
    assert "What you typed" in out.text or "Safe Holding" in out.text
    assert unescape(out.text).count(WORDS) == 1


def test_a_form_of_another_site_is_refused_without_its_words(ground: Ground) -> None:
    said = {"title": "From elsewhere", "csrf": ground.csrf(WHO)}
    out = ground.ask("POST", "/curricula", WHO, data=said, headers={"Sec-Fetch-Site": "cross-site"})
    assert out.status_code == 403
    assert "From elsewhere" not in out.text


def test_a_form_that_is_too_old_still_speaks_of_the_version_its_writer_saw(ground: Ground) -> None:
    """Or somebody else's change in between would go unnoticed."""
    address = ground.address("/organisations/{ref}/details")
    who = "licence_manager"
    out = ground.ask(
        "POST",
        address,
        who,
        data={"version": "1234567", "csrf": "of another session", "address": "2 Low Street"},
    )
    assert out.status_code == 403
    assert hidden(out.text)["version"] == "1234567"


def test_nobody_who_may_not_send_a_file_makes_the_register_open_one(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is looked at in a child of its own, which is dear: not for strangers (rules page, 10)."""
    looked: list[bytes] = []
    files = {"document": ("x.pdf", b"%PDF-1.7 not really", "application/pdf")}

    def look(content: bytes) -> None:
        looked.append(content)
        raise ValueError("nobody should have looked")

    monkeypatch.setattr("app.web.evidence.look", look)
    for caller, json in (("", True), ("", False), ("trainer", True), ("trainer", False)):
        address = ground.address("/findings/{ref}/respond", json=json)
        said = {"csrf": ground.csrf(caller), "version": "1"}
        assert ground.ask("POST", address, caller, json=json, data=said, files=files).status_code in (
            401,
            403,
        )
    assert looked == []
    said = {"csrf": ground.csrf(WHO), "version": "1"}
    ground.ask("POST", ground.address("/findings/{ref}/respond"), WHO, data=said, files=files)
    assert len(looked) == 1, "who may send it is looked at"
