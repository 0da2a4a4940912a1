"""Indexes of what is looked for again and again, so that nobody need go through all there is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WAITING = {
    "ix_certificate_version_to_issue": ("certificate_version", "issued_at"),
    "ix_signed_statement_untold": ("signed_statement", "entry"),
}
OTHERS = (("certificate", "starts_on"), ("ledger_entry", "recorded_at"), ("organisation_name", "search_text"))


def upgrade() -> None:
    """Versions that are not public yet, statements the log has not told of; certificates by first day, entries by time, names by their words."""
    for name, (table, column) in WAITING.items():
        where = sa.text(f"{column} IS NULL")
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
    for table, column in OTHERS:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Without them."""
    for table, column in OTHERS:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    for name, (table, _column) in WAITING.items():
        op.drop_index(name, table_name=table)
