"""Applications: questions of a list, answers, consent, reminders.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in ("questions", "consent"):
        op.add_column("mailing_list", sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.add_column("application", sa.Column("answers", sa.Text(), nullable=False, server_default=""))
    for column in ("waits_since", "remind_at", "told_at"):
        op.add_column("application", sa.Column(column, sa.DateTime(), nullable=True))
    op.add_column("held", sa.Column("remind_at", sa.DateTime(), nullable=True))
    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_consent_list_id"), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("key", sa.String(320), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("message_id", sa.String(998), nullable=False),
        sa.Column("raw_id", ID, sa.ForeignKey("raw.id", name="fk_consent_raw_id"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_key", "consent", ["list_id", "key"])
    op.create_index("ix_consent_raw_id", "consent", ["raw_id"])


def downgrade() -> None:
    op.drop_table("consent")
    op.drop_column("held", "remind_at")
    for column in ("told_at", "remind_at", "waits_since", "answers"):
        op.drop_column("application", column)
    for column in ("consent", "questions"):
        op.drop_column("mailing_list", column)
