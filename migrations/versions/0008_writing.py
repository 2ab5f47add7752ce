"""What is written in the browser, and what people keep of themselves.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("browser", sa.Column("used_at", sa.DateTime(), nullable=True))
    op.create_table(
        "draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("user.id", name="fk_draft_user_id"), nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_draft_list_id"), nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("answers", sa.String(length=32), nullable=False),
        sa.Column("address_id", ID, nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("user_id", "list_id", "thread_id", name="uq_draft_user_id_list_id_thread_id"),
    )
    op.create_table(
        "draft_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, sa.ForeignKey("draft.id", name="fk_draft_file_draft_id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft_file"),
    )
    op.create_index("ix_draft_file_draft_id", "draft_file", ["draft_id"])
    op.create_table(
        "written",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("user.id", name="fk_written_user_id"), nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_written_list_id"), nullable=False),
        sa.Column("incoming_id", ID, sa.ForeignKey("incoming.id", name="fk_written_incoming_id"), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_written"),
        sa.UniqueConstraint("key", name="uq_written_key"),
    )
    op.create_index("ix_written_user_id_at", "written", ["user_id", "at"])
    op.create_table(
        "tally",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("count", ID, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tally"),
    )
    op.create_index("ix_tally_until", "tally", ["until"])
    op.create_table(
        "erasure",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("user.id", name="fk_erasure_user_id"), nullable=False),
        sa.Column("posts", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("upto", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sa.UniqueConstraint("user_id", name="uq_erasure_user_id"),
    )


def downgrade() -> None:
    for table in ("erasure", "tally", "written", "draft_file", "draft"):
        op.drop_table(table)
    with op.batch_alter_table("browser") as batch:
        batch.drop_column("used_at")
