"""With which token a program made a webhook: it ends with the token.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("webhook", sa.Column("token_id", ID))


def downgrade() -> None:
    with op.batch_alter_table("webhook") as table:
        table.drop_column("token_id")
