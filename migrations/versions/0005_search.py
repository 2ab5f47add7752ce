"""The index of words.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The terms of a message are given to the database's own index as they are, each in its place.
SQLITE = (
    # Terms are folded already, and hold letters, digits and the low line alone: `ascii` splits them at blanks and changes nothing.
    "CREATE VIRTUAL TABLE indexed_fts USING fts5(terms, content='indexed', content_rowid='id', tokenize=\"ascii tokenchars '_'\")",
    """CREATE TRIGGER indexed_added AFTER INSERT ON indexed BEGIN
        INSERT INTO indexed_fts (rowid, terms) VALUES (new.id, new.terms); END""",
    """CREATE TRIGGER indexed_gone AFTER DELETE ON indexed BEGIN
        INSERT INTO indexed_fts (indexed_fts, rowid, terms) VALUES ('delete', old.id, old.terms); END""",
    """CREATE TRIGGER indexed_changed AFTER UPDATE ON indexed BEGIN
        INSERT INTO indexed_fts (indexed_fts, rowid, terms) VALUES ('delete', old.id, old.terms);
        INSERT INTO indexed_fts (rowid, terms) VALUES (new.id, new.terms); END""",
)
POSTGRESQL = (
    "CREATE TABLE indexed_fts (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    """CREATE FUNCTION indexed_words(terms text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(string_agg(term || ':' || place, ' '), '')::tsvector
        FROM unnest(string_to_array(terms, ' ')) WITH ORDINALITY AS placed (term, place) WHERE term <> '' $$""",
    """CREATE FUNCTION indexed_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN DELETE FROM indexed_fts WHERE id = OLD.id; END IF;
        IF TG_OP <> 'DELETE' THEN INSERT INTO indexed_fts VALUES (NEW.id, indexed_words(NEW.terms)); END IF;
        RETURN NULL; END $$""",
    "CREATE TRIGGER indexed_follow AFTER INSERT OR UPDATE OR DELETE ON indexed FOR EACH ROW EXECUTE FUNCTION indexed_follow()",
    # What is put in waits in a list that every search looks through, until so many kB have come together.
    "CREATE INDEX ix_indexed_fts_words ON indexed_fts USING gin (words) WITH (gin_pending_list_limit = 128)",
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "indexed",
        sa.Column("id", number, autoincrement=False, nullable=False),
        sa.Column("message_id", number, sa.ForeignKey("message.id", name="fk_indexed_message_id"), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_indexed"),
        sa.UniqueConstraint("message_id", name="uq_indexed_message_id"),
    )
    op.create_table(
        "word_form",
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("spelling", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("form", name="pk_word_form"),
    )
    op.create_table(
        "file_text",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_file_text"),
    )
    op.create_index("ix_file_text_due", "file_text", ["due"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    driver = op.get_bind()
    for statement in SQLITE if driver.dialect.name == "sqlite" else POSTGRESQL:
        driver.exec_driver_sql(statement)


def downgrade() -> None:
    driver = op.get_bind()
    if driver.dialect.name == "sqlite":
        driver.exec_driver_sql("DROP TABLE indexed_fts")
    op.drop_index("ix_attachment_sha256", "attachment")
    op.drop_table("indexed")
    if driver.dialect.name != "sqlite":
        for statement in ("DROP TABLE indexed_fts", "DROP FUNCTION indexed_follow()", "DROP FUNCTION indexed_words(text)"):
            driver.exec_driver_sql(statement)
    op.drop_table("file_text")
    op.drop_table("word_form")
