"""Surveillance: cycles, their strata, draws and picks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("status = 'committed'")
STRATA = ("curricula", "senior_trainers", "affiliates", "associate_trainer_records")


def kind(name: str, *values: str) -> sa.Enum:
    """A state or stratum, as text."""
    return sa.Enum(*values, name=name, native_enum=False, length=60)


def record(table: str) -> list[sa.schema.SchemaItem]:
    """What every mutable table has."""
    return [
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
    ]


def upgrade() -> None:
    """Make the four tables, in the order of their references."""
    make_cycles()
    make_draws()
    make_picks()


def make_cycles() -> None:
    """The cycle of a certificate and its strata."""
    op.create_table(
        "surveillance_cycle",
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("status", kind("cyclestate", "running", "in_debt", "ended"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("fell_short_on", sa.Date(), nullable=True),
        *record("surveillance_cycle"),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_surveillance_cycle_certificate_id")
        ),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_surveillance_cycle_certificate_id")),
    )
    op.create_index("ix_surveillance_cycle_due", "surveillance_cycle", ["status", "counted_on"])
    op.create_table(
        "surveillance_stratum",
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("stratum", kind("stratum", *STRATA), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "owed >= 0 AND owed <= population", name=op.f("ck_surveillance_stratum_owed_within_population")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["surveillance_cycle.id"], name=op.f("fk_surveillance_stratum_cycle_id")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "stratum", name=op.f("pk_surveillance_stratum")),
    )


def make_draws() -> None:
    """The draws of a cycle; only one of them may be on its way."""
    op.create_table(
        "surveillance_draw",
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("status", kind("drawstate", "committed", "drawn"), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("list_digest", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("ledger_number", KEY, nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_by", sa.String(), nullable=False),
        sa.Column("checkpoint_size", KEY, nullable=True),
        sa.Column("root", sa.String(), nullable=True),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        *record("surveillance_draw"),
        sa.CheckConstraint(
            "(seed IS NULL) = (checkpoint_size IS NULL)",
            name=op.f("ck_surveillance_draw_seed_from_a_checkpoint"),
        ),
        sa.CheckConstraint(
            "checkpoint_size >= ledger_number + 2",
            name=op.f("ck_surveillance_draw_decided_by_what_came_later"),
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["surveillance_cycle.id"], name=op.f("fk_surveillance_draw_cycle_id")
        ),
    )
    op.create_index(op.f("ix_surveillance_draw_cycle_id"), "surveillance_draw", ["cycle_id"])
    op.create_index(
        "uq_surveillance_draw_open", "surveillance_draw", ["cycle_id"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip


def make_picks() -> None:
    """What the draws gave."""
    op.create_table(
        "surveillance_pick",
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("draw_id", KEY, nullable=False),
        sa.Column("stratum", kind("stratum", *STRATA), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", kind("pickstate", "drawn", "planned", "observed", "substituted"), nullable=False),
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("observer", sa.String(), nullable=False),
        sa.Column("observer_name", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("audit_ref", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *record("surveillance_pick"),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["surveillance_cycle.id"], name=op.f("fk_surveillance_pick_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["surveillance_draw.id"], name=op.f("fk_surveillance_pick_draw_id")
        ),
        sa.UniqueConstraint(
            "draw_id", "stratum", "item", name=op.f("uq_surveillance_pick_draw_id_stratum_item")
        ),
        sa.UniqueConstraint(
            "draw_id", "stratum", "place", name=op.f("uq_surveillance_pick_draw_id_stratum_place")
        ),
    )
    op.create_index(op.f("ix_surveillance_pick_cycle_id"), "surveillance_pick", ["cycle_id"])
    op.create_index("ix_surveillance_pick_planned", "surveillance_pick", ["observer", "status"])


def downgrade() -> None:
    """Remove them again, in the opposite order."""
    for table in ("surveillance_pick", "surveillance_draw", "surveillance_stratum", "surveillance_cycle"):
        op.drop_table(table)
