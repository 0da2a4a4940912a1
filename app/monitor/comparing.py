"""What the register says in its pages, held against what its log has committed to: as far as hashes and times can tell."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from app.certificates.rules import Statement, Status
from app.kernel.clock import civil_date
from app.ledger.rules import Entry, EntryKind, Opaque
from app.verifier.anchors import Published


class Odd(Exception):
    """The register's answer is not one; the message is a clause."""


@dataclass
class Told:
    """What the log tells, found again by the digest of a statement or by the opaque reference of a certificate."""

    by_statement: dict[str, Entry] = field(default_factory=dict)
    published: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))


class _Line(Entry):
    """An entry as it is read here: of a kind that software to come may have added."""

    kind: Opaque  # type: ignore[assignment]


def read(entries: Sequence[bytes]) -> Told:
    """Sort the entries. ValueError when one is none of this register's."""
    told = Told()
    for data in entries:
        entry = _Line.model_validate_json(data)
        if entry.kind == EntryKind.CERTIFICATE_PUBLISHED:
            told.by_statement[entry.files.get("statement.json", "")] = entry
            told.published[entry.subject].append(entry)
        elif entry.kind == EntryKind.CERTIFICATE_STATUS:
            told.changes[entry.subject].append(entry)
    return told


def compare(entries: Sequence[bytes], published: Published) -> Iterator[str]:
    """A sentence for each certificate that the register shows otherwise than its log. Raises Unreachable."""
    try:
        told = read(entries)
    except ValidationError:
        yield "The log holds an entry that is not one of this register."
        return
    for number in _numbers(published):
        try:
            yield from _certificate(number, told, len(entries), published)
        except (Odd, LookupError, TypeError, ValueError) as fault:
            yield f"What the register says of {number} cannot be read ({type(fault).__name__})."


def _numbers(published: Published) -> Iterator[str]:
    after, seen = "", set[str]()
    while True:
        page = _json(published, f"api/v1/register{after}")
        yield from (str(item["certificate_number"]) for item in page["items"])
        after = f"?after={quote(page.get('next') or '', safe='')}"
        if after == "?after=" or after in seen:
            return
        seen.add(after)


def _json(published: Published, path: str) -> Any:
    content = published(path)
    if content is None:
        raise Odd(f"there is no {path}")
    return json.loads(content)


def _certificate(number: str, told: Told, size: int, published: Published) -> Iterator[str]:
    said = _json(published, f"api/v1/verify/{number}")
    if said["as_of_log_size"] < size:
        yield f"The register answers as of {said['as_of_log_size']} entries, while its log has {size}: two people are told two things."
    statements = list(_statements(number, published))
    subjects = {
        told.by_statement[digest].subject for digest, _one in statements if digest in told.by_statement
    }
    for digest, one in statements:
        if digest not in told.by_statement:
            yield f"The log does not tell of certificate {number} version {one.version}, which the register shows."
    if len(subjects) != 1:
        return
    yield from _differences(said, statements[-1][1])
    yield from _history(number, said, told, subjects.pop())
    yield from _status(said, statements[-1][1])


def _statements(number: str, published: Published) -> Iterator[tuple[str, Statement]]:
    version = 1
    while content := published(f"certificates/{number}/{version}/statement.json"):
        yield hashlib.sha256(content).hexdigest(), Statement.model_validate_json(content)
        version += 1


def _differences(said: Any, one: Statement) -> Iterator[str]:
    """What the page says otherwise than the newest statement that the log has committed to."""
    shown = {
        "expires_on": said["expires_on"],
        "holder": said["holder"]["ref"],
        "body": said["body"]["ref"],
        "edition": said["edition"],
    }
    logged = {
        "expires_on": one.expires_on.isoformat(),
        "holder": one.holder.ref,
        "body": one.body.ref,
        "edition": one.edition.id,
    }
    for name, value in logged.items():
        if shown[name] != value:
            yield f"The register shows another {name.replace('_', ' ')} for {one.number} than the statement in its log: {shown[name]} instead of {value}."


def _status(said: Any, one: Statement) -> Iterator[str]:
    """The page says of its day what its own history says, whose changes are held against the log."""
    day = date.fromisoformat(said["on"])
    whole = [line for line in reversed(said["history"]) if not line["curriculum"]]
    counted = sorted((line["effective_on"], at) for at, line in enumerate(whole) if line["effective_on"] <= said["on"])  # fmt: skip
    due = Status(whole[counted[-1][1]]["status"]) if counted and day >= one.starts_on else None
    if due and day > one.expires_on and not due.is_final:
        due = Status.EXPIRED
    if said["status"] != due:
        yield f"The register says that {one.number} is {said['status'] or 'nothing'} on {day}, and by its history it is {due or 'nothing'}."


def _history(number: str, said: Any, told: Told, subject: str) -> Iterator[str]:
    """Each change the register shows was logged in the same moment, and each logged change is shown."""
    shown = {datetime.fromisoformat(line["recorded_at"]) for line in said["history"]}
    changed = {entry.recorded_at for entry in told.changes[subject]}
    published = {entry.recorded_at for entry in told.published[subject]}
    for moment in sorted(shown - changed - published):
        yield f"The register shows a change of {number} recorded at {moment:%Y-%m-%d %H:%M} that its log does not tell of."
    for line in said["history"]:
        if (
            datetime.fromisoformat(line["recorded_at"]) in published - changed
            and line["status"] != Status.ACTIVE
        ):
            yield f"The register shows that {number} was published as {line['status']}."
    yield from _days(number, said, [*told.changes[subject], *told.published[subject]])
    for moment in sorted(changed - shown):
        yield f"The log tells of a change of {number} at {moment:%Y-%m-%d %H:%M} that the register does not show."


def _days(number: str, said: Any, entries: Sequence[Entry]) -> Iterator[str]:
    """Each change counts from the day that stands in its entry; the first one is told at once, though it may begin later."""
    days: dict[datetime, set[date]] = defaultdict(set)
    for entry in entries:
        publication = entry.kind == EntryKind.CERTIFICATE_PUBLISHED
        told_on = civil_date(entry.recorded_at)
        days[entry.recorded_at].add(min(entry.effective_on, told_on) if publication else entry.effective_on)
    for line in said["history"]:
        shown, logged = (
            date.fromisoformat(line["effective_on"]),
            days[datetime.fromisoformat(line["recorded_at"])],
        )
        if logged and shown not in logged:
            instead = ", ".join(day.isoformat() for day in sorted(logged))
            yield f"The register shows a change of {number} from {shown} on, and its log tells of one from {instead} on."
