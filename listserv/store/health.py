"""Is the database whole, and how young is the youngest thing in it?"""

import re
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from listserv.store.queue import Incoming


def integrity(db: Session) -> str:
    """What is damaged; empty when nothing is. PostgreSQL watches over itself."""
    if db.get_bind().dialect.name != "sqlite":
        return ""
    found = [row[0] for row in db.execute(text("PRAGMA quick_check(5)"))]
    if found != ["ok"]:
        return "; ".join(map(str, found))
    orphans = db.execute(text("PRAGMA foreign_key_check")).first()
    return f"a row of {orphans[0]} refers to one of {orphans[2]} that is not there" if orphans else ""


# What a database says of itself when it cannot be used, and the mend.
MENDS = (
    (re.compile('database "(.+?)" does not exist'), "make it: createdb --template=template0 --encoding=UTF8 {0}"),
    (re.compile("password|role|authentication"), "set the right user and password in database.url"),
    (re.compile("connection failed|connection is bad|failed to resolve|connection timeout"), "start the server, or set database.url"),
    (re.compile("permission denied|must be owner"), "let the user of database.url own the database"),
    (re.compile("database is locked"), "another program has it open: end that, or wait"),
    (re.compile("duplicate key|deadlock|could not serialize"), "somebody else did the same at the same moment: try again"),
)


def in_words(error: Exception) -> tuple[str, str]:
    """What the database's driver complains of, on one line, and how it is mended; that is empty where nobody knows."""
    first = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    said = " ".join(first.removeprefix("connection failed: ").removeprefix("connection is bad: ").split())
    for pattern, mend in MENDS:
        if found := pattern.search(first):
            return said, mend.format(*found.groups())
    return said, ""


def describe(db: Session) -> str:
    """The database in a few words: kind, version, place."""
    url = db.get_bind().engine.url
    version = "sqlite_version()" if url.get_backend_name() == "sqlite" else "split_part(version(), ' ', 2)"
    number = db.execute(text(f"SELECT {version}")).scalar_one()
    return f"{url.get_backend_name()} {number} at {url.database}"


def youngest(db: Session) -> datetime | None:
    """When the last mail came in."""
    return db.scalar(select(func.max(Incoming.received_at)))
