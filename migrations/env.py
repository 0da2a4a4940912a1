"""Alembic's environment: the database of the settings, the tables of app.main, the same migrations on both engines."""

from alembic import context
from sqlalchemy import Engine, text

import app.main  # noqa: F401  every area's tables are known from here on
from app.kernel.database import Table, connect
from app.settings import read_settings


def run(engine: Engine) -> None:
    """Migrate inside one transaction; on PostgreSQL no lock is waited for longer than 4 seconds."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '4s'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


given = context.config.attributes.get("engine")
run(given if given is not None else connect(read_settings()).engine)
