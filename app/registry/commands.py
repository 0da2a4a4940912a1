"""Filing certificates for the search, in the transaction that changes what the public is told."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Table as PlainTable
from sqlalchemy import bindparam, delete, func, insert, select, update

from app.certificates.models import Certificate
from app.kernel.database import Unit
from app.registry.models import RegisterEntry, RegisterTerm, RegisterWord
from app.registry.queries.facts import Facts, facts_of
from app.registry.queries.terms import BLOCK, Filed, spellings, terms_of, with_places

BATCH = 4000
"""Certificates, terms or words in one question."""
_ENTRIES, _TERMS, _WORDS = (
    cast(PlainTable, one.__table__) for one in (RegisterEntry, RegisterTerm, RegisterWord)
)
Changes = dict[int, dict[str, dict[int, bool]]]
"""By block and term: which places gain the term and which lose it."""
Row = dict[str, Any]
T = TypeVar("T")


def take_turns(unit: Unit) -> None:
    """One transaction at a time files; the last lock any of them takes. On SQLite the whole database has one writer anyway."""
    if unit.db.get_bind().dialect.name == "postgresql":
        unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_ENTRIES.name, 0))))


def file_certificates(unit: Unit, ids: Iterable[int]) -> None:
    """File certificates as the register stands now; what is filed already is only touched where it changed."""
    for some in _batches(sorted(ids), BATCH):
        facts = facts_of(unit, some)
        asked: Any = select(_ENTRIES.c.certificate_id, _ENTRIES.c.filed)
        before: dict[int, Filed] = dict(
            unit.db.execute(asked.where(_ENTRIES.c.certificate_id.in_(list(facts)))).all()
        )
        _write_entries(unit, facts, before)
        _write_terms(unit, _changes({id: one.filed for id, one in facts.items()}, before))
        _write_words(unit, {word for one in facts.values() for word in one.filed["words"]})


def file_everything(unit: Unit) -> int:
    """Make the whole index anew; how many certificates are in it then."""
    take_turns(unit)
    for table in (_ENTRIES, _TERMS, _WORDS):
        unit.db.execute(delete(table))
    file_certificates(unit, unit.db.scalars(select(Certificate.id)).all())
    return unit.db.scalar(select(func.count()).select_from(_ENTRIES)) or 0


def file_what_is_missing(unit: Unit) -> int:
    """Fill an index that is empty beside certificates, as after the migration that brought it; how many were filed."""
    empty = unit.db.scalar(select(_ENTRIES.c.certificate_id).limit(1)) is None
    return (
        file_everything(unit) if empty and unit.db.scalar(select(Certificate.id).limit(1)) is not None else 0
    )


def _write_entries(unit: Unit, facts: Mapping[int, Facts], before: Container[int]) -> None:
    rows = [
        {"key": id, "certificate_id": id, "filed": dict(one.filed), "shown": dict(one.shown)}
        for id, one in facts.items()
    ]
    here = update(_ENTRIES).where(_ENTRIES.c.certificate_id == bindparam("key"))
    _write(unit, _ENTRIES, here, rows, before)


def _changes(after: Mapping[int, Filed], before: Mapping[int, Filed]) -> Changes:
    """What has to change between two ways of filing certificates."""
    found: Changes = defaultdict(lambda: defaultdict(dict))
    for id, filed in after.items():
        block, place = divmod(id, BLOCK)
        had, has = terms_of(before[id]) if id in before else set[str](), terms_of(filed)
        for term in had ^ has:
            found[block][term][place] = term in has
    return found


def _write_terms(unit: Unit, changes: Changes) -> None:
    for block, terms in changes.items():
        here = update(_TERMS).where(_TERMS.c.term == bindparam("key"), _TERMS.c.block == block)
        for some in _batches(sorted(terms), BATCH):
            asked: Any = select(_TERMS.c.term, _TERMS.c.places)
            asked = asked.where(_TERMS.c.block == block, _TERMS.c.term.in_(some))
            stored: dict[str, bytes] = dict(unit.db.execute(asked).all())
            rows = [
                {"key": term, "term": term, "block": block, "places": with_places(stored.get(term, b""), terms[term])}
                for term in some
            ]  # fmt: skip
            _write(unit, _TERMS, here, rows, stored)


def _write_words(unit: Unit, words: Collection[str]) -> None:
    """Words that are not known yet; one that nobody bears any more leads to nothing and may stay."""
    for some in _batches(sorted(words), BATCH):
        known = select(_WORDS.c.word).where(_WORDS.c.spelling.in_(some), _WORDS.c.spelling == _WORDS.c.word)
        new = sorted(set(some) - set(unit.db.scalars(known)))
        rows = [{"spelling": spelling, "word": word} for word in new for spelling in sorted(spellings(word))]
        if rows:
            unit.db.connection().execute(insert(_WORDS), rows)


def _write(unit: Unit, table: PlainTable, here: Any, rows: Sequence[Row], known: Container[Any]) -> None:
    """Change the rows whose key is known, and add the others."""
    names = [name for name in table.columns.keys() if name not in ("term", "block", "certificate_id")]  # noqa: SIM118
    if old := [row for row in rows if row["key"] in known]:
        unit.db.connection().execute(here.values({name: bindparam(name) for name in names}), old)
    new = [
        {name: value for name, value in row.items() if name != "key"}
        for row in rows
        if row["key"] not in known
    ]
    if new:
        unit.db.connection().execute(insert(table), new)


def _batches(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
