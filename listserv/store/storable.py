"""What a database can keep as text: one place, through which everything goes that a statement carries.

PostgreSQL has no NUL in text, SQLite takes it and stumbles over it later; neither takes half of a surrogate pair.
Mails are cleaned when they are read (`mail.text`), and their bytes are kept as bytes. Here goes by whatever else is
written or asked for: forms, addresses of pages, tables of members, arguments.
"""

from typing import Any

from sqlalchemy import Engine, event


def keep_text_storable(engine: Engine) -> None:
    """From now on no statement carries a text that the database would refuse."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> tuple[str, Any]:
        # Many rows may come as one statement with one set of parameters (insertmanyvalues).
        return statement, [_row(row) for row in parameters] if isinstance(parameters, list) else _row(parameters)


def _row(row: Any) -> Any:
    named = isinstance(row, dict)
    if all(map(is_storable, row.values() if named else row)):
        return row
    return {name: storable(value) for name, value in row.items()} if named else tuple(map(storable, row))


def is_storable(value: Any) -> bool:
    """Would both databases take this value as it is?"""
    if not isinstance(value, str):
        return True
    try:
        return "\0" not in value and (value.isascii() or value.encode() is not None)
    except UnicodeEncodeError:
        return False


def storable(value: Any) -> Any:
    """A text without NUL, and with a replacement character for what cannot be written as UTF-8; anything else as it is."""
    if is_storable(value):
        return value
    return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
