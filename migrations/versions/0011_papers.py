"""Sealed papers: reports of evaluations, decisions and licences, each frozen as it was ordered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("report", "decision", "licence")


def upgrade() -> None:
    """One table."""
    op.create_table(
        "paper",
        sa.Column("kind", sa.Enum(*KINDS, name="paperkind", native_enum=False, length=60), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pdf_digest", sa.String(), nullable=True),
        sa.Column("token_digest", sa.String(), nullable=True),
        sa.Column("seal_key", sa.String(), nullable=True),
        sa.Column("credential_key", sa.String(), nullable=True),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_paper_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.UniqueConstraint("event_id", name="uq_paper_event_id"),
        sa.UniqueConstraint("ref", name="uq_paper_ref"),
    )
    op.create_index("ix_paper_subject", "paper", ["kind", "subject_id"])
    op.create_index("ix_paper_waiting", "paper", ["sealed_at"])


def downgrade() -> None:
    """Without papers; the files that were given out stay genuine."""
    op.drop_index("ix_paper_waiting", table_name="paper")
    op.drop_index("ix_paper_subject", table_name="paper")
    op.drop_table("paper")
