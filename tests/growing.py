"""An archive made larger: rows of what was imported, copied within the database, some minutes later each time.

`grow(engine, to)` copies the messages of the largest list with all that pages, search, feeds and a backup read: threads,
bytes, bodies, attachments, the index of words (by its own triggers). Each copy has Message-IDs, hashes and bytes of its own,
so that it is as if so many more had come; no new words come, as in an archive whose language is written already. An import of
as many takes ten to twenty times as long, and is measured by itself.
"""

import time

from sqlalchemy import text

from listserv.store.archive import Attachment, Body, Message, Thread
from listserv.store.queue import Raw
from listserv.store.search import BITS, Indexed

MINUTES = 37
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def spans(db):
    """(messages, largest number of each kind of row, list) of what is there."""
    mlist, count = db.execute(text("SELECT list_id, count(*) FROM message GROUP BY list_id ORDER BY 2 DESC LIMIT 1")).one()
    largest = {model: db.scalar(text(f"SELECT max(id) FROM {model.__tablename__}")) or 0 for model in (Message, Thread, Raw, Attachment)}
    return mlist, count, largest


def later(column, number, sqlite):
    """A moment some minutes later, as each database writes it."""
    minutes = number * MINUTES
    if sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{minutes} minutes')"
    return f"{column} + interval '{minutes} minutes'"


def copies(number, to, mlist, count, largest, sqlite):
    """One statement for each table: the rows of the first copy again, as the copy of that number."""
    letters = BASE32[number // 32 % 32] + BASE32[number % 32]
    thread, message, raw = (f"+ {number * largest[model]}" for model in (Thread, Message, Raw))
    own_bytes = "randomblob(32)" if sqlite else f"sha256(sha256 || '\\x{number:02x}'::bytea)"
    changed = {
        Thread: {"id": f"id {thread}", "family": f"family {thread}", "merged_into": f"merged_into {thread}", "split_from": f"split_from {thread}"}
        | {"last_message_id": f"last_message_id {message}"}
        | {name: later(name, number, sqlite) for name in ("first_at", "last_at")},
        Raw: {"id": f"id {raw}", "sha256": own_bytes},
        Message: {"id": f"id {message}", "thread_id": f"thread_id {thread}", "parent_id": f"parent_id {message}", "raw_id": f"raw_id {raw}"}
        | {"seq": f"seq - {number * count}", "message_id": f"'{number}of{to}.' || message_id", "hash": f"'{letters}' || substr(hash, 1, 30)", "refs": "''"}
        | {name: later(name, number, sqlite) for name in ("sent_at", "received_at")},
        Body: {"raw_id": f"raw_id {raw}"},
        Attachment: {"id": f"id + {number * largest[Attachment]}", "message_id": f"message_id {message}"},
        Indexed: {"id": f"id + {(number * MINUTES * 60 << BITS) + number * largest[Message]}", "message_id": f"message_id {message}"},
    }
    first = f"(SELECT id FROM message WHERE list_id = {mlist} AND id <= {largest[Message]})"
    where = {
        Thread: f"list_id = {mlist} AND id <= {largest[Thread]}",
        Raw: f"id <= {largest[Raw]}",
        Message: f"list_id = {mlist} AND id <= {largest[Message]}",
        Body: f"raw_id <= {largest[Raw]}",
        Attachment: f"message_id IN {first}",
        Indexed: f"message_id IN {first}",
    }
    for model, named in changed.items():
        names = [column.name for column in model.__table__.c]
        values = ", ".join(named.get(name, name) for name in names)
        yield f"INSERT INTO {model.__tablename__} ({', '.join(names)}) SELECT {values} FROM {model.__tablename__} WHERE {where[model]}"


def grow(engine, to, tell=print):
    """Copy until there are so many messages."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as db:
        mlist, count, largest = spans(db)
    for number in range(1, to // count):
        begin, used = time.monotonic(), time.process_time()
        for statement in copies(number, to, mlist, count, largest, sqlite):
            with engine.begin() as db:
                db.execute(text(statement))
        tell(f"{(number + 1) * count:,} messages: {time.monotonic() - begin:.0f} s, CPU {time.process_time() - used:.0f} s")
    if not sqlite:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            for kind in (Thread, Message, Raw, Attachment):
                db.execute(text(f"SELECT setval(pg_get_serial_sequence('{kind.__tablename__}', 'id'), (SELECT max(id) FROM {kind.__tablename__}))"))
            # As autovacuum does soon after.
            db.execute(text("VACUUM ANALYZE"))
