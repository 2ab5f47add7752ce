"""Hiding: what readers are not to see any more and moderators still do; shown again at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.store import hidden as rows
from listserv.store import pages, threadrows
from listserv.store.archive import Message, Thread
from listserv.store.lists import MailingList, lock
from listserv.store.moderation import HeldState
from listserv.usecases import arranging, indexing, retelling, showing, waitingcopies
from listserv.usecases.conversations import speaker
from listserv.usecases.journal import note
from listserv.usecases.reading import HASH
from listserv.usecases.stewards import Steward

LONGEST_REASON = 500
A_PAGE = 50
HIDDEN_ALREADY = N_("This is hidden already.")
SHOWN_ALREADY = N_("This is shown already.")
WHOLE_THREAD_HIDDEN = N_("The whole thread is hidden: show the thread, and this message with it.")
STILL_WAITS = N_("This message waits for a decision: it is answered among what waits, and cannot be shown here.")
NOT_LET_THROUGH = N_("This message was not let through, and cannot be shown.")
LONG_REASON = N_("The reason has room for 500 characters.")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A message that only moderators see, in the list of these."""

    hash: str
    thread_id: int
    subject: str
    author: str
    word: str
    sent_at: datetime
    hidden_at: datetime


def thread_here(db: Session, who: Steward, thread_id: int, *, looking: bool = False) -> Thread:
    """A thread of the steward's list as it is now; others who would change the list wait, unless one is only `looking`. Raises NotFound."""
    if not looking:
        lock(db, who.mlist)
    thread = db.get(Thread, thread_id, populate_existing=True)
    if thread is None or thread.list_id != who.mlist.id or thread.merged_into is not None:
        raise NotFound("there is no such page")
    return thread


def message_here(db: Session, who: Steward, message_hash: str, *, looking: bool = False) -> Message:
    """A message of the steward's list as it is now; others who would change the list wait, unless one is only `looking`. Raises NotFound."""
    if not looking:
        lock(db, who.mlist)
    found = pages.message_by_hash(db, who.mlist.id, message_hash, hidden=True) if HASH.fullmatch(message_hash) else None
    if found is None:
        raise NotFound("there is no such page")
    db.refresh(found)
    return found


def reason_in(words: str) -> str:
    """A reason for the journal, on one line. Raises Invalid for a long one."""
    reason = " ".join(words.split())
    if len(reason) > LONGEST_REASON:
        raise Invalid(LONG_REASON)
    return reason


def hide_message(db: Session, who: Steward, message: Message, reason: str, now: datetime) -> None:
    """Hide one message; its answers stay. Raises Conflict where it is hidden, Invalid."""
    reason = reason_in(reason)
    if message.hidden_at:
        raise Conflict(HIDDEN_ALREADY)
    message.hidden_at = now
    _follow(db, message.thread, [message.id])
    note(db, who.actor, "message-hidden", mlist=who.mlist, now=now, about=message, detail=reason)
    _keep_back(db, who.mlist, [message], now)


def show_message(db: Session, who: Steward, message: Message, now: datetime) -> None:
    """Show a message again. Raises Conflict where it is shown, waits in the queue, or where its whole thread is hidden and holds others."""
    if message.hidden_at is None:
        raise Conflict(SHOWN_ALREADY)
    _not_in_queue(db, message)
    if message.thread.hidden_at and len(rows.messages_in(db, message.thread)) > 1 and message.hidden_at >= message.thread.hidden_at:
        raise Conflict(WHOLE_THREAD_HIDDEN)
    message.hidden_at = None
    _follow(db, message.thread, [message.id])
    _let_go(db, [message], now)
    note(db, who.actor, "message-shown", mlist=who.mlist, now=now, about=message)


def hide_thread(db: Session, who: Steward, thread: Thread, reason: str, now: datetime) -> None:
    """Hide a whole thread, with whatever may still come to it. Raises Conflict where it is hidden, Invalid."""
    reason = reason_in(reason)
    if thread.hidden_at:
        raise Conflict(HIDDEN_ALREADY)
    ids = rows.hide_all(db, thread, now)
    _follow(db, thread, ids)
    note(db, who.actor, "thread-hidden", mlist=who.mlist, now=now, about=thread, detail=reason)
    _keep_back(db, who.mlist, [message for message in rows.messages_in(db, thread) if message.id in ids], now)


def show_thread(db: Session, who: Steward, thread: Thread, now: datetime) -> None:
    """Show a hidden thread again, without what had been hidden before it. Raises Conflict where it is shown, or holds only what waits in the queue."""
    if thread.hidden_at is None:
        raise Conflict(SHOWN_ALREADY)
    ids = rows.show_all(db, thread)
    if not ids:
        for message in rows.messages_in(db, thread):
            _not_in_queue(db, message)
    _follow(db, thread, ids)
    _let_go(db, [message for message in rows.messages_in(db, thread) if message.id in ids], now)
    note(db, who.actor, "thread-shown", mlist=who.mlist, now=now, about=thread)


def _keep_back(db: Session, mlist: MailingList, messages: Sequence[Message], now: datetime) -> None:
    """What has not left for anybody stays here: digests that wait are told anew, copies are stopped."""
    retelling.retell(db, mlist, [message.seq for message in messages], now)
    for message in messages:
        waitingcopies.keep_back(db, message)


def _let_go(db: Session, messages: Sequence[Message], now: datetime) -> None:
    """What is shown again while it is news comes to those who have not had it."""
    for message in messages:
        waitingcopies.let_go(db, message, now)
        if message.received_at > now - showing.STILL_TOLD:
            showing.tell_in_digests(db, message, now)


def _not_in_queue(db: Session, message: Message) -> None:
    """What moderators have taken back is shown by their answer to the case alone. Raises Conflict."""
    case = rows.case_of(db, message)
    if case is not None:
        raise Conflict(STILL_WAITS if case.state is HeldState.PENDING else NOT_LET_THROUGH)


def _follow(db: Session, thread: Thread, message_ids: Sequence[int]) -> None:
    """What is known of the thread, and what can be found, follow."""
    db.flush()
    threadrows.count(db, thread)
    arranging.entitle(db, thread)
    db.flush()
    indexing.index(db, message_ids)


def hidden(db: Session, who: Steward, page: int = 1) -> tuple[Hidden, ...]:
    """What is hidden on the list, the latest first, a page of it."""
    found = rows.hidden_of(db, who.mlist, A_PAGE, (max(1, page) - 1) * A_PAGE)
    return tuple(Hidden(row.hash, row.thread_id, row.subject, speaker(row.author, row.author_email), row.snippet, row.sent_at, row.hidden_at) for row in found)
