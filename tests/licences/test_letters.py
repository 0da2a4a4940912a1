"""Directors hear of every change of their licence; nobody else does."""

from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from app.kernel.outbox import deliver_all
from app.organisations.queries import organisation
from app.people.commands import add_member
from app.permissions import Role
from tests.licences.make import Body, change, make_body, make_manager


def letters(site: Site) -> list[tuple[str, str, str]]:
    """Every letter sent: to whom, about what, and its plain text."""
    deliver_all(site)
    found = []
    for path in sorted(Path(site.settings.mail_dir).glob("*.eml")):
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        found.append((str(letter["To"]), str(letter["Subject"]), body.get_content() if body else ""))
    return found


def add(site: Site, body: Body, name: str, email: str, role: Role) -> None:
    with writing(site, SYSTEM) as unit:
        add_member(unit, organisation(unit, body.id), name, email, role)


def test_a_suspension_reaches_the_directors_with_its_meaning_and_the_private_reason(site: Site) -> None:
    manager = make_manager(site)
    body, other = make_body(site, manager), make_body(site, manager, "Calder Assurance", "CAL")
    letters(site)
    add(site, body, "Łukasz Wiśniewski", "director@northgate.example", Role.DIRECTOR)
    add(site, body, "Olive Officer", "officer@northgate.example", Role.CASE_OFFICER)
    add(site, other, "Dan Calder", "director@calder.example", Role.DIRECTOR)
    change(site, manager, body, "suspend", date(2026, 3, 9))
    sent = letters(site)
    assert [to for to, _subject, _text in sent] == ["director@northgate.example"]
    _to, subject, text = sent[0]
    assert subject == "Licence of Northgate Certification: suspended"
    for words in (
        "9 March 2026",
        "No new agreements",
        "Three files had no reviewer.",
        f"/licences/{body.licence}",
    ):
        assert words in " ".join(text.split())
