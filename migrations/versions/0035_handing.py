"""History goes over in portions: which numbers it gets is kept; and who points to a thread is found without looking at all.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

JOINED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.add_column("mailing_list", sa.Column("import_shift", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    op.create_index("ix_thread_merged_into", "thread", ["merged_into"], sqlite_where=JOINED, postgresql_where=JOINED)


def downgrade() -> None:
    op.drop_index("ix_thread_merged_into", table_name="thread")
    op.drop_column("mailing_list", "import_shift")
