"""Letters: written in the transaction that gives the reason, sent by the worker, never inside a transaction."""

import smtplib
from datetime import datetime
from email.message import EmailMessage
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader
from sqlalchemy.orm import Mapped

from app.kernel.database import Record, Table, Unit
from app.kernel.journal import Event, Finish, after, record
from app.kernel.words import _, words
from app.settings import Settings

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"
SENDER = "register"


class Letter(Record, Table):
    """One e-mail to one person: which message, with which values. The values are emptied once it is sent."""

    __tablename__ = "letter"

    to: Mapped[str]
    message: Mapped[str]
    values: Mapped[dict[str, Any]]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def post(unit: Unit, to: str, message: str, **values: Any) -> None:
    """Write a letter that the worker sends once this transaction is committed.

    `message` names a folder of templates/email; links in `values` are made with `settings.link`.
    """
    letter = Letter(to=to, message=message, values=values, written_at=unit.now)
    unit.db.add(letter)
    unit.db.flush()
    record(unit, "letter.written", letter, message=message)


@after("letter.written")
def send(unit: Unit, event: Event) -> Finish | None:
    """Send the letter, then forget what was in it: links in letters are secrets."""
    letter = unit.db.get_one(Letter, event.subject_id)
    if letter.sent_at is None:
        deliver(
            unit.site.settings,
            render(unit.site.settings, letter.to, letter.message, letter.values),
            name=letter.ref,
        )

    def finish(unit: Unit) -> None:
        sent = unit.db.get_one(Letter, event.subject_id)
        sent.sent_at, sent.values = unit.now, {}

    return finish


def render(settings: Settings, to: str, message: str, values: dict[str, Any]) -> EmailMessage:
    """Subject, plain text and HTML of one message; the plain text alone says everything."""
    context = {**values, "home": settings.link("/")}
    letter = EmailMessage()
    letter["To"], letter["From"] = (
        to,
        f"{_('Certified Training Register')} <{SENDER}@{settings.host.split(':')[0]}>",
    )
    letter["Subject"] = " ".join(
        _environment(escape=False).get_template(f"{message}/subject.txt").render(context).split()
    )
    letter.set_content(_environment(escape=False).get_template(f"{message}/body.txt").render(context))
    letter.add_alternative(
        _environment(escape=True).get_template(f"{message}/body.html").render(context), subtype="html"
    )
    return letter


def deliver(settings: Settings, letter: EmailMessage, name: str) -> None:
    """Hand the letter to the mail server, or to a folder of .eml files when none is set."""
    if not settings.smtp_url:
        settings.mail_dir.mkdir(parents=True, exist_ok=True)
        (settings.mail_dir / f"{name}.eml").write_bytes(bytes(letter))
        return
    address = urlsplit(settings.smtp_url)
    server = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    with server(address.hostname or "localhost", address.port or 0, timeout=20) as connection:
        if address.username:
            connection.login(unquote(address.username), unquote(address.password or ""))
        connection.send_message(letter)


def _environment(escape: bool) -> Environment:
    return _kept_environment(escape, words())


@lru_cache(maxsize=8)
def _kept_environment(escape: bool, translations: NullTranslations) -> Environment:
    """One for each language: a template is compiled once, not for every letter."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=escape, extensions=["jinja2.ext.i18n"]
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return environment
