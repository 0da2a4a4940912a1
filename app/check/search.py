"""The search's index: every published certificate is filed, as the register stands, and under nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateStatus
from app.certificates.queries import derive, lines_of
from app.check.breach import BATCH, Breach
from app.kernel.database import Unit
from app.registry.models import RegisterEntry, RegisterTerm, RegisterWord
from app.registry.queries.facts import Facts, facts_of
from app.registry.queries.terms import BLOCK, as_bits, highest_first, terms_of


def every_certificate_is_filed_as_it_stands(unit: Unit) -> Iterator[Breach]:
    """What is filed is what the register says today, and tells the status of every day as the history does."""
    ids = list(unit.db.scalars(select(Certificate.id).order_by(Certificate.id)))
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        facts, histories = facts_of(unit, some), lines_of(unit, some)
        asked = select(RegisterEntry).where(RegisterEntry.certificate_id.in_(some))
        stored = {one.certificate_id: one for one in unit.db.scalars(asked)}
        for one in unit.db.scalars(
            select(Certificate).where(Certificate.id.in_(some)).order_by(Certificate.id)
        ):
            if fault := _fault(one, facts.get(one.id), stored.get(one.id), histories[one.id]):
                yield Breach(f"certificate {one.number}", fault)


def _fault(
    certificate: Certificate,
    facts: Facts | None,
    entry: RegisterEntry | None,
    lines: Sequence[CertificateStatus],
) -> str:
    if facts is None or entry is None:
        published = "is published and cannot be found by a search" if facts else ""
        return "is filed for the search and was never published" if entry else published
    if (entry.filed, entry.shown) != (facts.filed, facts.shown):
        return "is filed otherwise than the register stands"
    agrees = _tells_the_history(certificate, lines, entry.filed["periods"])
    return "" if agrees else "is filed under another status than its history tells"


def _tells_the_history(
    certificate: Certificate, lines: Sequence[CertificateStatus], periods: list[list[str | None]]
) -> bool:
    """The status on every day on which one begins or ends, and on the day before it, as the public is told it."""
    days = {
        certificate.starts_on,
        certificate.expires_on + timedelta(days=1),
        *(line.effective_on for line in lines),
    }
    for day in days | {day - timedelta(days=1) for day in days}:
        said = derive(certificate, (), lines, day).status
        filed = [status for status, begun, ended in periods if _lasts(begun, ended, day)]
        if filed != ([said.value] if said else []):
            return False
    return True


def _lasts(begun: str | None, ended: str | None, day: date) -> bool:
    return str(begun) <= day.isoformat() and (ended is None or day.isoformat() < ended)


def every_term_leads_where_it_should(unit: Unit) -> Iterator[Breach]:
    """Each term holds exactly the certificates that are filed under it, and every word can be found when it is mistyped."""
    blocks: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    words: set[str] = set()
    asked: Any = select(RegisterEntry.certificate_id, RegisterEntry.filed).order_by(
        RegisterEntry.certificate_id
    )
    for id, filed in unit.db.execute(asked.execution_options(yield_per=BATCH)):
        words.update(filed["words"])
        for term in terms_of(filed):
            blocks[id // BLOCK][term] |= 1 << id % BLOCK
    rows = select(RegisterTerm.term, RegisterTerm.block, RegisterTerm.places)
    for term, block, places in unit.db.execute(rows.execution_options(yield_per=BATCH)):
        blocks[block][term] ^= as_bits(places)
    for block, terms in blocks.items():
        for term, bits in terms.items():
            for place in highest_first(bits):
                yield _astray(unit, term, block * BLOCK + place)
    known = set(unit.db.scalars(select(RegisterWord.word).where(RegisterWord.spelling == RegisterWord.word)))
    for word in sorted(words - known):
        yield Breach(f"the word “{word}”", "is not among those a mistyped search is mended with")


def _astray(unit: Unit, term: str, id: int) -> Breach:
    number = unit.db.scalar(select(Certificate.number).where(Certificate.id == id))
    return Breach(
        f"the search term “{term}”", f"does not agree with certificate {number or 'that is not there'}"
    )
