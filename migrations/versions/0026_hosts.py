"""Who is at work, on however many machines; and, on PostgreSQL, notices of work and the tables of procrastinate.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from listserv.store import jobs, notices

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", ID, nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("born", sa.String(length=32), nullable=False),
        sa.Column("beats", ID, nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
        sqlite_autoincrement=True,
    )
    notices.install(op.get_bind())
    jobs.install(op.get_bind())


def downgrade() -> None:
    jobs.remove(op.get_bind())
    notices.remove(op.get_bind())
    op.drop_table("worker")
