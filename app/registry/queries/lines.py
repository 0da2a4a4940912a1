"""The lines of a list, from the ids of certificates: two questions however many there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, bindparam, select

from app.certificates.models import CertificateStatus
from app.certificates.queries import derive
from app.certificates.rules import ItemOn
from app.kernel.database import Unit
from app.registry.models import RegisterEntry
from app.registry.queries.memory import memory_of
from app.registry.queries.terms import Item, Shown
from app.registry.queries.told import ItemView, Scope, for_whom
from app.registry.rules import item_words, line_of, shown_status, tone_of
from app.standards.rules import Nation, Population, Route, Setting

_ids: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_SHOWN = select(RegisterEntry.certificate_id, RegisterEntry.shown).where(
    RegisterEntry.certificate_id.in_(_ids)
)
_LINES = (
    select(
        CertificateStatus.certificate_id, CertificateStatus.id, CertificateStatus.item_id, CertificateStatus.before, CertificateStatus.status,
        CertificateStatus.effective_on, CertificateStatus.public_text, CertificateStatus.ends_when, CertificateStatus.limit_on,
        CertificateStatus.contact,
    )
    .where(CertificateStatus.certificate_id.in_(_ids))
    .order_by(CertificateStatus.id)
)  # fmt: skip
T = TypeVar("T")


@lru_cache(512)
def _words_of(populations: tuple[str, ...], settings: tuple[str, ...]) -> str:
    return for_whom(Scope(settings=frozenset(settings), populations=frozenset(populations)))


_NATIONS, _SETTINGS, _POPULATIONS = (
    {one.value: one for one in kind} for kind in (Nation, Setting, Population)
)
Line = dict[str, Any]
"""An ItemView before it is one: with all that belongs to it, it becomes Views in one go, which costs a fifth."""


class _Certificate(NamedTuple):
    """As much of a certificate as its status on a day is derived from."""

    id: int
    starts_on: date
    expires_on: date


class _Item(NamedTuple):
    """As much of a curriculum on it."""

    id: int
    curriculum_id: int
    curriculum_version_id: int
    title: str
    number: int


def lines_on(unit: Unit, ids: Sequence[int], on: date, bodies: Mapping[str, str]) -> list[ItemView]:
    """The certificates as lines of a list on a day, in the order given; `bodies` are the names of certification bodies."""
    memory = memory_of(unit, on)
    found = {id: memory.lines[id] for id in ids if id in memory.lines}
    if new := [id for id in ids if id not in found]:
        ask = unit.db.connection()
        shown: dict[int, Shown] = dict(ask.execute(_SHOWN, {"ids": new}).all())
        history: dict[int, list[Any]] = defaultdict(list)
        for line in ask.execute(_LINES, {"ids": new}):
            history[line[0]].append(line)
        for id in new:
            if id not in shown:  # a damaged index; `rrn check` says so
                continue
            found[id] = ItemView.model_validate(
                _line(id, shown[id], history[id], on, bodies, on == unit.today)
            )
            memory.keep(id, found[id])
    return [found[id] for id in ids if id in found]


def _line(
    id: int, shown: Shown, history: Sequence[Any], on: date, bodies: Mapping[str, str], now: bool
) -> Line:
    expires_on = date.fromisoformat(shown["expires_on"])
    certificate: Any = _Certificate(id, date.fromisoformat(shown["starts_on"]), expires_on)
    items: Any = [
        _Item(one["id"], one["curriculum_id"], one["version_id"], one["title"], one["number"])
        for one in shown["items"]
    ]
    seen = derive(certificate, items, history, on)
    known = {one["id"]: one for one in shown["items"]}
    counted = [known[one.item_id] for one in seen.certified or seen.items]
    word, tone = shown_status(seen)
    name, former = _names(shown["names"], on.isoformat())
    return {
        "certificate_number": shown["number"], "sentence": line_of(seen, expires_on, now=now), "status": seen.status and seen.status.value,
        "expires_on": expires_on, "holder": {"ref": shown["holder"], "name": name, "route": Route(shown["route"])}, "formerly": former,
        "body": {"ref": shown["body"], "name": bodies[shown["body"]]}, "edition": shown["edition"],
        "curricula": [_curriculum(known[one.item_id], one) for one in seen.items],
        "nations": _those(_NATIONS, [one["nations"] for one in counted]),
        "settings": _those(_SETTINGS, [one["settings"] for one in counted]),
        "populations": _those(_POPULATIONS, [one["populations"] for one in counted]),
        "tag": {"word": word, "tone": tone},
    }  # fmt: skip


def _those(order: Mapping[str, T], held: Sequence[Sequence[str]]) -> list[T]:
    """What any of the curricula is for, in the order of the scheme."""
    found = set[str]().union(*held)
    return [one for value, one in order.items() if value in found]


def _curriculum(item: Item, seen: ItemOn) -> Line:
    return {
        "ref": item["ref"], "title": item["title"], "status": seen.status.value, "version": item["number"], "from_on": seen.from_on,
        "to_on": seen.to_on, "for_whom": _words_of(tuple(item["populations"]), tuple(item["settings"])),
        "tag": {"word": item_words(seen), "tone": tone_of(seen.status)},
    }  # fmt: skip


def _names(names: Sequence[Sequence[str | None]], on: str) -> tuple[str, list[str]]:
    """The holder's name on a day (before the first known one, that first one), and the names it had given up by then."""
    then = [str(name) for name, begun, _ended in names if str(begun) <= on]
    former = [str(name) for name, _begun, ended in names if ended is not None and ended <= on]
    return (then[-1] if then else str(names[0][0])), former
