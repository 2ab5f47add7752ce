"""Meetings, invitations and their answers.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERED_FOR_EVER = {"sqlite_autoincrement": True}


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("planned_by", ID, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=True),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seats", ID, nullable=True),
        sa.Column("sequence", ID, nullable=False),
        sa.Column("moved", ID, nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("pending", sa.Text(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("incoming_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=True),
        sa.Column("invite_upto", ID, nullable=True),
        sa.Column("tell_upto", ID, nullable=True),
        sa.Column("remind_upto", ID, nullable=True),
        sa.Column("remind_slot", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["mailing_list.id"], name=op.f("fk_meeting_list_id")),
        sa.ForeignKeyConstraint(["planned_by"], ["user.id"], name=op.f("fk_meeting_planned_by")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_meeting_message_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name=op.f("fk_meeting_incoming_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_meeting_list_id_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
        **NUMBERED_FOR_EVER,
    )
    op.create_index("ix_meeting_list_id", "meeting", ["list_id", "state", "starts_at"])
    op.create_index("ix_meeting_state", "meeting", ["state", "starts_at"])
    for column in ("planned_by", "message_id", "incoming_id", "invite_upto", "tell_upto"):
        op.create_index(op.f(f"ix_meeting_{column}"), "meeting", [column])


def _attendees() -> None:
    op.create_table(
        "attendee",
        sa.Column("id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("said", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("way", sa.String(length=32), nullable=True),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("invited_at", sa.DateTime(), nullable=True),
        sa.Column("sequence", ID, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendee_meeting_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attendee_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("meeting_id", "user_id", name=op.f("uq_attendee_meeting_id_user_id")),
    )
    op.create_index("ix_attendee_said", "attendee", ["meeting_id", "said", "waiting_since"])
    op.create_index(op.f("ix_attendee_user_id"), "attendee", ["user_id"])


def _dates() -> None:
    op.create_table(
        "meeting_option",
        sa.Column("id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_option_meeting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_option")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_meeting_option_meeting_id_number")),
    )
    op.create_table(
        "meeting_choice",
        sa.Column("id", ID, nullable=False),
        sa.Column("option_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["option_id"], ["meeting_option.id"], name=op.f("fk_meeting_choice_option_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_meeting_choice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_choice")),
        sa.UniqueConstraint("option_id", "user_id", name=op.f("uq_meeting_choice_option_id_user_id")),
    )
    op.create_index(op.f("ix_meeting_choice_user_id"), "meeting_choice", ["user_id"])


def upgrade() -> None:
    _meetings()
    _attendees()
    _dates()
    op.add_column("user", sa.Column("calendar_number", ID, nullable=True))


def downgrade() -> None:
    op.drop_column("user", "calendar_number")
    for table in ("meeting_choice", "meeting_option", "attendee", "meeting"):
        op.drop_table(table)
