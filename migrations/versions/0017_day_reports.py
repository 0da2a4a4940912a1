"""The report of each day."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table; the first report is that of the day before the worker finds it."""
    op.create_table(
        "day_report",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_report"),
        sa.UniqueConstraint("day", name="uq_day_report_day"),
        sa.UniqueConstraint("ref", name="uq_day_report_ref"),
    )


def downgrade() -> None:
    """Without reports; copies that were mailed stay where they are."""
    op.drop_table("day_report")
