"""Which entry of the log tells of a signed statement."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A column; the worker tells of the statements that are there."""
    with op.batch_alter_table("signed_statement") as table:
        table.add_column(sa.Column("entry", KEY, nullable=True))
        table.create_foreign_key(
            "fk_signed_statement_entry_ledger_entry", "ledger_entry", ["entry"], ["number"]
        )


def downgrade() -> None:
    """Without the column. The entries of the log stay."""
    with op.batch_alter_table("signed_statement") as table:
        table.drop_constraint("fk_signed_statement_entry_ledger_entry", type_="foreignkey")
        table.drop_column("entry")
