"""What moderators do with threads: split, join, move to a topic, lock, pin, rename.

Where a message belongs is kept beside the messages (`store.tools.Placement`), and threads are computed with it: whatever
comes later, in whatever order, finds the same threads.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.store import hidden as rows
from listserv.store import threads, tools
from listserv.store.archive import Message, Thread
from listserv.store.lists import topic_by_slug
from listserv.usecases import administration, arranging
from listserv.usecases.journal import note
from listserv.usecases.stewards import Steward

LONGEST_TITLE = 200
MOST_ROWS = 2**63
BEGINS_ALREADY = N_("This message begins its thread already.")
ITSELF = N_("A thread cannot be joined to itself.")
TARGET_HIDDEN = N_("One of the two is hidden: show it first.")
TARGET_MISSING = N_("There is no such thread on this list. Its number stands at the end of its address.")
LONG_TITLE = N_("A title has room for 200 characters.")
LOCKED_ALREADY, OPEN_ALREADY = N_("This thread is closed already."), N_("This thread is open already.")
PINNED_ALREADY, UNPINNED_ALREADY = N_("This thread is pinned already."), N_("This thread is not pinned.")
TOPIC_MISSING = N_("There is no such topic any more.")


def split(db: Session, who: Steward, message: Message, title: str, now: datetime) -> Thread:
    """Let a message and its answers be a thread of their own; a title is optional. Raises Conflict where it begins one, Invalid."""
    title = title_in(title)
    old = message.thread
    if message.parent_id is None and len(_tops(db, old)) < 2:
        raise Conflict(BEGINS_ALREADY)
    tied = message.message_id in threads.placement_of(db, who.mlist, [message.message_id])
    if tied:
        # Without the word that joined it, it may be by itself again.
        tools.unplace(db, who.mlist.id, message.message_id)
        new = _part(db, message)
    if not tied or message.parent_id is not None:
        tools.place(db, who.mlist.id, message.message_id, "")
        new = _part(db, message)
    new.split_from = old.id
    if title:
        new.subject, new.renamed = title, True
    note(db, who.actor, "thread-split", mlist=who.mlist, now=now, about=new, detail=f"{old.id} → {new.id}: <{message.message_id}>")
    return new


def _part(db: Session, message: Message) -> Thread:
    """The thread of a message that has just been told to begin one."""
    new = threads.part_with(db, message)
    _settle(db, new)
    return db.get_one(Thread, message.thread_id)


def join(db: Session, who: Steward, thread: Thread, target_id: int, now: datetime) -> Thread:
    """Let a thread be a part of another one, whose number leads there from now on. Raises NotFound, Conflict."""
    target = target_of(db, who, thread, target_id)
    # A title that the other one was given is the other one's.
    kept = {key: getattr(target, key) for key in ("subject", "renamed", "topic_id", "pinned", "closed")}
    if target.split_from == thread.id:
        target.split_from = None
    _tie(db, who, thread, target)
    for key, value in kept.items():
        setattr(target, key, value)
    note(db, who.actor, "thread-joined", mlist=who.mlist, now=now, about=target, detail=f"{thread.id} → {target.id}")
    return target


def target_of(db: Session, who: Steward, thread: Thread, thread_id: int) -> Thread:
    """The thread of that number, or the one that it was joined to, if this one can be joined to it. Raises NotFound, Conflict."""
    target = db.get(Thread, thread_id, populate_existing=True) if thread_id < MOST_ROWS else None
    if target is not None and target.merged_into:
        target = db.get(Thread, target.merged_into, populate_existing=True)
    if target is None or target.list_id != who.mlist.id:
        raise NotFound(TARGET_MISSING)
    if target.id == thread.id:
        raise Conflict(ITSELF)
    if thread.hidden_at or target.hidden_at:
        raise Conflict(TARGET_HIDDEN)
    return target


def _tie(db: Session, who: Steward, thread: Thread, target: Thread) -> None:
    """What begins the one hangs under what begins the other; what was only cut off from there goes back to its place."""
    tops, first = _tops(db, thread), _tops(db, target)[0]
    for one in tops:
        tools.unplace(db, who.mlist.id, one.message_id)
    if thread.family != target.family:
        threads.join_families(db, min(thread.family, target.family), [max(thread.family, target.family)])
    _settle(db, target)
    for one in tops:
        if one.thread_id != first.thread_id:
            tools.place(db, who.mlist.id, one.message_id, first.message_id)
    _settle(db, target)
    threads.keep_number(db, target.id, first.thread_id)
    db.flush()
    db.refresh(target)


def _tops(db: Session, thread: Thread) -> list[Message]:
    return [one for one in rows.messages_in(db, thread) if one.parent_id is None]


def _settle(db: Session, thread: Thread) -> None:
    db.flush()
    db.refresh(thread)
    arranging.settle(db, [thread.family])
    db.flush()
    db.expire_all()


def title_in(words: str) -> str:
    """A title on one line. Raises Invalid."""
    title = administration.one_line(words)
    if len(title) > LONGEST_TITLE:
        raise Invalid(LONG_TITLE)
    return title


def rename(db: Session, who: Steward, thread: Thread, title: str, now: datetime) -> None:
    """Call a thread something else, or with no title again what its first message is called; the messages' subjects stay. Raises Invalid."""
    title = title_in(title)
    before = thread.subject
    thread.subject, thread.renamed = title or thread.subject, bool(title)
    if not title:
        _settle(db, thread)
        db.refresh(thread)
    note(db, who.actor, "thread-renamed", mlist=who.mlist, now=now, about=thread, detail=f"{before} → {thread.subject}")


def move(db: Session, who: Steward, thread: Thread, slug: str, now: datetime) -> None:
    """File a thread under a topic, or under none (an empty name). Raises NotFound."""
    topic = topic_by_slug(db, who.mlist, slug) if slug else None
    if slug and topic is None:
        raise NotFound(TOPIC_MISSING)
    thread.topic_id = topic.id if topic else None
    note(db, who.actor, "thread-moved", mlist=who.mlist, now=now, about=thread, detail=topic.slug if topic else "")


def lock(db: Session, who: Steward, thread: Thread, now: datetime) -> None:
    """Close a thread: answers to it are held from now on. Raises Conflict where it is."""
    if thread.closed:
        raise Conflict(LOCKED_ALREADY)
    thread.closed = True
    note(db, who.actor, "thread-locked", mlist=who.mlist, now=now, about=thread)


def unlock(db: Session, who: Steward, thread: Thread, now: datetime) -> None:
    """Open a closed thread. Raises Conflict where it is open."""
    if not thread.closed:
        raise Conflict(OPEN_ALREADY)
    thread.closed = False
    note(db, who.actor, "thread-unlocked", mlist=who.mlist, now=now, about=thread)


def pin(db: Session, who: Steward, thread: Thread, now: datetime) -> None:
    """Keep a thread above the others. Raises Conflict where it is."""
    if thread.pinned:
        raise Conflict(PINNED_ALREADY)
    thread.pinned = True
    note(db, who.actor, "thread-pinned", mlist=who.mlist, now=now, about=thread)


def unpin(db: Session, who: Steward, thread: Thread, now: datetime) -> None:
    """Let a pinned thread stand where its age puts it. Raises Conflict."""
    if not thread.pinned:
        raise Conflict(UNPINNED_ALREADY)
    thread.pinned = False
    note(db, who.actor, "thread-unpinned", mlist=who.mlist, now=now, about=thread)
