"""Bans: addresses that may not write to a list, or to any.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ban",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.ForeignKey("mailing_list.id", name="fk_ban_list_id"), nullable=True),
        sa.Column("pattern", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ban"),
        sa.UniqueConstraint("list_id", "pattern", name="uq_ban_list_id_pattern"),
    )


def downgrade() -> None:
    op.drop_table("ban")
