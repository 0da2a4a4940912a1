"""Past status lists: every list that was served, from when until when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE = (
    "CREATE TRIGGER past_status_list_no_update BEFORE UPDATE ON past_status_list BEGIN SELECT RAISE(ABORT, 'past_status_list is append-only'); END",
    "CREATE TRIGGER past_status_list_no_delete BEFORE DELETE ON past_status_list BEGIN SELECT RAISE(ABORT, 'past_status_list is append-only'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION past_status_list_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'past_status_list is append-only'; END $$",
    "CREATE TRIGGER past_status_list_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON past_status_list "
    "FOR EACH STATEMENT EXECUTE FUNCTION past_status_list_append_only()",
)


def upgrade() -> None:
    """One table; lists that were replaced before it are gone."""
    op.create_table(
        "past_status_list",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("body_id", KEY, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("as_of", KEY, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_past_status_list_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_status_list")),
    )
    op.create_index(
        "ix_past_status_list_until", "past_status_list", ["body_id", "purpose", "number", "until"]
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Without it: only the newest list of each kind is left."""
    op.drop_table("past_status_list")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION past_status_list_append_only()")
