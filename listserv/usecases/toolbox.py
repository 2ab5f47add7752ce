"""What the moderators' pages of tools show: a thread or a message with all that can be done to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from listserv.store import hidden as rows
from listserv.store.archive import Attachment, Message, Thread
from listserv.store.lists import Topic
from listserv.store.moderation import Held
from listserv.usecases.conversations import speaker
from listserv.usecases.stewards import Steward


@dataclass(frozen=True, slots=True)
class ThreadTools:
    """A thread as its tools' page shows it."""

    who: Steward
    thread: Thread
    topics: Sequence[Topic]
    messages: int


@dataclass(frozen=True, slots=True)
class MessageTools:
    """A message as its tools' page shows it; `answers` hang under it, directly or not."""

    who: Steward
    message: Message
    thread: Thread
    author: str
    files: Sequence[Attachment]
    answers: int
    # It may begin a thread of its own.
    splits: bool
    alone: bool
    # Where it is hidden because it waits, or was not let through.
    case: Held | None = None


def of_thread(db: Session, who: Steward, thread: Thread) -> ThreadTools:
    """The tools of a thread."""
    return ThreadTools(who, thread, who.mlist.topics, len(rows.messages_in(db, thread)))


def of_message(db: Session, who: Steward, message: Message) -> MessageTools:
    """The tools of a message."""
    there = rows.messages_in(db, message.thread)
    below = {message.id}
    while more := {one.id for one in there if one.parent_id in below} - below:
        below |= more
    tops = sum(one.parent_id is None for one in there)
    author = speaker(message.author, message.author_email)
    files = rows.attachments_of(db, message)
    case = rows.case_of(db, message) if message.hidden_at else None
    return MessageTools(who, message, message.thread, author, files, len(below) - 1, message.parent_id is not None or tops > 1, len(there) == 1, case)
