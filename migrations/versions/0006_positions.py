"""How far people have read, and the threads that wait for an answer.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("messages = 1 AND NOT closed AND NOT pinned AND merged_into IS NULL AND hidden_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "list_position",
        sa.Column("user_id", ID, sa.ForeignKey("user.id", name="fk_list_position_user_id", ondelete="CASCADE"), nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_list_position_list_id", ondelete="CASCADE"), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "list_id", name="pk_list_position"),
    )
    op.create_index("ix_list_position_list_id", "list_position", ["list_id"])
    op.create_table(
        "thread_position",
        sa.Column("user_id", ID, sa.ForeignKey("user.id", name="fk_thread_position_user_id", ondelete="CASCADE"), nullable=False),
        sa.Column("thread_id", ID, sa.ForeignKey("thread.id", name="fk_thread_position_thread_id", ondelete="CASCADE"), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "thread_id", name="pk_thread_position"),
    )
    op.create_index("ix_thread_position_thread_id", "thread_position", ["thread_id"])
    # Who is signed in today begins today: later, signing in says so (`usecases.positions.begin`).
    op.execute(
        "INSERT INTO list_position (user_id, list_id, seq, seen_at) SELECT m.user_id, m.list_id, max(l.last_seq), max(b.created_at) "
        "FROM member m JOIN mailing_list l ON l.id = m.list_id JOIN browser b ON b.user_id = m.user_id GROUP BY m.user_id, m.list_id"
    )
    op.create_index("ix_thread_waits", "thread", ["list_id", "last_at", "id", "last_message_id"], sqlite_where=WAITS, postgresql_where=WAITS)


def downgrade() -> None:
    op.drop_index("ix_thread_waits", "thread")
    op.drop_table("thread_position")
    op.drop_table("list_position")
