"""Caps on automatic letters: mailboxes, echoes, and what waits to be told together.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("incoming", sa.Column("echo", sa.LargeBinary(16), nullable=True))
    for table, key in (("letter", "to_key"), ("application", "key")):
        op.add_column(table, sa.Column("mailbox", sa.String(320), nullable=False, server_default=""))
        # What the spelling hides matters for a day; the address itself is near enough for what was written before.
        op.execute(f"UPDATE {table} SET mailbox = {key}")
    op.create_index("ix_letter_mailbox", "letter", ["mailbox", "created_at"])
    op.create_index("ix_application_mailbox", "application", ["mailbox", "state"])
    op.create_table(
        "untold",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_untold_list_id"), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("object_id", ID, nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_untold"),
        sa.UniqueConstraint("email", "purpose", "object_id", name="uq_untold_email_purpose_object_id"),
    )
    op.create_index("ix_untold_list_id", "untold", ["list_id"])


def downgrade() -> None:
    op.drop_table("untold")
    op.drop_index("ix_application_mailbox", "application")
    op.drop_index("ix_letter_mailbox", "letter")
    for table in ("application", "letter"):
        op.drop_column(table, "mailbox")
    op.drop_column("incoming", "echo")
