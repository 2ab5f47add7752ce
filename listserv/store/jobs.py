"""The tables of procrastinate, on PostgreSQL: its own text makes them, in the schema of our tables; nothing of ours refers to them.

What lies in them only says that there is work. They are no part of the metadata: neither copied nor backed up, because
the sweep finds whatever a lost job would have told.
"""

from importlib.util import find_spec

from sqlalchemy import Connection, make_url, text

from listserv.store.migrating import begin
from listserv.store.session import make_engine

THERE = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
# Its tables, functions and types, whatever its version.
DROP = r"""DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\_%' LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one.name);
    END LOOP;
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\_%' LOOP
        EXECUTE 'DROP FUNCTION IF EXISTS ' || one.name || ' CASCADE';
    END LOOP;
    FOR one IN SELECT typname AS name FROM pg_type
            WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\_%' LOOP
        EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', one.name);
    END LOOP;
END $$"""


def install(connection: Connection) -> bool:
    """Make the tables where they can be made and are not there; False on SQLite, and where procrastinate is not installed."""
    if connection.dialect.name == "sqlite" or find_spec("procrastinate") is None:
        return False
    if not connection.execute(text(THERE)).scalar_one():
        from procrastinate.schema import SchemaManager

        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(SchemaManager.get_schema())
    return True


def remove(connection: Connection) -> None:
    """Take the tables away, with all that waits in them."""
    if connection.dialect.name != "sqlite":
        connection.connection.driver_connection.execute(DROP)  # type: ignore[union-attr]


def require(url: str) -> None:
    """Make sure of the tables: where procrastinate was installed after the schema was made, they are made now."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            begin(connection)
            install(connection)
    finally:
        engine.dispose()


def libpq_url(url: str) -> str:
    """The address of a PostgreSQL database without the name of a Python driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
