"""What the calendar has done: a row for every run.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendar_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_calendar_run_list_id"), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_run"),
        sa.UniqueConstraint("what", "about", "slot", name="uq_calendar_run_what_about_slot"),
    )
    op.create_index("ix_calendar_run_done_at", "calendar_run", ["done_at"])


def downgrade() -> None:
    op.drop_table("calendar_run")
