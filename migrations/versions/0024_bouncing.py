"""Bounces become decisions: what is held against an address, a domain's trouble, who was told.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STOPPED = sa.text("bouncing_since IS NOT NULL OR bouncing_told IS NOT NULL")
# Who is paused by bounces already: nobody is told of the past, and the calendar begins to ask their addresses.
SINCE = "UPDATE member SET bouncing_since = coalesce(last_bounce_at, joined_at) WHERE status = 'bouncing'"
TOLD = "UPDATE member SET bouncing_told = bouncing_since WHERE status = 'bouncing'"


def upgrade() -> None:
    op.create_table(
        "failing",
        sa.Column("id", ID, nullable=False),
        sa.Column("address_id", ID, nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=True),
        sa.Column("probes", ID, nullable=False),
        sa.Column("probe_id", ID, nullable=True),
        sa.Column("due", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_failing_address_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failing")),
        sa.UniqueConstraint("address_id", name=op.f("uq_failing_address_id")),
    )
    op.create_index("ix_failing_domain", "failing", ["domain", "last_at"])
    op.create_index("ix_failing_due", "failing", ["due"])
    op.create_index("ix_failing_probe_id", "failing", ["probe_id"])
    op.create_table(
        "outage",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("addresses", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
        sa.UniqueConstraint("domain", name=op.f("uq_outage_domain")),
    )
    op.create_index("ix_outage_last_at", "outage", ["last_at"])
    op.add_column("bounce", sa.Column("kind", sa.String(16), server_default="", nullable=False))
    op.create_index("ix_bounce_kind", "bounce", ["kind", "at"])
    op.add_column("application", sa.Column("returned_at", sa.DateTime(), nullable=True))
    op.add_column("member", sa.Column("bouncing_since", sa.DateTime(), nullable=True))
    op.add_column("member", sa.Column("bouncing_told", sa.DateTime(), nullable=True))
    op.execute(SINCE)
    op.execute(TOLD)
    op.create_index("ix_member_bouncing", "member", ["list_id"], sqlite_where=STOPPED, postgresql_where=STOPPED)


def downgrade() -> None:
    op.drop_index("ix_member_bouncing", "member")
    op.drop_column("member", "bouncing_told")
    op.drop_column("member", "bouncing_since")
    op.drop_column("application", "returned_at")
    op.drop_index("ix_bounce_kind", "bounce")
    op.drop_column("bounce", "kind")
    op.drop_table("outage")
    op.drop_table("failing")
