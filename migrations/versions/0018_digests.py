"""What each reader wants of digests.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# What each reader has been told of thanks so far.
OURS = {
    "member": ("digest_least", "digest_waits", "digest_form", "digest_told", "digest_mixed", "own_threads"),
    "mailing_list": ("tell_newcomers",),
    "digest": ("items", "subject", "paused_at"),
}
TOLD = "UPDATE member SET digest_told = (SELECT max(made_at) FROM digest WHERE digest.member_id = member.id AND letter_id IS NOT NULL)"

LOOKED_FOR = (
    ("ix_member_paused_until", "paused_until", "paused_until IS NOT NULL"),
    ("ix_member_unplanned", "id", "digest_due IS NULL AND delivery = 'digest'"),
)


def upgrade() -> None:
    """Columns alone: nothing that is there changes its meaning."""
    op.add_column("member", sa.Column("digest_least", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="1", nullable=False))
    op.add_column("member", sa.Column("digest_waits", sa.DateTime(), nullable=True))
    op.add_column("member", sa.Column("digest_form", sa.String(32), server_default="html", nullable=False))
    op.add_column("member", sa.Column("digest_told", sa.DateTime(), nullable=True))
    op.add_column("member", sa.Column("digest_mixed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("member", sa.Column("own_threads", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mailing_list", sa.Column("tell_newcomers", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("digest", sa.Column("items", sa.Text(), server_default="", nullable=False))
    op.add_column("digest", sa.Column("subject", sa.Text(), server_default="", nullable=False))
    op.add_column("digest", sa.Column("paused_at", sa.DateTime(), nullable=True))
    # Digests are made in this order.
    for name, column, where in LOOKED_FOR:
        op.create_index(name, "member", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_index("ix_member_digest_due", "member")
    op.create_index("ix_member_digest_due", "member", ["digest_due", "list_id", "digest_seq", "schedule", "digest_form", "id"])
    # A letter that leaves is filled from its digest's row.
    op.create_index("ix_digest_letter", "digest", ["letter_id"])
    # What may have told of a message is found again when that is taken back.
    op.create_index("ix_digest_list_id_upto_seq", "digest", ["list_id", "upto_seq"])
    op.execute(TOLD)


def downgrade() -> None:
    op.drop_index("ix_digest_list_id_upto_seq", "digest")
    op.drop_index("ix_digest_letter", "digest")
    for name, _, _ in LOOKED_FOR:
        op.drop_index(name, "member")
    op.drop_index("ix_member_digest_due", "member")
    op.create_index("ix_member_digest_due", "member", ["digest_due"])
    for table, columns in OURS.items():
        for column in columns:
            op.drop_column(table, column)
