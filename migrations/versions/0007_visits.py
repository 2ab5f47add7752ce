"""Visits counted, and the number of each member's feed addresses.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_visits_list_id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("brought", sa.Boolean(), nullable=False),
        sa.Column("count", ID, nullable=False),
        sa.PrimaryKeyConstraint("list_id", "day", "brought", name="pk_visits"),
    )
    op.create_table(
        "visitor",
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_visitor_list_id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "day", "hash", name="pk_visitor"),
    )
    op.create_index("ix_visitor_day", "visitor", ["day"])
    op.create_table(
        "day_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_salt"),
    )
    op.add_column("member", sa.Column("feed_number", ID, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("member", "feed_number")
    op.drop_table("day_salt")
    op.drop_index("ix_visitor_day", "visitor")
    op.drop_table("visitor")
    op.drop_table("visits")
