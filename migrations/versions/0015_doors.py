"""Low doors for the shy: previews, questions without a name, thanks.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(table: str, column: str, other: str, **more: object) -> sa.Column:
    return sa.Column(column, ID, sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{column}", **more), nullable=False)  # type: ignore[arg-type]


def upgrade() -> None:
    op.add_column("mailing_list", sa.Column("thanks", sa.String(32), nullable=False, server_default="post"))
    op.add_column("member", sa.Column("preview", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "preview",
        sa.Column("id", ID, nullable=False),
        _to("preview", "list_id", "mailing_list"),
        _to("preview", "user_id", "user"),
        _to("preview", "incoming_id", "incoming"),
        _to("preview", "raw_id", "raw"),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("asks", sa.String(32), nullable=False),
        sa.Column("munge", sa.Boolean(), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("spam", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preview"),
        sa.UniqueConstraint("incoming_id", name="uq_preview_incoming_id"),
    )
    op.create_index("ix_preview_due_at", "preview", ["due_at"])
    op.create_index("ix_preview_raw_id", "preview", ["raw_id"])
    op.create_table(
        "unnamed",
        sa.Column("id", ID, nullable=False),
        _to("unnamed", "held_id", "held"),
        _to("unnamed", "user_id", "user"),
        sa.Column("email", sa.String(320), nullable=False),
        _to("unnamed", "incoming_id", "incoming"),
        sa.PrimaryKeyConstraint("id", name="pk_unnamed"),
        sa.UniqueConstraint("held_id", name="uq_unnamed_held_id"),
    )
    op.create_index("ix_unnamed_user_id", "unnamed", ["user_id"])
    op.create_table(
        "thanks",
        sa.Column("id", ID, nullable=False),
        _to("thanks", "list_id", "mailing_list"),
        _to("thanks", "message_id", "message", ondelete="CASCADE"),
        _to("thanks", "user_id", "user"),
        _to("thanks", "incoming_id", "incoming"),
        _to("thanks", "raw_id", "raw"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_thanks"),
        sa.UniqueConstraint("incoming_id", name="uq_thanks_incoming_id"),
    )
    op.create_index("ix_thanks_told", "thanks", ["told"])
    op.create_index("ix_thanks_list_id_at", "thanks", ["list_id", "at"])
    op.create_index("ix_thanks_message_id", "thanks", ["message_id"])
    op.create_index("ix_thanks_user_id", "thanks", ["user_id"])
    op.create_index("ix_thanks_raw_id", "thanks", ["raw_id"])


def downgrade() -> None:
    for name in ("thanks", "unnamed", "preview"):
        op.drop_table(name)
    op.drop_column("member", "preview")
    op.drop_column("mailing_list", "thanks")
