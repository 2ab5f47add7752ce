"""What became of one mail, and what is still to do: asked by `trace` and `queue`, never by the mail's own path."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, defer

from listserv.store.archive import Message, Thread
from listserv.store.bounces import Bounce
from listserv.store.issues import Issue
from listserv.store.lists import REAL, MailingList
from listserv.store.members import Member
from listserv.store.moderation import Application, Held, Journal
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, Raw, State

# Copies that wait, and posts, that are looked at to see whose copies wait.
LOOKED_AT, PROBED = 10_000, 500
# What moderators do to a message or its thread, in the journal's words, that its copies feel.
FELT, FELT_BY_THREAD = ("message-hidden", "message-shown", "message-redacted"), ("thread-hidden", "thread-shown")


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


def journal_of_message(db: Session, message: Message) -> Sequence[Journal]:
    """What was done to a post in the archive that its copies feel: hidden, shown again, words taken out; alone, or with its thread since it came."""
    alone = and_(Journal.about == Message.__tablename__, Journal.about_id == message.id, Journal.what.in_(FELT))
    thread = and_(Journal.about == Thread.__tablename__, Journal.about_id == message.thread_id, Journal.what.in_(FELT_BY_THREAD))
    query = select(Journal).where(or_(alone, and_(thread, Journal.at >= message.received_at)))
    return db.scalars(query.order_by(Journal.id)).all()


def letters_before(db: Session, before: int, limit: int) -> Sequence[Letter]:
    """The newest letters of our own with a lower number whose id is in their bytes alone; digests have ids of another shape."""
    return db.scalars(
        select(Letter).where(Letter.id < before, Letter.kind != "digest", Letter.message_id.is_(None)).order_by(Letter.id.desc()).limit(limit)
    ).all()


def bounces_of_reader(db: Session, member_id: int, since: datetime, until: datetime) -> Sequence[Bounce]:
    """What came back from a member in that time and was no copy of a post."""
    query = select(Bounce).where(Bounce.member_id == member_id, func.coalesce(Bounce.outgoing_id, 0) == 0, Bounce.at >= since, Bounce.at < until)
    return db.scalars(query.order_by(Bounce.id)).all()


def outgoing_of(db: Session, message: Message) -> Outgoing | None:
    """A post on its way, without the bytes."""
    blobs = defer(Outgoing.head), defer(Outgoing.body)
    return db.scalar(select(Outgoing).where(Outgoing.message_id == message.id).options(*blobs))


def incoming_of(db: Session, message: Message) -> Sequence[Incoming]:
    """The mails that became this post."""
    same = Incoming.raw_id == message.raw_id, Incoming.archived_id == message.id
    return db.scalars(select(Incoming).where(*same).order_by(Incoming.id)).all()


def role_of(db: Session, user_id: int, list_id: int | None) -> str:
    """What somebody is on a list; empty where they are not on it."""
    return db.scalar(select(Member.role).where(Member.user_id == user_id, Member.list_id == list_id)) or ""


def bounces_in(db: Session, incoming_id: int) -> Sequence[Bounce]:
    """What a report told."""
    return db.scalars(select(Bounce).where(Bounce.incoming_id == incoming_id).order_by(Bounce.id)).all()


def message_id_of_copy(db: Session, outgoing_id: int) -> str:
    """The Message-ID of the post that a copy was of; empty where it is gone."""
    return db.scalar(select(Message.message_id).join(Outgoing, Outgoing.message_id == Message.id).where(Outgoing.id == outgoing_id)) or ""


def bounces_of_letter(db: Session, letter: Letter) -> Sequence[Bounce]:
    """What came back of a letter: reports that came to the address which it was sent from."""
    if not letter.mail_from:
        return ()
    query = select(Bounce).join(Incoming, Incoming.id == Bounce.incoming_id).where(Bounce.email == letter.to, Bounce.at >= letter.created_at)
    return db.scalars(query.where(Incoming.rcpt == letter.mail_from).order_by(Bounce.id)).all()


def letters_called(db: Session, message_id: str) -> Sequence[Letter]:
    """Letters of ours with this Message-ID."""
    return db.scalars(select(Letter).where(Letter.message_id == message_id).order_by(Letter.id)).all()


def waiting_incoming(db: Session, limit: int) -> Sequence[Incoming]:
    """Mails set aside and mails to work on, oldest first."""
    # Each by its own index: most mails are done.
    aside = select(Incoming.id).where(Incoming.state == State.SHUNTED).order_by(Incoming.done_at).limit(limit)
    waiting = select(Incoming.id).where(Incoming.due.is_not(None)).order_by(Incoming.due).limit(limit)
    ids = [*db.scalars(aside), *db.scalars(waiting)]
    return db.scalars(select(Incoming).where(Incoming.id.in_(ids)).order_by(Incoming.id).limit(limit)).all() if ids else ()


def waiting_letters(db: Session, limit: int) -> Sequence[Letter]:
    """Letters to send, oldest first."""
    return db.scalars(select(Letter).where(Letter.due.is_not(None)).order_by(Letter.id).limit(limit)).all()


def _unsent(db: Session) -> set[int]:
    """Posts of which copies wait, without a look at each copy: up to so many all of them, else by both ends of the queue and by each new post's last copy."""
    waits = select(Delivery.outgoing_id).where(Delivery.due.is_not(None))
    first = db.scalars(waits.order_by(Delivery.due).limit(LOOKED_AT)).all()
    if len(first) < LOOKED_AT:
        return set(first)
    # Copies that were put off stand at the far end. A post between the two has hardly begun, so that its last copy waits too.
    last = db.scalars(waits.order_by(Delivery.due.desc()).limit(LOOKED_AT // 4)).all()
    last_copy = select(Delivery.due).where(Delivery.outgoing_id == Outgoing.id).order_by(Delivery.member_id.desc()).limit(1).scalar_subquery()
    newest = select(Outgoing.id).order_by(Outgoing.id.desc()).limit(PROBED).subquery()
    between = db.scalars(select(Outgoing.id).where(Outgoing.id.in_(select(newest.c.id)), last_copy.is_not(None))).all()
    return {*first, *last, *between}


def waiting_posts(db: Session, limit: int) -> Sequence[tuple[Outgoing, Message]]:
    """Posts with copies to send or to be made, oldest first; where very many copies wait, those that `_unsent` finds among them."""
    # Each by its own index: most posts have left long ago.
    begun = db.scalars(select(Outgoing.id).where(Outgoing.upto.is_not(None))).all()
    ids = sorted({*begun, *_unsent(db)})[:limit]
    if not ids:
        return []
    query = select(Outgoing, Message).join(Message, Message.id == Outgoing.message_id).where(Outgoing.id.in_(ids))
    return [(outgoing, message) for outgoing, message in db.execute(query.order_by(Outgoing.id))]
