"""Issues of a newsletter.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "issue",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_issue_list_id"), nullable=False),
        sa.Column("author_id", ID, sa.ForeignKey("user.id", name="fk_issue_author_id"), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("replies", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("clock", sa.String(16), nullable=False),
        sa.Column("planned_by", ID, sa.ForeignKey("user.id", name="fk_issue_planned_by"), nullable=True),
        sa.Column("message_id", ID, sa.ForeignKey("message.id", name="fk_issue_message_id", ondelete="SET NULL"), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("incoming_id", ID, sa.ForeignKey("incoming.id", name="fk_issue_incoming_id"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_issue_state", "issue", ["state", "at"])
    op.create_index("ix_issue_list_id", "issue", ["list_id", "state", "sent_at"])
    op.create_index("ix_issue_author_id", "issue", ["author_id"])
    op.create_index("ix_issue_message_id", "issue", ["message_id"])
    op.create_index("ix_issue_key", "issue", ["key"])
    op.create_table(
        "issue_image",
        sa.Column("id", ID, nullable=False),
        sa.Column("issue_id", ID, sa.ForeignKey("issue.id", name="fk_issue_image_issue_id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("raw_id", ID, sa.ForeignKey("raw.id", name="fk_issue_image_raw_id"), nullable=False),
        sa.Column("cid", sa.String(255), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_issue_image"),
        sa.UniqueConstraint("issue_id", "number", name="uq_issue_image_issue_id_number"),
    )
    op.create_index("ix_issue_image_raw_id", "issue_image", ["raw_id"])
    op.add_column("outgoing", sa.Column("segment", sa.Text(), nullable=True))
    op.add_column("outgoing", sa.Column("clock", sa.String(96), nullable=False, server_default=""))
    op.add_column("outgoing", sa.Column("fields", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("fields", "clock", "segment"):
        op.drop_column("outgoing", column)
    for table in ("issue_image", "issue"):
        op.drop_table(table)
