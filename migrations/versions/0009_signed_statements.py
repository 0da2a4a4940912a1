"""Signed statements: answers that somebody asked to have sealed, frozen with the ledger's size."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("services", "curricula", "affiliates", "bodies", "certificates")


def upgrade() -> None:
    """One table."""
    op.create_table(
        "signed_statement",
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, length=60), nullable=False),
        sa.Column("subject_ref", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pdf_digest", sa.String(), nullable=True),
        sa.Column("token_digest", sa.String(), nullable=True),
        sa.Column("seal_key", sa.String(), nullable=True),
        sa.Column("credential_key", sa.String(), nullable=True),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signed_statement"),
        sa.UniqueConstraint("ref", name="uq_signed_statement_ref"),
        sa.UniqueConstraint(
            "kind",
            "subject_ref",
            "on_day",
            "known_at",
            "size",
            name="uq_signed_statement_kind_subject_ref_on_day_known_at_size",
        ),
    )


def downgrade() -> None:
    """Without statements; the files that were given out stay genuine."""
    op.drop_table("signed_statement")
