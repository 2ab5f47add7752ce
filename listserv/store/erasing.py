"""Forgetting somebody, and telling them what is known: by the metadata, so that a table of a later version is not overlooked."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, ForeignKey, LargeBinary, String, Table, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.archive import Message
from listserv.store.base import Base, Word
from listserv.store.moderation import Held, HeldState
from listserv.store.people import User
from listserv.store.queue import Incoming, Letter, Outgoing, Raw, State
from listserv.store.tools import destroy_unused


class Posts(StrEnum):
    """What becomes of what somebody wrote: the words stay without the name, or go too."""

    KEEP = "keep"
    REMOVE = "remove"


class Erasure(Base):
    """Somebody wishes to be forgotten, on this day; until then they may change their mind."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    posts: Mapped[Posts] = mapped_column(Word(Posts))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # Once it has begun: up to which mail (`raw.id`) it has come.
    upto: Mapped[int | None]

    user: Mapped[User] = relationship()


# Kept by number alone once the person behind it has no name: who decided what must stay tellable.
STAYS = frozenset({"journal", "erasure"})
# Shared with others, or handled by themselves.
SHARED = frozenset({"user", "message", "held", "incoming", "letter", "issue", "issue_image", "material_version"})
# A bar that forgets whom it bars is none; and bytes are looked into elsewhere.
UNSWEPT = frozenset({"ban", "list_rule", "raw", "alembic_version"})
# Names of people and lists, which others may bear as well: whose name it is, the address beside it says.
NAMES = frozenset(
    {
        ("user", "name"),
        ("message", "author"),
        ("held", "author"),
        ("application", "name"),
        ("invitation", "name"),
        ("mailing_list", "title"),
        ("topic", "title"),
    }
)
# A person's number in a row that belongs to others: the row stays, the number goes.
OTHERS = frozenset({"decided_by", "invited_by", "planned_by", "asked_by"})
DECIDED = ("held", "application", "batch")
PLANNED = (("material_version", "user_id"), ("meeting", "planned_by"), ("survey", "asked_by"))
# Where an address stands that says whose the row is: table and column.
ADDRESSED = (
    ("application", "key"),
    ("consent", "key"),
    ("held", "author_email"),
    ("incoming", "mail_from"),
    ("invitation", "key"),
    ("letter", "to_key"),
    ("message", "author_key"),
    ("token", "email"),
    ("trusted", "key"),
    ("untold", "email"),
)
SECRET = frozenset({"hash", "sha256"})
# Of ASCII in a name, to look for it by these.
LEAST_LETTERS = 4


def erasure_of(db: Session, user_id: int) -> Erasure | None:
    """This person's wish to be forgotten."""
    return db.scalar(select(Erasure).where(Erasure.user_id == user_id))


def erasures_due(db: Session, now: datetime, limit: int, *, lock: bool = True) -> Sequence[Erasure]:
    """Those whose day has come, the oldest first; locked, but for whoever only looks."""
    query = select(Erasure).where(Erasure.due_at <= now).order_by(Erasure.due_at, Erasure.id).limit(limit)
    return db.scalars(query.with_for_update(skip_locked=True) if lock else query).all()


# ---- telling ------------------------------------------------------------------------------------------------


def rows_about(db: Session, user_id: int, emails: Collection[str], keys: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """All rows that belong to this person, by table; without bytes and without what only machines understand."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        where = _belongs(table, user_id, {*emails, *keys})
        if where is not None:
            rows = db.execute(select(*_told(table)).where(where).order_by(*table.primary_key)).mappings().all()
            found[table.name] = [dict(row) for row in rows]
    return {name: rows for name, rows in found.items() if rows}


def _belongs(table: Table, user_id: int, addresses: set[str]) -> Any:
    """Which rows of a table are somebody's."""
    ways: list[Any] = [column == user_id for column in _referring(table, "user") if column.name not in OTHERS]
    members = select(Base.metadata.tables["member"].c.id).where(Base.metadata.tables["member"].c.user_id == user_id)
    drafts = select(Base.metadata.tables["draft"].c.id).where(Base.metadata.tables["draft"].c.user_id == user_id)
    ways += [column.in_(members) for column in table.c if column.name == "member_id" and table.name != "member"]
    ways += [column.in_(drafts) for column in table.c if column.name == "draft_id"]
    ways += [table.c[name].in_(addresses) for where, name in ADDRESSED if where == table.name]
    if table.name != "member":
        theirs = select(Base.metadata.tables["address"].c.id).where(Base.metadata.tables["address"].c.user_id == user_id)
        ways += [column.in_(theirs) for column in _referring(table, "address")]
    if table.name == "issue_image":
        issue = Base.metadata.tables["issue"]
        ways.append(table.c.issue_id.in_(select(issue.c.id).where(issue.c.author_id == user_id)))
    if table.name == "vote":
        ballot = Base.metadata.tables["ballot"]
        ways.append(table.c.ballot.in_(select(ballot.c.key).where(ballot.c.user_id == user_id)))
    if table.name == "user":
        ways.append(table.c.id == user_id)
    return or_(*ways) if ways else None


def _referring(table: Table, other: str) -> Iterator[Column[Any]]:
    return (column for column in table.c if any(key.column.table.name == other for key in column.foreign_keys))


def _told(table: Table) -> list[Column[Any]]:
    # What a moderator noted about others is not about the moderator.
    hidden = SECRET | ({"detail"} if table.name == "journal" else set())
    return [column for column in table.c if not isinstance(column.type, LargeBinary) and column.name not in hidden]


# ---- mails --------------------------------------------------------------------------------------------------


def raws_after(db: Session, raw_id: int, limit: int) -> Sequence[int]:
    """The next mails, by number."""
    return db.scalars(select(Raw.id).where(Raw.id > raw_id).order_by(Raw.id).limit(limit)).all()


def is_kept(db: Session, raw_id: int) -> bool:
    """Is this mail still there?"""
    return db.scalar(select(Raw.id).where(Raw.id == raw_id)) is not None


def messages_with(db: Session, raw_id: int) -> Sequence[Message]:
    """The archived messages that are made of this mail."""
    return db.scalars(select(Message).where(Message.raw_id == raw_id)).all()


def outgoing_with(db: Session, raw_id: int) -> Sequence[Outgoing]:
    """The posts on their way to members that are made of this mail."""
    return db.scalars(select(Outgoing).where(Outgoing.raw_id == raw_id)).all()


def replace_raw(db: Session, old: int, new: int) -> None:
    """Whatever was made of this mail is made of another one from now on; the old bytes are no more."""
    db.flush()
    for table in Base.metadata.sorted_tables:
        for column in _referring(table, "raw") if table.name != "body" else ():
            db.execute(update(table).where(column == old).values({column.name: new}))
    destroy_unused(db, [old])


# ---- rows ---------------------------------------------------------------------------------------------------


def own_messages(db: Session, user_id: int, keys: Collection[str]) -> Sequence[Message]:
    """Everything that somebody wrote to any list."""
    return db.scalars(select(Message).where((Message.user_id == user_id) | Message.author_key.in_(keys)).order_by(Message.id)).all()


def forget_rows(db: Session, user_id: int, addresses: set[str]) -> None:
    """Take away every row that belongs to this person alone, and their number from every row that stays."""
    db.flush()
    db.execute(update(Letter).where(Letter.to_key.in_(addresses)).values(due=None, mailbox=""), execution_options={"synchronize_session": False})
    _withdraw_held(db, addresses)
    for table in reversed(Base.metadata.sorted_tables):
        where = None if table.name in STAYS | SHARED else _belongs(table, user_id, addresses)
        if where is not None:
            db.execute(delete(table).where(where))
    for name, column in (("message", "user_id"), *((table, "decided_by") for table in DECIDED), ("invitation", "invited_by"), *PLANNED):
        table = Base.metadata.tables[name]
        db.execute(update(table).where(table.c[column] == user_id).values({column: None}))
    db.expire_all()


def _withdraw_held(db: Session, addresses: Collection[str]) -> None:
    """What still waits of somebody who goes is taken back, and its mail says so; of what was decided the name goes."""
    theirs = func.lower(Held.author_email).in_([one.lower() for one in addresses])
    waits = select(Held.incoming_id).where(theirs, Held.state == HeldState.PENDING)
    statements = (
        update(Incoming).where(Incoming.id.in_(waits)).values(state=State.DISCARDED, reasons="withdrawn"),
        update(Held).where(theirs, Held.state == HeldState.PENDING).values(state=HeldState.WITHDRAWN),
        update(Held).where(theirs).values(author=""),
    )
    for statement in statements:
        db.execute(statement, execution_options={"synchronize_session": False})


def letters_telling(db: Session, addresses: Collection[str], *, archived: bool) -> Sequence[Letter]:
    """The letters of ours that tell of mails of these addresses, locked: of mails that became no message, or of `archived` ones too."""
    folded = [address.lower() for address in addresses]
    held = select(Held.incoming_id).where(func.lower(Held.author_email).in_(folded))
    theirs = func.lower(Incoming.mail_from).in_(folded) | Incoming.id.in_(held)
    query = select(Letter).join(Incoming, Incoming.id == Letter.incoming_id).where(theirs if archived else theirs & Incoming.archived_id.is_(None))
    return db.scalars(query.order_by(Letter.id).with_for_update(of=Letter)).all()


def sweep(db: Session, addresses: Collection[str], name: str, clean: Callable[[str], str]) -> int:
    """Every text of every table in which one of these addresses stands, or this whole name, made clean; how many were."""
    swept = 0
    for table in Base.metadata.sorted_tables:
        for column in (column for column in table.c if isinstance(column.type, String) and table.name not in UNSWEPT):
            says = [func.lower(column).contains(address.lower(), autoescape=True) for address in addresses]
            if name and (table.name, column.name) not in NAMES:
                says.append(_may_say(column, name))
            for *key, text in db.execute(select(*table.primary_key, column).where(or_(*says))).all():
                made = clean(text)
                same = [part == value for part, value in zip(table.primary_key, key, strict=True)]
                if made != text:
                    db.execute(delete(table).where(*same) if column.primary_key else update(table).where(*same).values({column.name: made}))
                    swept += 1
    db.expire_all()
    return swept


def _may_say(column: Column[Any], name: str) -> ColumnElement[bool]:
    """What may hold a name, in any case and over line ends. The databases do not agree on letters beyond ASCII: those are left open."""
    pattern = re.sub(r"[^a-z0-9]+", "%", name.lower())
    if len(pattern.replace("%", "")) < LEAST_LETTERS:
        return or_(*(column.contains(form, autoescape=True) for form in {name, name.lower(), name.upper(), name.title()}))
    return func.lower(column).like(f"%{pattern}%")
