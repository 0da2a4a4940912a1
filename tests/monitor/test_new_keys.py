"""A log that changes its key: one that the old key's log announced is taken over, any other is an alarm."""

from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.certificates.keys import thumbprint
from app.ledger.note import NoteKey, add_signature, sign_note, text_of
from app.ledger.rules import Entry, EntryKind, canonical
from tests.monitor.test_watching import Served, alarm, log, look
from tests.witness.make import Log

__all__ = ["log"]
NEW = Log(seed=9)


def told(key: NoteKey, kind: EntryKind = EntryKind.KEY_MADE) -> bytes:
    subject = thumbprint(Ed25519PublicKey.from_public_bytes(key.public))
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    return canonical(
        Entry(kind=kind, subject=subject, recorded_at=at, effective_on=date(2026, 3, 2), commitment="0" * 64)
    )


def publish(log: Served, *keys: NoteKey, note: str | None = None) -> None:
    log.write(note)
    (log.place / ".well-known/log.vkey").write_text("".join(f"{key.vkey}\n" for key in keys))


def both(log: Served) -> str:
    return add_signature(log.note(), NEW.key, NEW.private.sign)


def alone(log: Served) -> str:
    return sign_note(text_of(log.note()), NEW.key, NEW.private.sign)


def test_a_key_that_the_log_announced_is_taken_over_and_said(log: Served) -> None:
    log.say(told(NEW.key))
    publish(log, log.key, NEW.key)
    found = look(log)
    assert found.alarms == [] and len(found.news) == 1
    assert found.news[0].startswith(f"The log has a new key: {NEW.key.vkey}. Entry 340 announced it")
    assert look(log).news == []
    log.add(1)
    publish(log, log.key, NEW.key, note=both(log))
    assert look(log).alarms == []
    log.add(1)
    publish(log, log.key, NEW.key, note=alone(log))
    assert look(log).alarms == []


def test_a_key_that_no_entry_announced_is_an_alarm(log: Served) -> None:
    log.say(told(Log(seed=7).key))
    log.say(told(NEW.key, EntryKind.KEY_STATUS))
    publish(log, log.key, NEW.key, note=both(log))
    assert "a key of its log that was not there before" in alarm(log) and NEW.key.vkey in alarm(log)


def test_a_key_that_announces_itself_is_an_alarm(log: Served) -> None:
    log.say(told(NEW.key))
    publish(log, log.key, NEW.key, note=alone(log))
    assert "is signed by no key that was known" in alarm(log) and NEW.key.vkey in alarm(log)


def test_a_key_announced_by_one_that_others_may_know_is_an_alarm(log: Served) -> None:
    log.say(told(log.key, EntryKind.KEY_STATUS))
    log.say(told(NEW.key))
    publish(log, log.key, NEW.key, note=both(log))
    assert "was not there before" in alarm(log)
