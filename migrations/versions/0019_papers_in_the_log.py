"""Which entry of the log tells of a paper beside the certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNTOLD = sa.text("entry IS NULL")
TOLD = """
UPDATE paper SET entry = (SELECT min(number) FROM ledger_entry WHERE kind = 'paper.sealed' AND subject_ref = paper.pdf_digest)
WHERE pdf_digest IN (SELECT subject_ref FROM ledger_entry WHERE kind = 'paper.sealed')
"""


def upgrade() -> None:
    """A column, and an index of what waits for it. The worker tells of the papers that are there; what the log told of before it was taken back is noted again."""
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("entry", KEY, nullable=True))
        table.create_foreign_key("fk_paper_entry_ledger_entry", "ledger_entry", ["entry"], ["number"])
    op.execute(TOLD)
    op.create_index("ix_paper_untold", "paper", ["entry"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)


def downgrade() -> None:
    """Without them. The entries of the log stay."""
    op.drop_index("ix_paper_untold", table_name="paper")
    with op.batch_alter_table("paper") as table:
        table.drop_constraint("fk_paper_entry_ledger_entry", type_="foreignkey")
        table.drop_column("entry")
