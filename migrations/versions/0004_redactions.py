"""Redactions: words that RRN takes out of what the public was told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_DECLINED = sa.text("status <> 'declined'")


def upgrade() -> None:
    """One table."""
    op.create_table(
        "redaction",
        sa.Column("number", KEY, nullable=False),
        sa.Column("subject_ref", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("asked", "done", "declined", name="redactionstate", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["ledger_entry.number"], name=op.f("fk_redaction_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
        sa.UniqueConstraint("ref", name=op.f("uq_redaction_ref")),
    )
    op.create_index(
        "uq_redaction_number", "redaction", ["number"], unique=True, sqlite_where=NOT_DECLINED, postgresql_where=NOT_DECLINED
    )  # fmt: skip
    op.create_index("ix_redaction_told", "redaction", ["subject_ref", "told_at"])


def downgrade() -> None:
    """Without it."""
    op.drop_table("redaction")
