"""Threads and topics that somebody follows or mutes; since when somebody pauses.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, column, other in (("thread_wish", "thread_id", "thread"), ("topic_wish", "topic_id", "topic")):
        op.create_table(
            name,
            sa.Column("member_id", ID, sa.ForeignKey("member.id", name=f"fk_{name}_member_id", ondelete="CASCADE"), nullable=False),
            sa.Column(column, ID, sa.ForeignKey(f"{other}.id", name=f"fk_{name}_{column}", ondelete="CASCADE"), nullable=False),
            sa.Column("wish", sa.String(32), nullable=False),
            sa.Column("made_at", sa.DateTime(), nullable=False),
            sa.PrimaryKeyConstraint("member_id", column, name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_{column}", name, [column])
    op.add_column("member", sa.Column("paused_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("member", "paused_at")
    for name, column in (("topic_wish", "topic_id"), ("thread_wish", "thread_id")):
        op.drop_index(f"ix_{name}_{column}", name)
        op.drop_table(name)
