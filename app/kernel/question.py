"""Questions the public asks by the thousand: put into SQL once and asked of the driver itself."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Unit


@dataclass(frozen=True)
class Made:
    """A question in the SQL of one engine: its places in order (None: by name), what fills those nobody names, and how to read the answer."""

    sql: str
    places: Sequence[str] | None
    fixed: Mapping[str, Any]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    row: Callable[..., Any]


class Question:
    """One statement whose places take whole numbers and words. SQLAlchemy's own way of asking costs five times the answer.

    In a unit that writes it is asked in that ordinary way, among what the unit has written so far.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self.made: dict[str, Made] = {}

    def ask(self, unit: Unit, **values: int | str) -> Sequence[Any]:
        """Every row, its columns by name. Raises what SQLAlchemy raises when the database is gone."""
        if unit.line is None:
            return unit.ask(self.statement, values).all()
        dialect = unit.line.dialect
        made = self.made.get(dialect.name) or self._make(dialect)
        given = {**made.fixed, **values}
        cursor = unit.line.connection.cursor()
        for hear in unit.line.dispatch.before_cursor_execute:  # whoever counts statements counts these
            hear(unit.line, cursor, made.sql, (), None, False)
        try:
            cursor.execute(made.sql, given if made.places is None else [given[name] for name in made.places])
            rows = [list(row) for row in cursor.fetchall()]
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                made.sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from error
        finally:
            cursor.close()
        for row in rows:
            for place, read in made.readers:
                row[place] = read(row[place])
        return [made.row(*row) for row in rows]

    def _make(self, dialect: Dialect) -> Made:
        compiled = self.statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        columns = self.statement.selected_columns
        readers = [
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(columns)
        ]
        fixed = dict(compiled.params)
        for name, place in compiled.binds.items():
            write = place.type.dialect_impl(dialect).bind_processor(dialect)
            if write and fixed.get(name) is not None:
                fixed[name] = write(fixed[name])
        self.made[dialect.name] = made = Made(
            str(compiled), compiled.positiontup, fixed, tuple((place, read) for place, read in readers if read),
            namedtuple("Row", columns.keys()),
        )  # fmt: skip
        return made
