"""What an entry of the ledger may say, and that it gives nobody's name away."""

import json
import secrets
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import JsonValue, ValidationError

from app.ledger.rules import Entry, EntryKind, canonical, commitment, instant

TOLD: dict[str, JsonValue] = {"holder": "Harbour Lane Training", "status": "suspended"}
SALT = bytes(range(32))


def entry(**changes: object) -> Entry:
    fields: dict[str, object] = {
        "kind": EntryKind.CERTIFICATE_STATUS,
        "subject": "crt_5f0c",
        "recorded_at": datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
        "effective_on": date(2026, 11, 22),
        "commitment": commitment(SALT, TOLD),
    }
    return Entry.model_validate(fields | changes)


def test_an_entry_has_one_spelling() -> None:
    assert canonical(entry()).startswith(b'{"commitment":"')
    assert json.loads(canonical(entry()))["recorded_at"] == "2026-11-22T10:00:00.000000Z"
    assert json.loads(canonical(entry())).keys() == {
        "kind", "subject", "recorded_at", "effective_on", "commitment", "files",
    }  # fmt: skip


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    moment = datetime(2026, 11, 22, 11, 0, tzinfo=timezone(timedelta(hours=1)))
    assert canonical(entry(recorded_at=moment)) == canonical(entry())
    assert instant(moment) == "2026-11-22T10:00:00.000000Z"


def test_an_entry_shows_no_name() -> None:
    assert b"Harbour" not in canonical(entry())


def test_who_holds_the_salt_can_prove_what_was_told_and_nobody_else_can_guess_it() -> None:
    assert commitment(SALT, dict(reversed(TOLD.items()))) == entry().commitment
    assert commitment(secrets.token_bytes(32), TOLD) != entry().commitment
    assert commitment(SALT, TOLD | {"status": "active"}) != entry().commitment


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"short", TOLD)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Harbour Lane Training"}, {"subject": ""}, {"commitment": "abc"}, {"kind": "gossip"},
        {"name": "x"},
        {"recorded_at": "2026-11-22T10:00:00"}, {"files": {"certificate.pdf": "short"}},
        {"files": {f"file{n}": "0" * 64 for n in range(17)}},
    ],
)  # fmt: skip
def test_what_is_not_opaque_does_not_get_in(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        entry(**changes)
