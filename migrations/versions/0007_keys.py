"""Keys: orders by two people, notices that one counts no more, the list of revoked seals, and which keys made a paper."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("status IN ('asked', 'confirmed')")
SQLITE = (
    "CREATE TRIGGER key_notice_no_update BEFORE UPDATE ON key_notice BEGIN SELECT RAISE(ABORT, 'key_notice is append-only'); END",
    "CREATE TRIGGER key_notice_no_delete BEFORE DELETE ON key_notice BEGIN SELECT RAISE(ABORT, 'key_notice is append-only'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION key_notice_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'key_notice is append-only'; END $$",
    "CREATE TRIGGER key_notice_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_notice "
    "FOR EACH STATEMENT EXECUTE FUNCTION key_notice_append_only()",
)


def upgrade() -> None:
    """The three tables, and two columns that are empty for papers issued before."""
    op.create_table(
        "key_order",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("task", _word("make", "withdraw", name="keytask"), nullable=False),
        sa.Column(
            "status", _word("asked", "confirmed", "done", "declined", name="keyorderstate"), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_order"),
        sa.UniqueConstraint("ref", name="uq_key_order_ref"),
    )
    op.create_index(
        "uq_key_order_open", "key_order", ["owner"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "key_notice",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("end", _word("withdrawn", "suspect", name="keyend"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_text", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_notice"),
    )
    op.create_index("ix_key_notice_ref", "key_notice", ["ref"])
    op.create_table(
        "signed_revocation_list",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", KEY, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signed_revocation_list"),
    )
    for name in ("seal_key", "credential_key"):
        op.add_column("certificate_version", sa.Column(name, sa.String(), nullable=True))
        op.create_index(f"ix_certificate_version_{name}", "certificate_version", [name])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _word(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=60)


def downgrade() -> None:
    """Without keys' own tables; what was told of them stays in the ledger."""
    for name in ("seal_key", "credential_key"):
        op.drop_index(f"ix_certificate_version_{name}", "certificate_version")
        op.drop_column("certificate_version", name)
    for table in ("signed_revocation_list", "key_notice", "key_order"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION key_notice_append_only()")
