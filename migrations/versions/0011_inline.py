"""Which attachments are pictures within the formatted letter.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of mails that are here already it is learnt by `listserv db rebuild`; until then their pictures are shown as files.
    with op.batch_alter_table("attachment") as batch:
        batch.add_column(sa.Column("inline", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("attachment") as batch:
        batch.drop_column("inline")
