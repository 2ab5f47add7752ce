"""What an issue has brought about: counts for a day and a message, and who has been counted today.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "issue_day",
        sa.Column("message_id", ID, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visits", ID, nullable=False),
        sa.Column("letters", ID, nullable=False),
        sa.Column("departures", ID, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_issue_day_message_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "day", name="pk_issue_day"),
    )
    op.create_table(
        "issue_reader",
        sa.Column("message_id", ID, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hash", sa.LargeBinary(16), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_issue_reader_message_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "day", "hash", name="pk_issue_reader"),
    )
    op.create_index("ix_issue_reader_day", "issue_reader", ["day"])


def downgrade() -> None:
    op.drop_index("ix_issue_reader_day", "issue_reader")
    op.drop_table("issue_reader")
    op.drop_table("issue_day")
