"""What became of one mail, and what is still to do: asked by `trace` and `queue`, never by the mail's own path."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from listserv.mail.segments import parse
from listserv.store.archive import Message
from listserv.store.bounces import Bounce
from listserv.store.issues import Issue
from listserv.store.lists import REAL, MailingList
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.moderation import Application, Held, Journal
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, Raw, State
from listserv.store.segments import statement

# How many mails that nobody has read yet are opened to find one by its id.
MOST_OPENED = 2000


class Counted(NamedTuple):
    """Copies of a post: the relay took them, they wait, they were given up."""

    sent: int
    pending: int
    failed: int


def incoming_with_id(db: Session, message_id: str) -> Sequence[Incoming]:
    """All mails with this Message-ID (without brackets), oldest first."""
    return db.scalars(select(Incoming).where(Incoming.message_id == message_id).order_by(Incoming.id)).all()


def kept_as(db: Session, raw: bytes) -> int:
    """The id under which these very bytes are kept; 0 where they are not."""
    return db.scalar(select(Raw.id).where(Raw.sha256 == sha256(raw).digest())) or 0


def messages_with_id(db: Session, message_id: str) -> Sequence[Message]:
    """The archived posts with this Message-ID, one a list."""
    query = select(Message).join(MailingList, MailingList.id == Message.list_id)
    return db.scalars(query.where(Message.message_id == message_id, REAL).order_by(Message.id)).all()


def journal_about(db: Session, incoming: Sequence[Incoming]) -> Sequence[Journal]:
    """What was written down about these mails, the posts held and the applications made from them."""
    ids, raws = [row.id for row in incoming], [row.raw_id for row in incoming]
    held = select(Held.id).where(Held.incoming_id.in_(ids))
    applications = select(Application.id).where(Application.raw_id.in_(raws))
    about = or_(
        and_(Journal.about == Incoming.__tablename__, Journal.about_id.in_(ids)),
        and_(Journal.about == Held.__tablename__, Journal.about_id.in_(held)),
        and_(Journal.about == Application.__tablename__, Journal.about_id.in_(applications)),
    )
    return db.scalars(select(Journal).where(about).order_by(Journal.id)).all()


def letters_because_of(db: Session, incoming: Sequence[Incoming]) -> Sequence[Letter]:
    """The letters that these mails caused."""
    return db.scalars(select(Letter).where(Letter.incoming_id.in_([row.id for row in incoming])).order_by(Letter.id)).all()


def bounces_of(db: Session, message: Message) -> Sequence[Bounce]:
    """What came back of a post's copies."""
    query = select(Bounce).join(Outgoing, Outgoing.id == Bounce.outgoing_id)
    return db.scalars(query.where(Outgoing.message_id == message.id).order_by(Bounce.id)).all()


def journal_of_issue(db: Session, issue_id: int) -> Sequence[Journal]:
    """What was written down about an issue of the newsletter."""
    query = select(Journal).where(Journal.about == Issue.__tablename__, Journal.about_id == issue_id)
    return db.scalars(query.order_by(Journal.id)).all()


def letters_before(db: Session, before: int, limit: int) -> Sequence[Letter]:
    """The newest letters of our own with a lower number; digests have ids of another shape."""
    return db.scalars(select(Letter).where(Letter.id < before, Letter.kind != "digest").order_by(Letter.id.desc()).limit(limit)).all()


def bounces_of_reader(db: Session, member_id: int, since: datetime, until: datetime) -> Sequence[Bounce]:
    """What came back from a member in that time and was no copy of a post."""
    query = select(Bounce).where(Bounce.member_id == member_id, func.coalesce(Bounce.outgoing_id, 0) == 0, Bounce.at >= since, Bounce.at < until)
    return db.scalars(query.order_by(Bounce.id)).all()


def count_copies(db: Session, message: Message) -> Counted:
    """How a post's copies fared; those that have no row yet are pending."""
    taken = Delivery.code.between(200, 299)
    sums = select(
        _count(and_(Delivery.due.is_(None), taken)),
        _count(Delivery.due.is_not(None)),
        _count(and_(Delivery.due.is_(None), ~taken)),
    )
    sent, pending, failed = db.execute(sums.join(Outgoing, Outgoing.id == Delivery.outgoing_id).where(Outgoing.message_id == message.id)).one()
    return Counted(sent, pending + _not_expanded(db, message), failed)


def _not_expanded(db: Session, message: Message) -> int:
    post = db.execute(select(Outgoing.list_id, Outgoing.upto, Outgoing.segment).where(Outgoing.message_id == message.id)).first()
    if post is None or post.upto is None:
        return 0
    if post.segment is not None:
        # An issue: those of its segment, whether they get posts or digests.
        meant = statement(db.get_one(MailingList, post.list_id), parse(post.segment)).where(Member.id > post.upto)
        return db.scalar(select(func.count()).select_from(meant.subquery())) or 0
    query = select(func.count()).select_from(Outgoing).join(Member, Member.list_id == Outgoing.list_id)
    waiting = query.where(Outgoing.message_id == message.id, Member.id > Outgoing.upto)
    return db.scalar(waiting.where(Member.delivery == DeliveryMode.EACH, Member.status == Status.ENABLED)) or 0


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def count_work(db: Session) -> dict[str, int]:
    """What is still to do: mails to work on; posts and letters to send; copies to send; mails set aside."""
    questions = {
        "incoming": (select(func.count()).select_from(Incoming).where(Incoming.due.is_not(None)),),
        "outgoing": (
            select(func.count()).select_from(Outgoing).where(Outgoing.upto.is_not(None)),
            select(func.count()).select_from(Letter).where(Letter.due.is_not(None)),
        ),
        "deliveries": (select(func.count()).select_from(Delivery).where(Delivery.due.is_not(None)),),
        "shunted": (select(func.count()).select_from(Incoming).where(Incoming.state == State.SHUNTED),),
    }
    return {name: sum(db.scalar(query) or 0 for query in queries) for name, queries in questions.items()}


def waiting_incoming(db: Session, limit: int) -> Sequence[Incoming]:
    """Mails set aside and mails to work on, oldest first."""
    query = select(Incoming).where(or_(Incoming.due.is_not(None), Incoming.state == State.SHUNTED))
    return db.scalars(query.order_by(Incoming.id).limit(limit)).all()


def waiting_letters(db: Session, limit: int) -> Sequence[Letter]:
    """Letters to send, oldest first."""
    return db.scalars(select(Letter).where(Letter.due.is_not(None)).order_by(Letter.id).limit(limit)).all()


def waiting_posts(db: Session, limit: int) -> Sequence[tuple[Outgoing, Message]]:
    """Posts with copies to send or to be made, oldest first."""
    unsent = select(Delivery.outgoing_id).where(Delivery.due.is_not(None))
    query = select(Outgoing, Message).join(Message, Message.id == Outgoing.message_id)
    found = query.where(or_(Outgoing.upto.is_not(None), Outgoing.id.in_(unsent)))
    return [(outgoing, message) for outgoing, message in db.execute(found.order_by(Outgoing.id).limit(limit))]
