"""The term of a certificate."""

import calendar
from datetime import date, timedelta


def last_day(starts_on: date, months: int) -> date:
    """The last day of a term: the day before it has run so many months, so 1 July 2025 and 36 give 30 June 2028.

    Where the month has no such day, the term runs to the end of that month.
    """
    years, month = divmod(starts_on.month - 1 + months, 12)
    year, month = starts_on.year + years, month + 1
    days = calendar.monthrange(year, month)[1]
    if starts_on.day > days:
        return date(year, month, days)
    return date(year, month, starts_on.day) - timedelta(days=1)
