"""Invitations, the lists of people that moderators send, and who wants no invitation.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from listserv.mail.folding import name_key

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Of tables that were there before, by what is asked of them now.
INDEXES = (
    ("ix_incoming_raw_id", "incoming", ["raw_id"]),
    ("ix_outgoing_raw_id", "outgoing", ["raw_id"]),
    ("ix_held_raw_id", "held", ["raw_id"]),
    ("ix_application_raw_id", "application", ["raw_id"]),
    ("ix_tombstone_raw_id", "tombstone", ["raw_id"]),
    ("ix_letter_raw_id", "letter", ["raw_id"]),
    ("ix_letter_incoming_id", "letter", ["incoming_id"]),
    ("ix_letter_kind", "letter", ["kind", "due"]),
    ("ix_token_object", "token", ["purpose", "object_id"]),
    ("ix_token_email", "token", ["purpose", "list_id", "email"]),
    ("ix_token_expires_at", "token", ["expires_at"]),
    ("ix_token_spent_at", "token", ["spent_at"]),
)
REMOVED = sa.text("what = 'member-removed'")
UNTOLD = sa.text("told_at IS NULL AND decided_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("mailing_list", sa.Column("invitations_a_day", ID, nullable=False, server_default="100"))
    op.create_table(
        "batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_batch_list_id"), nullable=False),
        sa.Column("raw_id", ID, sa.ForeignKey("raw.id", name="fk_batch_raw_id"), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("welcome", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", ID, sa.ForeignKey("user.id", name="fk_batch_decided_by"), nullable=True),
        sa.Column("member_ids", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_state", "batch", ["state"])
    op.create_index("ix_batch_raw_id", "batch", ["raw_id"])
    op.create_table(
        "invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_invitation_list_id"), nullable=False),
        sa.Column("batch_id", ID, sa.ForeignKey("batch.id", name="fk_invitation_batch_id"), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("key", sa.String(320), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("invited_by", ID, sa.ForeignKey("user.id", name="fk_invitation_invited_by"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answered_from", sa.String(320), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
    )
    op.create_index("ix_invitation_key", "invitation", ["list_id", "key"])
    op.create_index("ix_invitation_state", "invitation", ["state", "sent_at"])
    op.create_index("ix_invitation_batch_id", "invitation", ["batch_id"])
    op.create_index("ix_invitation_decided_at", "invitation", ["decided_at"])
    op.create_index("ix_invitation_untold", "invitation", ["list_id", "decided_at"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    op.create_table(
        "uninvited",
        sa.Column("id", ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(16), nullable=False),
        sa.Column("list_id", ID, sa.ForeignKey("mailing_list.id", name="fk_uninvited_list_id"), nullable=True),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uninvited"),
        sa.UniqueConstraint("hash", "list_id", name="uq_uninvited_hash_list_id"),
    )
    op.create_index("ix_journal_removed", "journal", ["list_id", "id"], sqlite_where=REMOVED, postgresql_where=REMOVED)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.add_column("user", sa.Column("folded", sa.String(200), nullable=False, server_default=""))
    _fold_names()
    op.create_index("ix_user_folded", "user", ["folded"])


def _fold_names() -> None:
    person = sa.table("user", sa.column("id", ID), sa.column("name", sa.String), sa.column("folded", sa.String))
    named = op.get_bind().execute(sa.select(person.c.id, person.c.name).where(person.c.name != "")).all()
    keys = [{"number": number, "key": name_key(name)} for number, name in named]
    if keys:
        op.get_bind().execute(sa.update(person).where(person.c.id == sa.bindparam("number")).values(folded=sa.bindparam("key")), keys)


def downgrade() -> None:
    op.drop_index("ix_user_folded", "user")
    op.drop_column("user", "folded")
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_index("ix_journal_removed", "journal")
    for table in ("uninvited", "invitation", "batch"):
        op.drop_table(table)
    op.drop_column("mailing_list", "invitations_a_day")
