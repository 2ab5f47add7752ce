"""Questions to everybody, and the answers.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("privacy", sa.String(length=32), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("revision", ID, server_default="1", nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("asked_upto", ID, nullable=True),
        sa.Column("asked", ID, server_default="0", nullable=False),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_upto", ID, nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("thread_id", ID, nullable=True),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("incoming_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["mailing_list.id"], name="fk_survey_list_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name="fk_survey_asked_by"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_survey_thread_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name="fk_survey_incoming_id"),
        sa.PrimaryKeyConstraint("id", name="pk_survey"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_survey_list_id", "survey", ["list_id", "state"])
    op.create_index("ix_survey_state", "survey", ["state", "closes_at"])
    op.create_index("ix_survey_asked_by", "survey", ["asked_by"])
    op.create_index("ix_survey_thread_id", "survey", ["thread_id"])
    op.create_table(
        "survey_question",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_survey_question_survey_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_question"),
        sa.UniqueConstraint("survey_id", "number", name="uq_survey_question_survey_id_number"),
    )
    upgrade_answers()


def upgrade_answers() -> None:
    """Without row numbers on SQLite, which would tell the order in which people answered."""
    op.create_table(
        "survey_mark",
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_survey_mark_survey_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_survey_mark_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("survey_id", "user_id", name="pk_survey_mark"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_mark_user_id", "survey_mark", ["user_id"])
    op.create_table(
        "ballot",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_ballot_survey_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_ballot_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_ballot"),
        sa.UniqueConstraint("survey_id", "user_id", name="uq_ballot_survey_id_user_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballot_user_id", "ballot", ["user_id"])
    op.create_table(
        "vote",
        sa.Column("ballot", sa.LargeBinary(length=32), nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("choices", sa.String(length=400), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot"], ["ballot.key"], name="fk_vote_ballot", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["question_id"], ["survey_question.id"], name="fk_vote_question_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ballot", "question_id", name="pk_vote"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_vote_question_id", "vote", ["question_id", "choices"])


def downgrade() -> None:
    for table in ("vote", "ballot", "survey_mark", "survey_question", "survey"):
        op.drop_table(table)
