"""Messages and threads that moderators have hidden.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("thread", "message"):
        op.add_column(table, sa.Column("hidden_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    for table in ("thread", "message"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("hidden_at")
