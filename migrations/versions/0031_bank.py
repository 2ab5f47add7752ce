"""The bank of materials.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Up to which message the list's archive has been looked through for materials.
    op.add_column("mailing_list", sa.Column("bank_upto", ID, nullable=False, server_default="0"))
    # What a file calls itself.
    op.add_column("file_text", sa.Column("title", sa.String(length=300), nullable=False, server_default=""))
    _material()
    _version()
    _use()


def _material() -> None:
    op.create_table(
        "material",
        sa.Column("id", ID, nullable=False),
        sa.Column("list_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("topic_id", ID, nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("corrected", sa.String(length=64), nullable=False),
        sa.Column("downloads", ID, nullable=False),
        sa.Column("became", ID, nullable=False, server_default="0"),
        sa.Column("recommended_at", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("newest_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["mailing_list.id"], name=op.f("fk_material_list_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_material_topic_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_material_list_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_material_newest", "material", ["list_id", "newest_at", "id"])
    op.create_index("ix_material_topic", "material", ["topic_id"])


def _version() -> None:
    op.create_table(
        "material_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("list_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("raw_id", ID, nullable=True),
        sa.Column("part", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(length=320), nullable=False),
        sa.Column("dated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_version_material_id")),
        sa.ForeignKeyConstraint(["list_id"], ["mailing_list.id"], name=op.f("fk_material_version_list_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_material_version_message_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["raw_id"], ["raw.id"], name=op.f("fk_material_version_raw_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_material_version_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_version")),
    )
    op.create_index("ix_material_version_material", "material_version", ["material_id", "number"])
    op.create_index("ix_material_version_sha256", "material_version", ["sha256", "list_id"])
    for column in ("message", "raw", "user"):
        op.create_index(f"ix_material_version_{column}", "material_version", [f"{column}_id"])


def _use() -> None:
    op.create_table(
        "material_use",
        sa.Column("id", ID, nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_use_material_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_material_use_user_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_material_use_message_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_use")),
        sa.UniqueConstraint("material_id", "user_id", name=op.f("uq_material_use_material_id_user_id")),
    )
    op.create_index("ix_material_use_user", "material_use", ["user_id"])
    op.create_index("ix_material_use_message", "material_use", ["message_id"])


def downgrade() -> None:
    for table in ("material_use", "material_version", "material"):
        op.drop_table(table)
    op.drop_column("file_text", "title")
    op.drop_column("mailing_list", "bank_upto")
