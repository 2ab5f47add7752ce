"""What moderators alone see: hidden messages and threads; and the rows that hold a message's words beside the archive."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Update, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from listserv.store.archive import Attachment, Message, Thread
from listserv.store.base import slices
from listserv.store.digests import Digest
from listserv.store.drafts import Draft
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import Held, HeldState, Journal
from listserv.store.queue import Incoming, Letter, Outgoing, State

# Taken back by the moderators: its case waits again, or was decided against it. What becomes of it is answered there.
MAIL = select(Incoming.id).where(Incoming.archived_id == Message.id).correlate(Message)
CASE = MAIL.join(Held, Held.incoming_id == Incoming.id).where(Held.state != HeldState.PUBLISHED)
IN_QUEUE: ColumnElement[bool] = exists(CASE) & ~exists(MAIL.where(Incoming.state == State.POSTED))


def hidden_of(db: Session, mlist: MailingList, limit: int, offset: int) -> Sequence[Any]:
    """(id, hash, thread_id, subject, author, author_email, snippet, sent_at, hidden_at) of what is hidden, the latest first."""
    columns = Message.id, Message.hash, Message.thread_id, Message.subject, Message.author, Message.author_email, Message.snippet
    query = select(*columns, Message.sent_at, Message.hidden_at).where(Message.list_id == mlist.id, Message.hidden_at.is_not(None), ~IN_QUEUE)
    return db.execute(query.order_by(Message.hidden_at.desc(), Message.id.desc()).limit(limit).offset(offset)).all()


def case_of(db: Session, message: Message) -> Held | None:
    """The case that a message waits with, or was not let through with."""
    query = select(Held).join(Incoming, Incoming.id == Held.incoming_id).join(Message, Message.id == Incoming.archived_id)
    return db.scalar(query.where(Message.id == message.id, Held.state != HeldState.PUBLISHED, IN_QUEUE).order_by(Held.id.desc()).limit(1))


def messages_in(db: Session, thread: Thread) -> Sequence[Message]:
    """Every message of a thread, hidden ones too, oldest first."""
    return db.scalars(select(Message).where(Message.thread_id == thread.id).order_by(Message.sent_at, Message.id)).all()


def hide_all(db: Session, thread: Thread, now: datetime) -> list[int]:
    """Hide what is shown of a thread; the ids of that."""
    ids = list(db.scalars(select(Message.id).where(Message.thread_id == thread.id, Message.hidden_at.is_(None))))
    db.execute(update(Message).where(Message.id.in_(ids)).values(hidden_at=now))
    return ids


def show_all(db: Session, thread: Thread) -> list[int]:
    """Show what was hidden together with its thread, not what had been hidden before, nor what waits; the ids of that."""
    ids = list(db.scalars(select(Message.id).where(Message.thread_id == thread.id, Message.hidden_at >= thread.hidden_at, ~IN_QUEUE)))
    db.execute(update(Message).where(Message.id.in_(ids)).values(hidden_at=None))
    return ids


def incoming_of(db: Session, message: Message) -> Sequence[Incoming]:
    """The mails that became this message, and those of this list with the same bytes, or the same id where they became no message of their own."""
    here = Incoming.list_id == message.list_id
    double = (Incoming.message_id == message.message_id) & Incoming.archived_id.is_(None)
    mine = (Incoming.archived_id == message.id) | (here & (Incoming.raw_id == message.raw_id)) | (here & double)
    return db.scalars(select(Incoming).where(mine).order_by(Incoming.id)).all()


def held_of(db: Session, message: Message, incoming_ids: Sequence[int]) -> Sequence[Held]:
    """The cases that these mails were before."""
    same = (Held.list_id == message.list_id) & (Held.raw_id == message.raw_id)
    return db.scalars(select(Held).where(Held.incoming_id.in_(incoming_ids) | same)).all()


def outgoing_of(db: Session, message: Message) -> Outgoing | None:
    """What goes out to the members; nobody takes copies of it meanwhile."""
    return db.scalar(select(Outgoing).where(Outgoing.message_id == message.id).with_for_update())


class Telling(NamedTuple):
    """The same words about the same stretch of the archive, for however many readers."""

    raw_id: int
    after_seq: int
    upto_seq: int


def tellings(db: Session, list_id: int, seqs: Sequence[int], *, sent: bool) -> list[Telling]:
    """What digests of this list, made since the first of these messages came, are to tell: a few distinct texts. `sent`: what they have told, too."""
    query = select(Letter.raw_id, Digest.after_seq, Digest.upto_seq).join(Letter, Letter.id == Digest.letter_id)
    if sent:
        query = query.where(Digest.list_id == list_id, Digest.upto_seq >= _since(db, list_id, seqs))
    else:
        query = query.where(Letter.list_id == list_id, Letter.kind == "digest", Letter.due.is_not(None))
    return [Telling(*row) for row in db.execute(query.distinct().order_by(Letter.raw_id))]


def _since(db: Session, list_id: int, seqs: Sequence[int]) -> int:
    first = select(func.min(Message.id)).where(Message.list_id == list_id, Message.seq.in_(seqs)).scalar_subquery()
    # A message that was shown again may have a higher number than it had.
    return (db.scalar(select(func.min(Message.seq)).where(Message.list_id == list_id, Message.id >= first)) or 0) - 1


def tellings_since(db: Session, since: datetime) -> list[tuple[int, Telling]]:
    """What digests of any list have told, or are to tell, that were made since then, each with its list's number."""
    query = select(Digest.list_id, Letter.raw_id, Digest.after_seq, Digest.upto_seq).join(Letter, Letter.id == Digest.letter_id)
    found = db.execute(query.where(Letter.kind == "digest", Letter.created_at >= since).distinct().order_by(Letter.raw_id))
    return [(row[0], Telling(*row[1:])) for row in found]


def sent_no_longer(db: Session, raw_id: int, instead: int) -> None:
    """Letters with these bytes that do not wait are kept with others."""
    _run(db, update(Letter).where(Letter.raw_id == raw_id, ~and_(*WAITS)).values(raw_id=instead))


def hashes_beside(db: Session, list_id: int, seqs: Sequence[int]) -> frozenset[str]:
    """The hashes of these messages, and of all that stand in a thread with one of them: their title and whom they answer are told with those."""
    found: set[str] = set()
    for some in slices(seqs):
        threads = select(Message.thread_id).where(Message.list_id == list_id, Message.seq.in_(some)).correlate(None)
        found.update(db.scalars(select(Message.hash).where(Message.thread_id.in_(threads))))
    return frozenset(found)


def ids_of(db: Session, list_id: int, seqs: Collection[int]) -> dict[int, int]:
    """The ids of these messages by their numbers."""
    return dict(db.execute(select(Message.seq, Message.id).where(Message.list_id == list_id, Message.seq.in_(seqs))).all()) if seqs else {}


def passed_over(db: Session, list_id: int, seq: int) -> tuple[bool, bool]:
    """(Has a digest been made of the stretch in which this message stands, without it? Has one told it?)"""
    span = Digest.list_id == list_id, Digest.after_seq < seq, Digest.upto_seq >= seq
    told = [str(seq) in items.replace(",", " ").split() for items in db.scalars(select(Digest.items).where(*span).distinct())]
    return not all(told), any(told)


def before(db: Session, digest: Digest) -> datetime | None:
    """The slot of the digest that its reader had had before this one."""
    told = Digest.member_id == digest.member_id, Digest.letter_id.is_not(None), Digest.slot < digest.slot
    return db.scalar(select(func.max(Digest.slot)).where(*told))


# What a worker has in hand the relay may have already.
WAITS = (Letter.due.is_not(None), Letter.holder.is_(None))


def _tells(told: Telling) -> ColumnElement[bool]:
    # Bytes are one list's, because they name it; its digests are looked up by their letters.
    here = (Digest.after_seq == told.after_seq, Digest.upto_seq == told.upto_seq)
    return (Letter.raw_id == told.raw_id) & exists(select(Digest.id).where(Digest.letter_id == Letter.id, *here).correlate(Letter))


def a_waiting_reader(db: Session, told: Telling) -> tuple[Member, Digest] | None:
    """One of those whose letter waits, and their digest: the words are the same for all. None where nobody is left to tell."""
    query = select(Member, Digest).join(Digest, Digest.member_id == Member.id).join(Letter, Letter.id == Digest.letter_id)
    waiting = query.where(*WAITS, _tells(told))
    row = db.execute(waiting.order_by(Digest.id).limit(1)).first()
    return (row[0], row[1]) if row else None


def tell_anew(db: Session, told: Telling, raw_id: int, digest: dict[str, Any]) -> None:
    """Those whose letter waits get these bytes instead; what their rows say of it (`digest`) changes likewise."""
    mine = select(Letter.id).where(*WAITS, _tells(told))
    _run(db, update(Digest).where(Digest.letter_id.in_(mine)).values(digest))
    _replace(db, told, raw_id, *WAITS)


def take_back_waiting(db: Session, told: Telling, raw_id: int, why: str, *, gone: bool = False) -> None:
    """Letters that wait are not sent; these bytes stand in their place. `gone`: only of those who have left."""
    left = Digest.letter_id == Letter.id, ~exists(select(Member.id).where(Member.id == Digest.member_id))
    more = [exists(select(Digest.id).where(*left))] if gone else []
    _replace(db, told, raw_id, *WAITS, *more, due=None, answer=why)


def keep_no_longer(db: Session, told: Telling, raw_id: int) -> None:
    """Letters that have been sent, or are in hand, are kept with these bytes instead."""
    _replace(db, told, raw_id, ~and_(*WAITS))


def _replace(db: Session, told: Telling, raw_id: int, *where: ColumnElement[bool], **more: Any) -> None:
    mine = update(Letter).where(_tells(told), *where)
    _run(db, mine.values(raw_id=raw_id, **more))


def _run(db: Session, statement: Update) -> None:
    db.execute(statement, execution_options={"synchronize_session": False})


def drop_attachments(db: Session, message: Message) -> None:
    """Forget what a message carries, to tell it anew."""
    db.execute(delete(Attachment).where(Attachment.message_id == message.id))


def attachments_of(db: Session, message: Message) -> Sequence[Attachment]:
    """What a message carries."""
    return db.scalars(select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.number)).all()


def drafts_in(db: Session, thread: Thread) -> Sequence[Draft]:
    """What people are writing to a thread, or to one that has been joined to it."""
    threads = select(Thread.id).where((Thread.id == thread.id) | (Thread.merged_into == thread.id))
    return db.scalars(select(Draft).where(Draft.list_id == thread.list_id, Draft.thread_id.in_(threads))).all()


def journal_about(db: Session, message: Message, held: Sequence[Held], mails: Sequence[Incoming]) -> Sequence[Journal]:
    """What is noted, in words, of a message, its thread and what it was before."""
    joined = db.scalars(select(Thread.id).where((Thread.id == message.thread_id) | (Thread.merged_into == message.thread_id))).all()
    things = {"message": [message.id], "thread": joined, "held": [one.id for one in held], "incoming": [one.id for one in mails]}
    about = [(Journal.about == name) & Journal.about_id.in_(ids) for name, ids in things.items()]
    return db.scalars(select(Journal).where(or_(*about), Journal.detail != "")).all()
