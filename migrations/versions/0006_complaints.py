"""Complaints, appeals and concerns, and what is gathered on them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE = (
    "CREATE TRIGGER complaint_note_no_update BEFORE UPDATE ON complaint_note BEGIN SELECT RAISE(ABORT, 'complaint_note is append-only'); END",
    "CREATE TRIGGER complaint_note_no_delete BEFORE DELETE ON complaint_note BEGIN SELECT RAISE(ABORT, 'complaint_note is append-only'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION complaint_note_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'complaint_note is append-only'; END $$",
    "CREATE TRIGGER complaint_note_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON complaint_note EXECUTE FUNCTION complaint_note_append_only()",
)
STANDS = sa.text("against_id IS NOT NULL AND status <> 'taken_back'")
INDEXED = ("about_id", "by", "case_id", "certificate_id", "from_id", "handler")


def upgrade() -> None:
    """Make both tables, and keep notes as they were written."""
    make_complaint()
    make_note()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Remove both."""
    op.drop_table("complaint_note")
    op.drop_table("complaint")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION complaint_note_append_only()")


def make_complaint() -> None:
    """The matter itself."""
    op.create_table(
        "complaint",
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk_id", KEY, sa.ForeignKey("organisation.id", name=op.f("fk_complaint_desk_id")), nullable=False),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("from_id", KEY, sa.ForeignKey("organisation.id", name=op.f("fk_complaint_from_id")), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("code_digest", sa.String(), nullable=True),
        sa.Column("about_id", KEY, sa.ForeignKey("organisation.id", name=op.f("fk_complaint_about_id")), nullable=True),
        sa.Column("about_name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("certificate_id", KEY, sa.ForeignKey("certificate.id", name=op.f("fk_complaint_certificate_id")), nullable=True),
        sa.Column("case_id", KEY, sa.ForeignKey("case.id", name=op.f("fk_complaint_case_id")), nullable=True),
        sa.Column("against_id", KEY, sa.ForeignKey("event.id", name=op.f("fk_complaint_against_id")), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("handler_name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(60), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_complaint_code_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_complaint_ref")),
    )  # fmt: skip
    op.create_index("ix_complaint_desk", "complaint", ["desk_id", "status", "received_at"])
    for name in INDEXED:
        op.create_index(op.f(f"ix_complaint_{name}"), "complaint", [name])
    op.create_index(
        "uq_complaint_against", "complaint", ["against_id"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )  # fmt: skip


def make_note() -> None:
    """What was found out."""
    op.create_table(
        "complaint_note",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("complaint_id", KEY, sa.ForeignKey("complaint.id", name=op.f("fk_complaint_note_complaint_id")), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", KEY, sa.ForeignKey("document.id", name=op.f("fk_complaint_note_document_id")), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_note")),
    )  # fmt: skip
    op.create_index(op.f("ix_complaint_note_complaint_id"), "complaint_note", ["complaint_id"])
