"""Who is at work: a row for each life of a process, which is also the name under which it holds mails, copies and letters. Doors hold nothing.

Alive is whose `beats` go on. Others judge by their own stopwatch, never by the clock of another machine; and a process
of the same kernel and the same process namespace is seen to be gone at once. Host names and process numbers are shown
and never relied on: containers share them.
"""

import os
import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Integer, String, delete, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.base import NEVER_AGAIN, Base
from listserv.store.deliveries import milliseconds

# Under this name work is held by hand (`work_once`): it ends with its lease, and nobody takes it back before.
BY_HAND = 0
# What is held: tables with `due` (milliseconds) and `holder`.
HELD = ("incoming", "delivery", "letter", "webhook")


class WorkerRow(Base):
    """One life of one process. Its number is never given again: what it held must not become another's."""

    __tablename__ = "worker"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What it does (worker.role_of): "copies", "desk" or, all of it, "worker"; and which of several on its machine it is.
    role: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    # The kernel and the namespace that the process number belongs to, and when in that kernel's life it began.
    place: Mapped[str] = mapped_column(String(128))
    born: Mapped[str] = mapped_column(String(32))
    beats: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


# A boot that cannot be told from others; a process that is there and hides when it began.
UNKNOWN, UNSEEN = "unknown", "unseen"


def place() -> str:
    """Where a process number means one process: this boot of this kernel, this process namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        # No Linux, or a sandbox: nobody shares a place with anybody, and only the beats tell.
        return f"{UNKNOWN} {uuid4()}"


def born(pid: int) -> str:
    """When a process of this place began, in its kernel's own count; empty where there is none, or only what is left of one; UNSEEN in another sandbox."""
    try:
        # The name, in brackets, may hold anything; the state and the 22nd field come behind it (proc(5)).
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return UNSEEN if is_there(pid) else ""
    return "" if fields[0] in "ZX" else fields[19]


def is_there(pid: int) -> bool:
    """Is there such a process, whether or not we may look at it? (One unit of systemd hides its own from another's, though the user is the same.)"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def enter(db: Session, role: str, number: int, now: datetime) -> int:
    """A new life begins; the name under which it holds things, once this is committed."""
    values = {"role": role, "number": number, "host": socket.gethostname()[:255], "pid": os.getpid(), "place": place(), "born": born(os.getpid())}
    made = insert(WorkerRow).values(**values, beats=0, started_at=now, seen_at=now).returning(WorkerRow.id)
    return int(db.execute(made).scalar_one())


def beat(db: Session, id: int, now: datetime) -> bool:
    """Still here. False where others have taken this process for dead, and its work over."""
    mine = update(WorkerRow).where(WorkerRow.id == id).values(beats=WorkerRow.beats + 1, seen_at=now)
    return db.execute(mine.returning(WorkerRow.id)).first() is not None


def leave(db: Session, id: int) -> None:
    """An orderly end: nothing is held any more."""
    db.execute(delete(WorkerRow).where(WorkerRow.id == id))


def everybody(db: Session) -> Sequence[WorkerRow]:
    """All that have not left, dead or alive."""
    return db.scalars(select(WorkerRow).order_by(WorkerRow.id)).all()


def is_gone(db: Session, row: WorkerRow, here: str) -> bool:
    """Is this certainly the row of a process that has ended? Known only of the place `here` itself."""
    boots = {row.place.split()[0], here.split()[0]}
    if db.get_bind().dialect.name == "sqlite" and len(boots) > 1 and UNKNOWN not in boots:
        # Whoever shares a SQLite file shares the machine: another boot is an earlier one.
        return True
    return row.place == here and born(row.pid) not in (row.born, UNSEEN)


def bury(db: Session, id: int, beats: int) -> bool:
    """Strike out one that has not beaten since; False where it has, where another was faster, or while it is about to beat."""
    # A row that is locked is passed over: the lock may be that of a machine that was cut off, and nobody waits for those.
    found = select(WorkerRow.id).where(WorkerRow.id == id, WorkerRow.beats == beats)
    if db.scalar(found.with_for_update(skip_locked=True)) is None:
        return False
    db.execute(delete(WorkerRow).where(WorkerRow.id == id))
    return True


def free(db: Session, now: datetime) -> int:
    """What nobody holds who is in the table is due at once; how many mails, copies and letters that was.

    Rows that are locked are passed over, for the same reason: the next time.
    """
    count, locked = 0, "" if db.get_bind().dialect.name == "sqlite" else "FOR UPDATE SKIP LOCKED"
    for table in HELD:
        nobodys = f"""UPDATE {table} SET due = :now, holder = NULL WHERE id IN (SELECT id FROM {table}
            WHERE due > :now AND holder > :by_hand AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.id = {table}.holder) {locked})"""
        count += db.execute(text(nobodys), {"now": milliseconds(now), "by_hand": BY_HAND}).rowcount  # type: ignore[attr-defined]
    return count
