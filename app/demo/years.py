"""The demonstration's time: a clock that is put on, and stories that go on when their day comes."""

import heapq
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from app.daily.effects import close_days
from app.kernel import outbox
from app.kernel.clock import civil_date
from app.kernel.database import Site

Story = Generator[int, None, None]
"""What happens to somebody, day by day: it yields how many days pass before it goes on."""
MORNING = time(9, 0)
A_WHILE = timedelta(minutes=3)
DUTIES_EVERY = timedelta(days=28)
CLOSING = f"{close_days.__module__}.{close_days.__name__}"
REPORTED = timedelta(days=10)
"""The days of the last weeks alone have a report: a paper for each day of many years would be most of the work."""


class TurnedClock:
    """A clock that only ever goes forwards, and only when it is told to."""

    def __init__(self, day: date) -> None:
        self.now = datetime.combine(day, MORNING, UTC)

    def __call__(self) -> datetime:
        return self.now

    def reach(self, day: date) -> None:
        """The morning of that day, or a minute later when it is past that."""
        self.now = max(datetime.combine(day, MORNING, UTC), self.now + timedelta(minutes=1))

    def pass_a_while(self) -> None:
        """As long as it takes somebody to do the next thing."""
        self.now += A_WHILE


def working_day(day: date) -> date:
    """That day, or the Monday after when it is on a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


class Years:
    """All stories side by side in the order of their days, up to a last day; what is not told by then stays open."""

    def __init__(self, site: Site, clock: TurnedClock, last: date) -> None:
        self.site, self.clock, self.last = site, clock, last
        self._waiting: list[tuple[date, int, Story]] = []
        self._turns = count()
        self._duties: dict[str, datetime] = {CLOSING: datetime.combine(last, time(), UTC) - REPORTED}
        self._done_at = clock.now

    def begin(self, day: date, story: Story) -> None:
        """Let a story begin on the first working day from then on."""
        heapq.heappush(self._waiting, (working_day(day), next(self._turns), story))

    def run(self, heard: Callable[[date], None]) -> None:
        """Tell everything. What follows from an event is carried out before the next thing happens."""
        while self._waiting:
            day, _turn, story = heapq.heappop(self._waiting)
            if day > self.last:
                continue
            self.clock.reach(day)
            heard(day)
            self._regular_duties()
            pause = next(story, None)
            outbox.deliver_all(self.site)
            if pause is not None:
                self.begin(civil_date(self.clock.now) + timedelta(days=pause), story)
        self.clock.reach(self.last)
        self._do_duties()

    def _regular_duties(self) -> None:
        """What a worker does again and again, done now and then: nobody looks in between."""
        if self.clock.now - self._done_at >= DUTIES_EVERY:
            self._do_duties()

    def _do_duties(self) -> None:
        self._done_at = self.clock.now
        outbox.run_ticks(self.site, self._duties)
        outbox.deliver_all(self.site)
