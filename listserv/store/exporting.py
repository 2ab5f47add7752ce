"""What leaves the house whole: messages and members by the hundred thousand, a few at a time, so that memory stays flat."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from listserv.store.archive import SHOWN, Message
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.packing import unpack
from listserv.store.pages import Record
from listserv.store.people import Address, User
from listserv.store.queue import Raw

# Rows fetched at once; and how many messages' bytes, until so many bytes are together.
ROWS = 1000
MAILS, BYTES = 200, 4 * 1024 * 1024

Parent = aliased(Message)
# By when they were written. Narrow rows: the database sorts these, and the bytes are fetched after.
IN_ORDER = select(Message.raw_id, Message.size, Message.author_email, Message.received_at).order_by(Message.sent_at, Message.id)
CONTENTS = (
    select(Message.message_id, Message.thread_id, Parent.message_id.label("parent"), Message.author, Message.author_email)
    .add_columns(Message.subject, Message.sent_at)
    .outerjoin(Parent, and_(Parent.id == Message.parent_id, Parent.hidden_at.is_(None)))
    .order_by(Message.sent_at, Message.id)
)
PACKED = select(Raw.id, Raw.packed).where(Raw.id.in_(bindparam("ids", expanding=True)))
MEMBERS = (
    select(Address.email, User.name, Member.role, Member.delivery)
    .select_from(Member)
    .join(Address, Address.id == Member.address_id)
    .join(User, User.id == Member.user_id)
    .order_by(Address.key)
)


def mails_of(db: Session, mlist: MailingList) -> Iterator[tuple[bytes, str, datetime]]:
    """(bytes, author's address, when it reached us) of every message of a list, by when they were written."""
    rows = db.execute(IN_ORDER.where(Message.list_id == mlist.id, SHOWN), execution_options={"yield_per": ROWS})
    for some in _portions(rows):
        packed = dict(db.execute(PACKED, {"ids": [row.raw_id for row in some]}).all())
        for row in some:
            yield unpack(packed[row.raw_id]), row.author_email, row.received_at


def _portions(rows: Iterator[Record]) -> Iterator[list[Record]]:
    """Rows in portions that are few enough, and whose mails are small enough together; one large mail is a portion."""
    some: list[Record] = []
    size = 0
    for row in rows:
        if some and (len(some) == MAILS or size + row.size > BYTES):
            yield some
            some, size = [], 0
        some.append(row)
        size += row.size
    if some:
        yield some


def contents_of(db: Session, mlist: MailingList) -> Iterator[Record]:
    """(message_id, thread_id, the parent's message_id, author, author_email, subject, sent_at) of every message, in the same order."""
    yield from db.execute(CONTENTS.where(Message.list_id == mlist.id, SHOWN), execution_options={"yield_per": ROWS})


def people_of(db: Session, mlist: MailingList) -> Iterator[Record]:
    """(email, name, role, delivery) of everyone on a list, by address."""
    yield from db.execute(MEMBERS.where(Member.list_id == mlist.id), execution_options={"yield_per": ROWS})


def size_of(db: Session, mlist: MailingList) -> int:
    """The bytes of all messages of a list together."""
    return int(db.scalar(select(func.sum(Message.size)).where(Message.list_id == mlist.id, SHOWN)) or 0)
