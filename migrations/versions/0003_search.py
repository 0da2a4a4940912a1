"""The search's own tables. `rrn migrate` fills them from what the register says, as soon as they are there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FACTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "register_entry",
        sa.Column("certificate_id", KEY, autoincrement=False, nullable=False),
        sa.Column("filed", FACTS, nullable=False),
        sa.Column("shown", FACTS, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_register_entry_certificate_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_register_entry")),
    )
    op.create_table(
        "register_term",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("term", "block", name=op.f("pk_register_term")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "register_word",
        sa.Column("spelling", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("spelling", "word", name=op.f("pk_register_word")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Without them."""
    for table in ("register_word", "register_term", "register_entry"):
        op.drop_table(table)
