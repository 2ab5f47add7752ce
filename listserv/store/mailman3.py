"""The database of a Mailman 3, read only: its rows as they stand, for `listserv.mailman` to understand.

Versions differ in their columns, so the ones that are there are asked for; one that is missing is None in every row.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Select, column, create_engine, inspect, make_url, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from listserv.errors import Invalid, NotFound
from listserv.mailman.rows import Row, Rows

LIST = (
    ("id", "list_name", "mail_host", "list_id", "display_name", "description", "info", "preferred_language", "subject_prefix", "archive_policy")
    + ("max_message_size", "reply_goes_to_list", "reply_to_address", "emergency", "default_member_action", "default_nonmember_action")
    + ("subscription_policy", "anonymous_list", "filter_content", "autorespond_postings", "gateway_to_news")
    + ("accept_these_nonmembers", "reject_these_nonmembers", "discard_these_nonmembers", "topics")
)
MEMBER = ("id", "role", "list_id", "moderation_action", "address_id", "user_id", "preferences_id")
ADDRESS = ("id", "email", "_original", "display_name", "verified_on", "registered_on", "user_id", "preferences_id")
USER = ("id", "display_name", "_preferred_address_id", "preferences_id")
PREFERENCES = ("id", "preferred_language", "delivery_mode", "delivery_status")
DATES = ("verified_on", "registered_on", "expiration_date")
PICKLES = ("accept_these_nonmembers", "reject_these_nonmembers", "discard_these_nonmembers", "topics")
NUMBERS = (
    ("id", "archive_policy", "max_message_size", "reply_goes_to_list", "emergency", "default_member_action", "default_nonmember_action")
    + ("subscription_policy", "anonymous_list", "filter_content", "autorespond_postings", "gateway_to_news")
    + ("role", "moderation_action", "address_id", "user_id", "preferences_id", "_preferred_address_id", "delivery_mode", "delivery_status")
    + ("mailing_list_id", "request_type", "pended_id")
)
LARGEST_NUMBER = 1 << 40
DRIVERS = {"postgresql": "PostgreSQL needs its driver: pip install 'listserv[postgresql]'"}
OTHER_DRIVER = "a database of the kind {kind} cannot be read here: its Python driver is not installed"
NEEDED = ("mailinglist", "member", "address", "user", "preferences", "ban")


def read(source: str) -> Rows:
    """Everything of the database that is of use to us. Raises Invalid or NotFound with what to do. Writes nothing."""
    engine = _engine(source)
    try:
        with _connected(engine, source) as connection:
            return _rows(_Tables(connection), datetime.now(UTC).replace(tzinfo=None))
    finally:
        engine.dispose()


def shown(source: str) -> str:
    """A database URL without its password."""
    return _parsed(source).render_as_string(hide_password=True)


def _parsed(source: str) -> URL:
    try:
        url = make_url(source)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise Invalid("{source}: write the address of the database as sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME", source=source) from None
    if backend in ("postgresql", "postgres"):
        # Mailman says postgresql:// or postgres:// and means its own driver; ours is psycopg 3.
        return url.set(drivername="postgresql+psycopg")
    return url


def _engine(source: str) -> Engine:
    url = _parsed(source)
    try:
        return _sqlite(url) if url.get_backend_name() == "sqlite" else create_engine(url, **_read_only(url))
    except (NoSuchModuleError, ImportError):
        raise Invalid(DRIVERS.get(url.get_backend_name(), OTHER_DRIVER), kind=url.drivername) from None


def _read_only(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "postgresql":
        return {}
    return {"isolation_level": "REPEATABLE READ", "connect_args": {"options": "-c default_transaction_read_only=on", "connect_timeout": 10}}


def _sqlite(url: URL) -> Engine:
    """SQLite, opened so that it cannot write: Mailman may be running."""
    path = Path(url.database or "")
    if not path.is_file():
        raise NotFound("there is no database at {where}", where=path)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return connection

    return create_engine("sqlite://", creator=connect)


@contextmanager
def _connected(engine: Engine, source: str) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as wrong:
        raise Invalid("{source} cannot be read: {why}", source=shown(source), why=str(wrong.orig).strip().split("\n")[0]) from None
    except (SQLAlchemyError, ValueError) as wrong:
        raise Invalid("{source} cannot be read: {why}", source=shown(source), why=str(wrong).split("\n")[0]) from None


class _Tables:
    """The tables that are there."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.inspector = inspect(connection)
        self.names = set(self.inspector.get_table_names())

    def rows(self, name: str, columns: Sequence[str]) -> list[Row]:
        """All rows of a table, oldest first; none where there is no such table."""
        if name not in self.names:
            return []
        have = {one["name"] for one in self.inspector.get_columns(name)}
        there = [one for one in columns if one in have]
        missing = dict.fromkeys(one for one in columns if one not in have)
        columns_there: list[Any] = [column(one) for one in there]
        asked: Select[Any] = select(*columns_there).select_from(table(name))
        ordered = asked.order_by(column("id")) if "id" in have else asked
        return [{**missing, **{key: _plain(key, value) for key, value in row.items()}} for row in self.connection.execute(ordered).mappings()]

    def by_id(self, name: str, columns: Sequence[str]) -> dict[int, Row]:
        """All rows of a table by their number."""
        return {row["id"]: row for row in self.rows(name, columns)}


def _plain(name: str, value: Any) -> Any:
    """A value as its column should have it; None for another: SQLite keeps whatever it is given."""
    if name in DATES:
        return _date(value)
    if name in PICKLES:
        return bytes(value) if isinstance(value, (bytes, memoryview)) else value
    if name in NUMBERS:
        return value if isinstance(value, int) and abs(value) < LARGEST_NUMBER else None
    if isinstance(value, str):
        return value.replace("\0", "")
    # A ban without a list is one of the whole site: a list that cannot be read must not become none.
    return "?" if name == "list_id" and value is not None else None


def _date(value: Any) -> datetime | None:
    """A moment without a zone, as Mailman keeps them; SQLite has them as text."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else None


def _rows(tables: _Tables, now: datetime) -> Rows:
    missing = [name for name in NEEDED if name not in tables.names]
    if missing:
        raise Invalid("this is not the database of a Mailman 3: there is no table {names}", names=", ".join(missing))
    return Rows(
        lists=tables.rows("mailinglist", LIST),
        members=tables.rows("member", MEMBER),
        addresses=tables.by_id("address", ADDRESS),
        users=tables.by_id("user", USER),
        preferences=tables.by_id("preferences", PREFERENCES),
        bans=tables.rows("ban", ("id", "email", "list_id")),
        aliases=tables.rows("acceptablealias", ("id", "mailing_list_id", "alias")),
        filters=tables.rows("contentfilter", ("id", "mailing_list_id")),
        headers=tables.rows("headermatch", ("id", "mailing_list_id")),
        requests=tables.rows("_request", ("id", "key", "request_type", "data_hash", "mailing_list_id")),
        pended=_pended(tables, now),
        paths={row["message_id"]: row["path"] for row in tables.rows("message", ("message_id", "path")) if row["message_id"] and row["path"]},
    )


def _pended(tables: _Tables, now: datetime) -> Mapping[str, Mapping[str, str]]:
    """What waits for an answer, by token; what has waited too long counts no more."""
    tokens = {row["id"]: row["token"] for row in tables.rows("pended", ("id", "token", "expiration_date")) if _fresh(row["expiration_date"], now)}
    found: dict[str, dict[str, str]] = {token: {} for token in tokens.values()}
    for row in tables.rows("pendedkeyvalue", ("id", "key", "value", "pended_id")):
        if row["pended_id"] in tokens:
            found[tokens[row["pended_id"]]][row["key"]] = row["value"]
    return found


def _fresh(until: datetime | None, now: datetime) -> bool:
    return until is None or until > now
