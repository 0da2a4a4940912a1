"""Credentials of licences and endorsements for badges: what RRN and the bodies signed, version by version."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("licence_credential", "endorsement")


def _triggers(table: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION {table}_append_only()",
    ]


def upgrade() -> None:
    """Two tables, both only ever added to."""
    op.create_table(
        "licence_credential",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("body_id", KEY, nullable=False),
        sa.Column("licence_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("credential_key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status_index >= 0 and status_index < 131072", name=op.f("ck_licence_credential_place_in_list")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_licence_credential_body_id")),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licence.id"], name=op.f("fk_licence_credential_licence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_credential")),
        sa.UniqueConstraint("body_id", "number", name=op.f("uq_licence_credential_body_id_number")),
        sa.UniqueConstraint(
            "status_list", "status_index", name=op.f("uq_licence_credential_status_list_status_index")
        ),
    )
    op.create_index("ix_licence_credential_licence_id", "licence_credential", ["licence_id"])
    op.create_index("ix_licence_credential_credential_key", "licence_credential", ["credential_key"])
    op.create_table(
        "endorsement",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["certificate_version.id"], name=op.f("fk_endorsement_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("version_id", "about", name=op.f("uq_endorsement_version_id_about")),
    )
    dialect = op.get_bind().dialect.name
    for table in TABLES:
        for statement in _triggers(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Without both; what was given out stays genuine, and nobody can ask for it any more."""
    for table in reversed(TABLES):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_append_only()")
