"""The archive takes a message: its row, its place in a thread, its attachments."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.mail.parse import Post, message_hash
from listserv.mail.threads import arrange
from listserv.store import threads
from listserv.store.archive import Attachment, Message, Thread, keep_body
from listserv.store.lists import MailingList, Topic
from listserv.store.people import address_by_key

# Graphs of ids are cut here: a mail with thousands of References is broken or hostile.
MAX_REFS = 100
SNIPPET = 300
# A Date that is further off than this is a wrong clock, and the time of arrival is truer.
BELIEVABLE = timedelta(days=7)
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail on its way into the archive."""

    post: Post
    raw_id: int
    received_at: datetime
    topic: Topic | None = None


def add(db: Session, mlist: MailingList, arrival: Arrival) -> Message:
    """Archive a message. Its Message-ID must not be in this archive yet (`unused_id` sees to that)."""
    post = arrival.post
    message = _row(db, mlist, arrival)
    thread, parent_known = _place(db, mlist, message, arrival)
    message.thread_id = thread.id
    db.add(message)
    keep_body(db, arrival.raw_id, post.text, post.html)
    db.flush()
    db.add_all(_attachments(message, post))
    if not parent_known:
        _rearrange(db, thread)
    threads.count(db, thread)
    db.flush()
    return message


def unused_id(db: Session, mlist: MailingList, post: Post, raw_sha: str) -> Post:
    """The post under its own Message-ID, or under one made from its bytes where another mail has taken that."""
    if threads.message_by_id(db, mlist, post.message_id) is None:
        return post
    return replace(post, message_id=f"{raw_sha[:32]}@reused.invalid", made_id=True)


def _row(db: Session, mlist: MailingList, arrival: Arrival) -> Message:
    post = arrival.post
    author = post.authors[0] if post.authors else address.Mailbox("", "")
    message = Message(list_id=mlist.id, seq=threads.next_seq(db, mlist), raw_id=arrival.raw_id, size=post.size)
    message.message_id, message.hash = post.message_id, message_hash(post.message_id)
    message.refs = " ".join(references(post))
    message.author_email, message.author_key = author.address, address.key(author.address)
    known = address_by_key(db, message.author_key)
    message.user_id = known.user_id if known else None
    message.author = author.name or post.author_name or (known.user.name if known else "")
    message.subject, message.received_at = post.subject, arrival.received_at
    message.sent_at = believable(post.date, arrival.received_at)
    message.snippet, message.has_html = snippet(post), post.html is not None
    return message


def references(post: Post) -> tuple[str, ...]:
    """The ids that a post refers to, without itself; the newest where there are too many."""
    return tuple(ref for ref in post.references if ref != post.message_id)[-MAX_REFS:]


def believable(claimed: datetime | None, received_at: datetime) -> datetime:
    """When a post was written, as far as its Date can be believed."""
    if claimed is None or not received_at - BELIEVABLE <= claimed <= received_at + AHEAD:
        return received_at
    return claimed


def snippet(post: Post) -> str:
    """The first words that the author wrote now, on one line."""
    words = " ".join((post.reply or post.text).split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rsplit(" ", 1)[0] + "…"


def _place(db: Session, mlist: MailingList, message: Message, arrival: Arrival) -> tuple[Thread, bool]:
    """The thread it belongs to, and whether its parent could be told without looking at the whole thread."""
    refs = references(arrival.post)
    known = threads.known_ids(db, mlist, {*refs, message.message_id})
    joined = sorted({place.thread_id for place in known.values()})
    topic_id = arrival.topic.id if arrival.topic else None
    if joined:
        thread = db.get_one(Thread, joined[0])
        if joined[1:]:
            threads.merge(db, joined[0], joined[1:])
    else:
        thread = threads.new_thread(db, mlist, arrival.post.base_subject, topic_id, message.sent_at)
    threads.lay_ghost(db, mlist, message.message_id)
    threads.add_ghosts(db, mlist, thread.id, dict.fromkeys(ref for ref in refs if ref not in known))
    if not joined and not refs:
        return thread, True
    if len(joined) == 1 and _is_plain_reply(message, refs, known):
        message.parent_id = known[refs[-1]].row
        return thread, True
    return thread, False


def _is_plain_reply(message: Message, refs: tuple[str, ...], known: Mapping[str, threads.Known]) -> bool:
    """The common case: all it refers to is here and in its place, and nobody has waited for it: nothing else moves."""
    if message.message_id in known or not all(ref in known and known[ref].row for ref in refs):
        return False
    return all(known[ref].parent for ref in refs[1:])


def _rearrange(db: Session, thread: Thread) -> None:
    threads.set_parents(db, arrange(threads.nodes_of(db, thread.id)))
    db.flush()
    root = threads.root_of(db, thread.id)
    db.refresh(root)
    thread.subject = base_of(root)


def base_of(message: Message) -> str:
    """A message's subject without the prefixes of answers."""
    from listserv.mail.subject import base_subject

    return base_subject(message.subject)


def _attachments(message: Message, post: Post) -> list[Attachment]:
    return [
        Attachment(message_id=message.id, number=file.number, name=file.name, type=file.type, size=file.size, sha256=file.sha256)
        for file in post.attachments
    ]
