"""Searching the register: by any name anybody may know it by, with filters, page by page."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from app.certificates.models import Certificate, CertificateItem, CertificateVersion
from app.certificates.queries import was_published, whole_status
from app.certificates.rules import NumberAnswer, Status, parse_number
from app.curricula.models import VersionNation, VersionPopulation, VersionSetting
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, plural
from app.organisations.models import Identifier, Organisation, OrganisationName
from app.organisations.queries import body_choices
from app.organisations.rules import search_words
from app.permissions import Seat
from app.providers.models import Affiliate, TrainingService
from app.providers.rules import AffiliateState
from app.registry.queries.told import ItemView, end_of, item_view, told_of
from app.standards.rules import Nation, Population, Route, Setting

PAGE = 20
MOST_COUNTED = 1000
MOST_CANDIDATES = 1000
SHORTEST_MENDED = 4
SHORT = 5
CLOSE_ENOUGH = 0.72
FINAL = tuple(status for status in Status if status.is_final)
UNLISTED = (Status.SUPERSEDED, Status.TRANSFERRED)
"""Left out unless asked for: another certificate of the same service stands in their place."""


@dataclass(frozen=True)
class Filters:
    """What narrows a search."""

    q: str = ""
    nation: Nation | None = None
    setting: Setting | None = None
    population: Population | None = None
    route: Route | None = None
    body: str | None = None
    status: Status | None = None

    @property
    def any(self) -> bool:
        return any((self.nation, self.setting, self.population, self.route, self.body, self.status))


class ChoiceView(View):
    """One choice of a filter."""

    value: str
    label: str


class RegisterView(View):
    """One page of the register."""

    items: list[ItemView]
    next: str | None
    count: int
    count_is_exact: bool
    on: date
    as_of_log_size: int
    q: str
    instead: str
    """What was searched for instead, when nothing was found and a word looked mistyped."""
    number: str
    """The certificate number that was typed into the search, when it was one."""
    sentence: str
    chosen: dict[str, str]
    bodies: list[ChoiceView]
    first: bool


class HomeView(View):
    """The front page."""

    certified: int
    suspended: int
    on: date


def home_view(unit: Unit) -> HomeView:
    """The question, and how much the register holds today."""
    today = unit.today
    running = select(Certificate.status, func.count()).where(
        Certificate.starts_on <= today, Certificate.expires_on >= today
    )
    counts = dict(unit.db.execute(running.group_by(Certificate.status)).all())
    certified = counts.get(Status.ACTIVE, 0) + counts.get(Status.REDUCED, 0)
    return HomeView(certified=certified, suspended=counts.get(Status.SUSPENDED, 0), on=today)


def register_view(
    unit: Unit, asked: Filters, on: date | None = None, after: str | None = None
) -> RegisterView:
    """One page: certified ones first, then the newest; keyset paging, so nothing is lost or shown twice while it grows."""
    day = on or unit.today
    rows, instead = _found(unit, asked, day), ""
    count = _count(unit, rows)
    if count == 0 and asked.q and (mended := mend(unit, asked.q)):
        instead, rows = mended, _found(unit, asked, day, mended)
        count = _count(unit, rows)
        instead = instead if count else ""
    page, following = _page(unit, rows, day, after)
    items = [item_view(one) for one in told_of(unit, page, day)]
    typed = parse_number(asked.q) if asked.q else None
    return RegisterView(
        items=items, next=following, count=min(count, MOST_COUNTED), count_is_exact=count <= MOST_COUNTED, on=day,
        as_of_log_size=end_of(unit).size, q=asked.q, instead=instead,
        number=typed.number if typed and typed.answer is not NumberAnswer.NOT_A_NUMBER else "", sentence=_sentence(count),
        chosen=_chosen(asked, on), bodies=[ChoiceView(value=ref, label=name) for ref, name in body_choices(unit)], first=after is None,
    )  # fmt: skip


def _sentence(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than {count} certificates").format(count=f"{MOST_COUNTED:,}")
    return plural("{count} certificate", "{count} certificates", count) if count else ""


def _chosen(asked: Filters, on: date | None) -> dict[str, str]:
    names = ("q", "nation", "setting", "population", "route", "body", "status")
    chosen = {name: str(value) for name in names if (value := getattr(asked, name))}
    return chosen | ({"on": on.isoformat()} if on else {})


def _found(unit: Unit, asked: Filters, day: date, q: str | None = None) -> Select[Certificate]:
    """The certificates the public has been told of, narrowed to what was asked."""
    rows = select(Certificate).where(
        Certificate.starts_on <= day, was_published(), *_with_status(asked.status, day)
    )
    if asked.route:
        rows = rows.where(
            Certificate.service_id.in_(select(TrainingService.id).where(TrainingService.route == asked.route))
        )
    if asked.body:
        body = select(Organisation.id).where(Organisation.ref == asked.body, Organisation.seat == Seat.BODY)
        rows = rows.where(Certificate.body_id.in_(body))
    for table, column, value in (
        (VersionNation, VersionNation.nation, asked.nation), (VersionSetting, VersionSetting.setting, asked.setting),
        (VersionPopulation, VersionPopulation.population, asked.population),
    ):  # fmt: skip
        if value:
            rows = rows.where(_covers(table, column, value))
    words = search_words(asked.q if q is None else q)
    if words:
        rows = rows.where(or_(and_(*(_named(word) for word in words)), *_numbered(asked.q)))
    return rows


def _covers(table: Any, column: Any, value: object) -> ColumnElement[bool]:
    version = CertificateItem.curriculum_version_id
    return exists(
        select(table.version_id)
        .join(CertificateItem, version == table.version_id)
        .where(CertificateItem.certificate_id == Certificate.id, column == value)
    )


def _with_status(status: Status | None, day: date) -> Sequence[ColumnElement[bool]]:
    whole = whole_status(day)
    if status is None:
        return [Certificate.status.not_in(UNLISTED)]
    if status is Status.EXPIRED:
        return [Certificate.expires_on < day, whole.not_in(FINAL)]
    if status.is_final:
        return [whole == status]
    wanted = (Status.ACTIVE, Status.REDUCED) if status is Status.ACTIVE else (status,)
    return [Certificate.expires_on >= day, whole.in_(wanted)]


def _named(word: str) -> ColumnElement[bool]:
    """A word of the holder's names, of an affiliate's, of a curriculum's title, or of the number."""
    named = select(OrganisationName.organisation_id).where(
        OrganisationName.search_text.contains(word, autoescape=True)
    )
    titled = select(CertificateItem.certificate_id).where(
        CertificateItem.search_text.contains(word, autoescape=True)
    )
    shared = select(Affiliate.service_id).where(
        Affiliate.status != AffiliateState.PROPOSED, Affiliate.organisation_id.in_(named)
    )
    return or_(
        Certificate.holder_id.in_(named), Certificate.id.in_(titled), Certificate.service_id.in_(shared),
        Certificate.number.contains(word.upper(), autoescape=True),
    )  # fmt: skip


def _numbered(q: str) -> list[ColumnElement[bool]]:
    """The number in another register, a number of the scheme before this one, or a certificate number."""
    typed = q.strip()
    found: list[ColumnElement[bool]] = []
    if any(letter.isdigit() for letter in typed):
        held = select(Identifier.organisation_id).where(Identifier.value == typed.upper())
        former = select(CertificateVersion.certificate_id).where(
            CertificateVersion.statement.contains(f'"{typed.upper()}"', autoescape=True)
        )
        found += [Certificate.holder_id.in_(held), Certificate.id.in_(former)]
    if number := parse_number(typed).number:
        found.append(Certificate.number == number)
    return found


def _count(unit: Unit, rows: Select[Certificate]) -> int:
    """How many there are, counted up to one more than a thousand."""
    some = rows.with_only_columns(Certificate.id).limit(MOST_COUNTED + 1).subquery()
    return unit.db.scalar(select(func.count()).select_from(some)) or 0


def _page(
    unit: Unit, rows: Select[Certificate], day: date, after: str | None
) -> tuple[list[Certificate], str | None]:
    """Certified ones first, then all others, each newest first: two walks along the ids, so that nothing is sorted."""
    live = and_(Certificate.expires_on >= day, whole_status(day).in_((Status.ACTIVE, Status.REDUCED)))
    group, last = (after and _place(unit, after)) or (1, None)
    found: list[tuple[Certificate, int]] = []
    for wanted, those in ((1, live), (0, live.is_not(true()))):
        if wanted <= group and len(found) <= PAGE:
            part = (
                rows.where(those)
                if last is None or wanted < group
                else rows.where(those, Certificate.id < last)
            )
            part = part.order_by(Certificate.id.desc()).limit(PAGE + 1 - len(found))
            found += [(one, wanted) for one in unit.db.scalars(part)]
    page = [one for one, _group in found[:PAGE]]
    return page, f"{found[PAGE - 1][1]}-{page[-1].number}" if len(found) > PAGE else None


def _place(unit: Unit, after: str) -> tuple[int, int] | None:
    """Where the page before ended; a key that is none of ours begins again at the start."""
    live, _dash, number = after.partition("-")
    last = unit.db.scalar(select(Certificate.id).where(Certificate.number == number))
    return (int(live), last) if live in ("0", "1") and last is not None else None


def mend(unit: Unit, q: str) -> str:
    """The search with mistyped words exchanged for the nearest words of the register; empty when none is near."""
    words = search_words(q)
    known = [word for word in words if len(word) >= SHORTEST_MENDED]
    mended = {word: _nearest(unit, word) for word in known}
    said = " ".join(mended.get(word) or word for word in words)
    return said if said != " ".join(words) else ""


def _nearest(unit: Unit, word: str) -> str:
    """Among at most a thousand names and titles that share something with the word, the word most like it."""
    texts: Sequence[str] = []
    for column in (OrganisationName.search_text, CertificateItem.search_text):
        texts = [
            *texts,
            *unit.db.scalars(
                select(column).where(_shares(column, word)).distinct().limit(MOST_CANDIDATES // 2)
            ),
        ]
    vocabulary = sorted({one for text in texts for one in text.split() if abs(len(one) - len(word)) <= 2})
    near = difflib.get_close_matches(word, vocabulary, n=1, cutoff=CLOSE_ENOUGH)
    return near[0] if near else ""


def _shares(column: Any, word: str) -> ColumnElement[bool]:
    """Three letters in a row; of short words, where a slip leaves no three, the first letter."""
    if len(word) <= SHORT:
        return or_(
            column.startswith(word[0], autoescape=True), column.contains(f" {word[0]}", autoescape=True)
        )
    pieces = sorted({word[place : place + 3] for place in range(len(word) - 2)})
    return or_(*(column.contains(piece, autoescape=True) for piece in pieces))
