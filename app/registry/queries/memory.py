"""What a process remembers of the register of today: true until the ledger grows or the day changes, like the kept answers."""

from dataclasses import dataclass, field
from datetime import date

from app.kernel.database import Unit
from app.registry.queries.told import ItemView, end_of

MOST_LINES = 500
_NAME = "register"


@dataclass(frozen=True)
class Memory:
    """Lines of lists by certificate, and the certificates of a group on the day by group and block."""

    size: int
    day: date
    lines: dict[int, ItemView] = field(default_factory=dict)
    groups: dict[tuple[str, int], int] = field(default_factory=dict)

    def keep(self, id: int, line: ItemView) -> None:
        """Remember a line while there is room."""
        if len(self.lines) < MOST_LINES:
            self.lines[id] = line


def memory_of(unit: Unit, day: date) -> Memory:
    """What is remembered for this state of the ledger; another day than today is never kept."""
    size, known = end_of(unit).size, unit.site.memory.get(_NAME)
    if isinstance(known, Memory) and (known.size, known.day) == (size, day):
        return known
    made = Memory(size, day)
    if day == unit.today:
        unit.site.memory[_NAME] = made
    return made
