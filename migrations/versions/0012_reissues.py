"""New paper for many certificates at once: the work, what failed, and which versions say the same on new paper."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("running", "stopped", "done", "given_up")
UNFINISHED = sa.text("status IN ('running', 'stopped')")


def upgrade() -> None:
    """Three tables and a column; papers there are say what was new when they were decided on."""
    with op.batch_alter_table("certificate_version") as table:
        table.add_column(sa.Column("reprint", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("certificate_version") as table:
        table.alter_column("reprint", server_default=None)
    op.create_table(
        "reissue",
        sa.Column("body_id", KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "status", sa.Enum(*STATES, name="reissuestate", native_enum=False, length=60), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name="fk_reissue_body_id_organisation"),
        sa.PrimaryKeyConstraint("id", name="pk_reissue"),
        sa.UniqueConstraint("ref", name="uq_reissue_ref"),
    )
    op.create_index(
        "uq_reissue_unfinished",
        "reissue",
        ["body_id"],
        unique=True,
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_table(
        "reissue_progress",
        sa.Column("reissue_id", KEY, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("reached", KEY, nullable=False),
        sa.Column("unlisted", sa.Integer(), nullable=False),
        sa.Column("waits", sa.String(), nullable=False),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reissue_id"], ["reissue.id"], name="fk_reissue_progress_reissue_id_reissue"
        ),
        sa.PrimaryKeyConstraint("reissue_id", name="pk_reissue_progress"),
    )
    op.create_table(
        "reissue_fault",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("reissue_id", KEY, nullable=False),
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reissue_id"], ["reissue.id"], name="fk_reissue_fault_reissue_id_reissue"),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name="fk_reissue_fault_certificate_id_certificate"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reissue_fault"),
        sa.UniqueConstraint(
            "reissue_id", "certificate_id", name="uq_reissue_fault_reissue_id_certificate_id"
        ),
    )


def downgrade() -> None:
    """Without the work and what failed; the papers that were made stay."""
    op.drop_table("reissue_fault")
    op.drop_table("reissue_progress")
    op.drop_table("reissue")
    with op.batch_alter_table("certificate_version") as table:
        table.drop_column("reprint")
