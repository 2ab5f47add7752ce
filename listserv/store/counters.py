"""What all processes have counted, and what each says of itself.

A total lies in several rows (`shard`), one of which a process always uses: on PostgreSQL two that write at the same
moment must not wait for each other's commit.
"""

import os
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import BigInteger, SmallInteger, String, Text, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv import tally
from listserv.store.base import Base

SHARDS = 16
ADD = """INSERT INTO counter (name, shard, value) VALUES (:name, :shard, :value)
    ON CONFLICT (name, shard) DO UPDATE SET value = counter.value + excluded.value"""


# What no process says, but the site: kept until it is said anew.
CHECK, SITE = "check", "site"


class Counter(Base):
    """So many of something, ever, as far as this shard knows."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


class Saying(Base):
    """How something is, as one process sees it; empty where all is well."""

    __tablename__ = "saying"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    # Host and process.
    speaker: Mapped[str] = mapped_column(String(128), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    at: Mapped[datetime]


def speaker() -> str:
    """This process, among those of all machines."""
    return f"{socket.gethostname()[:100]} {os.getpid()}"


def add(db: Session, counted: Mapping[str, int]) -> None:
    """So many more: the last statement of a transaction, because its rows are locked until the end."""
    if not counted:
        return
    shard = zlib.crc32(speaker().encode()) % SHARDS
    # In one order everywhere, or two that share a shard would wait for each other.
    rows = [{"name": name, "shard": shard, "value": value} for name, value in sorted(counted.items())]
    db.execute(text(ADD), rows)


@contextmanager
def beside() -> Iterator[Callable[[Session], None]]:
    """Around a transaction, and called at its end: what this process has counted goes with it, when it is time. Nothing is lost where it fails."""
    taken: dict[str, int] = {}

    def write(db: Session) -> None:
        if tally.is_due():
            taken.update(tally.drain())
            add(db, taken)

    try:
        yield write
    except BaseException:
        tally.put_back(taken)
        raise


def totals(db: Session) -> dict[str, int]:
    """How many of everything, by name."""
    found = db.execute(select(Counter.name, func.sum(Counter.value)).group_by(Counter.name))
    return {name: int(value) for name, value in found}


def say(db: Session, said: Mapping[str, str], now: datetime) -> None:
    """How things are, as this process sees them; `since` stays as long as somebody is in trouble, or out of it."""
    for name, words in said.items():
        row = db.get(Saying, (name, speaker()))
        if row is None:
            row = Saying(name=name, speaker=speaker(), words=words, since=now)
            db.add(row)
        if bool(row.words) is not bool(words):
            row.since = now
        row.words, row.at = words, now


def sayings(db: Session, name: str, since: datetime) -> Sequence[Saying]:
    """What processes that were heard since then say of something."""
    return db.scalars(select(Saying).where(Saying.name == name, Saying.at >= since).order_by(Saying.speaker)).all()


def forget_sayings(db: Session, before: datetime) -> None:
    """Those of processes that are gone for long."""
    db.execute(delete(Saying).where(Saying.at < before, Saying.name != CHECK))


def kept_saying(db: Session) -> Saying | None:
    """What the last check of the whole site has found; `since`: when it began."""
    return db.get(Saying, (CHECK, SITE))


def keep_saying(db: Session, words: str, began: datetime, now: datetime) -> None:
    """Keep that until the next one."""
    db.merge(Saying(name=CHECK, speaker=SITE, words=words, since=began, at=now))
