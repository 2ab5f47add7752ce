"""Whose posts moderators have said they need not read first.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "trusted",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_trusted_list_id"), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trusted"),
        sa.UniqueConstraint("list_id", "key", name="uq_trusted_list_id_key"),
    )
    # What a moderator's page asks: recent decisions, and what this author has had decided before.
    op.create_index("ix_held_author", "held", ["list_id", "author_email"])


def downgrade() -> None:
    op.drop_index("ix_held_author", "held")
    op.drop_table("trusted")
