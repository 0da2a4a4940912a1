"""Papers and signed statements that take the place of others, because somebody may have known the key that made those."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("paper", "signed_statement")
QUESTION = ["kind", "subject_ref", "on_day", "known_at", "size"]
QUESTIONS = "uq_signed_statement_kind_subject_ref_on_day_known_at_size"
FIRST = sa.text("replaces_id IS NULL")


def upgrade() -> None:
    """A column each; a question has one statement that takes the place of no other."""
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("replaces_id", KEY, nullable=True))
            table.create_foreign_key(f"fk_{name}_replaces_id_{name}", name, ["replaces_id"], ["id"])
            table.create_unique_constraint(f"uq_{name}_replaces_id", ["replaces_id"])
    with op.batch_alter_table("signed_statement") as table:
        table.drop_constraint(QUESTIONS, type_="unique")
    op.create_index(
        "uq_signed_statement_question", "signed_statement", QUESTION, unique=True, sqlite_where=FIRST, postgresql_where=FIRST
    )  # fmt: skip


def downgrade() -> None:
    """Without those that took the place of others: what they say, the others say as well. Their files stay genuine."""
    for name in TABLES:
        op.execute(f"DELETE FROM {name} WHERE replaces_id IS NOT NULL")
    op.drop_index("uq_signed_statement_question", table_name="signed_statement")
    with op.batch_alter_table("signed_statement") as table:
        table.create_unique_constraint(QUESTIONS, QUESTION)
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"uq_{name}_replaces_id", type_="unique")
            table.drop_constraint(f"fk_{name}_replaces_id_{name}", type_="foreignkey")
            table.drop_column("replaces_id")
