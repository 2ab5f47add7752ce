"""Archived messages, their threads, and what hangs on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import NEVER_AGAIN, Base, table_of
from listserv.store.lists import MailingList, Topic
from listserv.store.people import User
from listserv.store.queue import Raw, insert_unless_there

# Threads that have neither been merged into another nor hidden.
LISTED_BY = ("merged_into", "hidden_at")
LISTED = text("merged_into IS NULL AND hidden_at IS NULL")
# Of them, those that nobody has answered yet.
WAITS = text("messages = 1 AND NOT closed AND NOT pinned AND merged_into IS NULL AND hidden_at IS NULL")


class Thread(Base):
    """A conversation. When a late parent joins two, the younger row stays behind and points to the older."""

    __tablename__ = "thread"
    __table_args__ = (
        # In the order of the list's page and of a topic's page, of what they show; counting threads by topic needs no row.
        # (SQLite looks into the row for a column that a partial index is about, unless the index has it.)
        Index("ix_thread_last", "list_id", "pinned", "last_at", "id", "topic_id", *LISTED_BY, sqlite_where=LISTED, postgresql_where=LISTED),
        Index("ix_thread_topic", "topic_id", "pinned", "last_at", "id", "list_id", *LISTED_BY, sqlite_where=LISTED, postgresql_where=LISTED),
        Index("ix_thread_waits", "list_id", "last_at", "id", "last_message_id", sqlite_where=WAITS, postgresql_where=WAITS),
        # The order of sitemaps.
        Index("ix_thread_number", "list_id", "id", "last_at", *LISTED_BY, sqlite_where=LISTED, postgresql_where=LISTED),
        Index("ix_thread_family", "family"),
        # SQLite asks for it whenever a thread is deleted.
        Index("ix_thread_merged_into", "merged_into", sqlite_where=text("merged_into IS NOT NULL"), postgresql_where=text("merged_into IS NOT NULL")),
        # Of nearly all threads there is nothing in it: a count of all of them would keep SQLite from using it.
        Index("ix_thread_split_from", "split_from", sqlite_where=text("split_from IS NOT NULL"), postgresql_where=text("split_from IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    # Threads whose messages were ever named together, so that a late message may join or part them (`mail.threads`).
    family: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str] = mapped_column(Text, default="")
    messages: Mapped[int] = mapped_column(default=0)
    authors: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    last_message_id: Mapped[int | None]
    pinned: Mapped[bool] = mapped_column(default=False)
    closed: Mapped[bool] = mapped_column(default=False)
    # By moderators: nobody but they sees it, and no import brings it back.
    hidden_at: Mapped[datetime | None]
    # Its title is a moderator's, and no longer that of its first message.
    renamed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The thread that moderators have split it off from.
    split_from: Mapped[int | None]

    mlist: Mapped[MailingList] = relationship()
    topic: Mapped[Topic | None] = relationship()


class Message(Base):
    """A post in the archive. Everything but `raw_id` is derived from the bytes and can be made again."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("list_id", "message_id"),
        UniqueConstraint("list_id", "seq"),
        Index("ix_message_hash", "list_id", "hash"),
        Index("ix_message_thread", "thread_id", "sent_at", "id"),
        Index("ix_message_raw", "raw_id"),
        Index("ix_message_author", "list_id", "author_key", "received_at"),
        # By a person, and in a stretch of time: what is counted and skipped needs no row.
        Index("ix_message_user", "user_id", "list_id", "sent_at", "id", "hidden_at"),
        Index("ix_message_sent", "list_id", "sent_at", "thread_id", "hidden_at"),
        Index("ix_message_hidden", "list_id", "hidden_at", sqlite_where=text("hidden_at IS NOT NULL"), postgresql_where=text("hidden_at IS NOT NULL")),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    seq: Mapped[int]
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"))
    # Without brackets; `hash` is Mailman's Message-ID-Hash of it.
    message_id: Mapped[str] = mapped_column(String(998))
    hash: Mapped[str] = mapped_column(String(32))
    # The ids it refers to, oldest first, with spaces: the edges of the thread's graph.
    refs: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[str] = mapped_column(String(320), default="")
    author_email: Mapped[str] = mapped_column(String(320), default="")
    author_key: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    # When it was written, as far as that can be believed, and when it reached us.
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(default=0)
    # The first words that the author wrote now; the body stands in its own row.
    snippet: Mapped[str] = mapped_column(Text, default="")
    has_html: Mapped[bool] = mapped_column(default=False)
    # By moderators, alone or with its whole thread.
    hidden_at: Mapped[datetime | None]

    thread: Mapped[Thread] = relationship()
    raw: Mapped[Raw] = relationship()
    body: Mapped["Body"] = relationship(primaryjoin="foreign(Message.raw_id) == Body.raw_id", viewonly=True)
    user: Mapped[User | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.number")


class Body(Base):
    """The readable body of an archived mail, whole, and its safe HTML where there is any: once per content, like the bytes.

    Apart from the message, whose row is read by the thousand and moved when threads join.
    """

    __tablename__ = "body"

    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str | None] = mapped_column(Text)


class Attachment(Base):
    """What a message carries beside its text; the bytes are decoded from `raw` when somebody asks."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("message_id", "number"), Index("ix_attachment_sha256", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(String(255), default="application/octet-stream")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    # Shown in its place by the letter's HTML.
    inline: Mapped[bool] = mapped_column(default=False, server_default=false())


class Ghost(Base):
    """A message that others refer to and that has not come (JWZ's empty container)."""

    __tablename__ = "ghost"
    __table_args__ = (UniqueConstraint("list_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    message_id: Mapped[str] = mapped_column(String(998))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)


# What readers may see of a list that they may read: every query about messages says so.
SHOWN = Message.hidden_at.is_(None)


def keep_body(db: Session, raw_id: int, text: str, html: str | None) -> None:
    """Keep the readable body of a mail, unless it is there: the same bytes always say the same."""
    db.connection().execute(insert_unless_there(db, table_of(Body)), {"raw_id": raw_id, "text": text, "html": html})


def keep_attachments(db: Session, files: Sequence[dict[str, Any]]) -> None:
    """What a new message carries: rows of `attachment`, in one statement however many they are."""
    if files:
        db.connection().execute(insert(table_of(Attachment)), files)
