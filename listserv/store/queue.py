"""Mail on its way in and out: raw bytes, what came in, what goes out, and a row for each copy.

Raw bytes are kept once per content. Statements that the fan-out depends on are measured: see docs/performance.md.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, Table, Text, UniqueConstraint, bindparam, false, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.packing import BEGINNING, Content, content, unpack, unpack_beginning

# Of what an index holds a part alone; a question that is to use it must say the same, word for word.
NOT_FOLDED, NAMED, ASIDE = text("NOT folded"), text("message_id IS NOT NULL"), text("state = 'shunted'")
# What is done is no part of the index of what is due.
DUE = text("due IS NOT NULL")


# The code of a copy that was never made, because a digest tells it: neither sent nor failed, and nothing more is to be done.
TOLD_ELSEWHERE = 200


class Raw(Base):
    """The bytes of a mail, compressed, once per content."""

    __tablename__ = "raw"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    size: Mapped[int]
    packed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class State(StrEnum):
    """Where a mail is: the one visible state in which each ends (`trace` tells it)."""

    PENDING = "pending"
    POSTED = "posted"
    HELD = "held"
    REFUSED = "refused"
    DISCARDED = "discarded"
    ANSWERED = "answered"
    APPLICATION = "application"
    FORWARDED = "forwarded"
    BOUNCE = "bounce"
    DRAFT = "draft"
    SHUNTED = "shunted"


class Incoming(Base):
    """One accepted mail for one recipient. The claim counts the attempt before the work begins."""

    __tablename__ = "incoming"
    __table_args__ = (
        # The work still to be done, in the order of arrival.
        Index("ix_incoming_due", "due"),
        Index("ix_incoming_message_id", "message_id"),
        Index("ix_incoming_shunted", "done_at", sqlite_where=ASIDE, postgresql_where=ASIDE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(998), default="")
    mail_from: Mapped[str] = mapped_column(String(320), default="")
    rcpt: Mapped[str] = mapped_column(String(320))
    peer: Mapped[str] = mapped_column(String(64), default="")
    received_at: Mapped[datetime]
    # When it may be claimed, in milliseconds since the epoch; NULL once it is done or shunted.
    due: Mapped[int | None] = mapped_column(BigInteger)
    # Which worker has it in hand: after a crash, that worker's next life takes it back at once.
    holder: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    state: Mapped[State] = mapped_column(Word(State), default=State.PENDING)
    reasons: Mapped[str] = mapped_column(default="")
    trouble: Mapped[str] = mapped_column(Text, default="")
    # Who said what, hashed (mail.echo): a machine that answers us says the same each time. None where too little was said.
    echo: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    archived_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    done_at: Mapped[datetime | None]

    raw: Mapped[Raw] = relationship()


class Outgoing(Base):
    """A post on its way to a list's members: one header block for all, the body from `raw`."""

    __tablename__ = "outgoing"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("ix_outgoing_upto", "upto"),
        Index("ix_outgoing_not_folded", "created_at", sqlite_where=NOT_FOLDED, postgresql_where=NOT_FOLDED),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    # The shared header block (bytes, CRLF, without the empty line) and, where the list adds one, a changed body.
    head: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The newest member id that has a delivery row; NULL once all have.
    upto: Mapped[int | None] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    # An issue of a newsletter goes to this segment (store.segments; empty: to all), whether they get posts or digests; NULL: a post.
    segment: Mapped[str | None] = mapped_column(Text)
    # At one clock time in each reader's zone: "2026-11-27T08:00 Europe/Warsaw", the zone of those who have named none. Empty: at once.
    clock: Mapped[str] = mapped_column(String(96), default="", server_default="")
    # Does the body hold fields that are filled for each reader (newsletters.filling)?
    fields: Mapped[bool] = mapped_column(default=False, server_default=false())
    # What the rows of its copies told that have been cleared away (usecases.sweeping): how many, and when, in milliseconds. `folded`: all have.
    folded: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent: Mapped[int | None]
    failed: Mapped[int | None]
    gone: Mapped[int | None]
    retried: Mapped[int | None]
    first_at: Mapped[int | None] = mapped_column(BigInteger)
    last_at: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(Base):
    """One copy for one member. A lease is a `due` in the future; done is `due` NULL."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("outgoing_id", "member_id"), Index("ix_delivery_due", "due", sqlite_where=DUE, postgresql_where=DUE))

    id: Mapped[int] = mapped_column(primary_key=True)
    # No foreign keys: on PostgreSQL they cost half of the expand (measured), and a copy outlives a membership.
    outgoing_id: Mapped[int]
    member_id: Mapped[int]
    due: Mapped[int | None] = mapped_column(BigInteger)
    holder: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    # The relay's last answer: 250, 4xx, 5xx; 0 before the first and for a broken connection.
    code: Mapped[int] = mapped_column(SmallInteger, default=0)
    # When the relay last answered, in milliseconds; and the last of its answers that was no yes.
    at: Mapped[int | None] = mapped_column(BigInteger)
    answer: Mapped[str | None] = mapped_column(Text)


class Letter(Base):
    """A single letter of our own: a welcome, a question, a digest. Sent by its own lane, so that no fan-out delays it."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_due", "due"),
        Index("ix_letter_to_key", "to_key", "created_at"),
        Index("ix_letter_mailbox", "mailbox", "created_at"),
        Index("ix_letter_kind", "kind", "due"),
        Index("ix_letter_message_id", "message_id", sqlite_where=NAMED, postgresql_where=NAMED),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    to: Mapped[str] = mapped_column(String(320))
    to_key: Mapped[str] = mapped_column(String(320))
    # All spellings of one mailbox alike (mail.address.mailbox): what is counted is what somebody finds in it.
    mailbox: Mapped[str] = mapped_column(String(320), default="", server_default="")
    # The envelope sender; empty: the null sender, because nobody is to answer a machine's answer.
    mail_from: Mapped[str] = mapped_column(String(320), default="")
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    # Sent because a mail came in, not because a person acted: such letters are counted per address and day.
    automatic: Mapped[bool] = mapped_column(default=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"), index=True)
    created_at: Mapped[datetime]
    due: Mapped[int | None] = mapped_column(BigInteger)
    holder: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    code: Mapped[int] = mapped_column(SmallInteger, default=0)
    answer: Mapped[str] = mapped_column(default="")
    # Without brackets, by which `trace` finds it; None: in the bytes alone (a digest's says which one it is).
    message_id: Mapped[str | None] = mapped_column(String(255))
    # When the relay last answered.
    tried_at: Mapped[datetime | None]

    raw: Mapped[Raw] = relationship()


def keep_raw(db: Session, raw: bytes) -> Raw:
    """The row of these bytes; made when nobody has sent them before."""
    return db.get_one(Raw, keep_raw_many(db, (content(raw),))[0])


def keep_raw_many(db: Session, contents: Sequence[Content]) -> list[int]:
    """The ids of the rows of these contents, in order, in two statements: the group commit of the intake."""
    if not contents:
        return []
    # In the order of their hashes: two processes that insert the same mails wait for each other instead of deadlocking.
    distinct = sorted({c.sha256: c for c in contents}.values(), key=lambda c: c.sha256)
    rows = [{"sha256": c.sha256, "size": c.size, "packed": c.packed} for c in distinct]
    db.execute(insert_unless_there(db, Raw), rows)
    found = {digest: id for id, digest in db.execute(select(Raw.id, Raw.sha256).where(Raw.sha256.in_([c.sha256 for c in distinct])))}
    return [found[c.sha256] for c in contents]


PACKED = select(Raw.packed).where(Raw.id == bindparam("id"))
FIRST_PACKED = select(func.substr(Raw.packed, 1, BEGINNING, type_=LargeBinary)).where(Raw.id == bindparam("id"))


def raw_bytes(db: Session, raw_id: int) -> bytes:
    """The bytes of a kept mail."""
    return unpack(db.execute(PACKED, {"id": raw_id}).scalar_one())


def first_bytes(db: Session, raw_id: int) -> bytes:
    """The first 256 KiB of a kept mail at most: its header fields, for whoever must not wait until a large one is unpacked."""
    return unpack_beginning(db.execute(FIRST_PACKED, {"id": raw_id}).scalar_one())


def insert_unless_there(db: Session, model: type[Base] | Table) -> Any:
    """An INSERT that leaves what is there already (by any unique key) as it is."""
    return _unless_there(db.get_bind().dialect.name, model)


@lru_cache(64)
def _unless_there(dialect: str, model: type[Base] | Table) -> Any:
    # Imported here, because each dialect costs memory that a process on the other one need not spend.
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(model).on_conflict_do_nothing()
