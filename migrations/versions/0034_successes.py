"""What the network is told of its successes, once a school year.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "success_letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("struck", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("issue_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_success_letter"),
        sa.ForeignKeyConstraint(["list_id"], ["mailing_list.id"], name="fk_success_letter_list_id"),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name="fk_success_letter_issue_id"),
        sa.UniqueConstraint("list_id", "year", name="uq_success_letter_list_id_year"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("success_letter")
