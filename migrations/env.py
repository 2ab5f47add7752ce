"""Alembic's entry: the database's address and the metadata come from code, never from an ini file."""

from alembic import context

from listserv.store import base, schema
from listserv.store.migrating import begin, make_texts_alike
from listserv.store.session import make_engine

connection = context.config.attributes.get("connection")


def render(kind, item, _autogen):
    """Write our own column types as the plain types beneath them: a migration must not change when they do."""
    if kind == "type" and isinstance(item, base.Word):
        return "sa.String(length=32)"
    if kind == "type" and isinstance(item, base.Moment):
        return "sa.DateTime()"
    return False


def upgrade(bind) -> None:
    """Run the migrations on this connection, all in one transaction."""
    begin(bind)
    context.configure(
        connection=bind,
        target_metadata=schema.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render,
        on_version_apply=context.config.attributes.get("told"),
        # The shadow tables of a full-text index are SQLite's own business, and the tables of procrastinate are its own.
        include_name=lambda name, kind, _parents: not (kind == "table" and name and ("_fts" in name or name.startswith("procrastinate_"))),
    )
    with context.begin_transaction():
        context.run_migrations()
        make_texts_alike(bind, schema.metadata.tables)


if connection is not None:
    upgrade(connection)
else:
    engine = make_engine(context.config.attributes["url"])
    try:
        with engine.begin() as bind:
            upgrade(bind)
    finally:
        engine.dispose()
