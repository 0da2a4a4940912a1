"""Alembic's environment: the database of the settings, the tables of app.main, the same migrations on both engines."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Engine, text

import app.main  # noqa: F401  every area's tables are known from here on
from app.kernel.database import Table, connect
from app.settings import read_settings


def run(engine: Engine) -> None:
    """Migrate inside one transaction; on PostgreSQL no lock is waited for longer than 4 seconds."""
    with engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:
            _heed_keys(connection, "OFF")
        else:
            connection.execute(text("SET lock_timeout = '4s'"))
            connection.commit()
        try:
            with connection.begin():
                _migrate(connection, lite)
        finally:
            if lite:
                _heed_keys(connection, "ON")


def _migrate(connection: Connection, lite: bool) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=lite,
        compare_type=True,
    )
    before = context.get_context().get_current_heads()
    with context.begin_transaction():
        context.run_migrations()
    if lite and context.get_context().get_current_heads() != before:
        lost = connection.execute(text("PRAGMA foreign_key_check")).first()
        if lost:
            raise RuntimeError(
                f"A row of {lost[0]} points to a row of {lost[2]} that is not there; nothing was migrated."
            )


def _heed_keys(connection: Connection, word: str) -> None:
    """On SQLite a table is changed by making it anew, and whoever drops the old one breaks what points to it, for a moment.

    Between transactions, because inside one this is not listened to (sqlite.org/lang_altertable.html, section 7).
    """
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={word}")


given = context.config.attributes.get("engine")
run(given if given is not None else connect(read_settings()).engine)
