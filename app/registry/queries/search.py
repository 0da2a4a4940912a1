"""Searching the register: by any name anybody may know it by, with filters, page by page."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.certificates.models import Certificate
from app.certificates.rules import NumberAnswer, Status, parse_number
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, plural
from app.ledger.queries import asked_day
from app.organisations.queries import body_choices
from app.organisations.rules import search_words
from app.registry.queries.index import Found, Wanted, count, find
from app.registry.queries.lines import lines_on
from app.registry.queries.mending import mend
from app.registry.queries.terms import LISTED, LIVE, joined, label_term, number_term, word_term
from app.registry.queries.told import ItemView, end_of
from app.standards.rules import Nation, Population, Route, Setting

PAGE = 20
MOST_COUNTED = 1000


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
    caution: str
    """Why nobody can tell from this list who was not certified, of days before the register began."""
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
    return HomeView(
        certified=count(unit, LIVE, today), suspended=count(unit, Status.SUSPENDED, today), on=today
    )


def register_view(
    unit: Unit, asked: Filters, on: date | None = None, after: str | None = None
) -> RegisterView:
    """One page: certified ones first, then the newest; keyset paging, so nothing is lost or shown twice while it grows.

    Raises Refused for a day to come.
    """
    about, place, instead = asked_day(unit, on), _place(unit, after) if after else None, ""
    day = about.on
    found = _found(unit, asked, asked.q, day, place)
    if found.count == 0 and asked.q and (mended := mend(unit, asked.q)):
        found = _found(unit, asked, mended, day, place)
        instead = mended if found.count else ""
    bodies, typed = dict(body_choices(unit)), parse_number(asked.q) if asked.q else None
    items = lines_on(unit, [id for id, _live in found.ids[:PAGE]], day, bodies)
    return RegisterView(
        items=items, next=_next(found, items), count=min(found.count, MOST_COUNTED), count_is_exact=found.count <= MOST_COUNTED, on=day,
        as_of_log_size=end_of(unit).size, q=asked.q, instead=instead,
        number=typed.number if typed and typed.answer is not NumberAnswer.NOT_A_NUMBER else "", sentence=_sentence(found.count),
        caution=about.unknown,
        chosen=_chosen(asked, on), bodies=[ChoiceView(value=ref, label=name) for ref, name in bodies.items()], first=after is None,
    )  # fmt: skip


def _sentence(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than {count} certificates").format(count=f"{MOST_COUNTED:,}")
    return plural("{count} certificate", "{count} certificates", count) if count else ""


def _chosen(asked: Filters, on: date | None) -> dict[str, str]:
    names = ("q", "nation", "setting", "population", "route", "body", "status")
    chosen = {name: str(value) for name in names if (value := getattr(asked, name))}
    return chosen | ({"on": on.isoformat()} if on else {})


def _found(unit: Unit, asked: Filters, q: str, day: date, after: tuple[bool, int] | None) -> Found:
    """The first certificates that fit what was asked; `q` is what was typed, or what was probably meant."""
    return find(unit, _wanted(asked, q, day), PAGE + 1, MOST_COUNTED + 1, after)


def _wanted(asked: Filters, q: str, day: date) -> Wanted:
    """All words, or else the whole as the number in another register, of the scheme before this one, or of a certificate."""
    words = search_words(q)
    numbers = {joined(words), joined(search_words(parse_number(q).number))} if words else set[str]()
    labels = {
        "nation": asked.nation, "setting": asked.setting, "population": asked.population, "route": asked.route, "body": asked.body,
    }  # fmt: skip
    return Wanted(
        words=tuple(word_term(word) for word in words),
        numbers=tuple(number_term(number) for number in sorted(numbers) if number),
        labels=tuple(label_term(kind, str(value)) for kind, value in labels.items() if value),
        group=LIVE if asked.status is Status.ACTIVE else asked.status.value if asked.status else LISTED,
        day=day,
    )


def _next(found: Found, items: list[ItemView]) -> str | None:
    """Where the next page begins, if there is one."""
    if len(found.ids) <= PAGE:
        return None
    return f"{int(found.ids[PAGE - 1][1])}-{items[-1].certificate_number}"


def _place(unit: Unit, after: str) -> tuple[bool, int] | None:
    """Where the page before ended; a key that is none of ours begins again at the start."""
    live, _dash, number = after.partition("-")
    last = unit.db.scalar(select(Certificate.id).where(Certificate.number == number))
    return (live == "1", last) if live in ("0", "1") and last is not None else None
