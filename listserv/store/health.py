"""Is the database whole, and how young is the youngest thing in it?"""

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


def describe(db: Session) -> str:
    """The database in a few words: kind, version, place."""
    url = db.get_bind().engine.url
    version = "sqlite_version()" if url.get_backend_name() == "sqlite" else "split_part(version(), ' ', 2)"
    number = db.execute(text(f"SELECT {version}")).scalar_one()
    return f"{url.get_backend_name()} {number} at {url.database}"


def youngest(db: Session) -> datetime | None:
    """When the last mail came in."""
    return db.scalar(select(func.max(Incoming.received_at)))
