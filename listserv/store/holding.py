"""What dead workers held: in a database that was restored nobody holds anything, whatever the names of the machines were."""

from sqlalchemy import Connection, delete, update

from listserv.store.schema import metadata
from listserv.store.snapshot import FLEETING


def let_go(connection: Connection, now: int) -> int:
    """What was claimed when the state was kept is due at `now` (milliseconds); what waits for its own time goes on waiting. How much that was."""
    count = 0
    for table in metadata.tables.values():
        if table.name in FLEETING:
            connection.execute(delete(table))
        elif {"holder", "due"} <= set(table.c.keys()):
            held = table.c.holder.is_not(None)
            free = update(table).where(held, table.c.due.is_not(None)).values(due=now, holder=None)
            count += connection.execute(free).rowcount
            connection.execute(update(table).where(held).values(holder=None))
    return count
