"""Reports for coordinators, and milestones.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ADDED = sa.text("what = 'member-added'")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("mailing_list", sa.Column("report", sa.String(32), nullable=False, server_default="month"))
    op.add_column("member", sa.Column("reports", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("visits", sa.Column("month", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_message_sent", "message", ["list_id", "sent_at"])
    op.create_index("ix_journal_added", "journal", ["list_id", "at"], sqlite_where=ADDED, postgresql_where=ADDED)
    op.create_table(
        "day_count",
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_day_count_list_id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("count", ID, nullable=False),
        sa.PrimaryKeyConstraint("list_id", "day", "what", name="pk_day_count"),
    )
    op.create_table(
        "milestone",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_milestone_list_id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.Column("count", ID, nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_milestone"),
        sa.UniqueConstraint("list_id", "kind", "about", name="uq_milestone_list_id_kind_about"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("milestone")
    op.drop_table("day_count")
    op.drop_index("ix_journal_added", "journal")
    op.drop_index("ix_message_sent", "message")
    op.drop_column("visits", "month")
    op.drop_column("member", "reports")
    op.drop_column("mailing_list", "report")
