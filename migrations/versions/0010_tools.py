"""What moderators do with threads.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTED = sa.text("merged_into IS NULL AND hidden_at IS NULL")
HIDDEN = sa.text("hidden_at IS NOT NULL")
SPLIT = sa.text("split_from IS NOT NULL")
TOPIC = ["topic_id", "pinned", "last_at", "id", "list_id", "merged_into", "hidden_at"]
LAST = ["list_id", "pinned", "last_at", "id", "topic_id", "merged_into", "hidden_at"]


def upgrade() -> None:
    op.add_column("thread", sa.Column("renamed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("thread", sa.Column("split_from", ID, nullable=True))
    op.create_index("ix_thread_split_from", "thread", ["split_from"], sqlite_where=SPLIT, postgresql_where=SPLIT)
    for index in ("ix_thread_last", "ix_thread_topic"):
        op.drop_index(index, "thread")
    op.create_index("ix_thread_last", "thread", LAST, sqlite_where=LISTED, postgresql_where=LISTED)
    op.create_index("ix_thread_topic", "thread", TOPIC, sqlite_where=LISTED, postgresql_where=LISTED)
    op.create_index("ix_message_hidden", "message", ["list_id", "hidden_at"], sqlite_where=HIDDEN, postgresql_where=HIDDEN)
    op.create_table(
        "placement",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_placement_list_id"), nullable=False),
        sa.Column("message_id", sa.String(998), nullable=False),
        sa.Column("under", sa.String(998), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_placement"),
        sa.UniqueConstraint("list_id", "message_id", name="uq_placement_list_id_message_id"),
    )
    op.create_table(
        "tombstone",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_tombstone_list_id"), nullable=False),
        sa.Column("message_id", sa.String(998), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("raw_id", ID, sa.ForeignKey("raw.id", name="fk_tombstone_raw_id"), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tombstone"),
        sa.UniqueConstraint("list_id", "sha256", name="uq_tombstone_list_id_sha256"),
    )
    op.create_index("ix_tombstone_list_id_message_id", "tombstone", ["list_id", "message_id"])


def downgrade() -> None:
    op.drop_table("tombstone")
    op.drop_table("placement")
    op.drop_index("ix_message_hidden", "message")
    for index in ("ix_thread_last", "ix_thread_topic"):
        op.drop_index(index, "thread")
    op.create_index("ix_thread_last", "thread", ["list_id", "merged_into", "pinned", "last_at", "id", "topic_id"])
    op.create_index("ix_thread_topic", "thread", ["topic_id", "merged_into", "pinned", "last_at", "id"])
    op.drop_index("ix_thread_split_from", "thread")
    for column in ("split_from", "renamed"):
        op.drop_column("thread", column)
