"""Public holidays of the parts of the United Kingdom (Banking and Financial Dealings Act 1971 and proclamations).

Written down rather than taken from a package, because every web process would carry it: `holidays` is what the tests compare with.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Part = Literal["ENG", "WLS", "SCT", "NIR"]
MONDAY, SATURDAY = 0, 5
_MAY_DAY_MOVED = {2020: date(2020, 5, 8)}
_SPRING_MOVED = {2022: date(2022, 6, 2)}
_ONCE = {2022: (date(2022, 6, 3), date(2022, 9, 19)), 2023: (date(2023, 5, 8),)}
"""A jubilee, a funeral and a coronation, in all parts."""
_ONCE_IN_SCOTLAND = {2026: (date(2026, 6, 15),)}


@lru_cache(maxsize=512)
def public_holidays(part: Part, year: int) -> frozenset[date]:
    """The days of one year, from 2019 (when the Standards began), on which a part does not work, weekends aside."""
    good_friday = _easter(year) - timedelta(days=2)
    found = {
        good_friday, _MAY_DAY_MOVED.get(year, _monday(year, 5, 1)), _SPRING_MOVED.get(year, _monday(year, 5, 25)),
        *_free((date(year, 12, 25), date(year, 12, 26))), *_ONCE.get(year, ()),
    }  # fmt: skip
    if part == "SCT":
        found |= _free((date(year, 1, 1), date(year, 1, 2))) | _free((date(year, 11, 30),))
        found |= {_monday(year, 8, 1), *_ONCE_IN_SCOTLAND.get(year, ())}
    else:
        found |= _free((date(year, 1, 1),)) | {good_friday + timedelta(days=3), _monday(year, 8, 25)}
    if part == "NIR":
        found |= _free((date(year, 3, 17),)) | _free((date(year, 7, 12),))
    return frozenset(found)


def _free(days: tuple[date, ...]) -> set[date]:
    """The days themselves, those on a weekend moved to the next day that is not one and not taken."""
    taken = {day for day in days if day.weekday() < SATURDAY}
    for day in days:
        if day.weekday() >= SATURDAY:
            while day.weekday() >= SATURDAY or day in taken:
                day += timedelta(days=1)
            taken.add(day)
    return taken


def _monday(year: int, month: int, first: int) -> date:
    """The first Monday from that day on."""
    day = date(year, month, first)
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous computus as printed in Meeus, Astronomical Algorithms, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
