"""What holding, rescuing and deciding by word need.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("mailing_list", sa.Column("first_post", sa.String(32), nullable=False, server_default="accept"))
    op.add_column("mailing_list", sa.Column("certain_spam", sa.String(32), nullable=False, server_default="hold"))
    op.add_column("topic", sa.Column("moderated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("held", sa.Column("rule", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "list_rule",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_list_rule_list_id"), nullable=False),
        sa.Column("does", sa.String(32), nullable=False),
        sa.Column("asks", sa.String(32), nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list_rule"),
        sa.UniqueConstraint("list_id", "does", "asks", "value", name="uq_list_rule_list_id_does_asks_value"),
    )


def downgrade() -> None:
    op.drop_table("list_rule")
    op.drop_column("held", "rule")
    op.drop_column("topic", "moderated")
    for column in ("certain_spam", "first_post"):
        op.drop_column("mailing_list", column)
