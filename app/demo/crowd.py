"""The many of a whole scheme: fictional training services made up by number, always the same ones, with what awaits each."""

import random
from dataclasses import dataclass
from enum import Enum

from app.demo import teaching as t
from app.demo.cast import House, Member, trainer_name
from app.demo.certifying import ANALYSIS, ASSESSED, NOTED, RATIO, WARM, Concern
from app.permissions import Role, Seat
from app.standards.rules import Nation as N
from app.standards.rules import Population as P
from app.standards.rules import Route
from app.standards.rules import Setting as S

SEED = 17065
SERVICES, CURRICULA, SENIORS, AFFILIATES, FOR_EACH_AFFILIATE = 288, 1470, 2920, 4960, 4
"""With the twelve services of the small world: 300, 1,500, 3,000 and 5,000, and 20,000 associate trainers."""
COMMERCIAL_OF = 5
"""One service in so many is a commercial provider; they hold all affiliates, and a handful of them hold most."""
FIRST_JOINS, LAST_JOINS = 3600, 260
"""Days before people look."""

_FIRST = (
    "Alder", "Birk", "Cawder", "Dunnock", "Elver", "Fallow", "Grizedale", "Hazel", "Irvel", "Jarrow", "Kettle", "Linnet", "Marl", "Nidder",
    "Otter", "Pipit", "Quern", "Rother", "Siskin", "Tansy", "Ullen", "Vetchling", "Whinchat", "Yewden",
)  # fmt: skip
_SECOND = (
    "beck", "bourne", "by", "combe", "croft", "dene", "fell", "garth", "ham", "hurst", "keld", "lund", "mere", "ness", "rigg", "scale", "thwaite", "wold",
)  # fmt: skip
_HOMES = (
    "House",
    "Lodge",
    "Court",
    "Grange",
    "View",
    "Meadows",
    "Fold",
    "Rise",
    "Gardens",
    "Hall",
    "Cottage",
    "Mews",
)


class Fate(Enum):
    """How it goes with a service after its first application."""

    GOES_ON = "goes on"
    REFUSED = "refused"
    NOT_RENEWED = "not renewed"
    GIVEN_UP = "given up"
    SUSPENDED_ONCE = "suspended once"
    SUSPENDED_NOW = "suspended now"
    WITHDRAWN = "withdrawn"


_FATES = (
    (Fate.GOES_ON, 72), (Fate.SUSPENDED_ONCE, 9), (Fate.NOT_RENEWED, 7), (Fate.GIVEN_UP, 4), (Fate.SUSPENDED_NOW, 3), (Fate.REFUSED, 3),
    (Fate.WITHDRAWN, 2),
)  # fmt: skip
_KINDS: tuple[tuple[str, tuple[S, ...], tuple[P, ...], str, tuple[t.Course, ...]], ...] = (
    ("Partnership Trust", (S.HEALTH,), (P.ADULTS, P.MENTAL_HEALTH), "A trust’s own training team for its mental health wards.",
     (t.REDUCING, t.DEESCALATION, t.HOLDING, t.SECURE)),
    ("Care Group", (S.SOCIAL_CARE,), (P.ADULTS, P.LEARNING_DISABILITY, P.AUTISM), "Homes and supported living for people with a learning disability and autistic people.",
     (t.REDUCING, t.DEESCALATION, t.HOLDING)),
    ("Dementia Homes", (S.SOCIAL_CARE,), (P.ADULTS, P.DEMENTIA), "Homes for people living with dementia.", (t.REDUCING, t.DEMENTIA)),
    ("Special School", (S.EDUCATION,), (P.CHILDREN, P.AUTISM, P.LEARNING_DISABILITY), "A special school.", (t.CLASSROOM, t.CHILDREN_HOLDING)),
    ("Children’s Homes", (S.SOCIAL_CARE,), (P.CHILDREN,), "Homes for children who cannot live with their families.", (t.REDUCING, t.CHILDREN_HOLDING)),
    ("Ambulance Trust", (S.HEALTH,), (P.ADULTS, P.CHILDREN, P.MENTAL_HEALTH), "Ambulance crews and their trainers.", (t.AMBULANCE, t.DEESCALATION)),
    ("Secure Transport", (S.HEALTH, S.FORENSIC_AND_YOUTH_JUSTICE), (P.ADULTS, P.MENTAL_HEALTH), "Journeys of people who are detained.", (t.TRANSPORT, t.REDUCING)),
    ("Hospitals Trust", (S.HEALTH,), (P.ADULTS, P.CHILDREN, P.DEMENTIA), "The security team and the wards of an acute hospital.",
     (t.SECURITY, t.CLINICAL, t.DEESCALATION, t.DEMENTIA)),
)  # fmt: skip
_TAUGHT = (
    t.REDUCING, t.DEESCALATION, t.HOLDING, t.CHILDREN_HOLDING, t.DEMENTIA, t.CLASSROOM, t.TRAINERS, t.CLINICAL, t.SECURITY, t.TRANSPORT, t.AMBULANCE,
    t.SECURE,
)  # fmt: skip
"""What commercial providers teach, in the order in which they begin to; others teach their own kind first."""
IN_HOUSE_TEACHES = 6


@dataclass(frozen=True)
class Plan:
    """One training service and what will happen to it."""

    house: House
    body: str
    joins: int
    """Days before people look."""
    fate: Fate
    courses: tuple[t.Course, ...]
    seniors: int
    affiliates: tuple[str, ...]
    concerns: tuple[Concern, ...]
    first_trainer: int


def plans() -> list[Plan]:
    """All of them, in the order in which they join."""
    chance = random.Random(SEED)
    shares = _shares()
    curricula = _spread(chance, CURRICULA, [_most(at) for at in range(SERVICES)])
    seniors = _spread(chance, SENIORS, [40] * SERVICES)
    made, homes, trainers = [], 0, 0
    for at in range(SERVICES):
        names = tuple(home_name(homes + one) for one in range(shares[at]))
        made.append(_plan(chance, at, curricula[at], seniors[at], names, trainers))
        homes, trainers = homes + len(names), trainers + seniors[at] + FOR_EACH_AFFILIATE * len(names)
    return made


def _plan(
    chance: random.Random, at: int, curricula: int, seniors: int, affiliates: tuple[str, ...], trainers: int
) -> Plan:
    commercial = _is_commercial(at)
    joins = FIRST_JOINS - (FIRST_JOINS - LAST_JOINS) * at // SERVICES
    fate = chance.choices([one for one, _share in _FATES], [share for _one, share in _FATES])[0]
    if affiliates and len(affiliates) > 40:
        fate = Fate.GOES_ON
    own = () if commercial else _KINDS[at % len(_KINDS)][4]
    courses = (*own, *(course for course in _TAUGHT if course not in own))
    body = chance.choices(("northgate", "calder", "tarn"), (45, 45, 10))[0]
    concerns = tuple(one for one in (ANALYSIS, RATIO, ASSESSED, WARM, NOTED) if chance.random() < 0.3)
    return Plan(_house(at), body, joins, fate, courses[:curricula], seniors, affiliates, concerns, trainers)


def _is_commercial(at: int) -> bool:
    return at % COMMERCIAL_OF == 2


def _most(at: int) -> int:
    return len(_TAUGHT) if _is_commercial(at) else IN_HOUSE_TEACHES


def _shares() -> list[int]:
    """How many affiliates each service has: the n-th largest provider an n-th of the largest, all others none."""
    providers = [at for at in range(SERVICES) if _is_commercial(at)]
    whole = sum(1 / rank for rank in range(1, len(providers) + 1))
    shares = [0] * SERVICES
    for rank, at in enumerate(providers, 1):
        shares[at] = int(AFFILIATES / rank / whole)
    shares[providers[0]] += AFFILIATES - sum(shares)
    return shares


def _spread(chance: random.Random, total: int, most: list[int]) -> list[int]:
    """So many things among the services, at least one each and never more than there is room for."""
    given = [1] * len(most)
    room = [at for at, limit in enumerate(most) for _one in range(limit - 1)]
    for at in chance.sample(room, min(len(room), total - len(most))):
        given[at] += 1
    return given


def _house(at: int) -> House:
    kind, settings, populations, about, _courses = _KINDS[at % len(_KINDS)]
    place = place_name(at)
    route = Route.IN_HOUSE
    nations: tuple[N, ...] = (_nation(at),)
    if _is_commercial(at):
        kind, route, about = (
            "Training",
            Route.COMMERCIAL,
            "Courses for care homes, schools and hospital teams.",
        )
        settings, populations = (
            (S.SOCIAL_CARE, S.EDUCATION, S.HEALTH),
            (P.CHILDREN, P.ADULTS, P.LEARNING_DISABILITY, P.AUTISM, P.DEMENTIA),
        )
        nations = (N.ENGLAND, N.WALES, N.SCOTLAND)
    key = f"service{at:03}"
    service = {
        "route": route, "about": about, "nations": list(nations), "settings": list(settings), "populations": list(populations),
    }  # fmt: skip
    manager = Member("manager", trainer_name(7 * at + 3), (Role.REPRESENTATIVE,), printed=False)
    return House(
        key, f"{place} {kind}", Seat.PROVIDER, f"{key}.example", (manager,), nation=nations[0], address=f"1 Example Road\n{place}", service=service,
    )  # fmt: skip


def _nation(at: int) -> N:
    return (N.ENGLAND, N.ENGLAND, N.ENGLAND, N.WALES, N.ENGLAND, N.SCOTLAND, N.ENGLAND, N.NORTHERN_IRELAND)[
        at // 3 % 8
    ]


def place_name(at: int) -> str:
    """A made-up place; 432 of them before the first comes again."""
    return _FIRST[at % len(_FIRST)] + _SECOND[(at // len(_FIRST)) % len(_SECOND)]


def home_name(at: int) -> str:
    """A made-up home or school, another for every number below 5,184."""
    return f"{place_name(at)} {_HOMES[at // (len(_FIRST) * len(_SECOND)) % len(_HOMES)]}"
