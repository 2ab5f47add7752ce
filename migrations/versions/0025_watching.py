"""What is counted and what processes say of themselves; when a copy was answered, and how; letters found by their Message-ID.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What is added to tables that may be large: empty everywhere, so that no row is written anew.
ADDED = {
    "delivery": (("at", sa.BigInteger()), ("answer", sa.Text())),
    "outgoing": (("sent", ID), ("failed", ID), ("retried", ID), ("first_at", sa.BigInteger()), ("last_at", sa.BigInteger()), ("gone", ID)),
    "letter": (("message_id", sa.String(255)), ("tried_at", sa.DateTime())),
}
NOT_FOLDED, NAMED, ASIDE = sa.text("NOT folded"), sa.text("message_id IS NOT NULL"), sa.text("state = 'shunted'")


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "shard", name="pk_counter"),
    )
    op.create_table(
        "saying",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("speaker", sa.String(128), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "speaker", name="pk_saying"),
    )
    for table, columns in ADDED.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))
    op.add_column("outgoing", sa.Column("folded", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_outgoing_not_folded", "outgoing", ["created_at"], sqlite_where=NOT_FOLDED, postgresql_where=NOT_FOLDED)
    op.create_index("ix_letter_message_id", "letter", ["message_id"], sqlite_where=NAMED, postgresql_where=NAMED)
    op.create_index("ix_incoming_shunted", "incoming", ["done_at"], sqlite_where=ASIDE, postgresql_where=ASIDE)
    op.create_index("ix_bounce_incoming_id", "bounce", ["incoming_id"])


def downgrade() -> None:
    op.drop_index("ix_bounce_incoming_id", "bounce")
    op.drop_index("ix_incoming_shunted", "incoming")
    op.drop_index("ix_letter_message_id", "letter")
    op.drop_index("ix_outgoing_not_folded", "outgoing")
    op.drop_column("outgoing", "folded")
    for table, columns in ADDED.items():
        for name, _ in columns:
            op.drop_column(table, name)
    op.drop_table("saying")
    op.drop_table("counter")
