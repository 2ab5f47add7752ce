"""What history brings: bodies apart from the messages, and a place where an import gathers.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("raw_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.ForeignKey("raw.id", name="fk_body_raw_id"), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("raw_id", name="pk_body"),
    )
    op.execute("INSERT INTO body (raw_id, text, html) SELECT m.raw_id, m.text, m.html FROM message m WHERE m.id IN (SELECT min(id) FROM message GROUP BY raw_id)")
    op.add_column("message", sa.Column("has_html", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE message SET has_html = (html IS NOT NULL)")
    # Not by batch: that makes the table anew, and SQLite would take its rows for deleted under those that refer to it.
    op.drop_column("message", "text")
    op.drop_column("message", "html")
    op.add_column("thread", sa.Column("family", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0"))
    op.execute("UPDATE thread SET family = coalesce(merged_into, id)")
    op.create_index("ix_thread_family", "thread", ["family"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    here = "" if not sqlite else " CONSTRAINT fk_mailing_list_import_of REFERENCES mailing_list (id)"
    op.execute(f"ALTER TABLE mailing_list ADD COLUMN import_of {'INTEGER' if sqlite else 'BIGINT'}{here}")
    if not sqlite:
        op.create_foreign_key("fk_mailing_list_import_of", "mailing_list", "mailing_list", ["import_of"], ["id"])
    op.create_index("uq_mailing_list_import_of", "mailing_list", ["import_of"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_thread_family", "thread")
    op.drop_column("thread", "family")
    op.drop_index("uq_mailing_list_import_of", "mailing_list")
    op.drop_column("mailing_list", "import_of")
    op.add_column("message", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    op.add_column("message", sa.Column("html", sa.Text(), nullable=True))
    op.execute("UPDATE message SET text = (SELECT text FROM body WHERE body.raw_id = message.raw_id), html = (SELECT html FROM body WHERE body.raw_id = message.raw_id)")
    op.drop_column("message", "has_html")
    op.drop_table("body")
