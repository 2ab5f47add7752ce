"""What a million messages need: indexes that answer for months, people and sitemaps without looking at a row.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LISTED = sa.text("merged_into IS NULL AND hidden_at IS NULL")
NUMBERED = ["list_id", "id", "last_at", "merged_into", "hidden_at"]
WIDER = {
    "ix_message_user": (["user_id", "list_id", "sent_at"], ["user_id", "list_id", "sent_at", "id", "hidden_at"]),
    "ix_message_sent": (["list_id", "sent_at"], ["list_id", "sent_at", "thread_id", "hidden_at"]),
}


def upgrade() -> None:
    for name, (_, columns) in WIDER.items():
        op.drop_index(name, table_name="message")
        op.create_index(name, "message", columns)
    op.create_index("ix_thread_number", "thread", NUMBERED, sqlite_where=LISTED, postgresql_where=LISTED)


def downgrade() -> None:
    op.drop_index("ix_thread_number", table_name="thread")
    for name, (columns, _) in WIDER.items():
        op.drop_index(name, table_name="message")
        op.create_index(name, "message", columns)
